// A worker as an app of its own: its consumer waits for each record, as for an answer of somebody
// else. Environment: BENCH_WAIT_US; for `fill`, BENCH_TOPIC, BENCH_RECORDS and BENCH_BYTES.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "carafe/application.h"
#include "carafe/producer.h"

namespace {

std::int64_t number_of(const char* name) {
    const char* value = std::getenv(name);
    if (value == nullptr) {
        throw std::runtime_error(std::string(name) + " is not set");
    }
    return std::stoll(value);
}

class WaitingConsumer final : public carafe::Consumer {
public:
    explicit WaitingConsumer(std::chrono::microseconds wait) : wait_(wait) {}
    void consume(const carafe::Batch& batch) override {
        std::this_thread::sleep_for(wait_ * batch.size());
    }

private:
    const std::chrono::microseconds wait_;
};

// Bytes that do not compress: what a broker stores is what a client fetches.
std::string noise(std::size_t bytes) {
    std::mt19937_64 random(42);
    std::string text(bytes, '\0');
    for (char& each : text) {
        each = static_cast<char>(random());
    }
    return text;
}

int fill(const carafe::Settings& settings) {
    constexpr std::size_t kAtOnce = 5'000;
    const std::int64_t count = number_of("BENCH_RECORDS");
    const std::string topic = std::getenv("BENCH_TOPIC");
    const std::string payload = noise(static_cast<std::size_t>(number_of("BENCH_BYTES")));
    const auto producer = carafe::make_producer(settings.kafka);
    std::vector<carafe::Record> records;
    for (std::int64_t index = 0; index < count; ++index) {
        records.push_back({topic, "key-" + std::to_string(index % 10'000), payload, {}});
        if (records.size() < kAtOnce && index + 1 < count) {
            continue;
        }
        for (const auto& report : producer->produce(records, std::chrono::seconds(60))) {
            if (!report.error.empty()) {
                throw std::runtime_error("produce: " + report.error);
            }
        }
        records.clear();
        std::fprintf(
            stderr, "\rfilling %s: %lld", topic.c_str(), static_cast<long long>(index + 1)
        );
    }
    std::fprintf(stderr, "\n");
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    carafe::Application app("carafe-bench");
    app.consumers([](carafe::Consumers& consumers) {
        consumers.add<WaitingConsumer>(
            "WaitingConsumer", std::chrono::microseconds(number_of("BENCH_WAIT_US"))
        );
    });
    app.command({"fill", "Produce the records of a benchmark", fill});
    return app.run(argc, argv);
}
