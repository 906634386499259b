#include "processing/runner.h"

#include "processing/lane_runner.h"
#include "processing/partition_runner.h"

namespace carafe::processing {

std::shared_ptr<Runner> make_runner(
    PartitionId id,
    std::uint64_t assignment,
    const Route& route,
    const Runner::Environment& environment
) {
    if (route.lanes > 0) {
        return std::make_shared<LaneRunner>(std::move(id), assignment, route, environment);
    }
    return std::make_shared<PartitionRunner>(std::move(id), assignment, route, environment);
}

}  // namespace carafe::processing
