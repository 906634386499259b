// completion bash|zsh: what a shell offers after a command's name.
#include <iostream>

#include "cli/commands.h"

namespace carafe::cli {

namespace {

// "[/routes]='check show plan --help'", of a command and all below it.
void print_words(const Subcommand& command, const std::string& path) {
    std::string words;
    for (const Subcommand& below : command.subcommands()) {
        words += below.name() + " ";
    }
    for (const Subcommand::Word& word : command.words()) {
        words += word.text + " ";
    }
    std::cout << "        [" << (path.empty() ? "/" : path) << "]='" << words << "'\n";
    for (const Subcommand& below : command.subcommands()) {
        print_words(below, path + "/" + below.name());
    }
}

int print(const Subcommand& root) {
    const std::string& app = root.name();
    std::cout << "# bash completion of " << app << ", and of programs that become it.\n_" << app
              << "() {\n    local -A words=(\n";
    print_words(root, "");
    std::cout << R"(    )
    local path=/ word next i
    # bin/dlq is the command dlq; carafe and the program itself are all of them.
    next=/${COMP_WORDS[0]##*/}
    [[ -z ${words[$next]-} ]] || path=$next
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        [[ $word == [a-z]* ]] || continue
        next=${path%/}/$word
        [[ -z ${words[$next]-} ]] || path=$next
    done
    mapfile -t COMPREPLY < <(compgen -W "${words[$path]}" -- "${COMP_WORDS[COMP_CWORD]}")
}
)"
              << "complete -o default -F _" << app << ' ' << app << " carafe dlq worker\n";
    return kOk;
}

// For zsh each word has its description, as far as its first sentence goes.
std::string described(const std::string& word, const std::string& description) {
    std::string text = "                '" + word + ":";
    for (const char character : description.substr(0, description.find_first_of(";.\n"))) {
        text += character == '\'' ? "'\\''" : std::string(1, character);
    }
    return text + "'\n";
}

void print_described_words(const Subcommand& command, const std::string& path) {
    std::cout << "        " << (path.empty() ? "/" : path) << ")\n            offers=(\n";
    for (const Subcommand& below : command.subcommands()) {
        std::cout << described(below.name(), below.description());
    }
    for (const Subcommand::Word& word : command.words()) {
        std::cout << described(word.text, word.description);
    }
    std::cout << "            ) ;;\n";
    for (const Subcommand& below : command.subcommands()) {
        print_described_words(below, path + "/" + below.name());
    }
}

int print_for_zsh(const Subcommand& root) {
    const std::string& app = root.name();
    std::cout << "#compdef " << app << " carafe dlq worker\n# zsh completion of " << app
              << ", and of programs that become it.\n_" << app << "_offers() {\n    case $1 in\n";
    print_described_words(root, "");
    std::cout << "        *) return 1 ;;\n    esac\n}\n_" << app << R"(() {
    local -a offers
    local place=/ word next
    # bin/dlq is the command dlq; carafe and the program itself are all of them.
    for word in ${words[1]:t} ${words[2,CURRENT-1]}; do
        [[ $word == [a-z]* ]] || continue
        next=${place%/}/$word
        _)" << app
              << R"(_offers $next && place=$next
    done
    _)" << app << "_offers $place\n    _describe -t commands "
              << app << " offers\n    _files\n}\n(( ! $+functions[compdef] )) || compdef _" << app
              << ' ' << app << " carafe dlq worker\n";
    return kOk;
}

}  // namespace

void add_completion_command(CommandTable& table) {
    Subcommand group = table.group("completion", "Completion for a shell");
    const std::string app = table.root().name();
    const Subcommand root = table.root();
    // The words of this program; no configuration is read.
    const Subcommand bash = table.add(
        group,
        "bash",
        "Print what bash needs to complete the commands and their options",
        "eval \"$(" + app + " completion bash)\""
    );
    table.runs(bash, [root](Session&) { return print(root); });
    const Subcommand zsh = table.add(
        group,
        "zsh",
        "Print what zsh needs to complete the commands and their options",
        "eval \"$(" + app + " completion zsh)\""
    );
    table.runs(zsh, [root](Session&) { return print_for_zsh(root); });
}

}  // namespace carafe::cli
