#include "postgres/dead_letters/redrive_rows.h"

#include "postgres/dead_letters/rows.h"

namespace carafe::postgres {

const char* const kRedriveColumns =
    "SELECT r.id, r.kind, r.state, r.runner, r.actor, r.reason, r.selection::text,"
    " coalesce(r.patch::text, ''), r.rate, r.total, r.done, r.refused, coalesce(r.error, ''),"
    " extract(epoch FROM r.created_at) * 1000, extract(epoch FROM r.updated_at) * 1000,"
    " extract(epoch FROM r.finished_at) * 1000 FROM redrives r";

Redrive redrive_of(const pqxx::row& row) {
    Redrive redrive;
    redrive.id = row[0].as<std::int64_t>();
    redrive.kind =
        row[1].as<std::string>() == "discard" ? RedriveKind::kDiscard : RedriveKind::kRedrive;
    redrive.state = row[2].as<std::string>();
    redrive.runner =
        row[3].as<std::string>() == "server" ? RedriveRunner::kServer : RedriveRunner::kCommand;
    redrive.actor = row[4].as<std::string>();
    redrive.reason = row[5].as<std::string>();
    redrive.selection = row[6].as<std::string>();
    redrive.patch = row[7].as<std::string>();
    if (!row[8].is_null()) {
        redrive.rate = row[8].as<double>();
    }
    redrive.total = row[9].as<std::int64_t>();
    redrive.done = row[10].as<std::int64_t>();
    redrive.refused = row[11].as<std::int64_t>();
    redrive.error = row[12].as<std::string>();
    redrive.created_at = time_of(row[13]);
    redrive.updated_at = time_of(row[14]);
    if (!row[15].is_null()) {
        redrive.finished_at = time_of(row[15]);
    }
    return redrive;
}

const char* name_of(RedriveKind kind) {
    return kind == RedriveKind::kDiscard ? "discard" : "redrive";
}

const char* name_of(RedriveRunner runner) {
    return runner == RedriveRunner::kServer ? "server" : "command";
}

void write_audit(pqxx::transaction_base& tx, const Audit& audit) {
    tx.exec_params(
        "INSERT INTO operator_audit (actor, action, subject, reason, details)"
        " VALUES ($1, $2, $3, $4, $5::jsonb)",
        audit.actor,
        audit.action,
        audit.subject,
        audit.reason,
        audit.details
    );
}

}  // namespace carafe::postgres
