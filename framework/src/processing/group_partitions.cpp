// How a group gets, restarts and gives partitions back; its life is group.cpp.
#include <algorithm>

#include "processing/group.h"

namespace carafe::processing {

namespace {

constexpr auto kOffsetsRetry = std::chrono::milliseconds(50);
constexpr auto kOffsetsTimeout = std::chrono::seconds(5);
constexpr auto kRevocationDrain = std::chrono::seconds(1);

std::uint32_t token_of(std::uint64_t assignment) {
    return static_cast<std::uint32_t>(assignment);
}

std::int64_t now_ns() {
    return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

}  // namespace

void Group::on_assigned(const std::vector<kafka::TopicPartition>& given) {
    joined_ = true;
    std::vector<kafka::TopicPartition> partitions = given;
    // The assignor may be another member, whose routes are not ours.
    std::erase_if(partitions, [this](const kafka::TopicPartition& partition) {
        return route_of(partition.topic) == nullptr;
    });
    open(resolve_start(partitions), true);
}

Group::RunnerPtr Group::make(const kafka::TopicPartition& partition, const RoutePtr& route) {
    return make_runner(
        PartitionId{options_.id, partition.topic, partition.partition},
        ++last_assignment_,
        *route,
        Runner::Environment{
            *this,
            environment_.pool,
            environment_.listener,
            environment_.classifiers,
            environment_.attempts,
            environment_.journal,
            environment_.progress,
            route}
    );
}

void Group::open(const std::vector<kafka::PartitionPosition>& positions, bool is_new) {
    struct Opened {
        RunnerPtr runner;
        std::unique_ptr<kafka::PartitionQueue> queue;
        kafka::Position position;
    };
    std::vector<Opened> opened;
    for (const auto& [partition, position] : positions) {
        const RoutePtr route = route_of(partition.topic);
        if (!route) {
            continue;
        }
        auto runner = make(partition, route);
        const std::uint64_t assignment = runner->assignment();
        hints_[assignment] = position;
        active_.emplace(assignment, runner);
        opened.push_back(
            {std::move(runner), client_->open_queue(partition, token_of(assignment)), position}
        );
    }
    if (const auto error = client_->assign(positions)) {
        on_error("assign: " + *error, false);
    }
    publish_active();
    apply_holds();  // before the first record
    for (Opened& entry : opened) {
        EngineListener& listener = environment_.listener;
        is_new ? listener.on_assigned(entry.runner->id(), entry.position.offset)
               : listener.on_rerouted(entry.runner->id(), entry.position.offset);
        entry.runner->start(std::move(entry.queue), entry.position);
    }
}

std::vector<kafka::PartitionPosition> Group::resolve_start(
    const std::vector<kafka::TopicPartition>& partitions
) {
    if (partitions.empty()) {
        return {};
    }
    // The coordinator has just answered, so a missing answer is a passing fault; without an
    // answer nothing may be assumed, least of all "from the beginning".
    while (true) {
        if (auto positions = client_->start_positions(partitions, kOffsetsTimeout)) {
            return *positions;
        }
        last_poll_ns_ = now_ns();
        {
            const std::lock_guard lock(mutex_);
            if (stop_deadline_) {
                return {};
            }
        }
        std::this_thread::sleep_for(kOffsetsRetry);
    }
}

void Group::on_revoked(const std::vector<kafka::TopicPartition>& partitions, bool lost) {
    std::vector<RunnerPtr> runners;
    for (const auto& [assignment, runner] : active_) {
        const auto key = key_of(runner->id());
        if (std::find(partitions.begin(), partitions.end(), key) != partitions.end()) {
            runners.push_back(runner);
        }
    }
    std::erase_if(replaced_, [&](const auto& entry) {
        const auto key = key_of(entry.second->id());
        const bool is_gone =
            std::find(partitions.begin(), partitions.end(), key) != partitions.end();
        if (is_gone) {
            runners.push_back(entry.second);
        }
        return is_gone;
    });
    release_all(runners, Runner::Reason::kRevoked);
    if (commits_on_revocation_ && !lost && !runners.empty()) {
        await_released(Clock::now() + kRevocationDrain);
        commit_positions(runners);
    }
    for (const RunnerPtr& runner : runners) {
        hints_.erase(runner->assignment());
        environment_.listener.on_revoked(runner->id(), lost);
    }
    if (const auto error = client_->unassign(partitions)) {
        on_error("unassign: " + *error, false);
    }
}

void Group::on_readable(std::uint32_t token) {
    // Assignments are numbered from 1 and far fewer than 2^32 are ever active at once.
    const auto found = std::find_if(active_.begin(), active_.end(), [token](const auto& entry) {
        return token_of(entry.first) == token;
    });
    if (found != active_.end()) {
        found->second->wake();
    }
}

void Group::on_committed(std::uint64_t request, kafka::CommitResult result) {
    if (const RunnerPtr runner = find(request)) {
        runner->proof(result);
    }
}

void Group::on_error(const std::string& error, bool fatal) {
    environment_.listener.on_client_error(options_.id, error, fatal);
}

void Group::post(std::function<void()> request) {
    const std::lock_guard lock(mutex_);
    requests_.push_back(std::move(request));
    client_->wake();
}

void Group::prove_membership(std::uint64_t assignment) {
    post([this, assignment] { prove_now(assignment); });
}

void Group::prove_now(std::uint64_t assignment) {
    if (const RunnerPtr runner = find(assignment)) {
        client_->commit_async({key_of(runner->id()), hints_[assignment]}, assignment);
    }
}

void Group::restart(std::uint64_t assignment, std::int64_t offset) {
    post([this, assignment, offset] { restart_now(assignment, offset); });
}

void Group::restart_now(std::uint64_t assignment, std::int64_t offset) {
    const RunnerPtr runner = find(assignment);
    if (!runner) {
        return;
    }
    const kafka::TopicPartition partition = key_of(runner->id());
    client_->unassign({partition});
    auto queue = client_->open_queue(partition, token_of(assignment));
    if (const auto error = client_->assign({{partition, {offset}}})) {
        on_error("assign: " + *error, false);
    }
    hints_[assignment] = {offset};
    runner->restarted(std::move(queue));
}

void Group::released(std::uint64_t assignment) {
    post([this, assignment] {
        releasing_.erase(assignment);
        reopen(assignment);
    });
}

Group::RunnerPtr Group::find(std::uint64_t assignment) const {
    const auto found = active_.find(assignment);
    return found == active_.end() ? nullptr : found->second;
}

// The one that names the topic, else the first pattern that matches.
Group::RoutePtr Group::route_of(const std::string& topic) const {
    RoutePtr found;
    for (const Routed& routed : routes_) {
        if (!routed.pattern.matches(topic)) {
            continue;
        }
        if (!routed.pattern.is_pattern()) {
            return routed.route;
        }
        found = found == nullptr ? routed.route : found;
    }
    return found;
}

}  // namespace carafe::processing
