// A member of a consumer group of the fake broker; what it promises is in the contract spec.
#include <algorithm>
#include <utility>

#include "fake_cluster.h"
#include "fake_partition_queue.h"

namespace carafe::testing {

namespace {

using kafka::CommitResult;
using kafka::PartitionPosition;
using kafka::TopicPartition;

class FakeConsumerClient final : public kafka::ConsumerClient {
public:
    FakeConsumerClient(std::shared_ptr<FakeCluster> cluster, std::string group)
        : cluster_(std::move(cluster)), group_(std::move(group)) {}

    // Without close(): as a process that died, and whose session has timed out.
    ~FakeConsumerClient() override {
        const std::lock_guard lock(cluster_->mutex);
        end_membership();
    }
    FakeConsumerClient(const FakeConsumerClient&) = delete;
    FakeConsumerClient& operator=(const FakeConsumerClient&) = delete;

    void subscribe(const std::vector<std::string>& topics) override {
        const std::lock_guard lock(cluster_->mutex);
        me_.topics = topics;
        end_membership();
        join();
    }

    void poll(Listener& listener, std::chrono::milliseconds timeout) override {
        {
            std::unique_lock lock(cluster_->mutex);
            cluster_->changed.wait_for(lock, timeout, [this] { return has_something(); });
            me_.has_news = false;
            commit_stored();
        }
        serve_expulsion(listener);
        serve_revocations(listener);
        serve_assignments(listener);
        serve_queues(listener);
        for (const auto& [request, result] : std::exchange(answers_, {})) {
            listener.on_committed(request, result);
        }
    }

    void wake() override {
        const std::lock_guard lock(cluster_->mutex);
        me_.has_news = true;
        cluster_->changed.notify_all();
    }

    bool is_member() override {
        const std::lock_guard lock(cluster_->mutex);
        return is_member_ && is_told_ && !me_.is_expelled;
    }

    std::optional<std::vector<PartitionPosition>> start_positions(
        const std::vector<TopicPartition>& partitions, std::chrono::milliseconds /*timeout*/
    ) override {
        const std::lock_guard lock(cluster_->mutex);
        if (cluster_->is_away) {
            return std::nullopt;
        }
        std::vector<PartitionPosition> positions;
        for (const TopicPartition& partition : partitions) {
            const auto& committed = group().committed;
            const auto found = committed.find(partition);
            const FakeLog* log = cluster_->log_of(partition);
            positions.push_back(
                {partition,
                 found != committed.end() ? found->second
                                          : kafka::Position{log == nullptr ? 0 : log->begin}}
            );
        }
        return positions;
    }

    std::unique_ptr<kafka::PartitionQueue> open_queue(
        const TopicPartition& partition, std::uint32_t token
    ) override {
        const std::lock_guard lock(cluster_->mutex);
        auto reading = std::make_shared<FakeReading>(FakeReading{partition, token});
        readings_[partition] = reading;
        return make_fake_partition_queue(cluster_, std::move(reading));
    }

    std::optional<std::string> assign(const std::vector<PartitionPosition>& partitions) override {
        const std::lock_guard lock(cluster_->mutex);
        for (const auto& [partition, position] : partitions) {
            const auto reading = readings_.find(partition);
            if (reading == readings_.end()) {
                return "assigned without a queue: " + partition.topic;
            }
            reading->second->position = position.offset;
            reading->second->is_assigned = true;
            me_.readable.insert(partition);
        }
        cluster_->changed.notify_all();
        return std::nullopt;
    }

    std::optional<std::string> unassign(const std::vector<TopicPartition>& partitions) override {
        const std::lock_guard lock(cluster_->mutex);
        commit_stored();
        for (const TopicPartition& partition : partitions) {
            const auto reading = readings_.find(partition);
            if (reading != readings_.end()) {
                reading->second->is_assigned = false;
                readings_.erase(reading);
            }
            stored_.erase(partition);
            me_.readable.erase(partition);
        }
        return std::nullopt;
    }

    void store_offsets(const std::vector<PartitionPosition>& positions) override {
        const std::lock_guard lock(cluster_->mutex);
        for (const auto& [partition, position] : positions) {
            if (readings_.contains(partition)) {
                stored_[partition] = position;
            }
        }
    }

    void commit_async(const PartitionPosition& position, std::uint64_t request) override {
        const CommitResult result = commit({position}, std::chrono::milliseconds(0));
        const std::lock_guard lock(cluster_->mutex);
        answers_.emplace_back(request, result);
        me_.has_news = true;
        cluster_->changed.notify_all();
    }

    CommitResult commit(
        const std::vector<PartitionPosition>& positions, std::chrono::milliseconds /*timeout*/
    ) override {
        const std::lock_guard lock(cluster_->mutex);
        if (!is_member_ || me_.is_expelled) {
            return CommitResult::kNotAMember;
        }
        if (cluster_->is_away) {
            return CommitResult::kUnavailable;
        }
        for (const auto& [partition, position] : positions) {
            group().committed[partition] = position;
        }
        return CommitResult::kCommitted;
    }

    bool close(Listener& listener, std::chrono::milliseconds /*timeout*/) override {
        give_back(listener, me_.owned, false);
        const std::lock_guard lock(cluster_->mutex);
        end_membership();
        return true;
    }

private:
    FakeGroup& group() { return cluster_->groups[group_]; }

    void join() {
        group().members.push_back(&me_);
        is_member_ = true;
        is_told_ = false;
        cluster_->balance(group());
    }

    void end_membership() {
        if (is_member_) {
            is_member_ = false;
            me_.owned.clear();
            me_.is_expelled = false;
            cluster_->leave(group_, me_);
        }
    }

    // librdkafka's background commit.
    void commit_stored() {
        if (cluster_->is_away || me_.is_expelled || !is_member_) {
            return;
        }
        for (auto& [partition, position] : std::exchange(stored_, {})) {
            group().committed[partition] = std::move(position);
        }
    }

    [[nodiscard]] std::set<TopicPartition> to_revoke() const {
        std::set<TopicPartition> gone;
        std::set_difference(
            me_.owned.begin(),
            me_.owned.end(),
            me_.target.begin(),
            me_.target.end(),
            std::inserter(gone, gone.end())
        );
        return gone;
    }

    bool has_something() {
        if (cluster_->is_away) {
            return me_.has_news;
        }
        return me_.has_news || me_.is_expelled || !me_.readable.empty() ||
               (is_member_ &&
                (!is_told_ || !to_revoke().empty() || !cluster_->to_assign(group(), me_).empty()));
    }

    // What the listener is called with is taken under the lock; the calls are made without it.
    void give_back(Listener& listener, const std::set<TopicPartition>& some, bool lost) {
        const std::vector<TopicPartition> partitions(some.begin(), some.end());
        if (!partitions.empty()) {
            listener.on_revoked(partitions, lost);
        }
        const std::lock_guard lock(cluster_->mutex);
        for (const TopicPartition& partition : partitions) {
            me_.owned.erase(partition);
        }
        cluster_->changed.notify_all();
    }

    void serve_expulsion(Listener& listener) {
        std::set<TopicPartition> owned;
        {
            const std::lock_guard lock(cluster_->mutex);
            if (!me_.is_expelled || cluster_->is_away) {
                return;
            }
            owned = me_.owned;
        }
        give_back(listener, owned, true);
        const std::lock_guard lock(cluster_->mutex);
        end_membership();
        join();
    }

    void serve_revocations(Listener& listener) {
        std::set<TopicPartition> gone;
        {
            const std::lock_guard lock(cluster_->mutex);
            if (cluster_->is_away) {
                return;
            }
            gone = to_revoke();
        }
        give_back(listener, gone, false);
    }

    void serve_assignments(Listener& listener) {
        std::vector<TopicPartition> partitions;
        {
            const std::lock_guard lock(cluster_->mutex);
            if (!is_member_ || cluster_->is_away) {
                return;
            }
            partitions = cluster_->to_assign(group(), me_);
            me_.owned.insert(partitions.begin(), partitions.end());
            if (is_told_ && partitions.empty()) {
                return;
            }
            is_told_ = true;
        }
        listener.on_assigned(partitions);
    }

    void serve_queues(Listener& listener) {
        std::vector<std::uint32_t> tokens;
        {
            const std::lock_guard lock(cluster_->mutex);
            if (cluster_->is_away) {
                return;
            }
            for (const TopicPartition& partition : std::exchange(me_.readable, {})) {
                const auto reading = readings_.find(partition);
                if (reading != readings_.end() && has_records(*reading->second)) {
                    tokens.push_back(reading->second->token);
                }
            }
        }
        for (const std::uint32_t token : tokens) {
            listener.on_readable(token);
        }
    }

    // Or an error to tell.
    bool has_records(const FakeReading& reading) {
        const FakeLog* log = cluster_->log_of(reading.partition);
        return log != nullptr && reading.position != log->end();
    }

    const std::shared_ptr<FakeCluster> cluster_;
    const std::string group_;
    FakeMember me_;
    bool is_member_ = false;
    bool is_told_ = false;  // of its first assignment
    std::map<TopicPartition, std::shared_ptr<FakeReading>> readings_;
    std::map<TopicPartition, kafka::Position> stored_;
    std::vector<std::pair<std::uint64_t, CommitResult>> answers_;
};

}  // namespace

std::unique_ptr<kafka::ConsumerClient> make_fake_consumer_client(
    std::shared_ptr<FakeCluster> cluster, const std::string& group
) {
    return std::make_unique<FakeConsumerClient>(std::move(cluster), group);
}

}  // namespace carafe::testing
