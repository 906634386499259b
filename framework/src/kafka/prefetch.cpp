#include "kafka/prefetch.h"

#include <algorithm>

namespace carafe::kafka {

namespace {

constexpr std::int64_t kKib = 1024;
constexpr std::int64_t kMinShare = 64 * kKib;
// librdkafka's own default for one partition's part of a fetch response.
constexpr std::int64_t kMaxPartitionFetch = 1024 * kKib;
constexpr std::int64_t kMinFetch = 1'000'000;         // librdkafka raises fetch.max.bytes to this
constexpr std::int64_t kMaxFetch = 50 * kKib * kKib;  // librdkafka's default fetch.max.bytes

}  // namespace

Properties prefetch_properties(std::int64_t budget_bytes, int partitions) {
    const std::int64_t share = std::max(kMinShare, budget_bytes / std::max(1, partitions));
    // One response may arrive on top of a queue that is just below its limit: as much for each.
    // What is left is for what librdkafka does not count: some 450 bytes of each record, and the
    // part of a batch at the end of what a broker sends, which is thrown away.
    const std::int64_t queued = std::max(kMinShare / 2, share * 3 / 8);
    const std::int64_t fetch = std::min(queued, kMaxPartitionFetch);
    // A response stays in memory until the slowest of its partitions is through: few in each.
    const std::int64_t response = std::clamp(budget_bytes / 32, kMinFetch, kMaxFetch);
    return {
        {"queued.max.messages.kbytes", std::to_string(queued / kKib)},
        {"fetch.message.max.bytes", std::to_string(fetch)},
        {"fetch.max.bytes", std::to_string(response)},
    };
}

}  // namespace carafe::kafka
