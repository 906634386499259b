// bin/bench engine: consumes the same topic with each subject in turn, each run a process of its
// own, and prints throughput, CPU and memory beside the plain librdkafka loop of the same round.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "carafe/producer.h"
#include "kafka/admin.h"
#include "subject.h"

namespace carafe::bench {

std::map<std::string, std::string> consumer_properties(const Job& job) {
    return {
        {"bootstrap.servers", job.brokers},
        {"group.id", job.group},
        {"enable.auto.offset.store", "false"},
        {"auto.offset.reset", "earliest"},
        {"fetch.queue.backoff.ms", "5"},
        {"queued.max.messages.kbytes", "16384"},
        {"socket.nagle.disable", "true"},
    };
}

namespace {

using Subject = std::function<Outcome(const Job&)>;

const std::vector<std::pair<std::string, Subject>>& subjects() {
    static const std::vector<std::pair<std::string, Subject>> all{
        {"plain librdkafka batch loop", plain_loop},
        {"librdkafka queue per partition", partition_queue_loop},
        {"carafe, one call per batch", engine_per_batch},
        {"carafe, one call per message", engine_per_message},
        {"carafe, key lanes", engine_lanes},
    };
    return all;
}

const std::vector<std::pair<std::string, Subject>>& produce_subjects() {
    static const std::vector<std::pair<std::string, Subject>> all{
        {"plain librdkafka produce loop", plain_produce},
        {"carafe, produce(20,000 records)", carafe_produce_many},
        {"carafe, a future for each record", carafe_produce_async},
    };
    return all;
}

// What a child runs: a subject of the tables above, or what comes between them.
Outcome run_subject(std::size_t number, const Job& job) {
    if (number == subjects().size()) {
        return engine_waiting_lanes(job);
    }
    return number < subjects().size()
               ? subjects()[number].second(job)
               : produce_subjects()[number - subjects().size() - 1].second(job);
}

struct Measured {
    double messages_per_second = 0;
    double cpu_seconds_per_million = 0;
    double rss_mib = 0;
    std::uint64_t checksum = 0;
};

// Runs `carafe_bench run <subject> ...` in a process of its own: librdkafka does not survive a fork
// without exec, and memory and CPU time are to be the subject's alone.
pid_t spawn(std::size_t subject, const Job& job, int output) {
    const std::vector<std::string> words{
        "carafe_bench",
        "run",
        std::to_string(subject),
        job.brokers,
        job.topic,
        job.group,
        std::to_string(job.partitions),
        std::to_string(job.messages),
        std::to_string(job.wait.count())};
    std::vector<char*> arguments;
    for (const std::string& word : words) {
        arguments.push_back(const_cast<char*>(word.c_str()));
    }
    arguments.push_back(nullptr);
    const pid_t child = ::fork();
    if (child == 0) {
        ::dup2(output, STDOUT_FILENO);
        ::execv("/proc/self/exe", arguments.data());
        ::_exit(127);
    }
    return child;
}

int run_one(char** words) {
    Job job;
    job.brokers = words[1];
    job.topic = words[2];
    job.group = words[3];
    job.partitions = std::atoi(words[4]);
    job.messages = std::atoll(words[5]);
    job.wait = std::chrono::microseconds(std::atoll(words[6]));
    const Outcome outcome = run_subject(std::strtoul(words[0], nullptr, 10), job);
    return ::write(STDOUT_FILENO, &outcome, sizeof outcome) == sizeof outcome ? 0 : 1;
}

Measured measure(std::size_t subject, Job job, int round) {
    job.group = job.topic + "-" + std::to_string(round) + "-" + std::to_string(subject);
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) {
        throw std::runtime_error("pipe");
    }
    const pid_t child = spawn(subject, job, ends[1]);
    ::close(ends[1]);
    Outcome outcome;
    const bool complete = ::read(ends[0], &outcome, sizeof outcome) == sizeof outcome;
    ::close(ends[0]);
    rusage usage{};
    int status = 0;
    ::wait4(child, &status, 0, &usage);
    if (!complete) {
        throw std::runtime_error("a measured run failed");
    }
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    const auto count = static_cast<double>(job.messages);
    return {
        count / outcome.seconds,
        (seconds(usage.ru_utime) + seconds(usage.ru_stime)) / count * 1e6,
        static_cast<double>(usage.ru_maxrss) / 1024,
        outcome.checksum};
}

void fill(const Job& job, std::size_t size) {
    const auto producer = make_producer({{"bootstrap.servers", job.brokers}});
    std::vector<Record> records;
    for (std::int64_t index = 0; index < job.messages; ++index) {
        const std::string key = "key-" + std::to_string(index % 1000);
        records.push_back({job.topic, key, std::string(size, 'x'), {}});
        if (records.size() == 20'000 || index + 1 == job.messages) {
            for (const auto& report : producer->produce(records, std::chrono::seconds(60))) {
                if (!report.error.empty()) {
                    throw std::runtime_error("produce: " + report.error);
                }
            }
            records.clear();
            std::fprintf(
                stderr, "\rfilling %s: %lld", job.topic.c_str(), static_cast<long long>(index + 1)
            );
        }
    }
    std::fprintf(stderr, "\n");
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

void print_table(const std::vector<std::vector<Measured>>& rounds) {
    std::printf(
        "%-32s %12s %8s %8s %12s %8s\n",
        "",
        "messages/s",
        "x plain",
        "x queue",
        "CPU-s/mill.",
        "RSS MiB"
    );
    for (std::size_t subject = 0; subject < subjects().size(); ++subject) {
        std::vector<double> rate, to_plain, to_queue, cpu, rss;
        for (const auto& round : rounds) {
            rate.push_back(round[subject].messages_per_second);
            to_plain.push_back(rate.back() / round[0].messages_per_second);
            to_queue.push_back(rate.back() / round[1].messages_per_second);
            cpu.push_back(round[subject].cpu_seconds_per_million);
            rss.push_back(round[subject].rss_mib);
        }
        std::printf(
            "%-32s %12.0f %8.2f %8.2f %12.3f %8.0f\n",
            subjects()[subject].first.c_str(),
            median(rate),
            median(to_plain),
            median(to_queue),
            median(cpu),
            median(rss)
        );
    }
}

// A topic for the length of a benchmark, with records in it unless their size is zero.
class FilledTopic {
public:
    FilledTopic(Job& job, std::size_t size) : admin_({{"bootstrap.servers", job.brokers}}) {
        job.topic = name_;
        TopicSettings topic;
        topic.name = name_;
        topic.partitions = job.partitions;
        admin_.create(topic);
        if (!admin_.wait_until_visible(name_, job.partitions)) {
            throw std::runtime_error("the topic has no leaders");
        }
        if (size > 0) {
            fill(job, size);
        }
    }
    ~FilledTopic() { admin_.remove(name_); }
    FilledTopic(const FilledTopic&) = delete;
    FilledTopic& operator=(const FilledTopic&) = delete;

private:
    const std::string name_ = "carafe-bench-" + std::to_string(::getpid());
    kafka::Admin admin_;
};

// Keys in parallel with a handler that waits: what share of what that many threads could do, by the
// clock and on this machine.
int run_lanes(Job job, int rounds) {
    constexpr double kThreads = kWaitingThreads;
    const FilledTopic topic(job, 200);
    std::vector<double> rates, alone, ratios, shares;
    for (int round = 0; round < rounds; ++round) {
        alone.push_back(waits_of_threads_alone(job));
        const Measured made = measure(subjects().size(), job, round);
        rates.push_back(made.messages_per_second);
        const double seconds = static_cast<double>(job.messages) / rates.back();
        shares.push_back(static_cast<double>(made.checksum) / 1e6 / (seconds * kThreads));
        ratios.push_back(rates.back() / alone.back());
        std::fprintf(
            stderr,
            "round %d of %d: %.0f/s, threads in the handler %.1f %%; threads alone %.0f/s\n",
            round + 1,
            rounds,
            rates.back(),
            shares.back() * 100,
            alone.back()
        );
    }
    const double ideal = kThreads / std::chrono::duration<double>(job.wait).count();
    std::printf(
        "key lanes, %.0f threads, %lld us a record, %d partitions, 1000 keys in order: %.0f/s of "
        "%.0f/s, %.1f %%; the threads were in the handler for %.1f %% of the time; the same "
        "threads "
        "that only wait: %.0f/s, %.1f %%; within a round x %.2f (medians of %d rounds)\n",
        kThreads,
        static_cast<long long>(job.wait.count()),
        job.partitions,
        median(rates),
        ideal,
        median(rates) / ideal * 100,
        median(shares) * 100,
        median(alone),
        median(alone) / ideal * 100,
        median(ratios),
        rounds
    );
    return 0;
}

int run_produce(Job job, int rounds) {
    std::vector<std::vector<double>> rates(produce_subjects().size());
    std::vector<std::vector<double>> ratios(produce_subjects().size());
    std::vector<std::vector<double>> cpu(produce_subjects().size());
    for (int round = 0; round < rounds; ++round) {
        const FilledTopic topic(job, 0);
        for (std::size_t subject = 0; subject < produce_subjects().size(); ++subject) {
            const Measured made = measure(subjects().size() + 1 + subject, job, round);
            rates[subject].push_back(made.messages_per_second);
            ratios[subject].push_back(made.messages_per_second / rates[0].back());
            cpu[subject].push_back(made.cpu_seconds_per_million);
        }
        std::fprintf(stderr, "round %d of %d\n", round + 1, rounds);
    }
    std::printf(
        "%lld records of 200 bytes produced, acks=all, idempotent; median of %d rounds\n",
        static_cast<long long>(job.messages),
        rounds
    );
    std::printf("%-34s %12s %8s %12s\n", "", "messages/s", "x plain", "CPU-s/mill.");
    for (std::size_t subject = 0; subject < produce_subjects().size(); ++subject) {
        std::printf(
            "%-34s %12.0f %8.2f %12.3f\n",
            produce_subjects()[subject].first.c_str(),
            median(rates[subject]),
            median(ratios[subject]),
            median(cpu[subject])
        );
    }
    return 0;
}

int run_engine(Job job, std::size_t size, int rounds) {
    const FilledTopic topic(job, size);
    std::vector<std::vector<Measured>> measured;
    for (int round = 0; round < rounds; ++round) {
        auto& row = measured.emplace_back();
        for (std::size_t subject = 0; subject < subjects().size(); ++subject) {
            row.push_back(measure(subject, job, round));
            if (row.back().checksum != row.front().checksum) {
                throw std::runtime_error(subjects()[subject].first + " read something else");
            }
        }
        std::fprintf(stderr, "round %d of %d\n", round + 1, rounds);
    }
    std::printf(
        "%lld records of %zu bytes, %d partitions; median of %d rounds, ratios within a round\n",
        static_cast<long long>(job.messages),
        size,
        job.partitions,
        rounds
    );
    print_table(measured);
    return 0;
}

}  // namespace
}  // namespace carafe::bench

int main(int argc, char** argv) {
    CLI::App app("Measures Carafe beside raw librdkafka on a real broker.", "bench");
    carafe::bench::Job job;
    const char* brokers = std::getenv("KAFKA_BROKERS");
    job.brokers = brokers == nullptr ? "127.0.0.1:9092" : brokers;
    job.messages = 2'000'000;
    std::size_t size = 200;
    int rounds = 9;
    CLI::App* engine = app.add_subcommand("engine", "No-op consume of one topic.");
    engine->add_option("--messages", job.messages, "Records in the topic")->capture_default_str();
    engine->add_option("--size", size, "Bytes of a payload")->capture_default_str();
    engine->add_option("--partitions", job.partitions)->capture_default_str();
    engine->add_option("--rounds", rounds)->capture_default_str();
    CLI::App* lanes = app.add_subcommand("lanes", "Key lanes with a handler that waits.");
    std::int64_t wait_us = 5'000;
    lanes->add_option("--wait", wait_us, "Microseconds of waiting for each record")
        ->capture_default_str();
    std::int64_t lane_messages = 200'000;  // ten seconds, when all goes well
    lanes->add_option("--messages", lane_messages, "Records in the topic")->capture_default_str();
    lanes->add_option("--rounds", rounds)->capture_default_str();
    CLI::App* produce = app.add_subcommand("produce", "Producing, with every acknowledgement.");
    produce->add_option("--messages", job.messages, "Records of a run")->capture_default_str();
    produce->add_option("--partitions", job.partitions)->capture_default_str();
    produce->add_option("--rounds", rounds)->capture_default_str();
    app.require_subcommand(1);
    constexpr int kRunWords = 9;
    if (argc == kRunWords && std::string(argv[1]) == "run") {
        return carafe::bench::run_one(argv + 2);
    }
    CLI11_PARSE(app, argc, argv);
    try {
        job.wait = std::chrono::microseconds(wait_us);
        if (produce->parsed()) {
            return carafe::bench::run_produce(job, rounds);
        }
        if (lanes->parsed()) {
            job.messages = lane_messages;
            return carafe::bench::run_lanes(job, rounds);
        }
        return carafe::bench::run_engine(job, size, rounds);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench: %s\n", error.what());
        return 1;
    }
}
