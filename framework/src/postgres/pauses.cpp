#include "carafe/postgres/pauses.h"

#include <boost/json.hpp>

#include "postgres/dead_letters/redrive_rows.h"
#include "postgres/fields.h"

namespace carafe::postgres {

namespace {

constexpr int kAllPartitions = -1;

std::string details(const PauseScope& scope, const std::optional<std::string>& until) {
    boost::json::object object;
    if (!scope.topic.empty()) {
        object["topic"] = scope.topic;
    }
    if (scope.partition) {
        object["partition"] = *scope.partition;
    }
    if (until) {
        object["until"] = *until;
    }
    return boost::json::serialize(object);
}

std::int64_t milliseconds_of(std::chrono::system_clock::time_point time) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

}  // namespace

void Pauses::pause(const Pause& pause) {
    const Pool::Lease lease = pool_.acquire();
    pqxx::work tx(*lease, "pause");
    const pqxx::result written = tx.exec_params(
        "INSERT INTO consumer_pauses (grp, topic, partition, actor, reason, until)"
        " VALUES ($1, $2, $3, $4, $5, to_timestamp(nullif($6::bigint, 0) / 1000.0))"
        " ON CONFLICT (grp, topic, partition) DO UPDATE SET actor = EXCLUDED.actor,"
        " reason = EXCLUDED.reason, until = EXCLUDED.until, created_at = now()"
        " RETURNING to_char(until AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')",
        pause.scope.group,
        pause.scope.topic,
        pause.scope.partition.value_or(kAllPartitions),
        pause.actor,
        pause.reason,
        pause.until ? milliseconds_of(*pause.until) : 0
    );
    const auto until =
        written[0][0].is_null() ? std::nullopt : std::optional(written[0][0].as<std::string>());
    write_audit(
        tx, {pause.actor, "pause", pause.scope.group, pause.reason, details(pause.scope, until)}
    );
    tx.commit();
}

bool Pauses::resume(const PauseScope& scope, const std::string& actor, const std::string& reason) {
    const Pool::Lease lease = pool_.acquire();
    pqxx::work tx(*lease, "resume");
    const pqxx::result deleted = tx.exec_params(
        "DELETE FROM consumer_pauses WHERE grp = $1 AND topic = $2 AND partition = $3"
        " RETURNING until IS NULL OR until > now()",
        scope.group,
        scope.topic,
        scope.partition.value_or(kAllPartitions)
    );
    const bool was_paused = !deleted.empty() && deleted[0][0].as<bool>();
    if (was_paused) {
        write_audit(tx, {actor, "resume", scope.group, reason, details(scope, std::nullopt)});
    }
    tx.commit();
    return was_paused;
}

std::vector<Pause> Pauses::list() const {
    const Pool::Lease lease = pool_.acquire();
    pqxx::read_transaction tx(*lease, "pauses");
    std::vector<Pause> pauses;
    for (const auto& row :
         tx.exec("SELECT grp, topic, partition, actor, reason, extract(epoch FROM until) * 1000,"
                 " extract(epoch FROM created_at) * 1000 FROM consumer_pauses"
                 " WHERE until IS NULL OR until > now() ORDER BY grp, topic, partition")) {
        Pause pause;
        pause.scope.group = row[0].as<std::string>();
        pause.scope.topic = row[1].as<std::string>();
        if (row[2].as<int>() != kAllPartitions) {
            pause.scope.partition = row[2].as<int>();
        }
        pause.actor = row[3].as<std::string>();
        pause.reason = row[4].as<std::string>();
        if (!row[5].is_null()) {
            pause.until = time_of(row[5]);
        }
        pause.created_at = time_of(row[6]);
        pauses.push_back(std::move(pause));
    }
    return pauses;
}

std::vector<WorkerLane> Pauses::lanes() const {
    const Pool::Lease lease = pool_.acquire();
    pqxx::read_transaction tx(*lease, "lanes");
    std::vector<WorkerLane> lanes;
    for (const auto& row :
         tx.exec("SELECT owner, extract(epoch FROM seen_at) * 1000, l ->> 'group', l ->> 'topic',"
                 " (l ->> 'partition')::int, l ->> 'state', (l ->> 'busy_ms')::bigint"
                 " FROM workers, jsonb_array_elements(lanes) l"
                 " WHERE seen_at > now() - interval '10 seconds' ORDER BY 3, 4, 5, 1")) {
        lanes.push_back(
            {row[0].as<std::string>(),
             time_of(row[1]),
             row[2].as<std::string>(),
             row[3].as<std::string>(),
             row[4].as<std::int32_t>(),
             row[5].as<std::string>(),
             row[6].as<std::int64_t>()}
        );
    }
    return lanes;
}

}  // namespace carafe::postgres
