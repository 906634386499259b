// The relay's statements beside a queue's statistics, which say that it is empty.
#include <algorithm>

#include "integration/postgres/relay_support.h"
#include "postgres/outbox_table.h"
#include "support/rows_read.h"

namespace carafe::postgres::spec {
namespace {

class OutboxTableSpec : public RelayFixture {
protected:
    OutboxTableSpec() {
        std::vector<Record> records;
        for (int number = 0; number < 1'000; ++number) {
            records.push_back(record("order-" + std::to_string(number), "0"));
        }
        write(records);
        // What VACUUM writes when it finds the queue empty.
        database_.execute(
            "UPDATE pg_class SET reltuples = 0, relpages = 100 WHERE oid = 'outbox'::regclass"
        );
        leases_.renew(*connection_, {}, true);
    }

    template <typename Work>
    int rows_read_by(const Work& work) {
        return carafe::spec::outbox_rows_read_by(*connection_, work);
    }

    static std::vector<OutboxRowId> first_ids(const std::vector<OutboxRow>& rows, int count) {
        std::vector<OutboxRowId> ids;
        for (int i = 0; i < count; ++i) {
            ids.push_back(rows.at(static_cast<std::size_t>(i)).id);
        }
        return ids;
    }

    std::unique_ptr<pqxx::connection> connection_ = database_.connect();
    ShardLeases leases_{"one"};
    OutboxTable table_{*connection_, leases_};
};

TEST_F(OutboxTableSpec, removes_without_reading_what_else_waits) {
    const std::vector<OutboxRowId> done = first_ids(table_.read({}), 20);
    EXPECT_LE(rows_read_by([&] { EXPECT_EQ(table_.remove(done), 20U); }), 20);
    EXPECT_EQ(rows(), "980");
}

TEST_F(OutboxTableSpec, parks_followers_without_reading_what_else_waits) {
    const OutboxRow head = table_.read({}).front();
    table_.park(head.id, "refused");
    write({head.record});
    const std::vector<OutboxRow> waiting = table_.read({});
    const auto follower = std::find_if(waiting.begin(), waiting.end(), [&](const OutboxRow& row) {
        return row.record.key == head.record.key;
    });
    ASSERT_NE(follower, waiting.end());
    std::vector<OutboxRowId> candidates = first_ids(waiting, 20);
    candidates.push_back(follower->id);
    std::vector<OutboxRowId> parked;
    EXPECT_LE(rows_read_by([&] { parked = table_.park_followers(candidates); }), 21);
    ASSERT_EQ(parked.size(), 1U);
    EXPECT_EQ(parked.front().id, follower->id.id);
}

}  // namespace
}  // namespace carafe::postgres::spec
