# bash completion for `carafe`. For the commands of an app: eval "$(APP completion bash)".
_carafe() {
    local word=${COMP_WORDS[COMP_CWORD]}
    if ((COMP_CWORD == 1)); then
        mapfile -t COMPREPLY < <(compgen -W "new --version --help" -- "$word")
    elif [[ ${COMP_WORDS[1]} == new && $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "--directory --help" -- "$word")
    elif [[ ${COMP_WORDS[COMP_CWORD - 1]} == --directory ]]; then
        mapfile -t COMPREPLY < <(compgen -d -- "$word")
    fi
}
complete -F _carafe carafe
