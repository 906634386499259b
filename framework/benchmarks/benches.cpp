#include "benches.h"

#include <algorithm>
#include <cstdio>

namespace carafe::bench {

const std::vector<Subject>& engine_subjects() {
    static const std::vector<Subject> all{
        {"plain librdkafka batch loop", plain_loop},
        {"librdkafka queue per partition", partition_queue_loop},
        {"carafe, one call per batch", engine_per_batch},
        {"carafe, one call per message", engine_per_message},
        {"carafe, key lanes", engine_lanes},
    };
    return all;
}

const std::vector<Subject>& produce_subjects() {
    static const std::vector<Subject> all{
        {"plain librdkafka produce loop", plain_produce},
        {"carafe, produce(20,000 records)", carafe_produce_many},
        {"carafe, a future for each record", carafe_produce_async},
    };
    return all;
}

const Subject& waiting_lanes() {
    static const Subject subject{"carafe, key lanes that wait", engine_waiting_lanes};
    return subject;
}

void plot(const std::vector<Bar>& bars, const char* unit) {
    constexpr double kWidth = 48;
    double most = 1;
    for (const Bar& bar : bars) {
        most = std::max(most, bar.value);
    }
    for (const Bar& bar : bars) {
        const int length = static_cast<int>(bar.value / most * kWidth + 0.5);
        std::string line;
        for (int place = 0; place < length; ++place) {
            line += "█";
        }
        std::printf("%-32s %s %.0f %s\n", bar.name.c_str(), line.c_str(), bar.value, unit);
    }
}

}  // namespace carafe::bench
