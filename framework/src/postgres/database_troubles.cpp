#include "postgres/database_troubles.h"

#include "postgres/array_literal.h"

namespace carafe::postgres {

std::vector<OutboxTopic> outbox_by_topic(pqxx::transaction_base& tx) {
    std::vector<OutboxTopic> topics;
    for (const auto& row : tx.exec(
             "SELECT topic, sum(waiting)::bigint, coalesce(max(oldest), 0), sum(parked)::bigint,"
             " coalesce(max(error), '') FROM ("
             "  SELECT topic, count(*) AS waiting, extract(epoch FROM now() - min(created_at)) AS"
             "   oldest, 0 AS parked, NULL AS error FROM outbox GROUP BY topic"
             "  UNION ALL"
             "  SELECT topic, 0, NULL, count(*), (array_agg(error ORDER BY parked_at, id))[1]"
             "   FROM outbox_parked GROUP BY topic) both_tables"
             " GROUP BY topic ORDER BY topic LIMIT 100"
         )) {
        topics.push_back(
            {row[0].as<std::string>(),
             row[1].as<std::int64_t>(),
             row[2].as<double>(),
             row[3].as<std::int64_t>(),
             row[4].as<std::string>()}
        );
    }
    return topics;
}

std::vector<LockHolder> LockWatch::look(pqxx::transaction_base& tx) {
    std::vector<LockHolder> holders;
    ArrayLiteral before;
    for (const std::string& transaction : known_) {
        before.add_text(transaction);
    }
    known_.clear();
    for (const auto& row : tx.exec_params(
             "WITH holders AS (SELECT pid, max(waited) AS waited FROM"
             "  (SELECT unnest(pg_blocking_pids(pid)) AS pid, clock_timestamp() - query_start AS "
             "waited"
             "   FROM pg_stat_activity WHERE application_name = $1 AND wait_event_type = 'Lock') "
             "waiters"
             "  GROUP BY pid)"
             " SELECT pid, coalesce(application_name, ''), coalesce(state, ''),"
             "  extract(epoch FROM clock_timestamp() - xact_start),"
             "  concat(pid, ' ', extract(epoch FROM xact_start))"
             " FROM pg_stat_activity LEFT JOIN holders USING (pid)"
             " WHERE (holders.pid IS NOT NULL"
             "   OR concat(pid, ' ', extract(epoch FROM xact_start)) = ANY($2))"
             // Outside a transaction it may hold an advisory lock, or have just let go.
             "  AND coalesce(clock_timestamp() - xact_start, waited) > interval '1 second'"
             " ORDER BY xact_start LIMIT 16",
             application_,
             before.finish()
         )) {
        LockHolder holder;
        holder.pid = row[0].as<int>();
        holder.application = row[1].as<std::string>();
        holder.state = row[2].as<std::string>();
        if (!row[3].is_null()) {
            holder.seconds = row[3].as<double>();
            known_.push_back(row[4].as<std::string>());
        }
        holders.push_back(std::move(holder));
    }
    return holders;
}

std::vector<std::string> problems_of_workers(pqxx::transaction_base& tx) {
    std::vector<std::string> problems;
    for (const auto& row :
         tx.exec("SELECT owner || ': ' || p FROM workers, jsonb_array_elements_text(problems) p"
                 " WHERE seen_at > now() - interval '10 seconds' ORDER BY 1 LIMIT 1000")) {
        problems.push_back(row[0].as<std::string>());
    }
    return problems;
}

}  // namespace carafe::postgres
