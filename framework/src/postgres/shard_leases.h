#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "postgres/relay_load.h"

namespace carafe::postgres {

// How long a lease lasts without renewal, and how often a live relay renews: a relay that died
// loses its shards within kLeaseTime + kRenewEvery. All by the database's clock.
constexpr std::chrono::milliseconds kLeaseTime{2'500};
constexpr std::chrono::milliseconds kRenewEvery{500};

// The shards this relay leases. No session locks: a stopped process would keep them for ever. Live
// relays register themselves and what they do; each takes and gives at its renewals what is its
// share of that (shard_shares.h). Used by the relay's thread only.
class ShardLeases {
public:
    using Epochs = std::map<int, std::int64_t>;  // shard -> epoch

    struct Renewal {
        bool lost = false;     // a shard went to another relay without our giving it
        bool changed = false;  // others should renew too: we came, or gave shards back
        bool gained = false;
        bool owes = false;  // shards that others are to have; see `may_give`
    };

    explicit ShardLeases(std::string owner) : owner_(std::move(owner)) {}

    // Renews, then gives or takes shards towards this relay's share. Gives only if it may, which
    // means that nothing of them is in flight: who gets them would publish it again.
    Renewal renew(pqxx::connection& connection, const RelayFigures& figures, bool may_give);
    // Gives everything back and signs off.
    void release(pqxx::connection& connection);

    [[nodiscard]] const std::string& owner() const { return owner_; }
    [[nodiscard]] const Epochs& epochs() const { return epochs_; }
    [[nodiscard]] bool due() const;
    void make_due() { renewed_at_ = {}; }
    // Whether the leases are certain to last for `time` from now, by our own clock.
    [[nodiscard]] bool last(std::chrono::milliseconds time) const;

private:
    struct Standing {
        Epochs epochs;  // what is still ours
        bool newcomer = false;
    };

    [[nodiscard]] Standing register_and_renew(
        pqxx::transaction_base& tx, const RelayFigures& figures
    ) const;
    [[nodiscard]] std::size_t find_share(pqxx::transaction_base& tx) const;
    void give_back(pqxx::transaction_base& tx, Epochs& epochs, std::size_t share) const;
    void take(pqxx::transaction_base& tx, Epochs& epochs, std::size_t share) const;

    const std::string owner_;
    Epochs epochs_;
    std::chrono::steady_clock::time_point renewed_at_;
};

}  // namespace carafe::postgres
