#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "kafka/consumer_client.h"

namespace carafe::spec {

// A member of a group driven by hand: starts what it is given where the client says.
class GroupMember final : public kafka::ConsumerClient::Listener {
public:
    GroupMember(std::unique_ptr<kafka::ConsumerClient> made, const std::string& topic)
        : client(std::move(made)) {
        client->subscribe({topic});
    }

    void on_assigned(const std::vector<kafka::TopicPartition>& partitions) override {
        ++assignments;
        const auto starts = client->start_positions(partitions, std::chrono::seconds(5));
        ASSERT_TRUE(starts.has_value());
        for (const auto& [partition, position] : *starts) {
            open(partition);
            positions[partition.partition] = position;
            held.insert(partition.partition);
        }
        EXPECT_EQ(client->assign(*starts), std::nullopt);
    }
    void on_revoked(const std::vector<kafka::TopicPartition>& partitions, bool lost) override {
        was_lost = lost;
        for (const kafka::TopicPartition& partition : partitions) {
            queues.erase(partition.partition);
            held.erase(partition.partition);
        }
        if (before_unassign) {
            before_unassign();
        }
        client->unassign(partitions);
    }
    void on_readable(std::uint32_t token) override { ++readable[token]; }
    void on_committed(std::uint64_t request, kafka::CommitResult result) override {
        commits[request] = result;
    }
    void on_error(const std::string& error, bool /*fatal*/) override { errors.push_back(error); }

    void open(const kafka::TopicPartition& partition) {
        queues[partition.partition] =
            client->open_queue(partition, static_cast<std::uint32_t>(partition.partition));
    }
    // As the engine does to read again from somewhere else.
    void restart(const kafka::TopicPartition& partition, std::int64_t offset) {
        queues.erase(partition.partition);
        client->unassign({partition});
        open(partition);
        EXPECT_EQ(client->assign({{partition, {offset}}}), std::nullopt);
    }

    template <typename Condition>
    bool poll_until(Condition condition) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (!condition()) {
            if (std::chrono::steady_clock::now() > deadline) {
                return false;
            }
            client->poll(*this, std::chrono::milliseconds(20));
        }
        return true;
    }

    // Polls until the queue of the partition has given `count` records; their payloads.
    std::vector<std::string> drain(std::int32_t partition, std::size_t count) {
        const auto chunk = queues.at(partition)->make_chunk();
        poll_until([&] {
            last_error = queues.at(partition)->drain(*chunk, count);
            return chunk->messages().size() >= count || last_error;
        });
        std::vector<std::string> payloads;
        for (const Message& message : chunk->messages()) {
            payloads.emplace_back(message.payload().value_or("<tombstone>"));
        }
        return payloads;
    }
    bool close() { return client->close(*this, std::chrono::seconds(5)); }

    std::unique_ptr<kafka::ConsumerClient> client;
    std::map<std::int32_t, std::unique_ptr<kafka::PartitionQueue>> queues;
    std::map<std::int32_t, kafka::Position> positions;  // where each started
    std::set<std::int32_t> held;
    std::map<std::uint32_t, int> readable;
    std::map<std::uint64_t, kafka::CommitResult> commits;
    std::vector<std::string> errors;
    std::optional<std::string> last_error;
    std::function<void()> before_unassign;
    int assignments = 0;
    bool was_lost = false;
};

}  // namespace carafe::spec
