#include "carafe/application.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>

#include "carafe/log.h"
#include "carafe/spans.h"
#include "cli/commands.h"

namespace carafe {

class Application::Implementation {
public:
    explicit Implementation(std::string name) { app_.name = std::move(name); }

    int run(int argc, char** argv) const {
        CLI::App root("", app_.name);
        std::string config_file = "karafka.yml";
        describe(root, config_file);
        cli::CommandTable table(root);
        add_commands(table);
        try {
            root.parse(argc, argv);
        } catch (const CLI::ParseError& error) {
            return root.exit(error, std::cout, std::cerr) == 0 ? cli::kOk : cli::kUsage;
        }
        const int code = run_command(table, config_file);
        std::cout.flush();
        log::flush();
        return code;
    }

    cli::AppDescription app_;
    std::vector<Command> commands_;

private:
    static void describe(CLI::App& root, std::string& config_file) {
        root.require_subcommand(1);
        root.fallthrough();  // --config may come after the command, too
        root.set_help_flag("-h,--help", "Print this help and exit");
        root.add_option("--config", config_file, "The configuration file")
            ->envname("CARAFE_CONFIG")
            ->capture_default_str();
        root.footer(
            "\nExample:\n  " + root.get_name() +
            " routes check\n\nExit codes: 0 ok, 1 failed, 2 usage or configuration, 3 stopped past "
            "the shutdown deadline."
        );
    }

    void add_commands(cli::CommandTable& table) const {
        for (const Command& command : commands_) {
            const cli::Subcommand added = table.add(
                table.root(), command.name, command.description, app_.name + " " + command.name
            );
            table.runs(added, [&command](cli::Session& session) {
                return command.run(session.settings());
            });
        }
        cli::add_worker_command(table);
        cli::add_topics_commands(table);
        cli::add_db_commands(table);
        cli::add_routes_commands(table);
        cli::add_dlq_commands(table);
        cli::add_cluster_commands(table);
        cli::add_trace_command(table);
        cli::add_config_command(table);
        cli::add_info_command(table);
        cli::add_completion_command(table);
    }

    // The one place that calls a command; it catches everything.
    [[nodiscard]] int run_command(const cli::CommandTable& table, const std::string& config_file)
        const {
        try {
            cli::Session session(app_, config_file);
            const cli::CommandTable::Run run = table.selected();
            if (!run) {
                return cli::kUsage;
            }
            const auto exported =
                SpanExport::from_environment(app_.name + "-" + table.selected_name());
            const auto spans = exported ? std::make_unique<SpanExport>(*exported) : nullptr;
            return run(session);
        } catch (const ConfigurationError& error) {
            std::cerr << error.what() << '\n';
            return cli::kUsage;
        } catch (const std::exception& error) {
            std::cerr << app_.name << ": " << error.what() << '\n';
            return cli::kFailed;
        }
    }
};

Application::Application(std::string name)
    : implementation_(std::make_unique<Implementation>(std::move(name))) {}

Application::~Application() = default;

void Application::consumers(const std::function<void(Consumers&)>& draw) {
    draw(implementation_->app_.consumers);
}

void Application::on_worker(std::function<void(const WorkerContext&)> prepare) {
    implementation_->app_.prepare_worker = std::move(prepare);
}

void Application::migrations(std::string directory) {
    implementation_->app_.migrations = std::move(directory);
}

void Application::seeds(std::string file) {
    implementation_->app_.seeds = std::move(file);
}

void Application::command(Command command) {
    implementation_->commands_.push_back(std::move(command));
}

void Application::on_discard(postgres::OnDiscard hook) {
    implementation_->app_.on_discard = std::move(hook);
}

int Application::run(int argc, char** argv) {
    return implementation_->run(argc, argv);
}

}  // namespace carafe
