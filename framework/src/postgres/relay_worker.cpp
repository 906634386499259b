#include "postgres/relay_worker.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <random>
#include <set>
#include <utility>

#include "carafe/log.h"

namespace carafe::postgres {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPollEvery{100};  // the net below signal and NOTIFY
constexpr milliseconds kRetryParkedEvery{30'000};
// A call of the producer and a pause must fit into a lease.
constexpr milliseconds kBackoffMin{20};
constexpr milliseconds kBackoffMax{400};

// Two relays must never take each other's lease for their own, whatever names they were given.
std::string unique_owner(const std::string& owner) {
    std::random_device random;
    return owner + "/" + std::to_string(::getpid()) + "/" + std::to_string(random());
}

}  // namespace

void wait_for(const RelaySignal& signal, milliseconds time) {
    pollfd descriptor{signal.descriptor(), POLLIN, 0};
    ::poll(&descriptor, 1, static_cast<int>(time.count()));
}

RelayWorker::RelayWorker(
    DatabaseSettings settings,
    Relay::ProducerFactory make_producer,
    const Signals& signals,
    const std::string& owner
)
    : settings_(std::move(settings)),
      make_producer_(std::move(make_producer)),
      signals_(signals),
      leases_(unique_owner(owner)),
      broker_backoff_(kBackoffMin) {}

int RelayWorker::open() {
    session_ = std::make_unique<RelaySession>(settings_, leases_);
    leases_.make_due();
    return session_->socket();
}

void RelayWorker::step() {
    const RelaySession::Wake wake =
        session_->wait(signals_.rows, signals_.stop, more_ ? milliseconds(0) : time_to_wait());
    more_ = false;
    if (signals_.rows.take() && !owns_everything()) {
        session_->announce_rows();
    }
    session_->announce_due();
    if (wake.leases) {
        leases_.make_due();
    }
    renew_leases();
    retry_parked();
    more_ = publish_round();
}

void RelayWorker::release() {
    leases_.release(session_->connection());
    session_->announce_leases();
}

bool RelayWorker::owns_everything() const {
    return leases_.epochs().size() == static_cast<std::size_t>(kOutboxShards);
}

milliseconds RelayWorker::time_to_wait() {
    return std::min(kPollEvery, session_->announce_due());
}

void RelayWorker::renew_leases() {
    if (!leases_.due() && leases_.last(OutboxPublisher::kTimeout)) {
        return;
    }
    const ShardLeases::Renewal renewal = leases_.renew(session_->connection());
    if (renewal.lost) {
        log::warn("relay lost a lease: its producer is replaced", {{"owner", leases_.owner()}});
        producer_.reset();
    }
    if (renewal.changed) {
        session_->announce_leases();
    }
    if (renewal.gained) {
        // A new owner tries what is parked at once: a restart is how an operator says "again".
        parked_ = session_->table().has_parked();
        retry_parked_at_ = Clock::now();
    }
}

// Returns whether there may be more to do at once.
bool RelayWorker::publish_round() {
    remove_acknowledged();
    std::vector<OutboxRow> rows = session_->table().read();
    if (parked_) {
        set_followers_aside(rows);
    }
    if (rows.empty()) {
        warm_up();
        return false;
    }
    const OutboxPublisher::Outcome outcome = attempt(rows);
    settle(outcome);
    if (outcome.acknowledged.empty() && outcome.refused.empty()) {
        back_off(outcome);
        return outcome.failed > 0;
    }
    broker_backoff_ = kBackoffMin;
    return outcome.failed == 0;
}

// A new producer asks the broker for its id, and again only after 500 ms when it is not connected
// yet. Made while nothing waits, it does not hold up the first record.
void RelayWorker::warm_up() {
    if (producer_) {
        return;
    }
    try {
        producer_ = make_producer_();
    } catch (const std::exception&) {
        producer_.reset();  // attempt() says what is wrong, once there is something to publish
    }
}

OutboxPublisher::Outcome RelayWorker::attempt(std::vector<OutboxRow>& rows) {
    try {
        if (!producer_) {
            producer_ = make_producer_();
        }
        return publisher_.publish(*producer_, rows);
    } catch (const std::exception& error) {
        log::warn("relay's producer failed, making a new one", {{"error", error.what()}});
        producer_.reset();
        OutboxPublisher::Outcome outcome;
        outcome.failed = rows.size();
        return outcome;
    }
}

void RelayWorker::settle(const OutboxPublisher::Outcome& outcome) {
    acknowledged_ = outcome.acknowledged;
    remove_acknowledged();
    for (const OutboxPublisher::Refusal& refusal : outcome.refused) {
        park(refusal);
    }
    for (const auto& [topic, error] : outcome.failures) {
        if (const auto kept_back = repeats_.tell(topic + error, Clock::now())) {
            log::warn(
                "the broker takes no records of a topic; they stay in the outbox",
                {{"topic", topic}, {"error", error}, {"repeated", std::to_string(*kept_back)}}
            );
        }
    }
}

// What the broker has is remembered over a lost connection, so that it is not published twice.
void RelayWorker::remove_acknowledged() {
    if (acknowledged_.empty()) {
        return;
    }
    if (session_->table().remove(acknowledged_) < acknowledged_.size()) {
        leases_.make_due();  // another relay has a shard of ours: find out which
    }
    acknowledged_.clear();
}

void RelayWorker::park(const OutboxPublisher::Refusal& refusal) {
    session_->table().park(refusal.row, refusal.error);
    parked_ = true;
    log::error(
        "outbox record refused; it and later ones of its key wait in outbox_parked and are tried "
        "again every 30 s",
        {{"topic", refusal.topic},
         {"shard", std::to_string(refusal.row.shard)},
         {"id", std::to_string(refusal.row.id)},
         {"error", refusal.error}}
    );
}

void RelayWorker::set_followers_aside(std::vector<OutboxRow>& rows) {
    std::vector<OutboxRowId> ids;
    ids.reserve(rows.size());
    for (const OutboxRow& row : rows) {
        ids.push_back(row.id);
    }
    std::set<std::int64_t> moved;
    for (const OutboxRowId& id : session_->table().park_followers(ids)) {
        moved.insert(id.id);
    }
    std::erase_if(rows, [&](const OutboxRow& row) { return moved.count(row.id.id) > 0; });
}

void RelayWorker::retry_parked() {
    if (!parked_ || Clock::now() < retry_parked_at_) {
        return;
    }
    retry_parked_at_ = Clock::now() + kRetryParkedEvery;
    std::vector<OutboxRow> heads = session_->table().read_parked();
    for (const OutboxRowId& id : attempt(heads).acknowledged) {
        session_->table().unpark(id);
        log::info("parked outbox record published", {{"id", std::to_string(id.id)}});
    }
    parked_ = session_->table().has_parked();
}

void RelayWorker::back_off(const OutboxPublisher::Outcome& outcome) {
    if (outcome.failed == 0) {
        return;  // all of it is held back
    }
    wait_for(signals_.stop, broker_backoff_);
    broker_backoff_ = std::min(broker_backoff_ * 2, kBackoffMax);
}

}  // namespace carafe::postgres
