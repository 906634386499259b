#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "config/topic_pattern.h"
#include "kafka/consumer_client.h"
#include "processing/group_types.h"
#include "processing/holds.h"
#include "processing/runner.h"

namespace carafe::processing {

// One consumer group of this process: owns the client and the one thread that talks to it, serves
// rebalances, keeps a Runner per assigned partition, stores and commits positions. Runs
// no user code, so a slow handler can never cost the membership.
class Group final : private kafka::ConsumerClient::Listener, private PollThread {
public:
    using Options = GroupOptions;
    using Change = GroupChange;
    using Lane = GroupLane;
    using Status = GroupStatus;

    // The environment must outlive the group.
    struct Environment {
        ProcessingPool& pool;
        EngineListener& listener;
        const std::vector<Classifier>& classifiers;
        AttemptStore& attempts;
        CrashJournal* journal;                // may be null
        std::atomic<std::int64_t>& progress;  // of the whole worker, see Runner
        const Holds* holds = nullptr;         // may be null
    };

    using ClientFactory = std::function<std::unique_ptr<kafka::ConsumerClient>()>;

    Group(Options options, ClientFactory make_client, const Environment& environment);
    ~Group() override;
    Group(const Group&) = delete;
    Group& operator=(const Group&) = delete;

    void start();
    // Thread-safe. Finishes what is in flight, commits, leaves the group; at most until `deadline`.
    void request_stop(std::chrono::steady_clock::time_point deadline);
    // Thread-safe. The partitions of a route that differs finish what they have in hand and go on
    // by the new one, without leaving the group; a topic more or less is a rebalance of that topic.
    void change(Change change);
    // The poll thread has ended; clean when everything was let go in time.
    [[nodiscard]] bool ended() const { return ended_; }
    [[nodiscard]] bool ended_clean() const { return ended_ && clean_; }
    // Waits for the poll thread to end; true when everything was let go in time.
    bool join(std::chrono::steady_clock::time_point deadline);

    [[nodiscard]] const std::string& id() const { return options_.id; }
    // Thread-safe.
    [[nodiscard]] Status status() const;

private:
    using Clock = std::chrono::steady_clock;
    using RunnerPtr = std::shared_ptr<Runner>;
    using RoutePtr = std::shared_ptr<const Route>;
    struct Routed {
        config::TopicPattern pattern;
        RoutePtr route;
    };

    // The poll thread's life.
    void run();
    void look_around();
    void check_membership();
    void renew_client();
    void subscribe();
    void serve_requests();
    void store_positions();
    void publish_active();
    void commit_positions(const std::vector<RunnerPtr>& runners);
    void shut_down();
    void await_released(Clock::time_point deadline);

    // kafka::ConsumerClient::Listener, called on the poll thread.
    void on_assigned(const std::vector<kafka::TopicPartition>& partitions) override;
    void on_revoked(const std::vector<kafka::TopicPartition>& partitions, bool lost) override;
    void on_readable(std::uint32_t token) override;
    void on_committed(std::uint64_t request, kafka::CommitResult result) override;
    void on_error(const std::string& error, bool fatal) override;

    // PollThread, called by runners from processing threads.
    void prove_membership(std::uint64_t assignment) override;
    void restart(std::uint64_t assignment, std::int64_t offset) override;
    void released(std::uint64_t assignment) override;
    void post(std::function<void()> request);

    void change_now(const Change& change);
    bool take(const Change& change);
    void reopen(std::uint64_t assignment);
    void open(const std::vector<kafka::PartitionPosition>& positions, bool is_new);
    RunnerPtr make(const kafka::TopicPartition& partition, const RoutePtr& route);
    void restart_now(std::uint64_t assignment, std::int64_t offset);
    void prove_now(std::uint64_t assignment);
    void apply_holds();
    [[nodiscard]] RunnerPtr find(std::uint64_t assignment) const;
    [[nodiscard]] RoutePtr route_of(const std::string& topic) const;
    std::vector<kafka::PartitionPosition> resolve_start(
        const std::vector<kafka::TopicPartition>& partitions
    );
    void release_all(const std::vector<RunnerPtr>& runners, Runner::Reason reason);
    std::vector<kafka::PartitionPosition> take_positions(
        const std::vector<RunnerPtr>& runners, bool last
    );

    const Options options_;
    const Environment environment_;
    const ClientFactory make_client_;
    std::unique_ptr<kafka::ConsumerClient> client_;  // replaced by the poll thread under the mutex

    // Poll thread only. A token is the low half of an assignment number.
    std::map<std::uint64_t, RunnerPtr> active_;
    std::map<std::uint64_t, RunnerPtr> releasing_;
    std::map<std::uint64_t, RunnerPtr> replaced_;  // among them: their partitions stay with us
    std::vector<Routed> routes_;
    bool commits_on_revocation_;
    std::map<std::uint64_t, kafka::Position> hints_;  // of each, as far as it is known
    std::uint64_t last_assignment_ = 0;
    Clock::time_point next_look_around_{};
    Clock::time_point last_member_{};  // when we were last seen to be one
    std::chrono::milliseconds patience_{};

    mutable std::mutex mutex_;  // guards the next three, and which client it is
    std::vector<std::function<void()>> requests_;
    std::vector<RunnerPtr> published_;  // copy of active_ for status()
    std::optional<Clock::time_point> stop_deadline_;

    std::atomic<bool> joined_{false};
    std::atomic<std::int32_t> generation_{-1};
    std::atomic<bool> ended_{false};
    std::atomic<bool> clean_{false};
    std::atomic<std::int64_t> last_poll_ns_{0};
    std::jthread thread_;
};

}  // namespace carafe::processing
