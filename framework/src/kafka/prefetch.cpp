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
    // One response may arrive on top of a queue that is just below its limit: half for each.
    const std::int64_t fetch = std::clamp(share / 2, kMinShare / 2, kMaxPartitionFetch);
    const std::int64_t response = std::clamp(budget_bytes / 2, kMinFetch, kMaxFetch);
    return {
        {"queued.max.messages.kbytes", std::to_string(share / 2 / kKib)},
        {"fetch.message.max.bytes", std::to_string(fetch)},
        {"fetch.max.bytes", std::to_string(response)},
    };
}

}  // namespace carafe::kafka
