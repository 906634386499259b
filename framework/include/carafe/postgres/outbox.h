#pragma once

#include <cstdint>
#include <pqxx/pqxx>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "carafe/producer.h"

namespace carafe::postgres {

// The transactional outbox: records written in the same transaction as the change they announce,
// and published by a relay after the commit, at least once, in commit order per (topic, key).
//
// SQL may also write rows itself: outbox (shard smallint, topic text, key bytea, payload bytea,
// headers jsonb); `id` and `created_at` have defaults; NULL key or payload as in Record.

// How many independent shards the outbox has; each is leased by one relay at a time.
constexpr int kOutboxShards = 16;

// The shard of a key: FNV-1a (64 bit, Fowler/Noll/Vo) modulo kOutboxShards. Part of the table's
// format: SQL that writes outbox rows itself must be given this value.
int outbox_shard(std::string_view key);

// The JSON of the `headers` column: an array of [name, value] pairs, in order. A name or value that
// JSON cannot hold (not UTF-8, or with a NUL) is written as {"hex": "00ff"}.
std::string outbox_headers(const std::vector<std::pair<std::string, std::string>>& headers);

// Adds the records to the outbox in `tx`, in their order, with one statement. To keep commit order
// per key, the caller holds a row lock that stands for the key (the order's, the product's).
void enqueue(pqxx::transaction_base& tx, const std::vector<Record>& records);

// How a writer tells this process's relay that a transaction with outbox rows has committed; the
// relay passes it on to other processes. Thread-safe; notify never blocks. Forgetting it costs up
// to 100 ms of delay, nothing else. The framework itself notifies after a TransactionalConsumer's
// commit. One relay waits on a signal; its notifications coalesce.
class RelaySignal {
public:
    // Throws std::system_error when the process has no file descriptor left.
    RelaySignal();
    ~RelaySignal();
    RelaySignal(const RelaySignal&) = delete;
    RelaySignal& operator=(const RelaySignal&) = delete;

    void notify() noexcept;

    // For the relay: readable (poll) when notified since the last take().
    [[nodiscard]] int descriptor() const { return descriptor_; }
    // How often notified since the last call.
    std::uint64_t take() noexcept;

private:
    const int descriptor_;
};

}  // namespace carafe::postgres
