#pragma once

#include <cstdint>
#include <optional>
#include <pqxx/pqxx>

namespace shop {

// What the database says about the state of the whole.
struct OpsStats {
    std::int64_t dead_letters_waiting = 0;
    std::int64_t redrives_open = 0;
    std::int64_t outbox_depth = 0;
    std::optional<double> outbox_oldest_seconds;  // empty while the outbox is
    std::int64_t outbox_parked = 0;

    static OpsStats read(pqxx::transaction_base& tx);
};

}  // namespace shop
