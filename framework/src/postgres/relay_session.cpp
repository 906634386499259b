#include "postgres/relay_session.h"

#include <poll.h>

#include <utility>

#include "carafe/postgres/pool.h"
#include "carafe/postgres/statement.h"

namespace carafe::postgres {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLong{60'000};

constexpr Statement kNotify{"carafe_notify", "SELECT pg_notify($1, $2)"};

constexpr const char* kRows = "rows";
constexpr const char* kLeases = "leases";

// NOTIFY is heard in the whole database: relays of another schema need not wake up.
std::string channel_of(pqxx::connection& connection) {
    pqxx::nontransaction tx(connection, "relay_channel");
    return tx.exec("SELECT 'carafe_outbox_' || left(md5(current_schema()), 16)")[0][0]
        .as<std::string>();
}

}  // namespace

class RelaySession::Listener final : public pqxx::notification_receiver {
public:
    Listener(pqxx::connection& connection, const std::string& channel)
        : pqxx::notification_receiver(connection, channel), own_pid_(connection.backendpid()) {}

    void operator()(const std::string& payload, int backend_pid) override {
        if (backend_pid != own_pid_) {
            (payload == kLeases ? wake_.leases : wake_.rows) = true;
        }
    }

    Wake take() { return std::exchange(wake_, Wake{}); }

private:
    const int own_pid_;
    Wake wake_;
};

RelaySession::RelaySession(const DatabaseSettings& settings, const ShardLeases& leases)
    : connection_(connect(settings, "carafe relay")),
      table_(*connection_, leases),
      channel_(channel_of(*connection_)),
      listener_(std::make_unique<Listener>(*connection_, channel_)) {}

RelaySession::~RelaySession() = default;

RelaySession::Wake RelaySession::wait(
    std::initializer_list<const RelaySignal*> signals, std::chrono::milliseconds timeout
) {
    connection_->get_notifs();  // those that came along with an answer are in memory already
    Wake wake = listener_->take();
    if (wake.rows || wake.leases) {
        return wake;
    }
    std::vector<pollfd> descriptors{{connection_->sock(), POLLIN, 0}};
    for (const RelaySignal* signal : signals) {
        descriptors.push_back({signal->descriptor(), POLLIN, 0});
    }
    ::poll(descriptors.data(), descriptors.size(), static_cast<int>(timeout.count()));
    if (descriptors[0].revents != 0) {
        connection_->get_notifs();  // throws broken_connection when the server is gone
        wake = listener_->take();
    }
    return wake;
}

// A NOTIFY takes a lock that all committing transactions with one share, and wakes a backend of
// each relay.
void RelaySession::announce_rows() {
    announcement_put_off_ = true;
    announce_due();
}

std::chrono::milliseconds RelaySession::announce_due() {
    if (!announcement_put_off_) {
        return kLong;
    }
    const auto now = Clock::now();
    if (now < announced_at_ + kLookEvery) {
        return std::chrono::ceil<std::chrono::milliseconds>(announced_at_ + kLookEvery - now);
    }
    announcement_put_off_ = false;
    announced_at_ = now;
    notify(kRows);
    return kLong;
}

void RelaySession::announce_leases() {
    notify(kLeases);
}

void RelaySession::notify(const char* payload) {
    pqxx::nontransaction tx(*connection_, "relay_notify");
    run(tx, kNotify, channel_, payload);
}

}  // namespace carafe::postgres
