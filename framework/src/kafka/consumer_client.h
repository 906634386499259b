#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "carafe/message.h"

namespace carafe::kafka {

// What the engine needs of a Kafka consumer, in Kafka's words and without librdkafka's types. The
// real client (rdkafka_consumer_client.h) and the fake of the test kit pass the same contract spec.

struct TopicPartition {
    std::string topic;
    std::int32_t partition = 0;

    auto operator<=>(const TopicPartition&) const = default;  // NOLINT(modernize-use-nullptr)
};

// The next record to be done, and what the committer noted beside it (Kafka keeps up to 4 KiB).
struct Position {
    std::int64_t offset = 0;
    std::string metadata{};
    std::string topic_id{};  // of the several topics that may have had the name; empty: unknown
};

struct PartitionPosition {
    TopicPartition partition;
    Position position;
};

// Records drained from one partition, in offset order, and the memory behind them.
class Chunk {
public:
    virtual ~Chunk() = default;
    // Valid until the chunk dies or is drained into again.
    [[nodiscard]] virtual std::span<const Message> messages() const = 0;
    virtual void clear() = 0;
};

// The fetched records of one assigned partition. Used by one processing thread at a time; destroyed
// before its client closes.
class PartitionQueue {
public:
    virtual ~PartitionQueue() = default;

    virtual std::unique_ptr<Chunk> make_chunk() = 0;
    // Appends what is there, up to `max` records in the chunk; never waits. An error of the
    // partition itself (its position is out of range, say) is returned and ends the drain.
    virtual std::optional<std::string> drain(Chunk& chunk, std::size_t max) = 0;
};

enum class CommitResult {
    kCommitted,
    kNotAMember,   // thrown out, or the assignment is lost: the revocation is on its way
    kUnavailable,  // a rebalance is under way, a time-out, no coordinator: ask again
};

// One member of a consumer group. Every method but wake() belongs to one thread, the poll thread.
class ConsumerClient {
public:
    // Called inside poll() and close(), on the thread that called them.
    class Listener {
    public:
        virtual ~Listener() = default;
        // Must call assign() for them, with offsets, before it returns.
        virtual void on_assigned(const std::vector<TopicPartition>& partitions) = 0;
        // Must call unassign() for them before it returns. `lost`: somebody else may have them
        // already, a commit would be refused.
        virtual void on_revoked(const std::vector<TopicPartition>& partitions, bool lost) = 0;
        // Records have arrived in the queue of this partition.
        virtual void on_readable(std::uint32_t token) = 0;
        virtual void on_committed(std::uint64_t request, CommitResult result) = 0;
        virtual void on_error(const std::string& error, bool fatal) = 0;
    };

    virtual ~ConsumerClient() = default;

    virtual void subscribe(const std::vector<std::string>& topics) = 0;
    // Serves what has happened, waits at most `timeout` for something to happen.
    virtual void poll(Listener& listener, std::chrono::milliseconds timeout) = 0;
    // Thread-safe: makes poll return.
    virtual void wake() = 0;

    // Whether the coordinator knows us as a member of the group right now.
    virtual bool is_member() = 0;
    // The group's generation as this member knows it (with KIP-848 the member's epoch); negative:
    // not a member.
    virtual std::int32_t generation() { return -1; }

    // Where to start each partition: the committed position, else the log's start. Empty when the
    // broker does not answer within `timeout`.
    virtual std::optional<std::vector<PartitionPosition>> start_positions(
        const std::vector<TopicPartition>& partitions, std::chrono::milliseconds timeout
    ) = 0;
    // Takes the partition's queue, to be called before assign(); `token` comes back in on_readable.
    virtual std::unique_ptr<PartitionQueue> open_queue(
        const TopicPartition& partition, std::uint32_t token
    ) = 0;
    // Adds to or removes from the assignment (incremental). Return the error, if any.
    virtual std::optional<std::string> assign(const std::vector<PartitionPosition>& partitions) = 0;
    virtual std::optional<std::string> unassign(const std::vector<TopicPartition>& partitions) = 0;

    // Remembers positions for the background commit.
    virtual void store_offsets(const std::vector<PartitionPosition>& positions) = 0;
    // The outcome comes by on_committed with the same request number.
    virtual void commit_async(const PartitionPosition& position, std::uint64_t request) = 0;
    virtual CommitResult commit(
        const std::vector<PartitionPosition>& positions, std::chrono::milliseconds timeout
    ) = 0;

    // Leaves the group; on_revoked is called on the way. False when `timeout` passed first.
    virtual bool close(Listener& listener, std::chrono::milliseconds timeout) = 0;
};

}  // namespace carafe::kafka
