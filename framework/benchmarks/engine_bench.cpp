// bin/bench engine: consumes the same topic with each subject in turn and puts throughput, CPU,
// memory and allocations beside the raw librdkafka loops of the same round.
#include <boost/json.hpp>
#include <cstdio>
#include <fstream>
#include <stdexcept>

#include "benches.h"
#include "perf_tool.h"
#include "topic.h"

namespace carafe::bench {

namespace {

// Places in engine_subjects().
constexpr std::size_t kPlain = 0;
constexpr std::size_t kQueue = 1;
constexpr std::size_t kPerBatch = 2;
constexpr std::size_t kPerMessage = 3;
constexpr std::size_t kLanes = 4;
// A topic holds no more than this, whatever the size of a record.
constexpr std::int64_t kMostBytes = 1'000'000'000;
// What the targets are set for.
constexpr std::size_t kTargetSize = 200;
constexpr int kTargetPartitions = 6;

struct Target {
    std::size_t subject;
    std::size_t base;
    double ratio;
};
constexpr Target kTargets[] = {
    {kPerBatch, kPlain, 1.0},
    {kPerBatch, kQueue, 0.85},
    {kPerMessage, kPlain, 0.8},
    {kLanes, kPlain, 0.4}};
constexpr double kMostCpuOfQueue = 1.15;
constexpr double kLeastOfKafkasOwn = 0.85;  // a baseline is no straw man

// One topic, all rounds.
struct Table {
    std::size_t size = 0;
    Job job;
    std::vector<std::vector<Measured>> rounds;  // [round][subject]
    std::vector<double> kafkas_own;             // records/s, by round; zero where it did not run
    std::vector<double> allocations;            // per million, by subject

    template <typename Value>
    [[nodiscard]] double median_of(Value value) const {
        std::vector<double> values;
        for (const auto& round : rounds) {
            values.push_back(value(round));
        }
        return median(values);
    }
    [[nodiscard]] double rate(std::size_t subject) const {
        return median_of([&](const auto& round) { return round[subject].messages_per_second; });
    }
    // Of the rates within a round.
    [[nodiscard]] double ratio(std::size_t subject, std::size_t base) const {
        return median_of([&](const auto& round) {
            return round[subject].messages_per_second / round[base].messages_per_second;
        });
    }
    [[nodiscard]] double cpu(std::size_t subject) const {
        return median_of([&](const auto& round) { return round[subject].cpu_seconds_per_million; });
    }
    [[nodiscard]] double cpu_ratio(std::size_t subject, std::size_t base) const {
        return median_of([&](const auto& round) {
            return round[subject].cpu_seconds_per_million / round[base].cpu_seconds_per_million;
        });
    }
    [[nodiscard]] double rss(std::size_t subject) const {
        return median_of([&](const auto& round) { return round[subject].rss_mib; });
    }
    // Of the rate of Kafka's own tool within a round; zero without it.
    [[nodiscard]] double of_kafkas_own(std::size_t subject) const {
        std::vector<double> ratios;
        for (std::size_t round = 0; round < rounds.size(); ++round) {
            ratios.push_back(
                kafkas_own[round] > 0
                    ? rounds[round][subject].messages_per_second / kafkas_own[round]
                    : 0
            );
        }
        return median(ratios);
    }
};

Table run(const EngineOptions& options, std::size_t size, int partitions) {
    Table table;
    table.size = size;
    table.job.brokers = options.brokers;
    table.job.partitions = partitions;
    table.job.messages = std::min(options.messages, kMostBytes / static_cast<std::int64_t>(size));
    const Topic topic(table.job, size);
    const std::vector<Subject>& subjects = engine_subjects();
    for (int round = 0; round < options.rounds; ++round) {
        auto& row = table.rounds.emplace_back();
        for (const Subject& subject : subjects) {
            row.push_back(measure(subject, table.job, round));
            if (row.back().checksum != row.front().checksum) {
                throw std::runtime_error("'" + subject.name + "' read something else");
            }
        }
        table.kafkas_own.push_back(kafkas_own_rate(table.job, round));
        std::fprintf(stderr, "round %d of %d\n", round + 1, options.rounds);
    }
    for (const Subject& subject : subjects) {
        table.allocations.push_back(
            measure(subject, table.job, options.rounds, Count::kAllocations).allocations_per_million
        );
    }
    return table;
}

void print(const Table& table) {
    std::printf(
        "\n%lld records of %zu bytes, %d partitions; medians of %zu rounds, ratios within a round\n"
        "%-32s %10s %8s %8s %8s %12s %8s %14s\n",
        static_cast<long long>(table.job.messages),
        table.size,
        table.job.partitions,
        table.rounds.size(),
        "",
        "records/s",
        "x plain",
        "x queue",
        "x Kafka",
        "CPU-s/mill.",
        "RSS MiB",
        "malloc/mill."
    );
    for (std::size_t subject = 0; subject < engine_subjects().size(); ++subject) {
        std::printf(
            "%-32s %10.0f %8.2f %8.2f %8.2f %12.3f %8.0f %14.0f\n",
            engine_subjects()[subject].name.c_str(),
            table.rate(subject),
            table.ratio(subject, kPlain),
            table.ratio(subject, kQueue),
            table.of_kafkas_own(subject),
            table.cpu(subject),
            table.rss(subject),
            table.allocations[subject]
        );
    }
    std::printf("%-32s %10.0f\n\n", "Kafka's ConsumerPerformance", median(table.kafkas_own));
    std::vector<Bar> bars;
    for (std::size_t subject = 0; subject < engine_subjects().size(); ++subject) {
        bars.push_back({engine_subjects()[subject].name, table.rate(subject)});
    }
    bars.push_back({"Kafka's ConsumerPerformance", median(table.kafkas_own)});
    plot(bars, "records/s");
}

boost::json::object to_json(const Table& table) {
    boost::json::array rows;
    for (std::size_t subject = 0; subject < engine_subjects().size(); ++subject) {
        rows.push_back(boost::json::object{
            {"subject", engine_subjects()[subject].name},
            {"records_per_second", table.rate(subject)},
            {"to_plain", table.ratio(subject, kPlain)},
            {"to_queue", table.ratio(subject, kQueue)},
            {"to_kafkas_own", table.of_kafkas_own(subject)},
            {"cpu_seconds_per_million", table.cpu(subject)},
            {"rss_mib", table.rss(subject)},
            {"allocations_per_million", table.allocations[subject]}});
    }
    return {
        {"records", table.job.messages},
        {"bytes", table.size},
        {"partitions", table.job.partitions},
        {"rounds", table.rounds.size()},
        {"kafkas_own_records_per_second", median(table.kafkas_own)},
        {"subjects", std::move(rows)}};
}

// Whether every target is met; names those that are not.
bool judge(const Table& table) {
    bool good = true;
    const auto need = [&](bool met, const std::string& what, double found, double wanted) {
        std::printf(
            "%s %s: %.2f (target %.2f)\n", met ? "met   " : "MISSED", what.c_str(), found, wanted
        );
        good = good && met;
    };
    const auto name = [](std::size_t subject) { return engine_subjects()[subject].name; };
    for (const Target& target : kTargets) {
        const double found = table.ratio(target.subject, target.base);
        need(
            found >= target.ratio,
            name(target.subject) + ", x " + name(target.base),
            found,
            target.ratio
        );
    }
    const double cpu = table.cpu_ratio(kPerBatch, kQueue);
    need(
        cpu <= kMostCpuOfQueue,
        "CPU of " + name(kPerBatch) + ", x " + name(kQueue),
        cpu,
        kMostCpuOfQueue
    );
    for (const std::size_t base : {kPlain, kQueue}) {
        const double found = table.of_kafkas_own(base);
        if (found > 0) {
            need(
                found >= kLeastOfKafkasOwn,
                name(base) + ", x Kafka's own tool",
                found,
                kLeastOfKafkasOwn
            );
        }
    }
    return good;
}

}  // namespace

int run_engine(const EngineOptions& options) {
    boost::json::array tables;
    bool good = true;
    for (const std::size_t size : options.sizes) {
        for (const int partitions : options.partitions) {
            const Table table = run(options, size, partitions);
            print(table);
            tables.push_back(to_json(table));
            if (size == kTargetSize && partitions == kTargetPartitions) {
                good = judge(table);
            }
            std::fflush(stdout);
        }
    }
    const std::string text = boost::json::serialize(tables);
    if (options.json.empty()) {
        std::printf("%s\n", text.c_str());
    } else {
        std::ofstream(options.json) << text << '\n';
        std::printf("\nwritten to %s\n", options.json.c_str());
    }
    return good ? 0 : 1;
}

}  // namespace carafe::bench
