#include "postgres/shard_leases.h"

#include <algorithm>

#include "postgres/array_literal.h"
#include "postgres/shard_shares.h"

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

ShardLeases::Renewal ShardLeases::renew(
    pqxx::connection& connection, const RelayFigures& figures, bool may_give
) {
    // Taken before the database takes its own time, so that we never think a lease longer than it.
    const auto started = std::chrono::steady_clock::now();
    pqxx::nontransaction tx(connection, "renew_leases");
    const Standing standing = register_and_renew(tx, figures);
    const std::size_t share = find_share(tx);
    Epochs epochs = standing.epochs;
    Renewal renewal;
    renewal.lost = std::any_of(epochs_.begin(), epochs_.end(), [&](const auto& held) {
        const auto found = epochs.find(held.first);
        return found == epochs.end() || found->second != held.second;
    });
    const std::size_t kept = epochs.size();
    renewal.owes = kept > share && !may_give;
    if (may_give) {
        give_back(tx, epochs, share);
    }
    renewal.changed = standing.newcomer || epochs.size() < kept;
    take(tx, epochs, share);
    renewal.gained = epochs.size() > kept;
    epochs_ = std::move(epochs);
    renewed_at_ = started;
    return renewal;
}

ShardLeases::Standing ShardLeases::register_and_renew(
    pqxx::transaction_base& tx, const RelayFigures& figures
) const {
    const pqxx::result rows = tx.exec_params(
        "WITH me AS ("
        " INSERT INTO outbox_relays (owner, alive_until, busy, writes)"
        " VALUES ($1, clock_timestamp() + $2::bigint * interval '1 millisecond', $3, $4)"
        " ON CONFLICT (owner) DO UPDATE SET alive_until = EXCLUDED.alive_until,"
        "  busy = EXCLUDED.busy, writes = EXCLUDED.writes"
        " RETURNING xmax = 0 AS newcomer"
        "), renewed AS ("
        " UPDATE outbox_shards"
        " SET leased_until = clock_timestamp() + $2::bigint * interval '1 millisecond'"
        " WHERE owner = $1 RETURNING shard, epoch"
        ") SELECT newcomer, shard, epoch FROM me LEFT JOIN renewed ON true",
        owner_,
        lease_milliseconds(),
        figures.busy,
        figures.writes
    );
    Standing standing;
    standing.newcomer = rows[0][0].as<bool>();
    for (const auto& row : rows) {
        if (!row[1].is_null()) {
            standing.epochs.emplace(row[1].as<int>(), row[2].as<std::int64_t>());
        }
    }
    return standing;
}

// Itself it counts as live however long ago it registered: it may have been stopped in between.
std::size_t ShardLeases::find_share(pqxx::transaction_base& tx) const {
    const pqxx::result rows = tx.exec_params(
        "SELECT owner, busy, writes,"
        " (SELECT count(*) FROM outbox_shards"
        "  WHERE owner = outbox_relays.owner AND leased_until > clock_timestamp())"
        " FROM outbox_relays WHERE owner = $1 OR alive_until > clock_timestamp()",
        owner_
    );
    std::vector<LiveRelay> relays;
    for (const auto& row : rows) {
        LiveRelay& relay = relays.emplace_back();
        relay.owner = row[0].as<std::string>();
        if (!row[1].is_null()) {
            relay.figures = {row[1].as<double>(), row[2].as<double>()};
        }
        relay.shards = row[3].as<std::size_t>();
    }
    return shard_share(std::move(relays), owner_);
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
