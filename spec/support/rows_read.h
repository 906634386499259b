#pragma once

#include <pqxx/pqxx>

namespace carafe::spec {

// Rows of the outbox that `work`, on this connection, makes the server look at. In a transaction:
// counts are not handed to the statistics before its end.
template <typename Work>
int outbox_rows_read_by(pqxx::connection& connection, const Work& work) {
    const auto rows_read = [&] {
        return pqxx::nontransaction(connection)
            .exec(
                "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables"
                " WHERE relid = 'outbox'::regclass"
            )[0][0]
            .as<int>();
    };
    pqxx::nontransaction(connection).exec("BEGIN");
    const int before = rows_read();
    work();
    const int read = rows_read() - before;
    pqxx::nontransaction(connection).exec("COMMIT");
    return read;
}

}  // namespace carafe::spec
