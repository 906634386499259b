#include <algorithm>
#include <limits>
#include <optional>

#include "carafe/log.h"
#include "carafe/postgres/outbox.h"
#include "carafe/postgres/redrives.h"
#include "config/text.h"
#include "postgres/array_literal.h"
#include "postgres/dead_letters/json_patch.h"
#include "postgres/dead_letters/redrive_rows.h"
#include "postgres/dead_letters/rows.h"

namespace carafe::postgres {

namespace {

constexpr std::int64_t kStepBytes = 8LL * 1024 * 1024;

// One step: the records that come next, in one transaction with all that is written about them.
class Step {
public:
    Step(pqxx::work& tx, const Redrive& redrive, const OnDiscard& on_discard)
        : tx_(tx), redrive_(redrive), on_discard_(on_discard) {
        if (!redrive.patch.empty()) {
            patch_.emplace(redrive.patch);
        }
    }

    void run(std::size_t max) {
        // Whoever else works on this redrive waits for its row: no item is taken twice, and copies
        // get their outbox ids in order.
        for (const auto& row : tx_.exec_params(
                 "SELECT * FROM (SELECT d.topic, d.partition, d.record_offset, d.key, d.payload,"
                 " d.headers, d.source_topic, d.source_partition, d.source_offset,"
                 " extract(epoch FROM d.source_at) * 1000, d.grp, d.attempts, d.error_class,"
                 " d.error_message, d.fingerprint, d.redrives, i.position,"
                 " sum(coalesce(octet_length(d.payload), 0)) OVER (ORDER BY i.position)"
                 " - coalesce(octet_length(d.payload), 0) AS bytes_before"
                 " FROM (SELECT * FROM redrive_items WHERE redrive_id = $1 AND done_at IS NULL"
                 " ORDER BY position LIMIT $2) i JOIN dead_letters d USING (topic, partition,"
                 " record_offset)) next WHERE bytes_before < $3 ORDER BY position",
                 redrive_.id,
                 max,
                 kStepBytes
             )) {
            take(letter_of(row), row[16].as<std::int64_t>());
        }
        enqueue(tx_, records_);
        write_down();
    }

private:
    void take(DeadLetter letter, std::int64_t position) {
        std::string outcome = redrive_.kind == RedriveKind::kDiscard ? "discarded" : "sent";
        std::string detail;
        try {
            redrive_.kind == RedriveKind::kDiscard ? discard(letter) : send(letter, position);
        } catch (const pqxx::failure&) {
            throw;  // of the database: nothing about this record
        } catch (const TransientError&) {
            throw;
        } catch (const std::exception& error) {
            outcome = "refused";
            detail = config::valid_text(error.what());
            ++refused_;
        }
        positions_.add_number(position);
        outcomes_.add_text(outcome);
        details_.add_text(detail);
        ++count_;
    }

    void discard(const DeadLetter& letter) {
        if (!on_discard_) {
            return;
        }
        try {
            pqxx::subtransaction own(tx_, "on_discard");  // its failure is this record's only
            on_discard_(own, letter);
            own.commit();
        } catch (const pqxx::sql_error& error) {
            log::error("on_discard failed", {{"id", letter.id.text()}, {"error", error.what()}});
            throw std::runtime_error("the application's on_discard failed: see the log");
        }
    }

    void send(DeadLetter& letter, std::int64_t position) {
        if (patch_) {
            if (!letter.payload) {
                throw std::runtime_error("a tombstone has no payload");
            }
            letter.payload = patch_->apply(*letter.payload);
        }
        Record record = redriven(letter);
        // Only the group that gave it up handles the copy, and an exactly_once route only once.
        record.headers.emplace_back("dlq_redrive_group", letter.origin->group);
        record.headers.emplace_back(
            "dlq_redrive_id", std::to_string(redrive_.id) + "-" + std::to_string(position)
        );
        records_.push_back(std::move(record));
    }

    void write_down() {
        tx_.exec_params(
            "WITH items AS (UPDATE redrive_items i SET outcome = o.outcome, done_at = now(),"
            " detail = nullif(o.detail, '') FROM unnest($2::bigint[], $3::text[], $4::text[])"
            " AS o (position, outcome, detail)"
            " WHERE i.redrive_id = $1 AND i.position = o.position RETURNING i.*)"
            " UPDATE dead_letters d SET state = CASE items.outcome WHEN 'sent' THEN 'redriven'"
            " WHEN 'discarded' THEN 'discarded' ELSE 'waiting' END,"
            " redrive_id = CASE WHEN items.outcome <> 'refused' THEN $1 END,"
            " handled_at = CASE WHEN items.outcome <> 'refused' THEN now() END FROM items"
            " WHERE (d.topic, d.partition, d.record_offset)"
            " = (items.topic, items.partition, items.record_offset)",
            redrive_.id,
            positions_.finish(),
            outcomes_.finish(),
            details_.finish()
        );
        tx_.exec_params(
            "UPDATE redrives SET done = done + $2, refused = refused + $3,"
            " updated_at = clock_timestamp(),"
            " state = CASE WHEN done + $2 >= total THEN 'completed' ELSE state END,"
            " finished_at = CASE WHEN done + $2 >= total THEN now() END WHERE id = $1",
            redrive_.id,
            count_,
            refused_
        );
    }

    pqxx::work& tx_;
    const Redrive& redrive_;
    const OnDiscard& on_discard_;
    std::optional<JsonPatch> patch_;
    std::vector<Record> records_;
    ArrayLiteral positions_;
    ArrayLiteral outcomes_;
    ArrayLiteral details_;
    std::int64_t count_ = 0;
    std::int64_t refused_ = 0;
};

// What the rate grants since the last step, whoever did that.
std::size_t allowance(pqxx::work& tx, const Redrive& redrive) {
    if (!redrive.rate) {
        return std::numeric_limits<std::size_t>::max();
    }
    const auto seconds = tx.exec_params(
                               "SELECT greatest(extract(epoch FROM clock_timestamp() - updated_at),"
                               " 0) FROM redrives WHERE id = $1",
                               redrive.id
    )[0][0]
                             .as<double>();
    constexpr double kLongestBurstSeconds = 3600;
    return static_cast<std::size_t>(*redrive.rate * std::min(seconds, kLongestBurstSeconds));
}

}  // namespace

Redrive Redrives::step(std::int64_t id, std::size_t max) {
    const Pool::Lease lease = pool_.acquire();
    pqxx::work tx(*lease, "redrive_step");
    const auto read = [&] {
        const pqxx::result rows =
            tx.exec_params(std::string(kRedriveColumns) + " WHERE r.id = $1 FOR NO KEY UPDATE", id);
        if (rows.empty()) {
            throw ConfigurationError("there is no redrive " + std::to_string(id));
        }
        return redrive_of(rows[0]);
    };
    Redrive redrive = read();
    if (redrive.state != "running") {
        return redrive;
    }
    max = std::min(max, allowance(tx, redrive));
    if (max == 0) {
        return redrive;
    }
    Step(tx, redrive, on_discard_).run(max);
    redrive = read();
    tx.commit();
    return redrive;
}

}  // namespace carafe::postgres
