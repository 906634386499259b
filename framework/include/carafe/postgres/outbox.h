#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <pqxx/pqxx>
#include <string>
#include <string_view>
#include <vector>

#include "carafe/producer.h"

namespace carafe::postgres {

// The transactional outbox: records written in the same transaction as the change they announce,
// and published by a relay after the commit, at least once, in commit order per (topic, key).

// How many independent shards the outbox has; each is leased by one relay at a time.
constexpr int kOutboxShards = 16;

// The shard of a key: FNV-1a (64 bit, Fowler/Noll/Vo) modulo kOutboxShards. Part of the table's
// format: SQL that writes outbox rows itself must be given this value.
int outbox_shard(std::string_view key);

// The JSON of the `headers` column: an array of [name, value] pairs, in order.
std::string outbox_headers(const std::vector<std::pair<std::string, std::string>>& headers);

// Adds the records to the outbox in `tx`, in their order, with one statement. To keep commit order
// per key, the caller holds a row lock that stands for the key (the order's, the product's).
void enqueue(pqxx::transaction_base& tx, const std::vector<Record>& records);

// How a writer tells relays that a transaction with outbox rows has committed. Thread-safe; notify
// never blocks. Forgetting it costs up to 100 ms of delay, nothing else. The framework itself
// notifies after a TransactionalConsumer's commit.
class RelaySignal {
public:
    void notify();
    // Called by the relay: true when notified since the last wait, false after `timeout`.
    bool wait_for(std::chrono::milliseconds timeout);

private:
    std::mutex mutex_;
    std::condition_variable notified_;
    bool pending_ = false;
};

}  // namespace carafe::postgres
