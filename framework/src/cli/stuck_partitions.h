#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "carafe/cluster.h"
#include "processing/delivery.h"

namespace carafe::cli {

// Which partitions have records to be handled and do not move, whoever has them: seen from one
// report about the cluster to the next. Used by one thread.
class StuckPartitions {
public:
    struct Stuck {
        processing::PartitionId partition;
        double seconds = 0;  // for so long it has not moved although it could
        std::int64_t lag = 0;
        double oldest_seconds = 0;  // age of the record it stands at
        std::string member;         // who has the partition, as one would say it
    };
    // For how long records of a partition wait on purpose (`delay`); empty: they are paused.
    using Delay =
        std::function<std::optional<std::chrono::milliseconds>(const processing::PartitionId&)>;

    // Looks at a report; the same one twice changes nothing.
    void look(const ClusterReport& report, const Delay& delay);

    // Every partition of the last report that is known; most of them for 0 seconds.
    [[nodiscard]] const std::vector<Stuck>& partitions() const { return partitions_; }

private:
    using Key = std::tuple<std::string, std::string, std::int32_t>;  // group, topic, partition
    struct Seen {
        std::int64_t position = 0;
        std::chrono::system_clock::time_point since;
    };

    std::map<Key, Seen> seen_;
    std::vector<Stuck> partitions_;
    std::chrono::system_clock::time_point last_;
};

}  // namespace carafe::cli
