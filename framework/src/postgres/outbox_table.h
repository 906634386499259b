#pragma once

#include <cstdint>
#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "carafe/producer.h"
#include "postgres/shard_leases.h"

namespace carafe::postgres {

struct OutboxRowId {
    int shard = 0;
    std::int64_t id = 0;
};

struct OutboxRow {
    OutboxRowId id;
    Record record;
    std::string defect;  // not empty: the row cannot be made a record
    bool is_parked = false;
};

// The relay's SQL. Every change is guarded by the epochs of the leases: it touches no row of a
// shard that another relay holds by now. One object per connection.
class OutboxTable {
public:
    OutboxTable(pqxx::connection& connection, const ShardLeases& leases);

    // What read() is to leave out.
    struct Except {
        std::vector<OutboxRowId> rows;  // on their way already
        std::vector<std::string> topics;
    };
    // The first rows of each leased shard, in id order, bounded in number and bytes.
    std::vector<OutboxRow> read(const Except& except);
    // Deletes what the broker has. Returns how many rows were still there and ours.
    std::size_t remove(const std::vector<OutboxRowId>& rows);

    // Whether anything is parked in the leased shards.
    bool has_parked();
    // Moves a row out of the way, until it is retried. Rare, so one at a time.
    void park(const OutboxRowId& row, const std::string& error);
    // Of `rows`, moves those that come after a parked one of their (topic, key) there as well, and
    // returns them. To be called with what read() gave, while has_parked().
    std::vector<OutboxRowId> park_followers(const std::vector<OutboxRowId>& rows);
    // The first parked row of some keys.
    std::vector<OutboxRow> read_parked();
    // Its head was published: the key flows again.
    void unpark(const OutboxRowId& head);

private:
    pqxx::result change(const char* statement, const std::vector<OutboxRowId>& rows);
    [[nodiscard]] std::string shards() const;
    [[nodiscard]] std::string epochs() const;

    pqxx::connection& connection_;
    const ShardLeases& leases_;
};

}  // namespace carafe::postgres
