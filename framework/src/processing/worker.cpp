#include "processing/worker.h"

#include <algorithm>

namespace carafe::processing {

namespace {

using Clock = std::chrono::steady_clock;

// Leaving the group and the last commit take a moment of their own.
constexpr auto kGrace = std::chrono::seconds(3);

}  // namespace

Worker::Worker(
    Options options,
    std::vector<Group::Options> groups,
    const ClientFactory& make_client,
    EngineListener& listener
)
    : options_(std::move(options)),
      make_client_(make_client),
      listener_(listener),
      pool_(options_.processing_threads) {
    for (Group::Options& group : groups) {
        groups_.push_back(make(std::move(group)));
    }
}

Worker::~Worker() {
    stop(std::chrono::milliseconds(0));
}

std::unique_ptr<Group> Worker::make(Group::Options group) {
    const std::string id = group.id;
    return std::make_unique<Group>(
        std::move(group),
        [make_client = make_client_, id] { return make_client(id); },
        Group::Environment{
            pool_,
            listener_,
            options_.classifiers,
            options_.attempts == nullptr ? memory_ : *options_.attempts,
            options_.journal,
            progress_,
            options_.holds}
    );
}

void Worker::start() {
    if (started_) {
        return;
    }
    started_ = true;
    for (const auto& group : groups_) {
        group->start();
    }
}

void Worker::apply(Change change) {
    const auto deadline = Clock::now() + change.drain_timeout;
    for (const std::string& id : change.stopped) {
        retire(id, deadline);
    }
    for (auto& [id, edit] : change.changed) {
        const auto group = find(id);
        if (group != groups_.end()) {
            (*group)->change(std::move(edit));
        }
    }
    for (Group::Options& options : change.started) {
        // One process is a member only once, and what the one before has done is committed first.
        for (const auto& old : retired_) {
            if (old->id() == options.id) {
                old->join(deadline + kGrace);
            }
        }
        auto group = make(std::move(options));
        group->start();
        const std::lock_guard lock(mutex_);
        groups_.push_back(std::move(group));
    }
}

Worker::Groups::iterator Worker::find(const std::string& id) {
    return std::find_if(groups_.begin(), groups_.end(), [&](const auto& group) {
        return group->id() == id;
    });
}

void Worker::retire(const std::string& id, Clock::time_point deadline) {
    const std::lock_guard lock(mutex_);
    const auto found = find(id);
    if (found != groups_.end()) {
        (*found)->request_stop(deadline);
        retired_.push_back(std::move(*found));
        groups_.erase(found);
    }
}

// One whose handler is stuck stays: the handler still needs it.
void Worker::let_go() {
    std::erase_if(retired_, [](const auto& group) {
        return group->ended_clean() && group->join(Clock::now());
    });
}

bool Worker::stop(std::chrono::milliseconds timeout) {
    if (!started_) {
        return true;
    }
    started_ = false;
    const auto deadline = Clock::now() + timeout;
    for (const auto& group : groups_) {
        group->request_stop(deadline);
    }
    return join_all(deadline + kGrace);
}

bool Worker::join_all(Clock::time_point deadline) {
    bool clean = true;
    for (const auto* groups : {&groups_, &retired_}) {
        for (const auto& group : *groups) {
            clean = group->join(deadline) && clean;
        }
    }
    return clean;
}

std::vector<std::pair<std::string, Group::Status>> Worker::status() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::pair<std::string, Group::Status>> all;
    for (const auto& group : groups_) {
        all.emplace_back(group->id(), group->status());
    }
    return all;
}

}  // namespace carafe::processing
