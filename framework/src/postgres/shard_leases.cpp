#include "postgres/shard_leases.h"

#include <algorithm>

#include "carafe/postgres/outbox.h"
#include "postgres/array_literal.h"

namespace carafe::postgres {

namespace {

std::string lease_milliseconds() {
    return std::to_string(kLeaseTime.count());
}

}  // namespace

bool ShardLeases::due() const {
    return std::chrono::steady_clock::now() >= renewed_at_ + kRenewEvery;
}

bool ShardLeases::last(std::chrono::milliseconds time) const {
    return std::chrono::steady_clock::now() + time < renewed_at_ + kLeaseTime;
}

ShardLeases::Renewal ShardLeases::renew(pqxx::connection& connection) {
    // Taken before the database takes its own time, so that we never think a lease longer than it.
    const auto started = std::chrono::steady_clock::now();
    pqxx::work tx(connection, "renew_leases");
    const bool newcomer = tx.exec_params(
                                "INSERT INTO outbox_relays (owner, alive_until) VALUES ($1, "
                                "clock_timestamp() + $2::bigint * interval '1 millisecond')"
                                " ON CONFLICT (owner) DO UPDATE SET alive_until = "
                                "EXCLUDED.alive_until RETURNING xmax = 0",
                                owner_,
                                lease_milliseconds()
    )[0][0]
                              .as<bool>();
    const std::size_t share = fair_share(tx);
    Epochs epochs = renewed(tx);
    Renewal renewal;
    renewal.lost = std::any_of(epochs_.begin(), epochs_.end(), [&](const auto& held) {
        const auto found = epochs.find(held.first);
        return found == epochs.end() || found->second != held.second;
    });
    const std::size_t kept = epochs.size();
    give_back(tx, epochs, share);
    renewal.changed = newcomer || epochs.size() < kept;
    take(tx, epochs, share);
    renewal.gained = epochs.size() > kept;
    tx.commit();
    epochs_ = std::move(epochs);
    renewed_at_ = started;
    return renewal;
}

// Every live relay computes the same list, so the shares add up to the number of shards.
std::size_t ShardLeases::fair_share(pqxx::transaction_base& tx) const {
    const pqxx::result live = tx.exec(
        "SELECT owner FROM outbox_relays WHERE alive_until > clock_timestamp() ORDER BY owner"
    );
    std::size_t position = 0;
    for (const auto& row : live) {
        if (row[0].as<std::string>() == owner_) {
            break;
        }
        ++position;
    }
    const std::size_t count = live.size();
    const auto shards = static_cast<std::size_t>(kOutboxShards);
    return shards / count + (position < shards % count ? 1 : 0);
}

ShardLeases::Epochs ShardLeases::renewed(pqxx::transaction_base& tx) const {
    const pqxx::result rows = tx.exec_params(
        "UPDATE outbox_shards SET leased_until = clock_timestamp() + $2::bigint * interval '1 "
        "millisecond' WHERE owner = $1 RETURNING shard, epoch",
        owner_,
        lease_milliseconds()
    );
    Epochs epochs;
    for (const auto& row : rows) {
        epochs.emplace(row[0].as<int>(), row[1].as<std::int64_t>());
    }
    return epochs;
}

void ShardLeases::give_back(pqxx::transaction_base& tx, Epochs& epochs, std::size_t share) const {
    if (epochs.size() <= share) {
        return;
    }
    ArrayLiteral surplus;
    while (epochs.size() > share) {
        surplus.add_number(epochs.rbegin()->first);
        epochs.erase(std::prev(epochs.end()));
    }
    tx.exec_params(
        "UPDATE outbox_shards SET owner = NULL, leased_until = '-infinity'"
        " WHERE owner = $1 AND shard = ANY($2::smallint[])",
        owner_,
        surplus.finish()
    );
}

void ShardLeases::take(pqxx::transaction_base& tx, Epochs& epochs, std::size_t share) const {
    if (epochs.size() >= share) {
        return;
    }
    // SKIP LOCKED: another relay that is taking a shard right now may have it.
    const pqxx::result rows = tx.exec_params(
        "UPDATE outbox_shards SET owner = $1, epoch = epoch + 1,"
        " leased_until = clock_timestamp() + $2::bigint * interval '1 millisecond'"
        " WHERE shard IN (SELECT shard FROM outbox_shards"
        "  WHERE owner IS NULL OR leased_until < clock_timestamp()"
        "  ORDER BY shard LIMIT $3 FOR UPDATE SKIP LOCKED)"
        " RETURNING shard, epoch",
        owner_,
        lease_milliseconds(),
        share - epochs.size()
    );
    for (const auto& row : rows) {
        epochs.emplace(row[0].as<int>(), row[1].as<std::int64_t>());
    }
    tx.exec("DELETE FROM outbox_relays WHERE alive_until < clock_timestamp() - interval '1 minute'"
    );
}

void ShardLeases::release(pqxx::connection& connection) {
    epochs_.clear();
    pqxx::work tx(connection, "release_leases");
    tx.exec_params(
        "UPDATE outbox_shards SET owner = NULL, leased_until = '-infinity' WHERE owner = $1", owner_
    );
    tx.exec_params("DELETE FROM outbox_relays WHERE owner = $1", owner_);
    tx.commit();
}

}  // namespace carafe::postgres
