#include "perf_tool.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <vector>

namespace carafe::bench {

namespace {

// All that a command of the shell prints.
std::string output_of(const std::string& command) {
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
    std::string text;
    std::array<char, 4096> part{};
    while (pipe && std::fgets(part.data(), part.size(), pipe.get()) != nullptr) {
        text += part.data();
    }
    return text;
}

// One line: start, end, MB, MB/s, records, records/s, rebalance ms, fetch ms, fetch MB/s, fetch
// records/s. The last one leaves the time to join the group out, as the other subjects do.
double rate_in(const std::string& line) {
    const std::size_t comma = line.rfind(',');
    return comma == std::string::npos ? 0 : std::strtod(line.c_str() + comma + 1, nullptr);
}

}  // namespace

double kafkas_own_rate(const Job& job, int round) {
    const char* libs = std::getenv("CARAFE_KAFKA_LIBS");
    if (libs == nullptr) {
        return 0;
    }
    const std::string text = output_of(
        "java -Xmx512m -cp '" + std::string(libs) +
        "/*' org.apache.kafka.tools.ConsumerPerformance --hide-header --timeout 30000 "
        "--bootstrap-server " +
        job.brokers + " --topic " + job.topic + " --num-records " + std::to_string(job.messages) +
        " --group " + job.topic + "-perf-" + std::to_string(round) + " 2>&1"
    );
    const double rate = rate_in(text);
    if (rate <= 0) {
        throw std::runtime_error("Kafka's ConsumerPerformance: " + text);
    }
    return rate;
}

}  // namespace carafe::bench
