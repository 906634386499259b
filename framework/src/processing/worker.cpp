#include "processing/worker.h"

namespace carafe::processing {

namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

Worker::Worker(
    Options options,
    std::vector<Group::Options> groups,
    const ClientFactory& make_client,
    EngineListener& listener
)
    : options_(std::move(options)), pool_(options_.processing_threads) {
    for (Group::Options& group : groups) {
        const std::string id = group.id;
        groups_.push_back(std::make_unique<Group>(
            std::move(group),
            [make_client, id] { return make_client(id); },
            Group::Environment{
                pool_,
                listener,
                options_.classifiers,
                options_.attempts == nullptr ? memory_ : *options_.attempts,
                options_.journal,
                progress_,
                options_.holds}
        ));
    }
}

Worker::~Worker() {
    stop(std::chrono::milliseconds(0));
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

bool Worker::stop(std::chrono::milliseconds timeout) {
    if (!started_) {
        return true;
    }
    started_ = false;
    const auto deadline = Clock::now() + timeout;
    for (const auto& group : groups_) {
        group->request_stop(deadline);
    }
    // Leaving the group and the last commit take a moment of their own.
    constexpr auto kGrace = std::chrono::seconds(3);
    bool clean = true;
    for (const auto& group : groups_) {
        clean = group->join(deadline + kGrace) && clean;
    }
    return clean;
}

std::vector<std::pair<std::string, Group::Status>> Worker::status() const {
    std::vector<std::pair<std::string, Group::Status>> all;
    for (const auto& group : groups_) {
        all.emplace_back(group->id(), group->status());
    }
    return all;
}

}  // namespace carafe::processing
