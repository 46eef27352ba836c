# ---- Policies, which only the shell can compare -------------------------------------------------------------------

# spelt POLICY: one spelling of a policy, a line a statement: white space, order and lists of one do not matter. In each
# statement every key of a condition stands behind its operator, so that keys cannot change places unseen.
spelt() {
    printf '%s' "$1" | tr -d ' \n\r\t' |
        sed -e 's/"Condition":{/"Condition":{,/g' -e 's/"Statement":\[\{0,1\}{/;{/' -e 's/}\]/};/g' -e 's/},{/};{/g' |
        tr ';' '\n' |
        sed -e ':list' -e 's/\(\[[^]]*\),/\1|/' -e 't list' -e 's/\["\([^"|]*\)"\]/"\1"/g' \
            -e ':keys' -e 's/\("[^"]*":{\)\("[^"{}]*":[^{},]*\),"/\1\2},\1"/' -e 't keys' -e 's/":{"/">"/g' |
        LC_ALL=C awk -F '[{},]' '{
            words = 0
            for (at = 1; at <= NF; at++) if ($at != "") {
                for (to = ++words; to > 1 && word[to - 1] > ($at ""); to--) word[to] = word[to - 1]
                word[to] = $at ""
            }
            for (at = 1; at <= words; at++) printf "%s%s", word[at], at < words ? " " : "\n"
        }' | sort
}

# names SPELT: the names of the statements of a spelt policy, a line each; one without a name is a line of its own words.
names() { printf '%s\n' "$1" | grep '"Effect":' | sed 's/.*"Sid":"\([^"]*\)".*/\1/' | sort; }

# policy_word WANTED WAS MERGED: how the policy in $answer stands; WAS is what it was when this script was written.
policy_word() {
    if [ "$absent" = yes ] || [ -z "$answer" ] || [ "$answer" = None ] || [ "$answer" = null ]; then
        if [ -z "$2" ]; then echo todo; else echo other; fi
        return
    fi
    stands=$(spelt "$answer") wanted=$(spelt "$1")
    if [ "$stands" = "$wanted" ]; then
        echo same
    elif [ -n "$2" ] && [ "$stands" = "$(spelt "$2")" ]; then
        echo todo
    elif [ "$(names "$stands")" = "$(names "$wanted")" ]; then
        echo again
    elif [ "$3" = merged ] && ! names "$stands" | grep -qv '^PalisadeWizard'; then
        echo todo
    else
        echo other
    fi
}
