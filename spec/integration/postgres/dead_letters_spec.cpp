// The index of dead letters and what operators do with it, on a real database; how it is fed from
// Kafka is specified with the commands.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "carafe/postgres/dead_letters.h"
#include "carafe/postgres/redrives.h"
#include "carafe/testing/messages.h"
#include "carafe/testing/postgres_fixture.h"
#include "postgres/dead_letters/index.h"
#include "postgres/dead_letters/redriven_records.h"

namespace carafe::postgres::spec {

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class DeadLetterIndexing : public ::testing::Test {
protected:
    static DeadLetter letter(
        std::int64_t offset, std::int64_t source_offset, const std::string& error = "no order"
    ) {
        DeadLetter letter;
        letter.id = {"orders.dlq", 0, offset};
        letter.at = std::chrono::system_clock::now();
        letter.key = "k";
        letter.payload = R"({"n":)" + std::to_string(source_offset) + "}";
        letter.origin = DeadLetter::Origin{
            "orders", 1, source_offset, 1'700'000'000'000, "g", 3, "shop::Unknown", error, "ff", 0};
        letter.headers = {{"ce_type", "TEST"}, {"dlq_source_topic", "orders"}};
        return letter;
    }

    void index(const std::vector<DeadLetter>& letters) {
        const auto connection = database_.connect();
        pqxx::work tx(*connection);
        index_dead_letters(tx, letters);
        tx.commit();
    }

    std::vector<std::int64_t> listed(const std::string& where, bool with_handled = false) {
        std::vector<std::int64_t> offsets;
        DeadLetters::Query query;
        query.where = where;
        query.with_handled = with_handled;
        for (const auto& each : DeadLetters(pool_).list(query)) {
            offsets.push_back(each.letter.id.offset);
        }
        std::sort(offsets.begin(), offsets.end());
        return offsets;
    }

    std::int64_t started(const RedriveRequest& request) {
        const std::int64_t id = redrives_.create(request);
        redrives_.prepare(id);
        return id;
    }
    static RedriveRequest request(RedriveKind kind = RedriveKind::kRedrive) {
        RedriveRequest request;
        request.kind = kind;
        request.actor = "ada";
        request.reason = "fixed";
        return request;
    }
    std::string value(const std::string& sql) { return database_.value(sql); }
    // The payloads in the outbox, in the order in which a relay publishes those of a key.
    std::string outbox() {
        return value("SELECT string_agg(convert_from(payload, 'UTF8'), ' ' ORDER BY id) FROM outbox"
        );
    }

    testing::PostgresFixture database_;
    Pool pool_{database_.settings(), "spec"};
    std::vector<std::string> discarded_;
    std::string refused_payload_;
    Redrives redrives_{
        pool_, [this](pqxx::transaction_base& tx, const DeadLetter& letter) {
            tx.exec("SELECT 1 / " + std::string(letter.payload == refused_payload_ ? "0" : "1"));
            discarded_.push_back(*letter.payload);
        }};
};

TEST_F(DeadLetterIndexing, keeps_every_record_once_whatever_its_bytes) {
    DeadLetter foreign;
    foreign.id = {"orders.dlq", 2, 7};
    foreign.headers = {{std::string("\xff\x00", 2), "\x80"}};
    DeadLetter odd = letter(1, 1, "bad \xff\x01 text");
    odd.origin->timestamp_ms = std::numeric_limits<std::int64_t>::max();
    index({letter(0, 0), odd, foreign});
    index({letter(0, 0), odd});
    EXPECT_EQ(value("SELECT count(*) FROM dead_letters"), "3");
    const auto found = DeadLetters(pool_).find({"orders.dlq", 2, 7});
    ASSERT_TRUE(found);
    EXPECT_FALSE(found->letter.origin);
    EXPECT_EQ(found->letter.headers, foreign.headers);
    EXPECT_FALSE(found->letter.payload);
}

TEST_F(DeadLetterIndexing, takes_what_a_relay_published_twice_for_one) {
    const auto died = [](std::int64_t offset, const std::string& id) {
        DeadLetter dead = letter(offset, 1);
        dead.headers.emplace_back("dlq_id", id);
        return dead;
    };
    const std::string id(32, 'a');
    index({died(0, id), died(1, id)});
    index({died(2, id)});
    EXPECT_THAT(listed(""), ElementsAre(0));
    // The same record died once more, and two have an id that is none of ours.
    index({died(3, std::string(32, 'b')), died(4, "x"), died(5, "x")});
    EXPECT_THAT(listed(""), ElementsAre(0, 3, 4, 5));
}

TEST_F(DeadLetterIndexing, finds_by_every_field_of_the_filter) {
    DeadLetter other = letter(1, 9, "another");
    other.id.topic = "inventory.dlq";
    other.key = "other";
    other.origin->partition = 2;
    other.origin->redrives = 4;
    other.at -= std::chrono::hours(3);
    DeadLetter foreign;
    foreign.id = {"orders.dlq", 0, 2};
    foreign.at = std::chrono::system_clock::now();
    index({letter(0, 0), other, foreign});
    for (const char* where :
         {"error_message = 'another'",
          "error_message contains 'noth' and topic = 'inventory.dlq'",
          "id = 'inventory.dlq/0/1'",
          "key = 'other'",
          "source_partition in (2, 5)",
          "source_offset > 5",
          "redrives >= 4",
          "age > 1h and age < 1d",
          "payload contains '\"n\":9'",
          "header.ce_type = 'TEST' and source_topic = 'orders' and key != 'k'",
          "not (key = 'k') and attempts = 3",
          "produced_at < '2024-01-01' and died_at > '2024-01-01T00:00:00Z' and partition = 0 and "
          "offset = 1"}) {
        EXPECT_THAT(listed(where), ElementsAre(1)) << where;
    }
    EXPECT_THAT(listed("key != 'other'"), ElementsAre(0, 2)) << "also a record without a key";
    EXPECT_THAT(listed("attempts < 100 and source_topic != 'x'"), ElementsAre(0, 1, 2));
    EXPECT_THAT(listed("source_topic not in ('orders')"), ElementsAre(2));
}

TEST_F(DeadLetterIndexing, pages_through_all_from_the_newest) {
    std::vector<DeadLetter> letters;
    for (int i = 0; i < 25; ++i) {
        letters.push_back(letter(i, i));
        letters.back().at = std::chrono::system_clock::time_point(std::chrono::seconds(i / 3));
    }
    index(letters);
    DeadLetters::Query query;
    query.limit = 7;
    std::vector<std::int64_t> seen;
    while (true) {
        const auto page = DeadLetters(pool_).list(query);
        if (page.empty()) {
            break;
        }
        for (const auto& each : page) {
            seen.push_back(each.letter.id.offset);
        }
        query.after = page.back().letter.id;
    }
    ASSERT_EQ(seen.size(), 25U);
    EXPECT_TRUE(std::is_sorted(seen.rbegin(), seen.rend()));
    EXPECT_EQ(DeadLetters(pool_).count(query), 25);
}

TEST_F(DeadLetterIndexing, counts_by_cause) {
    DeadLetter other = letter(3, 3);
    other.origin->fingerprint = "00";
    index({letter(0, 0), letter(1, 1), letter(2, 2), other});
    const auto causes = DeadLetters(pool_).stats("orders.dlq");
    ASSERT_EQ(causes.size(), 2U);
    EXPECT_EQ(causes[0].fingerprint, "ff");
    EXPECT_EQ(causes[0].count, 3);
    EXPECT_EQ(causes[0].example.offset, 2);
    EXPECT_TRUE(DeadLetters(pool_).stats("inventory.dlq").empty());
}

TEST_F(DeadLetterIndexing, redrives_in_the_order_of_the_source_with_its_bookkeeping) {
    index({letter(0, 30), letter(1, 10), letter(2, 20)});
    const std::int64_t id = started(request());
    EXPECT_EQ(redrives_.step(id, 2).done, 2);
    EXPECT_EQ(outbox(), R"({"n":10} {"n":20})");
    const Redrive done = redrives_.step(id, 2);
    EXPECT_EQ(done.state, "completed");
    EXPECT_EQ(outbox(), R"({"n":10} {"n":20} {"n":30})");
    EXPECT_EQ(
        value("SELECT headers::text FROM outbox ORDER BY id LIMIT 1"),
        R"([["ce_type", "TEST"], ["dlq_redrives", "1"], ["dlq_redrive_group", "g"], )"
        R"(["dlq_redrive_id", ")" +
            std::to_string(id) + R"(-1"]])"
    );
    EXPECT_EQ(redrives_.step(id, 2).done, 3) << "a step too many does nothing";
    EXPECT_THAT(listed(""), IsEmpty());
    EXPECT_THAT(listed("", true), ElementsAre(0, 1, 2)) << "what was handled stays readable";
    EXPECT_THAT(listed("state = 'redriven'"), ElementsAre(0, 1, 2));
    const auto audit = redrives_.audit(10);
    ASSERT_EQ(audit.size(), 1U);
    EXPECT_EQ(audit[0].actor + audit[0].action + audit[0].reason, "adaredrivefixed");
}

TEST_F(DeadLetterIndexing, gives_no_record_to_two_redrives) {
    index({letter(0, 0), letter(1, 1), letter(2, 2)});
    RedriveRequest first = request();
    first.selection.ids = {{"orders.dlq", 0, 0}};
    const std::int64_t one = started(first);
    const std::int64_t two = started(request());
    EXPECT_EQ(redrives_.find(one)->total, 1);
    EXPECT_EQ(redrives_.find(two)->total, 2);
    EXPECT_THROW(redrives_.create(first), ConfigurationError) << "it is taken";
    redrives_.step(two, 10);
    redrives_.step(one, 10);
    EXPECT_EQ(value("SELECT count(*) FROM outbox"), "3");
}

TEST_F(DeadLetterIndexing, cancels_and_resumes_with_what_is_left) {
    index({letter(0, 0), letter(1, 1), letter(2, 2), letter(3, 3)});
    const std::int64_t id = started(request());
    redrives_.step(id, 1);
    redrives_.cancel(id, "ada", "wait");
    EXPECT_EQ(redrives_.step(id, 10).done, 1);
    EXPECT_THAT(listed(""), ElementsAre(1, 2, 3));
    RedriveRequest other = request();
    other.selection.ids = {{"orders.dlq", 0, 2}};
    const std::int64_t between = started(other);
    EXPECT_EQ(redrives_.step(between, 10).state, "completed");
    redrives_.resume(id, "ada", RedriveRunner::kCommand);
    EXPECT_EQ(redrives_.step(id, 10).state, "completed");
    EXPECT_EQ(outbox(), R"({"n":0} {"n":2} {"n":1} {"n":3})") << "each once";
    EXPECT_THROW(redrives_.resume(id, "ada", RedriveRunner::kCommand), ConfigurationError);
    EXPECT_THROW(redrives_.cancel(id, "ada", "late"), ConfigurationError);
}

TEST_F(DeadLetterIndexing, parks_what_was_redriven_too_often_unless_forced) {
    DeadLetter loop = letter(0, 0);
    loop.origin->redrives = kRedrivesMax + 1;
    DeadLetter last = letter(1, 1);
    last.origin->redrives = kRedrivesMax;
    DeadLetter foreign;
    foreign.id = {"orders.dlq", 0, 2};
    index({loop, last, foreign});
    const RedrivePreview preview = redrives_.preview(request());
    EXPECT_EQ(preview.parked, 1);
    EXPECT_EQ(preview.foreign, 1);
    ASSERT_EQ(preview.items.size(), 1U);
    EXPECT_EQ(preview.items[0].id.offset, 1);
    RedriveRequest forced = request();
    forced.selection.force = true;
    EXPECT_EQ(redrives_.preview(forced).items.size(), 2U);
    EXPECT_EQ(redrives_.find(started(forced))->total, 2);
}

TEST_F(DeadLetterIndexing, patches_what_fits_and_leaves_the_rest_waiting) {
    DeadLetter binary = letter(1, 1);
    binary.payload = "\xff";
    index({letter(0, 7), binary});
    RedriveRequest patched = request();
    patched.patch = R"([{"op":"add","path":"/fixed","value":true}])";
    EXPECT_EQ(redrives_.preview(patched).refused, 1);
    const Redrive done = redrives_.step(started(patched), 10);
    EXPECT_EQ(done.state, "completed");
    EXPECT_EQ(done.refused, 1);
    EXPECT_EQ(outbox(), R"({"n":7,"fixed":true})");
    EXPECT_THAT(listed("state = 'waiting'"), ElementsAre(1));
}

TEST_F(DeadLetterIndexing, discards_and_tells_the_application_in_the_same_transaction) {
    index({letter(0, 0), letter(1, 1), letter(2, 2)});
    refused_payload_ = R"({"n":1})";
    const Redrive done = redrives_.step(started(request(RedriveKind::kDiscard)), 10);
    EXPECT_EQ(done.state, "completed");
    EXPECT_EQ(done.refused, 1);
    EXPECT_THAT(discarded_, ElementsAre(R"({"n":0})", R"({"n":2})"));
    EXPECT_THAT(listed("state = 'discarded'"), ElementsAre(0, 2));
    EXPECT_THAT(listed("state = 'waiting'"), ElementsAre(1)) << "the application failed";
    EXPECT_EQ(value("SELECT count(*) FROM outbox"), "0");
}

TEST_F(DeadLetterIndexing, lets_a_copy_take_effect_once_and_for_its_own_group_only) {
    index({letter(0, 0), letter(1, 1)});
    const std::string id = std::to_string(started(request()));
    const auto copy = [&](const std::string& group, const std::string& item) {
        testing::TestRecord record;
        record.payload = item;
        record.headers = {{"dlq_redrive_group", group}, {"dlq_redrive_id", item}};
        return record;
    };
    testing::TestRecord live;
    live.payload = "live";
    const testing::TestMessages messages(
        "orders",
        {live,
         copy("g", id + "-1"),
         copy("other", id + "-2"),
         copy("g", id + "-1"),
         copy("g", "99999-1"),
         copy("g", "nonsense")}
    );
    const auto wanted = [&](bool commit) {
        const auto connection = database_.connect();
        pqxx::work tx(*connection);
        const RedrivenRecords records(tx, Batch(messages.all()), "g", "done");
        std::vector<std::string> payloads;
        for (const Message& message : records.batch()) {
            payloads.emplace_back(*message.payload());
        }
        if (commit) {
            tx.commit();
        }
        return payloads;
    };
    const std::vector<std::string> all{"live", id + "-1", "99999-1", "nonsense"};
    EXPECT_EQ(wanted(false), all);
    EXPECT_EQ(wanted(true), all) << "rolled back: it had no effect";
    EXPECT_EQ(wanted(true), (std::vector<std::string>{"live", "99999-1", "nonsense"}));
}

}  // namespace

}  // namespace carafe::postgres::spec
