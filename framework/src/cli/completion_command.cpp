// completion bash: what a shell offers after a command's name.
#include <iostream>

#include "cli/commands.h"

namespace carafe::cli {

namespace {

// "[/routes]='check show plan --help'", of a command and all below it.
void print_words(const CLI::App& command, const std::string& path) {
    std::string words;
    for (const CLI::App* below : command.get_subcommands([](const CLI::App*) { return true; })) {
        words += below->get_name() + " ";
    }
    for (const CLI::Option* option : command.get_options()) {
        for (const std::string& name : option->get_lnames()) {
            words += "--" + name + " ";
        }
    }
    std::cout << "        [" << (path.empty() ? "/" : path) << "]='" << words << "'\n";
    for (const CLI::App* below : command.get_subcommands([](const CLI::App*) { return true; })) {
        print_words(*below, path + "/" + below->get_name());
    }
}

int print(const CLI::App& root) {
    const std::string& app = root.get_name();
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

}  // namespace

void add_completion_command(CommandTable& table) {
    CLI::App* group = table.group("completion", "Completion for a shell");
    const std::string app = table.root().get_name();
    const CLI::App* command = table.add(
        *group,
        "bash",
        "Print what bash needs to complete the commands and their options",
        "eval \"$(" + app + " completion bash)\""
    );
    const CLI::App& root = table.root();
    // The words of this program; no configuration is read.
    table.runs(command, [&root](Session&) { return print(root); });
}

}  // namespace carafe::cli
