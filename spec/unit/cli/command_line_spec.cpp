#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "carafe/application.h"

namespace carafe::spec {

namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class Plain final : public Consumer {
public:
    void consume(const Batch&) override {}
};

// Runs the binary's main in this process and collects what it printed.
class CommandLine : public ::testing::Test {
protected:
    CommandLine()
        : directory_(
              std::filesystem::temp_directory_path() /
              ("carafe-cli-spec-" + std::to_string(getpid()))
          ) {
        std::filesystem::create_directories(directory_ / "db" / "migrate");
        config("kafka: {bootstrap.servers: '127.0.0.1:1'}\nhttp: {port: 1234}\n");
    }
    ~CommandLine() override { std::filesystem::remove_all(directory_); }

    void config(const std::string& yaml) {
        std::ofstream(directory_ / "karafka.yml", std::ios::trunc) << yaml;
    }

    int run(std::vector<std::string> arguments) {
        Application app("shop");
        app.consumers([](Consumers& consumers) { consumers.add<Plain>("PlainConsumer"); });
        app.command({"web", "Serve HTTP", [this](const Settings& settings) {
                         web_port_ = settings.http.port;
                         return 0;
                     }});
        app.command({"broken", "Throws", [](const Settings&) -> int {
                         throw std::runtime_error("out of luck");
                     }});
        arguments.insert(arguments.begin(), "shop");
        if (has_config_) {
            arguments.emplace_back("--config");
            arguments.push_back((directory_ / "karafka.yml").string());
        }
        std::vector<char*> argv;
        for (std::string& argument : arguments) {
            argv.push_back(argument.data());
        }
        ::testing::internal::CaptureStdout();
        ::testing::internal::CaptureStderr();
        const int code = app.run(static_cast<int>(argv.size()), argv.data());
        out_ = ::testing::internal::GetCapturedStdout();
        err_ = ::testing::internal::GetCapturedStderr();
        return code;
    }

    std::filesystem::path directory_;
    bool has_config_ = true;
    int web_port_ = 0;
    std::string out_;
    std::string err_;
};

TEST_F(CommandLine, runs_a_command_of_the_app_with_its_settings) {
    EXPECT_EQ(run({"web"}), 0) << err_;
    EXPECT_EQ(web_port_, 1234);
}

TEST_F(CommandLine, exits_1_with_the_reason_when_a_command_throws) {
    EXPECT_EQ(run({"broken"}), 1);
    EXPECT_EQ(err_, "shop: out of luck\n");
}

TEST_F(CommandLine, exits_2_with_all_problems_of_the_configuration) {
    config("http: {prt: 1}\nlog: {level: loud}\n");
    EXPECT_EQ(run({"web"}), 2);
    EXPECT_THAT(err_, HasSubstr("karafka.yml:1:8: unknown key 'prt', did you mean 'port'?\n"));
    EXPECT_THAT(err_, HasSubstr("karafka.yml:2:14: expected one of"));
}

TEST_F(CommandLine, exits_2_when_there_is_no_configuration) {
    std::filesystem::remove(directory_ / "karafka.yml");
    EXPECT_EQ(run({"config"}), 2);
    EXPECT_THAT(err_, HasSubstr("cannot be read; run from the directory of your app"));
}

TEST_F(CommandLine, takes_the_configuration_from_the_environment) {
    has_config_ = false;
    setenv("CARAFE_CONFIG", (directory_ / "karafka.yml").c_str(), 1);
    EXPECT_EQ(run({"web"}), 0) << err_;
    unsetenv("CARAFE_CONFIG");
    EXPECT_EQ(web_port_, 1234);
}

TEST_F(CommandLine, exits_2_for_a_wrong_usage) {
    has_config_ = false;
    EXPECT_EQ(run({}), 2);
    EXPECT_EQ(run({"nonsense"}), 2);
    EXPECT_EQ(run({"topics"}), 2);
    EXPECT_EQ(run({"topics", "nonsense"}), 2);
    EXPECT_EQ(run({"dlq", "show"}), 2);
    EXPECT_EQ(run({"dlq", "list", "--limit", "0"}), 2);
    EXPECT_EQ(run({"dlq", "redrive", "a/0/1"}), 2);
    EXPECT_THAT(err_, HasSubstr("--reason is required"));
}

TEST_F(CommandLine, has_help_with_an_example_for_every_command) {
    has_config_ = false;
    const std::vector<std::vector<std::string>> commands{
        {"web"},
        {"topics", "list"},
        {"topics", "plan"},
        {"topics", "migrate"},
        {"db", "create"},
        {"db", "migrate"},
        {"db", "rollback"},
        {"db", "status"},
        {"db", "seed"},
        {"db", "structure"},
        {"routes", "check"},
        {"routes", "show"},
        {"routes", "plan"},
        {"completion", "bash"},
        {"completion", "zsh"},
        {"dlq", "list"},
        {"dlq", "show"},
        {"dlq", "redrive"},
        {"dlq", "discard"},
        {"dlq", "stats"},
        {"dlq", "redrives"},
        {"dlq", "cancel"},
        {"dlq", "resume"},
        {"lag"},
        {"groups"},
        {"trace"},
        {"worker"},
        {"config"},
        {"info"}};
    for (std::vector<std::string> command : commands) {
        std::string words = "shop";
        for (const std::string& word : command) {
            words += " " + word;
        }
        command.emplace_back("--help");
        EXPECT_EQ(run(command), 0) << words;
        ASSERT_THAT(out_, HasSubstr("Example:\n  ")) << words;
        EXPECT_THAT(out_.substr(out_.find("Example:")), HasSubstr(words));
    }
    EXPECT_EQ(run({"--help"}), 0);
    EXPECT_THAT(out_, HasSubstr("Exit codes: 0 ok, 1 failed, 2 usage or configuration, 3"));
    EXPECT_EQ(run({"dlq", "redrive", "--help"}), 0);
    EXPECT_THAT(out_, HasSubstr("stays readable"));
}

TEST_F(CommandLine, prints_the_configuration_with_origins_and_without_passwords) {
    config("database: {url: 'postgresql://u:hush@h/d'}\nhttp: {port: 1234}\n");
    EXPECT_EQ(run({"config"}), 0);
    EXPECT_THAT(out_, HasSubstr("http.port"));
    EXPECT_THAT(out_, HasSubstr("karafka.yml:2:14"));
    EXPECT_THAT(out_, Not(HasSubstr("hush")));
    EXPECT_EQ(run({"config", "--json"}), 0);
    EXPECT_THAT(out_, StartsWith("[{\"key\":\"worker.processing_threads\",\"value\":\"8\""));
    EXPECT_THAT(out_, Not(HasSubstr("hush")));
    EXPECT_EQ(run({"config", "--keys"}), 0);
    EXPECT_THAT(out_, HasSubstr("consumer_groups.<group>.topics.<topic>.retry.attempts"));
}

TEST_F(CommandLine, prints_a_completion_that_knows_every_command_and_option) {
    has_config_ = false;
    EXPECT_EQ(run({"completion", "bash"}), 0);
    EXPECT_THAT(out_, HasSubstr("complete -o default -F _shop shop"));
    EXPECT_THAT(out_, HasSubstr("[/routes]='check show plan "));
    EXPECT_THAT(out_, HasSubstr("--detailed-exitcode"));
    std::ofstream(directory_ / "completion", std::ios::trunc)
        << out_
        << "offer() { COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _shop; echo "
           "\"${COMPREPLY[*]}\"; }\n"
           "offer bin/carafe rou; offer bin/dlq redr; offer shop --config x routes plan --det\n";
    ::testing::internal::CaptureStdout();
    const std::string said = (directory_ / "said").string();
    EXPECT_EQ(
        std::system(
            ("bash -eu " + (directory_ / "completion").string() + " >" + said + " 2>&1").c_str()
        ),
        0
    );
    ::testing::internal::GetCapturedStdout();
    std::ifstream stream(said);
    const std::string offered{std::istreambuf_iterator<char>(stream), {}};
    EXPECT_EQ(offered, "routes\nredrive redrives\n--detailed-exitcode\n");
}

TEST_F(CommandLine, prints_a_completion_for_zsh_that_knows_them_too) {
    has_config_ = false;
    EXPECT_EQ(run({"completion", "zsh"}), 0);
    EXPECT_THAT(out_, StartsWith("#compdef shop carafe dlq worker\n"));
    std::ofstream(directory_ / "completion", std::ios::trunc)
        << "_describe() { local -a all=(\"${(@P)4}\"); print -- ${all[(r)$wanted*]}; }\n"
           "_files() {}\n"
        << out_
        << "offer() { wanted=$1; shift; words=(\"$@\"); CURRENT=$#; _shop; }\n"
           "offer routes bin/carafe rou; offer redrive bin/dlq redr; "
           "offer --detailed shop --config x routes plan --det\n";
    const std::string said = (directory_ / "said").string();
    const std::string command = "zsh -f " + (directory_ / "completion").string();
    EXPECT_EQ(std::system((command + " >" + said + " 2>&1").c_str()), 0);
    std::ifstream stream(said);
    const std::string offered{std::istreambuf_iterator<char>(stream), {}};
    EXPECT_THAT(
        offered,
        ::testing::MatchesRegex(
            "routes:[A-Z][^\n]*\nredrive:[A-Z][^\n]*\n--detailed-exitcode:[^\n]*\n"
        )
    );
}

TEST_F(CommandLine, prints_versions_without_a_configuration) {
    has_config_ = false;
    EXPECT_EQ(run({"info"}), 0);
    EXPECT_THAT(out_, HasSubstr("librdkafka"));
    EXPECT_EQ(run({"info", "--json"}), 0);
    EXPECT_THAT(out_, HasSubstr("\"carafe\":\"0.1.0\""));
}

TEST_F(CommandLine, checks_routes_without_the_cluster) {
    config(
        "kafka: {bootstrap.servers: '127.0.0.1:1'}\n"
        "consumer_groups: {g: {topics: {t: {consumer: PlainConsumer}}}}\n"
    );
    EXPECT_EQ(run({"routes", "check", "--offline"}), 0) << err_;
    EXPECT_EQ(out_, "ok: 1 groups, 1 routes, the cluster was not asked\n");
    EXPECT_THAT(err_, HasSubstr("2:32: warning: topic 't' has no dead_letter_queue"));
    EXPECT_EQ(run({"routes", "show", "--json"}), 0);
    EXPECT_THAT(out_, HasSubstr("\"consumer\":\"PlainConsumer\",\"delivery\":\"at_least_once\""));
}

TEST_F(CommandLine, refuses_routes_to_unknown_consumers_and_unknown_kafka_properties) {
    config(
        "kafka: {bootstrap.servers: '127.0.0.1:1'}\n"
        "consumer_groups: {g: {topics: {t: {consumer: PlainConsumr}}}}\n"
    );
    EXPECT_EQ(run({"routes", "check", "--offline"}), 2);
    EXPECT_THAT(
        err_, HasSubstr("2:46: unknown consumer 'PlainConsumr', did you mean 'PlainConsumer'?")
    );
    config("kafka: {bootstrap.servers: '127.0.0.1:1', no.such.property: 1}\n");
    EXPECT_EQ(run({"routes", "check", "--offline"}), 2);
    EXPECT_THAT(err_, HasSubstr("no.such.property"));
}

TEST_F(CommandLine, exits_1_when_the_database_is_away) {
    config("database: {url: 'postgresql://127.0.0.1:1/x'}\n");
    EXPECT_EQ(run({"db", "status"}), 1);
    EXPECT_FALSE(err_.empty());
}

TEST_F(CommandLine, refuses_an_id_that_is_none) {
    EXPECT_EQ(run({"dlq", "show", "nonsense"}), 2);
    EXPECT_THAT(
        err_, HasSubstr("'nonsense' is not the ID of a dead letter: TOPIC/PARTITION/OFFSET")
    );
}

TEST_F(CommandLine, redrives_nothing_without_being_told_what) {
    EXPECT_EQ(run({"dlq", "redrive", "--reason", "x"}), 2);
    EXPECT_THAT(err_, HasSubstr("say which: IDs as `dlq list` prints them, or --topic TOPIC"));
}

TEST(SignalsSpec, arrive_one_at_a_time_instead_of_ending_the_process) {
    sigset_t before;
    pthread_sigmask(SIG_SETMASK, nullptr, &before);
    Signals signals;
    EXPECT_EQ(signals.wait(std::chrono::milliseconds(1)), 0);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGTSTP, SIGTTIN}) {
        kill(getpid(), signal);
        EXPECT_EQ(signals.wait(std::chrono::seconds(5)), signal);
    }
    EXPECT_EQ(signals.wait(std::chrono::milliseconds(1)), 0);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace

}  // namespace carafe::spec
