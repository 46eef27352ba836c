# ---- Policies, which only the shell can compare -------------------------------------------------------------------

# spelt POLICY: one spelling of a policy, a line a statement: white space, order and lists of one do not matter. In each
# statement every key of a condition stands behind its operator, so that keys cannot change places unseen.
spelt() {
    printf '%s' "$1" | tr -d ' \n\r\t' |
        sed -e 's/"Condition":{/"Condition":{,/g' -e 's/"Statement":\[\{0,1\}{/;{/' -e 's/}\]/};/g' -e 's/},{/};{/g' |
        tr ';' '\n' |
        while IFS= read -r statement || [ -n "$statement" ]; do
            printf '%s\n' "$statement" |
                sed -e ':list' -e 's/\(\[[^]]*\),/\1|/' -e 't list' -e 's/\["\([^"|]*\)"\]/"\1"/g' \
                    -e ':keys' -e 's/\("[^"]*":{\)\("[^"{}]*":[^{},]*\),"/\1\2},\1"/' -e 't keys' -e 's/":{"/">"/g' |
                tr '{},' '[\n*]' | sed '/^$/d' | sort | tr '\n' ' '
            echo
        done | sed -e 's/ *$//' -e '/^$/d' | sort
}

# names POLICY: the names of its statements, a line each; one without a name is a line of its own words.
names() { spelt "$1" | grep '"Effect":' | sed 's/.*"Sid":"\([^"]*\)".*/\1/' | sort; }

# policy_word WANTED WAS MERGED: how the policy in $answer stands; WAS is what it was when this script was written.
policy_word() {
    if [ "$absent" = yes ] || [ -z "$answer" ] || [ "$answer" = None ] || [ "$answer" = null ]; then
        if [ -z "$2" ]; then echo todo; else echo other; fi
    elif [ "$(spelt "$answer")" = "$(spelt "$1")" ]; then
        echo same
    elif [ -n "$2" ] && [ "$(spelt "$answer")" = "$(spelt "$2")" ]; then
        echo todo
    elif [ "$(names "$answer")" = "$(names "$1")" ]; then
        echo again
    elif [ "$3" = merged ] && ! names "$answer" | grep -qv '^PalisadeWizard'; then
        echo todo
    else
        echo other
    fi
}
