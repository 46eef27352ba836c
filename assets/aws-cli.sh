# ---- How this script works ----------------------------------------------------------------------------------------
# It first looks at everything and only then writes. What AWS denies is never taken for absent, and what is neither as
# it should be nor as it was when this script was written is left alone. Every look gives one word a setting: same, todo
# or other. Every command that writes stands below 'put'; all other commands only read.

usage() {
    cat <<'END'
Usage: sh SCRIPT [--check] [--accept RISK[:ADDRESS]]...

  --check        only look: exit 0 if all is as it should be, 3 if something would be written
  --accept RISK  agree to what cannot be undone, costs more, or changes who can write; the script names what it needs

AWS_PROFILE and the other settings of the aws program are honoured. It is safe to run this script again at any time.
Exit codes: 0 done, 2 usage, 3 differences, 4 sign in again, 5 denied, 6 a decision is needed, 7 try again later.
END
}

say() { printf '%s\n' "$*"; }

# stop STATUS SENTENCE…: ends the script in words.
stop() {
    status=$1
    shift
    {
        printf '\nStopped: %s\n' "$1"
        shift
        for sentence in "$@"; do printf '  %s\n' "$sentence"; done
        if [ "$looking" = no ]; then
            say "  Changes that were made so far: $written. They are kept. Run this script again: it goes on from here."
        else
            say '  Nothing was changed.'
        fi
    } >&2
    exit "$status"
}

check=no accepted='' written=0 differences=0 looking=yes quiet=no searched=no again=no found_keys='' changed='' lacking='' if_denied=''
while [ $# -gt 0 ]; do
    case "$1" in
        --check) check=yes ;;
        --accept)
            [ $# -gt 1 ] || stop 2 'After --accept the name of a risk is missing.'
            accepted="$accepted $2"
            shift
            ;;
        --accept=*) accepted="$accepted ${1#--accept=}" ;;
        -h | --help)
            usage
            exit 0
            ;;
        *) stop 2 "There is no option $1." "See: sh SCRIPT --help" ;;
    esac
    shift
done
for risk in $accepted; do
    case "${risk%%:*}" in
        cost | irreversible | principal) ;;
        *) stop 2 "There is no risk named $risk." 'The risks are cost, irreversible and principal; the head of this script says more.' ;;
    esac
done

command -v aws >/dev/null 2>&1 || stop 2 'The aws program is not installed, or not on the PATH.' \
    'Install the AWS CLI, then run this script again.'
umask 077
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'stop 129 "The terminal was closed."' HUP
trap 'stop 130 "You stopped the script." "If a KMS key was just being made, wait a minute first: it may not show yet."' INT
trap 'stop 143 "The script was told to end."' TERM
# What would make the aws program answer in another form.
export AWS_PAGER='' AWS_CLI_ERROR_FORMAT=legacy AWS_CLI_AUTO_PROMPT=off
if [ -n "${AWS_ENDPOINT_URL:-}" ]; then
    say "! Endpoint: $AWS_ENDPOINT_URL" \
        '- this is not AWS itself, so nothing below says anything about a real AWS account.'
fi

# refused DOES: AWS did not do what was asked; says why, and ends. $if_denied names a function that may know better.
refused() {
    said=$(tr '\n' ' ' <"$scratch/error")
    case "$(kind_of_error "$code" "$said")" in
        denied)
            [ -z "$if_denied" ] || "$if_denied"
            stop 5 "AWS does not allow this sign-in to $1." "AWS said: $said" \
                'Have the actions allowed, or sign in as somebody who may do this; then run this script again.'
            ;;
        sign-in) stop 4 "The script could not $1, because there is no valid AWS sign-in." "It was told: $said" \
            "Sign in again (for example 'aws sso login'), then run this script again." ;;
        later) stop 7 "The script could not $1 now." "It was told: $said" \
            'Wait a minute, look at the network, then run this script again.' ;;
        usage) stop 2 "The aws program did not understand how to $1." "It said: $said" \
            'Bring it up to date (aws --version), and see that the profile exists.' ;;
        *) stop 6 "The script could not $1, because AWS does not accept it." "AWS said: $said" \
            "Look at 'palisade-wizard plan', set right what AWS names, then export this script again." ;;
    esac
}

# attempt DOES ABSENT PASSING WORDS COMMAND…: makes a call; $answer is what it prints, $absent whether AWS says that there
# is nothing. Codes in PASSING, and messages that hold WORDS, are tried again for a minute once the script writes.
attempt() {
    does=$1 absences=$2 passing=$3 sentence=$4 tries=0 absent=no code=''
    shift 4
    while :; do
        if answer=$("$@" 2>"$scratch/error"); then return 0; fi
        code=$(sed -n 's/.*An error occurred (\([^)]*\)).*/\1/p' "$scratch/error" | head -n 1)
        answer=''
        if listed "$code" "$absences"; then
            absent=yes
            return 0
        fi
        if [ "$looking" = yes ] || [ "$tries" -ge 14 ]; then refused "$does"; fi
        if listed "$code" "$passing"; then :; elif [ -n "$sentence" ] && grep -qF "$sentence" "$scratch/error"; then
            :
        else
            refused "$does"
        fi
        tries=$((tries + 1))
        [ "$tries" -gt 1 ] || say "  ... AWS answers $code, which usually passes; asking again"
        pause "$tries"
    done
}

# listed CODE CODES: whether the code is one of them.
listed() {
    [ -n "$1" ] || return 1
    case " $2 " in *" $1 "*) return 0 ;; esac
    return 1
}

pause() {
    if [ "$1" -lt 4 ]; then sleep 1; else sleep 5; fi
}

# ask DOES ABSENT PASSING COMMAND…: a call that only reads.
ask() {
    asked_for=$1 gone=$2 may_pass=$3
    shift 3
    attempt "$asked_for" "$gone" "$may_pass" '' "$@"
}

# put DOES PASSING WORDS COMMAND…: a call that writes.
put() {
    asked_for=$1 may_pass=$2 by_words=$3
    shift 3
    if [ "$check" = yes ] || [ "$looking" = yes ]; then stop 70 'The script wanted to write while it only looks.'; fi
    attempt "$asked_for" '' "$may_pass" "$by_words" "$@"
    written=$((written + 1))
}

# words DEFAULT: the words of the last answer, or these if AWS says that there is nothing.
words() {
    told=$(printf '%s' "$answer" | tr -d '"\n\r')
    [ "$absent" = no ] && [ -n "$told" ] || told=$1
    case "$told" in *[!A-Za-z0-9:/_.+=,@\ -]*) stop 70 "AWS gave a name that the script does not understand: $told" ;; esac
    printf '%s\n' "$told"
}

# whose OWNER ADDRESS TITLE: stops where a resource is not of this set-up.
whose() {
    case "$1" in
        ours) return 0 ;;
        others) stop 6 "The $3 belongs to another set-up (its tags say so)." 'Choose another name in the setup file, then export again.' ;;
        *) stop 6 "The $3 exists, and this set-up did not make it, so this script does not change it." \
            "'palisade-wizard apply' asks whether to use it; or choose another name. Then export this script again." ;;
    esac
}

# would SIGN ADDRESS SAYS: a line of what would be done.
would() {
    differences=$((differences + 1))
    [ "$quiet" = yes ] || say "  $1 $2: $3"
}

# side ADDRESS WORD RISK SAYS: takes note of how a setting stands.
side() {
    case "$2" in
        same) return 0 ;;
        again)
            again=yes
            [ "$quiet" = yes ] || say "  ? $1: holds this set-up's statements, spelt in another way; it is written again"
            ;;
        other)
            changed="$changed $1"
            [ "$quiet" = yes ] || say "  x $1: is not so (or not any more) that it $4"
            ;;
        *)
            would + "$1" "$4"
            [ -z "$3" ] || consent "$3" "$1"
            ;;
    esac
}

# consent RISK ADDRESS
consent() {
    case " $accepted " in *" $1 "* | *" $1:$2 "*) return 0 ;; esac
    lacking="$lacking --accept $1:$2"
}

# stale ADDRESS: what was seen a moment ago is not so any more.
stale() {
    stop 6 "Somebody changed $1 while this script was running." 'Nothing of that was written over. Run it again with --check.'
}

# did ADDRESS SAYS
did() { say "  done $1: $2"; }

# until_there READ: looks until what was just made shows.
until_there() {
    shown=0
    until "$1" && [ "$there" = yes ]; do
        shown=$((shown + 1))
        [ "$shown" -lt 14 ] || stop 7 'AWS made something that it does not show yet.' 'Wait a minute, then run this script again.'
        pause "$shown"
    done
}

# find_key RESOURCE: the id of the KMS key with this set-up's tags, in $found; keys that are to be deleted are none.
find_key() {
    search_keys
    found=''
    while read -r resource id; do
        if [ -z "$found" ] && [ "$resource" = "$1" ]; then
            ask 'look at the KMS key (kms:DescribeKey)' NotFoundException '' aws kms describe-key --key-id "$id" \
                --query 'KeyMetadata.DeletionDate == `null` && `"stays"` || `"goes"`' --output json
            [ "$(words goes)" = goes ] || found=$id
        fi
    done <<END
$found_keys
END
}

# search_keys: "RESOURCE ID" of every KMS key with this set-up's tags, once.
search_keys() {
    [ "$searched" = no ] || return 0
    searched=yes readable=no hidden=''
    ask 'list the KMS keys (kms:ListKeys)' '' '' aws kms list-keys --query 'join(`" "`, Keys[].KeyId)' --output json
    for id in $(words ''); do
        ask "read a KMS key's tags (kms:ListResourceTags)" 'NotFoundException AccessDeniedException AccessDenied' '' \
            aws kms list-resource-tags --key-id "$id" --query "$key_tags" --output json
        case "$code" in
            *Denied*) hidden=$(cat "$scratch/error") ;;
            *) readable=yes ;;
        esac
        resource=$(words -)
        [ "$resource" = - ] || found_keys="$found_keys
$resource $id"
    done
    # A key whose own policy hides it is not ours; if every one is hidden, the right is missing.
    if [ -n "$hidden" ] && [ "$readable" = no ]; then
        printf '%s' "$hidden" >"$scratch/error"
        code=AccessDenied
        refused "read a KMS key's tags (kms:ListResourceTags)"
    fi
}
