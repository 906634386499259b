#include "postgres/exactly_once_delivery.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "carafe/log.h"
#include "carafe/postgres/statement.h"
#include "postgres/dead_letters/redriven_records.h"
#include "postgres/first_occurrences.h"
#include "processing/dead_letter_record.h"

namespace carafe::postgres {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// How long one call looks for the outcome of a lost commit, in time-outs of the pool, and the pause
// between two looks.
constexpr int kDoubtPoolTimeouts = 5;
constexpr milliseconds kDoubtPause{50};

constexpr Statement kFence{"carafe_fence", R"(
    UPDATE consumer_offsets SET next_offset = $6, updated_at = now()
    WHERE grp = $1 AND topic = $2 AND partition = $3 AND epoch = $4 AND next_offset = $5
)"};

TransactionalConsumer& transactional(BaseConsumer& consumer) {
    auto* found = dynamic_cast<TransactionalConsumer*>(&consumer);
    if (found == nullptr) {
        throw std::logic_error("exactly_once needs a consumer derived from TransactionalConsumer");
    }
    return *found;
}

std::string describe(const processing::PartitionId& partition) {
    return partition.group + "/" + partition.topic + "/" + std::to_string(partition.partition);
}

// The records that are not done yet: all, unless a commit that was in doubt has taken effect.
Batch from_position(const Batch& batch, std::int64_t position) {
    const auto first = std::find_if(batch.begin(), batch.end(), [&](const Message& message) {
        return message.offset() >= position;
    });
    return batch.part({first, batch.end()});
}

}  // namespace

ExactlyOnceDelivery::ExactlyOnceDelivery(
    ExactlyOnce shared, processing::PartitionId partition, BaseConsumer& consumer
)
    : shared_(std::move(shared)),
      partition_(std::move(partition)),
      consumer_(transactional(consumer)) {}

std::int64_t ExactlyOnceDelivery::claim(std::int64_t committed_offset) {
    const Pool::Lease lease = shared_.pool.acquire();
    pqxx::work tx(*lease, "claim");
    // The first claim writes Kafka's hint down; from then on this row alone decides.
    const pqxx::result claimed = tx.exec_params(
        "INSERT INTO consumer_offsets (grp, topic, partition, epoch, next_offset, owner, topic_id)"
        " VALUES ($1, $2, $3, 1, $4, $5, nullif($6, ''))"
        " ON CONFLICT (grp, topic, partition) DO UPDATE"
        " SET epoch = consumer_offsets.epoch + 1, owner = EXCLUDED.owner, updated_at = now(),"
        " topic_id = coalesce(consumer_offsets.topic_id, EXCLUDED.topic_id)"
        " RETURNING epoch, next_offset, coalesce(topic_id, '')",
        partition_.group,
        partition_.topic,
        partition_.partition,
        committed_offset,
        shared_.owner,
        topic_id_
    );
    if (!topic_id_.empty() && claimed[0][2].as<std::string>() != topic_id_) {
        throw processing::OtherTopic(
            "the position of " + describe(partition_) +
            " was written for another topic of this name (deleted and created again?): set it, or "
            "delete it from consumer_offsets to begin with the oldest record; then restart"
        );
    }
    tx.commit();
    epoch_ = claimed[0][0].as<std::int64_t>();
    position_ = claimed[0][1].as<std::int64_t>();
    doubt_.reset();
    return position_;
}

void ExactlyOnceDelivery::deliver(const Batch& batch, std::int64_t next_offset) {
    settle_doubt();
    if (next_offset <= position_) {
        return;
    }
    const Batch rest = from_position(batch, position_);
    transact(next_offset, [&](pqxx::work& tx) { handle(rest, tx); });
}

// Calls the consumer with what of the batch is not done yet, and is its own.
void ExactlyOnceDelivery::handle(const Batch& batch, pqxx::work& tx) {
    if (batch.size() == 0) {
        return;
    }
    const RedrivenRecords wanted(tx, batch, partition_.group, "done");
    if (wanted.empty()) {
        return;
    }
    if (!shared_.deduplicates) {
        call_consumer(wanted.batch(), tx);
        return;
    }
    const FirstOccurrences fresh(tx, wanted.batch(), partition_);
    if (!fresh.empty()) {
        call_consumer(fresh.batch(), tx);
    }
}

void ExactlyOnceDelivery::call_consumer(const Batch& batch, pqxx::work& tx) {
    handling_ = &tx;
    try {
        consumer_.consume(batch, tx);
    } catch (...) {
        handling_ = nullptr;
        throw;
    }
    handling_ = nullptr;
    if (batch.has_failures()) {
        throw processing::BatchMarked("the handler marked records as failed");
    }
}

void ExactlyOnceDelivery::produce(const std::vector<Record>& records) {
    if (handling_ != nullptr) {
        enqueue(*handling_, records);
        return;
    }
    const Pool::Lease lease = shared_.pool.acquire();
    pqxx::work tx(*lease, "produce");
    enqueue(tx, records);
    tx.commit();
    shared_.signal.notify();
}

void ExactlyOnceDelivery::dead_letter(
    const processing::DeadLetter& dead_letter, std::int64_t next_offset
) {
    settle_doubt();
    if (next_offset <= position_) {
        return;
    }
    const Record record = processing::dead_letter_record(dead_letter, partition_.group);
    transact(next_offset, [&](pqxx::work& tx) {
        const Batch alone({&dead_letter.message, 1});
        if (!RedrivenRecords(tx, alone, partition_.group, "dead").empty()) {
            enqueue(tx, {record});
        }
    });
}

void ExactlyOnceDelivery::transact(std::int64_t next_offset, const Effects& effects) {
    try {
        attempt(next_offset, effects);
    } catch (const pqxx::feature_not_supported&) {
        // ALTER TABLE made a prepared statement useless (SQLSTATE 0A000). Its connection was closed
        // with it; another one prepares it anew.
        attempt(next_offset, effects);
    } catch (const pqxx::broken_connection&) {
        blame_idle_handler();
        throw;
    }
    if (doubt_ && sought_) {
        // Two positions are possible, and the one sought may be the one before. Whichever it is, a
        // new claim, which comes after a seek anyway, reads it.
        throw processing::Fenced(
            "the connection was lost at the commit of " + describe(partition_) +
            ", which was to seek: claiming again tells whether it did"
        );
    }
    if (doubt_) {
        // Where the position stays, it does not tell: whoever asks again looks for the record.
        const bool stays = position_ == next_offset;
        settle_doubt();
        if (stays || position_ != next_offset) {
            throw TransientError(
                "the connection was lost at the commit of " + describe(partition_) +
                (stays ? "; its outcome will be looked up" : "; nothing took effect")
            );
        }
        return;
    }
    position_ = sought_.value_or(next_offset);
    shared_.signal.notify();
}

void ExactlyOnceDelivery::attempt(std::int64_t next_offset, const Effects& effects) {
    handling_since_ = Clock::time_point::max();
    sought_.reset();
    Pool::Lease lease = shared_.pool.acquire();
    pqxx::work tx(*lease, "exactly_once");
    fence(tx, next_offset);
    handling_since_ = Clock::now();
    try {
        effects(tx);
        if (sought_) {
            move_position(tx, next_offset, *sought_);
        }
        // A handler that swallowed an SQL error leaves an aborted transaction, whose COMMIT would
        // quietly roll back: any statement tells.
        tx.exec("SELECT 1");
        tx.commit();
    } catch (const pqxx::in_doubt_error&) {
        lease.discard();
        doubt_ = next_offset;
    } catch (const pqxx::feature_not_supported&) {
        lease.discard();
        throw;
    } catch (const pqxx::usage_error& error) {
        throw std::logic_error(
            std::string("the handler ended its transaction (it caught an SQL error, committed or "
                        "aborted), so nothing took effect: ") +
            error.what()
        );
    }
}

void ExactlyOnceDelivery::fence(pqxx::work& tx, std::int64_t next_offset) {
    const pqxx::result fenced =
        run(tx,
            kFence,
            partition_.group,
            partition_.topic,
            partition_.partition,
            epoch_,
            position_,
            next_offset);
    if (fenced.affected_rows() == 0) {
        throw_fenced();
    }
}

// The fence has locked the row: it is ours. What comes again begins with its first attempt.
void ExactlyOnceDelivery::move_position(
    pqxx::work& tx, std::int64_t next_offset, std::int64_t offset
) const {
    tx.exec_params(
        "WITH forgotten AS (DELETE FROM consumer_attempts WHERE grp = $1 AND topic = $2"
        " AND partition = $3 AND record_offset >= $4 AND record_offset < $5)"
        " UPDATE consumer_offsets SET next_offset = $4"
        " WHERE grp = $1 AND topic = $2 AND partition = $3",
        partition_.group,
        partition_.topic,
        partition_.partition,
        offset,
        next_offset
    );
}

// libpqxx tells nothing of why a connection broke (25P03 or an outage), so the clock and the server
// do: it has been up all the time, and the handler took longer than a transaction may idle.
void ExactlyOnceDelivery::blame_idle_handler() {
    const milliseconds limit = shared_.pool.settings().idle_in_transaction_timeout;
    const auto now = Clock::now();
    if (now < handling_since_ || now - handling_since_ < limit) {
        return;
    }
    const auto time = std::chrono::duration_cast<milliseconds>(now - handling_since_);
    bool up_all_the_time = false;
    try {
        const Pool::Lease lease = shared_.pool.acquire();
        pqxx::work tx(*lease, "was_it_idle");
        up_all_the_time = tx.exec_params(
                                "SELECT pg_postmaster_start_time() < clock_timestamp() - $1::bigint"
                                " * interval '1 millisecond'",
                                time.count()
        )[0][0]
                              .as<bool>();
    } catch (const std::exception& error) {
        log::debug("the database is away", {{"error", error.what()}});
    }
    if (up_all_the_time) {
        throw IdleTransaction(
            "the handler left its transaction idle for more than " + std::to_string(limit.count()) +
            " ms (database.idle_in_transaction_timeout), and the server ended it: do slow work "
            "outside"
        );
    }
}

void ExactlyOnceDelivery::settle_doubt() {
    if (!doubt_) {
        return;
    }
    const auto deadline = Clock::now() + kDoubtPoolTimeouts * shared_.pool.settings().pool_timeout;
    while (true) {
        try {
            const std::optional<std::int64_t> found = read_position();
            const std::int64_t wanted = *std::exchange(doubt_, std::nullopt);
            if (!found || (*found != wanted && *found != position_)) {
                throw_fenced();
            }
            position_ = *found;
            shared_.signal.notify();
            return;
        } catch (const processing::Fenced&) {
            throw;
        } catch (const std::exception& error) {
            if (Clock::now() >= deadline) {
                throw TransientError(
                    "the outcome of a commit of " + describe(partition_) +
                    " is not known yet: " + error.what()
                );
            }
        }
        std::this_thread::sleep_for(kDoubtPause);
    }
}

// FOR UPDATE waits for the lost transaction, should the server still be working on it; a plain
// SELECT could see the row as it was before. Empty when the epoch is not ours any more.
std::optional<std::int64_t> ExactlyOnceDelivery::read_position() {
    const Pool::Lease lease = shared_.pool.acquire();
    pqxx::work tx(*lease, "settle_doubt");
    const pqxx::result rows = tx.exec_params(
        "SELECT epoch, next_offset FROM consumer_offsets"
        " WHERE grp = $1 AND topic = $2 AND partition = $3 FOR UPDATE",
        partition_.group,
        partition_.topic,
        partition_.partition
    );
    if (rows.empty() || rows[0][0].as<std::int64_t>() != epoch_) {
        return std::nullopt;
    }
    return rows[0][1].as<std::int64_t>();
}

void ExactlyOnceDelivery::throw_fenced() const {
    throw processing::Fenced(
        "another owner has claimed " + describe(partition_) + " since epoch " +
        std::to_string(epoch_)
    );
}

processing::DeliveryFactory exactly_once(ExactlyOnce shared) {
    return [shared = std::move(shared)](
               const processing::PartitionId& partition, BaseConsumer& consumer
           ) { return std::make_unique<ExactlyOnceDelivery>(shared, partition, consumer); };
}

}  // namespace carafe::postgres
