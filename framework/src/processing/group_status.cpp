#include <algorithm>

#include "processing/group.h"

namespace carafe::processing {

namespace {

std::string name_of(const PartitionId& id) {
    return id.topic + "/" + std::to_string(id.partition);
}

const char* state_of(const Runner& runner, std::chrono::milliseconds busy) {
    if (runner.halted()) {
        return "halted";
    }
    if (runner.degraded()) {
        return "degraded";
    }
    if (busy.count() > 0) {
        return "running";
    }
    return runner.held() ? "paused" : "idle";
}

}  // namespace

Group::Status Group::status() const {
    Status status;
    status.joined = joined_;
    status.generation = generation_;
    status.since_poll = std::chrono::duration_cast<std::chrono::milliseconds>(
        Clock::now().time_since_epoch() - std::chrono::nanoseconds(last_poll_ns_)
    );
    const std::lock_guard lock(mutex_);
    status.assigned = published_.size();
    for (const RunnerPtr& runner : published_) {
        if (runner->degraded()) {
            status.degraded.push_back(name_of(runner->id()));
        }
        if (runner->halted()) {
            status.halted.push_back(name_of(runner->id()));
        }
        Lane lane{runner->id().topic, runner->id().partition, "", {}};
        for (CallStatus& call : runner->calls()) {
            lane.busy = std::max(lane.busy, call.age);
            if (call.age > status.longest_call) {
                status.longest_call = call.age;
                status.longest_call_partition = name_of(call.partition);
            }
            status.calls.push_back(std::move(call));
        }
        lane.state = state_of(*runner, lane.busy);
        status.lanes.push_back(std::move(lane));
    }
    return status;
}

}  // namespace carafe::processing
