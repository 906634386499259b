#include "cli/stuck_partitions.h"

#include <algorithm>

namespace carafe::cli {

namespace {

using Seconds = std::chrono::duration<double>;

}  // namespace

void StuckPartitions::look(const ClusterReport& report, const Delay& delay) {
    if (report.at == last_) {
        return;
    }
    last_ = report.at;
    std::map<Key, Seen> seen;
    partitions_.clear();
    for (const GroupReport& group : report.groups) {
        for (const GroupReport::Partition& each : group.partitions) {
            if (!each.position || !each.lag || !each.lag_seconds) {
                continue;  // not known: it starts over
            }
            const Key key{group.id, each.topic, each.partition};
            const auto before = seen_.find(key);
            const bool has_moved =
                before == seen_.end() || before->second.position != *each.position;
            const auto since = has_moved ? report.at : before->second.since;
            seen.emplace(key, Seen{*each.position, since});
            Stuck stuck{
                {group.id, each.topic, each.partition}, 0, *each.lag, *each.lag_seconds, ""};
            stuck.member = !group.state          ? "who has it is not known"
                           : each.member.empty() ? "nobody has it"
                                                 : each.member + " has it";
            if (const auto waits = delay(stuck.partition); waits && *each.lag > 0) {
                // Since it last moved, and since there has been something to do.
                stuck.seconds = std::clamp(
                    *each.lag_seconds - Seconds(*waits).count(),
                    0.0,
                    Seconds(report.at - since).count()
                );
            }
            partitions_.push_back(std::move(stuck));
        }
    }
    seen_ = std::move(seen);
}

}  // namespace carafe::cli
