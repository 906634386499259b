// The options of bin/bench engine, lanes and produce.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>

#include "benches.h"

namespace {

using carafe::bench::Subject;

std::vector<Subject> all_subjects() {
    std::vector<Subject> all = carafe::bench::engine_subjects();
    const auto& produce = carafe::bench::produce_subjects();
    all.insert(all.end(), produce.begin(), produce.end());
    all.push_back(carafe::bench::waiting_lanes());
    return all;
}

}  // namespace

int main(int argc, char** argv) {
    using namespace carafe::bench;
    try {
        const int code = run_measured({argv + 1, argv + argc}, all_subjects());
        if (code >= 0) {
            return code;
        }
        CLI::App app("Measures Carafe beside raw librdkafka on a real broker.", "bench");
        app.require_subcommand(1);
        EngineOptions options;
        const char* brokers = std::getenv("KAFKA_BROKERS");
        options.brokers = brokers == nullptr ? "127.0.0.1:9092" : brokers;
        CLI::App* engine = app.add_subcommand("engine", "No-op consume of one topic.");
        engine->add_option("--messages", options.messages, "Records in a topic, 1 GB at most")
            ->capture_default_str();
        engine->add_option("--size", options.sizes, "Bytes of a payload, one topic for each")
            ->delimiter(',')
            ->capture_default_str();
        engine->add_option("--partitions", options.partitions, "One topic for each")
            ->delimiter(',')
            ->capture_default_str();
        engine->add_option("--rounds", options.rounds)->capture_default_str();
        engine->add_option("--json", options.json, "A file to write the figures to");
        Job job;
        job.brokers = options.brokers;
        int rounds = 9;
        CLI::App* lanes = app.add_subcommand("lanes", "Key lanes with a handler that waits.");
        std::int64_t wait_us = job.wait.count();
        lanes->add_option("--wait", wait_us, "Microseconds of waiting for each record")
            ->capture_default_str();
        std::int64_t lane_messages = 200'000;  // ten seconds, when all goes well
        lanes->add_option("--messages", lane_messages, "Records in the topic")
            ->capture_default_str();
        lanes->add_option("--rounds", rounds)->capture_default_str();
        CLI::App* produce = app.add_subcommand("produce", "Producing, with every acknowledgement.");
        job.messages = options.messages;
        produce->add_option("--messages", job.messages, "Records of a run")->capture_default_str();
        produce->add_option("--partitions", job.partitions)->capture_default_str();
        produce->add_option("--rounds", rounds)->capture_default_str();
        CLI11_PARSE(app, argc, argv);
        if (produce->parsed()) {
            return run_produce(job, rounds);
        }
        if (lanes->parsed()) {
            job.wait = std::chrono::microseconds(wait_us);
            job.messages = lane_messages;
            return run_lanes(job, rounds);
        }
        return run_engine(options);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench: %s\n", error.what());
        return 1;
    }
}
