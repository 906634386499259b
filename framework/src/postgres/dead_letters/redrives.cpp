#include "carafe/postgres/redrives.h"

#include <utility>

#include "carafe/errors.h"
#include "config/text.h"
#include "postgres/dead_letters/json_patch.h"
#include "postgres/dead_letters/redrive_rows.h"
#include "postgres/dead_letters/rows.h"
#include "postgres/dead_letters/selection.h"

namespace carafe::postgres {

namespace {

// Freezing a selection of many is one long statement, on a connection of its own.
constexpr const char* kPatience = "SET LOCAL statement_timeout = '120s'";

std::string patched(const JsonPatch& patch, const std::optional<std::string>& payload) {
    if (!payload) {
        throw std::runtime_error("a tombstone has no payload");
    }
    return patch.apply(*payload);
}

// An ID that was named must be there, and free to go.
void check_ids(pqxx::transaction_base& tx, const RedriveRequest& request) {
    for (const DeadLetterId& id : request.selection.ids) {
        const pqxx::result rows = tx.exec_params(
            "SELECT state, coalesce(redrive_id, 0), source_topic IS NULL FROM dead_letters"
            " WHERE topic = $1 AND partition = $2 AND record_offset = $3",
            id.topic,
            id.partition,
            id.offset
        );
        const std::string name = config::quote(id.text());
        if (rows.empty()) {
            throw ConfigurationError("no dead letter " + name);
        }
        const std::string state = rows[0][0].as<std::string>();
        if (state != "waiting") {
            const std::string by = rows[0][1].as<std::string>();
            const std::string what = state == "taken" ? "is being handled" : "was " + state;
            std::string text = name;
            text.append(" ").append(what).append(" by ").append(by);
            text.append(": see `dlq redrives ").append(by).append("`");
            throw ConfigurationError(text);
        }
        if (request.kind == RedriveKind::kRedrive && rows[0][2].as<bool>()) {
            throw ConfigurationError(
                name +
                " cannot be redriven: it has no dlq_source_topic header, so it was not written by "
                "the framework; discard it"
            );
        }
    }
}

Redrive locked(pqxx::transaction_base& tx, std::int64_t id) {
    const pqxx::result rows =
        tx.exec_params(std::string(kRedriveColumns) + " WHERE r.id = $1 FOR NO KEY UPDATE", id);
    if (rows.empty()) {
        throw ConfigurationError("there is no redrive " + std::to_string(id));
    }
    return redrive_of(rows[0]);
}

std::string subject(const Redrive& redrive) {
    return std::string(name_of(redrive.kind)) + " " + std::to_string(redrive.id);
}

std::vector<Redrive> redrives(const pqxx::result& rows) {
    std::vector<Redrive> found;
    for (const auto& row : rows) {
        found.push_back(redrive_of(row));
    }
    return found;
}

}  // namespace

Redrives::Redrives(Pool& pool, OnDiscard on_discard)
    : pool_(pool), on_discard_(std::move(on_discard)) {}

RedrivePreview Redrives::preview(const RedriveRequest& request) const {
    const std::optional<JsonPatch> patch =
        request.patch.empty() ? std::nullopt
                              : std::optional<JsonPatch>(std::in_place, request.patch);
    Parameters parameters;
    const SelectionSql sql = selection_sql(request.selection, request.kind, parameters);
    const Pool::Lease lease = pool_.acquire();
    pqxx::read_transaction tx(*lease, "preview_redrive");
    check_ids(tx, request);
    RedrivePreview preview;
    const pqxx::result left_out = parameters.exec(
        tx,
        "SELECT count(*) FILTER (WHERE " + sql.is_foreign + "), count(*) FILTER (WHERE " +
            sql.is_parked + ") FROM dead_letters d" + sql.base
    );
    preview.foreign = left_out[0][0].as<std::int64_t>();
    preview.parked = left_out[0][1].as<std::int64_t>();
    const std::string payload = patch ? "d.payload" : "NULL::bytea";
    const std::string select =
        "SELECT d.topic, d.partition, d.record_offset, coalesce(d.source_topic, ''),"
        " coalesce(d.source_partition, 0), coalesce(d.source_offset, 0),"
        " coalesce(d.error_class, ''), " +
        payload + " FROM dead_letters d" + sql.base + sql.can_go;
    for (const auto& row :
         parameters.exec(tx, select + selection_order(request.selection, parameters))) {
        RedrivePreview::Item item;
        item.id = {row[0].as<std::string>(), row[1].as<std::int32_t>(), row[2].as<std::int64_t>()};
        item.source_topic = row[3].as<std::string>();
        item.source_partition = row[4].as<std::int32_t>();
        item.source_offset = row[5].as<std::int64_t>();
        item.error_class = row[6].as<std::string>();
        try {
            if (patch) {
                static_cast<void>(patched(*patch, bytes_of(row[7])));
            }
        } catch (const std::runtime_error& error) {
            item.problem = error.what();
            ++preview.refused;
        }
        preview.items.push_back(std::move(item));
    }
    return preview;
}

std::int64_t Redrives::create(const RedriveRequest& request) {
    if (!request.patch.empty()) {
        const JsonPatch checked(request.patch);
    }
    Parameters unused;
    static_cast<void>(selection_sql(request.selection, request.kind, unused));
    const Pool::Lease lease = pool_.acquire();
    pqxx::work tx(*lease, "create_redrive");
    check_ids(tx, request);
    const std::string selection = selection_json(request.selection);
    const pqxx::result created = tx.exec_params(
        "INSERT INTO redrives (kind, state, runner, actor, reason, selection, patch, rate)"
        " VALUES ($1, 'preparing', $2, $3, $4, $5::jsonb, nullif($6, '')::jsonb, nullif($7, 0.0))"
        " RETURNING id",
        name_of(request.kind),
        name_of(request.runner),
        request.actor,
        request.reason,
        selection,
        request.patch,
        request.rate.value_or(0)
    );
    const auto id = created[0][0].as<std::int64_t>();
    write_audit(
        tx,
        {request.actor,
         name_of(request.kind),
         std::string(name_of(request.kind)) + " " + std::to_string(id),
         request.reason,
         selection}
    );
    tx.commit();
    return id;
}

void Redrives::prepare(std::int64_t id) {
    const Pool::Lease lease = pool_.acquire();
    pqxx::work tx(*lease, "prepare_redrive");
    tx.exec(kPatience);
    const Redrive redrive = locked(tx, id);
    if (redrive.state != "preparing") {
        return;
    }
    const DeadLetterSelection selection = parse_selection(redrive.selection);
    Parameters parameters;
    const SelectionSql sql = selection_sql(selection, redrive.kind, parameters);
    const std::string order = selection_order(selection, parameters);
    const std::string mine = parameters.add(std::to_string(id), "bigint");
    // The rows are locked before they are numbered: what another redrive takes meanwhile drops out.
    const pqxx::result items = parameters.exec(
        tx,
        "WITH chosen AS MATERIALIZED (SELECT d.topic, d.partition, d.record_offset,"
        " d.source_topic, d.source_partition, d.source_offset FROM dead_letters d" +
            sql.base + sql.can_go + order +
            " FOR NO KEY UPDATE), taken AS (UPDATE dead_letters d SET state = 'taken', redrive_id"
            " = " +
            mine +
            " FROM chosen c WHERE (d.topic, d.partition, d.record_offset) = (c.topic, c.partition,"
            " c.record_offset))"
            " INSERT INTO redrive_items (redrive_id, position, topic, partition, record_offset)"
            " SELECT " +
            mine +
            ", row_number() OVER (ORDER BY source_topic, source_partition, source_offset, topic,"
            " partition, record_offset), topic, partition, record_offset FROM chosen"
    );
    tx.exec_params(
        "UPDATE redrives SET total = $2::bigint, updated_at = now(),"
        " state = CASE WHEN $2::bigint = 0 THEN 'completed' ELSE 'running' END,"
        " finished_at = CASE WHEN $2::bigint = 0 THEN now() END WHERE id = $1",
        id,
        static_cast<std::int64_t>(items.affected_rows())
    );
    tx.commit();
}

Redrive Redrives::cancel(std::int64_t id, const std::string& actor, const std::string& reason) {
    const Pool::Lease lease = pool_.acquire();
    pqxx::work tx(*lease, "cancel_redrive");
    Redrive redrive = locked(tx, id);
    if (!redrive.is_open()) {
        throw ConfigurationError(subject(redrive) + " is " + redrive.state + " already");
    }
    tx.exec_params(
        "UPDATE dead_letters SET state = 'waiting', redrive_id = NULL"
        " WHERE redrive_id = $1 AND state = 'taken'",
        id
    );
    tx.exec_params(
        "UPDATE redrives SET state = 'cancelled', updated_at = now(), finished_at = now()"
        " WHERE id = $1",
        id
    );
    write_audit(tx, {actor, "cancel", subject(redrive), reason});
    redrive = locked(tx, id);
    tx.commit();
    return redrive;
}

Redrive Redrives::resume(std::int64_t id, const std::string& actor, RedriveRunner runner) {
    const Pool::Lease lease = pool_.acquire();
    pqxx::work tx(*lease, "resume_redrive");
    tx.exec(kPatience);
    Redrive redrive = locked(tx, id);
    if (redrive.state == "completed") {
        throw ConfigurationError(subject(redrive) + " is completed already");
    }
    const bool was_prepared = redrive.total > 0;
    if (redrive.state == "cancelled" && was_prepared) {
        // What somebody else has handled since is not ours any more.
        tx.exec_params(
            "UPDATE dead_letters d SET state = 'taken', redrive_id = $1 FROM redrive_items i"
            " WHERE i.redrive_id = $1 AND i.done_at IS NULL AND d.state = 'waiting'"
            " AND (d.topic, d.partition, d.record_offset)"
            " = (i.topic, i.partition, i.record_offset)",
            id
        );
        const pqxx::result withdrawn = tx.exec_params(
            "UPDATE redrive_items i SET outcome = 'withdrawn', done_at = now() FROM dead_letters d"
            " WHERE i.redrive_id = $1 AND i.done_at IS NULL"
            " AND d.redrive_id IS DISTINCT FROM i.redrive_id AND (d.topic, d.partition,"
            " d.record_offset) = (i.topic, i.partition, i.record_offset)",
            id
        );
        tx.exec_params(
            "UPDATE redrives SET done = done + $2 WHERE id = $1",
            id,
            static_cast<std::int64_t>(withdrawn.affected_rows())
        );
    }
    tx.exec_params(
        "UPDATE redrives SET runner = $2, error = NULL, updated_at = now(), state = CASE WHEN NOT "
        "$3"
        " THEN 'preparing' WHEN done >= total THEN 'completed' ELSE 'running' END,"
        " finished_at = CASE WHEN $3 AND done >= total THEN now() END WHERE id = $1",
        id,
        name_of(runner),
        was_prepared
    );
    write_audit(tx, {actor, "resume", subject(redrive), redrive.reason});
    redrive = locked(tx, id);
    tx.commit();
    return redrive;
}

void Redrives::fail(std::int64_t id, const std::string& error) {
    const Pool::Lease lease = pool_.acquire();
    pqxx::work tx(*lease, "fail_redrive");
    tx.exec_params(
        "UPDATE redrives SET state = 'failed', error = $2, updated_at = now(), finished_at = now()"
        " WHERE id = $1 AND state = 'preparing'",
        id,
        error
    );
    tx.commit();
}

std::optional<Redrive> Redrives::find(std::int64_t id) const {
    const Pool::Lease lease = pool_.acquire();
    pqxx::read_transaction tx(*lease, "find_redrive");
    const pqxx::result rows = tx.exec_params(std::string(kRedriveColumns) + " WHERE r.id = $1", id);
    return rows.empty() ? std::nullopt : std::optional(redrive_of(rows[0]));
}

std::vector<Redrive> Redrives::list(std::size_t limit, std::optional<std::int64_t> before) const {
    const Pool::Lease lease = pool_.acquire();
    pqxx::read_transaction tx(*lease, "list_redrives");
    return redrives(tx.exec_params(
        std::string(kRedriveColumns) +
            " WHERE $2::bigint = 0 OR r.id < $2 ORDER BY r.id DESC LIMIT $1",
        limit,
        before.value_or(0)
    ));
}

std::vector<Redrive> Redrives::open_for_server() const {
    const Pool::Lease lease = pool_.acquire();
    pqxx::read_transaction tx(*lease, "open_redrives");
    return redrives(tx.exec(
        std::string(kRedriveColumns) +
        " WHERE r.runner = 'server' AND r.state IN ('preparing', 'running') ORDER BY r.id LIMIT 10"
    ));
}

std::vector<AuditEntry> Redrives::audit(std::size_t limit, std::optional<std::int64_t> before)
    const {
    const Pool::Lease lease = pool_.acquire();
    pqxx::read_transaction tx(*lease, "read_audit");
    std::vector<AuditEntry> entries;
    for (const auto& row : tx.exec_params(
             "SELECT id, extract(epoch FROM at) * 1000, actor, action, subject, reason,"
             " details::text FROM operator_audit WHERE $2::bigint = 0 OR id < $2"
             " ORDER BY id DESC LIMIT $1",
             limit,
             before.value_or(0)
         )) {
        entries.push_back(
            {row[0].as<std::int64_t>(),
             time_of(row[1]),
             row[2].as<std::string>(),
             row[3].as<std::string>(),
             row[4].as<std::string>(),
             row[5].as<std::string>(),
             row[6].as<std::string>()}
        );
    }
    return entries;
}

}  // namespace carafe::postgres
