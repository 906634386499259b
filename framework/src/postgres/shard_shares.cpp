#include "postgres/shard_shares.h"

#include <algorithm>
#include <tuple>

#include "carafe/postgres/outbox.h"

namespace carafe::postgres {

namespace {

// Of the mean of those that have shards: half of their time rows waited for them.
constexpr double kTooBusy = 0.5;
// Of each of them.
constexpr double kAtEase = 0.05;
// A process that writes less often may as well tell another's relay.
constexpr double kWritesMin = 10;
constexpr double kKeep = 2;

// Those of an older version share evenly among all, by name.
bool share_among_all(const std::vector<LiveRelay>& relays) {
    return std::any_of(relays.begin(), relays.end(), [](const LiveRelay& relay) {
        return !relay.figures;
    });
}

std::size_t relays_needed(const std::vector<LiveRelay>& relays) {
    std::size_t having = 0;
    double sum = 0;
    double most = 0;
    for (const LiveRelay& relay : relays) {
        if (relay.shards > 0) {
            ++having;
            sum += relay.figures->busy;
            most = std::max(most, relay.figures->busy);
        }
    }
    if (having > 0 && sum >= kTooBusy * static_cast<double>(having)) {
        ++having;
    } else if (most < kAtEase && having > 0) {
        --having;
    }
    return std::max<std::size_t>(1, std::min(having, relays.size()));
}

// What comes first is to have shards before what comes later.
auto order(const LiveRelay& relay) {
    const bool has_shards = relay.shards > 0;
    const double writes = relay.figures->writes < kWritesMin ? 0 : relay.figures->writes;
    return std::tuple(has_shards ? -writes * kKeep : -writes, !has_shards, relay.owner);
}

}  // namespace

std::size_t shard_share(std::vector<LiveRelay> relays, const std::string& owner) {
    const auto shards = static_cast<std::size_t>(kOutboxShards);
    const bool among_all = share_among_all(relays);
    const std::size_t sharing = among_all ? relays.size() : relays_needed(relays);
    std::sort(relays.begin(), relays.end(), [&](const LiveRelay& a, const LiveRelay& b) {
        return among_all ? a.owner < b.owner : order(a) < order(b);
    });
    const auto mine = std::find_if(relays.begin(), relays.end(), [&](const LiveRelay& relay) {
        return relay.owner == owner;
    });
    const auto position = static_cast<std::size_t>(mine - relays.begin());
    return position >= sharing ? 0 : shards / sharing + (position < shards % sharing ? 1 : 0);
}

}  // namespace carafe::postgres
