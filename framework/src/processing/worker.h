#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "processing/group.h"

namespace carafe::processing {

// All consumer groups of a process over one pool of processing threads. Start and stop are
// idempotent; stop before start is fine.
class Worker {
public:
    struct Options {
        std::size_t processing_threads = 8;
        std::vector<Classifier> classifiers;
        // Not owned, outlive the worker. Without a store attempts live as long as the process;
        // without a journal no record is suspected of having killed one.
        AttemptStore* attempts = nullptr;
        CrashJournal* journal = nullptr;
        // What operators have paused; may be null.
        const Holds* holds = nullptr;
    };
    // An edit of the groups of a worker that is running.
    struct Change {
        std::vector<Group::Options> started;
        std::vector<std::pair<std::string, Group::Change>> changed;  // by the group's id
        std::vector<std::string> stopped;
        std::chrono::milliseconds drain_timeout{25'000};  // of those that stop
    };
    // Makes the client of a group, by its id.
    using ClientFactory =
        std::function<std::unique_ptr<kafka::ConsumerClient>(const std::string& group)>;

    // `listener` must outlive the worker.
    Worker(
        Options options,
        std::vector<Group::Options> groups,
        const ClientFactory& make_client,
        EngineListener& listener
    );
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    void start();
    // Between start and stop, by the same thread. Waits only for a group that stops and starts
    // again. A group that was stopped ends on its own; let_go() forgets those that have.
    void apply(Change change);
    void let_go();
    // Finishes what is in flight, commits, leaves the groups. False when `timeout` passed first:
    // a handler is stuck, and only the end of the process ends it.
    bool stop(std::chrono::milliseconds timeout);

    // Thread-safe.
    [[nodiscard]] std::vector<std::pair<std::string, Group::Status>> status() const;

private:
    std::unique_ptr<Group> make(Group::Options group);
    using Groups = std::vector<std::unique_ptr<Group>>;

    Groups::iterator find(const std::string& id);
    void retire(const std::string& id, std::chrono::steady_clock::time_point deadline);
    bool join_all(std::chrono::steady_clock::time_point deadline);

    const Options options_;
    const ClientFactory make_client_;
    EngineListener& listener_;
    MemoryAttemptStore memory_;
    std::atomic<std::int64_t> progress_{0};
    ProcessingPool pool_;
    mutable std::mutex mutex_;  // guards which groups there are
    Groups groups_;
    Groups retired_;  // stopping, or stopped with a handler stuck
    bool started_ = false;
};

}  // namespace carafe::processing
