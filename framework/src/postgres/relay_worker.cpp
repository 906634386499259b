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
// Nor may looking be all that the server does, however much there is to pass over.
constexpr int kRestPerLook = 2;
// Deleting is in nobody's way, so it is put off until it is worth a statement.
constexpr milliseconds kRemoveEvery{20};
constexpr std::size_t kRemoveAtOnce = 500;
constexpr milliseconds kRetryParkedEvery{30'000};
constexpr milliseconds kSeekOverdueEvery{1'000};
// Of a topic. The records of some partitions may be taken while those of another are not.
constexpr std::size_t kOverdueMax = 1'000;
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
    const RelaySession::Wake wake = wait();
    rows_wait_ = rows_wait_ || wake.rows;
    if (const std::uint64_t writes = signals_.rows.take()) {
        load_.wrote(writes);
        rows_wait_ = true;
        if (!owns_everything()) {
            session_->announce_rows();
        }
    }
    session_->announce_due();
    if (wake.leases) {
        leases_.make_due();
    }
    settle(publisher_.collect());
    renew_leases();
    retry_parked();
    publish_rows();
    if (acknowledged_.size() >= kRemoveAtOnce || Clock::now() >= removed_at_ + kRemoveEvery) {
        remove_acknowledged();
    }
    look_for_overdue();
}

void RelayWorker::release() {
    const auto deadline = Clock::now() + OutboxPublisher::kTimeout;
    while (!publisher_.idle() && Clock::now() < deadline) {
        wait_for(publisher_.reported(), std::chrono::ceil<milliseconds>(deadline - Clock::now()));
        settle(publisher_.collect());
    }
    replace_producer();
    remove_acknowledged();
    leases_.release(session_->connection());
    session_->announce_leases();
}

bool RelayWorker::owns_everything() const {
    return leases_.epochs().size() == static_cast<std::size_t>(kOutboxShards);
}

bool RelayWorker::will_look() const {
    return !draining_since_ && !publisher_.full();
}

// Once it is clear that there are rows to look for, and when, more of them need not wake anybody,
// nor need reports: hundreds a second when it is busy.
RelaySession::Wake RelayWorker::wait() {
    if (rows_wait_ && will_look()) {
        return session_->wait({&signals_.stop}, time_to_wait());
    }
    return session_->wait({&signals_.rows, &signals_.stop, &publisher_.reported()}, time_to_wait());
}

milliseconds RelayWorker::time_to_wait() {
    auto until = Clock::now() + session_->announce_due();
    if (will_look()) {
        until = std::min(until, next_look());
    }
    if (!acknowledged_.empty()) {
        until = std::min(until, removed_at_ + kRemoveEvery);
    }
    const auto time = std::chrono::ceil<milliseconds>(until - Clock::now());
    return std::clamp(time, milliseconds(0), kPollEvery);
}

RelayWorker::Clock::time_point RelayWorker::next_look() const {
    return std::max(
        looked_at_ + (rows_wait_ ? rest_ : std::max<Clock::duration>(rest_, kPollEvery)),
        broker_away_until_
    );
}

void RelayWorker::renew_leases() {
    const auto now = Clock::now();
    if (draining_since_ && now >= *draining_since_ + OutboxPublisher::kTimeout) {
        replace_producer();  // the broker takes nothing, and the shards are wanted elsewhere
    }
    const bool is_drained = draining_since_ && publisher_.idle();
    if (!is_drained && !leases_.due() && leases_.last(OutboxPublisher::kTimeout)) {
        return;
    }
    remove_acknowledged();
    const std::size_t had = leases_.epochs().size();
    const ShardLeases::Renewal renewal =
        leases_.renew(session_->connection(), load_.measure(now), publisher_.idle());
    if (leases_.epochs().size() != had) {
        log::info(
            "relay's share of the outbox's shards changed",
            {{"owner", leases_.owner()}, {"shards", std::to_string(leases_.epochs().size())}}
        );
    }
    if (!renewal.owes) {
        draining_since_.reset();
    } else if (!draining_since_) {
        draining_since_ = now;
    }
    if (renewal.lost) {
        log::warn("relay lost a lease: its producer is replaced", {{"owner", leases_.owner()}});
        replace_producer();
    }
    if (renewal.changed) {
        session_->announce_leases();
    }
    if (renewal.gained) {
        rows_wait_ = true;
        // A new owner tries what is parked at once: a restart is how an operator says "again".
        parked_ = session_->table().has_parked();
        retry_parked_at_ = Clock::now();
    }
}

void RelayWorker::publish_rows() {
    const auto now = Clock::now();
    if (!will_look() || now < next_look()) {
        return;
    }
    looked_at_ = now;
    rows_wait_ = false;
    OutboxTable::Except except{acknowledged_, shut_topics_};
    publisher_.add_in_flight(except.rows);
    std::vector<OutboxRow> rows = session_->table().read(except);
    rest_ =
        std::max<Clock::duration>(RelaySession::kLookEvery, (Clock::now() - now) * kRestPerLook);
    if (parked_) {
        set_followers_aside(rows);
    }
    if (rows.empty()) {
        warm_up();
    } else {
        hand_over(rows);
    }
    load_.looked(Clock::now(), publisher_.full());
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
        producer_.reset();  // hand_over() says what is wrong, once there is something to publish
    }
}

void RelayWorker::hand_over(std::vector<OutboxRow>& rows) {
    try {
        if (!producer_) {
            producer_ = make_producer_();
        }
        // There may be more behind them.
        rows_wait_ = publisher_.hand_over(*producer_, rows) > 0 || rows_wait_;
    } catch (const std::exception& error) {
        log::warn("relay's producer failed, making a new one", {{"error", error.what()}});
        replace_producer();
        back_off();
    }
}

// What the old one did not acknowledge is read again.
void RelayWorker::replace_producer() {
    producer_.reset();
    settle(publisher_.give_up());
    rows_wait_ = true;
}

// What the broker has is remembered over a lost connection, so that it is not published twice.
void RelayWorker::settle(const OutboxPublisher::Outcome& outcome) {
    acknowledged_.insert(
        acknowledged_.end(), outcome.acknowledged.begin(), outcome.acknowledged.end()
    );
    for (const auto& [topic, error] : outcome.failures) {
        warn_of_topic(topic, error);
    }
    if (!outcome.acknowledged.empty() || !outcome.acknowledged_parked.empty()) {
        load_.acknowledged();
        broker_backoff_ = kBackoffMin;
    } else if (outcome.failed > 0) {
        back_off();
    }
    if (outcome.has_ended() && publisher_.has_postponed()) {
        rows_wait_ = true;
    }
    for (const OutboxPublisher::Refusal& refusal : outcome.refused) {
        park(refusal);
    }
    unpark(outcome.acknowledged_parked);
}

void RelayWorker::remove_acknowledged() {
    removed_at_ = Clock::now();
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
    if (!parked_ || draining_since_ || Clock::now() < retry_parked_at_) {
        return;
    }
    retry_parked_at_ = Clock::now() + kRetryParkedEvery;
    std::vector<OutboxRow> heads = session_->table().read_parked();
    parked_ = !heads.empty();
    hand_over(heads);
}

void RelayWorker::unpark(const std::vector<OutboxRowId>& heads) {
    for (const OutboxRowId& head : heads) {
        session_->table().unpark(head);
        log::info("parked outbox record published", {{"id", std::to_string(head.id)}});
    }
    if (!heads.empty()) {
        parked_ = session_->table().has_parked();
        rows_wait_ = true;
    }
}

// The records of a topic that nobody takes stay in flight; others go on.
void RelayWorker::look_for_overdue() {
    const auto now = Clock::now();
    if (now < overdue_sought_at_ + kSeekOverdueEvery) {
        return;
    }
    overdue_sought_at_ = now;
    const bool was_shut = !shut_topics_.empty();
    shut_topics_.clear();
    for (const auto& [topic, records] : publisher_.find_overdue(OutboxPublisher::kTimeout)) {
        warn_of_topic(topic, "not acknowledged within a second");
        if (records >= kOverdueMax) {
            shut_topics_.push_back(topic);
        }
    }
    rows_wait_ = rows_wait_ || was_shut;
}

void RelayWorker::warn_of_topic(const std::string& topic, const std::string& error) {
    if (const auto kept_back = repeats_.tell(topic + error, Clock::now())) {
        log::warn(
            "the broker takes no records of a topic; they stay in the outbox",
            {{"topic", topic}, {"error", error}, {"repeated", std::to_string(*kept_back)}}
        );
    }
}

void RelayWorker::back_off() {
    broker_away_until_ = Clock::now() + broker_backoff_;
    broker_backoff_ = std::min(broker_backoff_ * 2, kBackoffMax);
    rows_wait_ = true;
}

}  // namespace carafe::postgres
