// What operators do with dead letters over HTTP.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "carafe/postgres/redrive_service.h"
#include "carafe/testing/eventually.h"
#include "carafe/testing/kafka_fixture.h"
#include "integration/shop/web_fixture.h"
#include "postgres/dead_letters/index.h"
#include "routes/consumers.h"

namespace {

using namespace shop;
using namespace shop::specs;
using carafe::testing::eventually;

class OpsDeadLetters : public ::testing::Test {
protected:
    carafe::DeadLetter letter(std::int64_t offset, const std::string& topic = "orders") {
        carafe::DeadLetter letter;
        letter.id = {topic + ".dlq", 0, offset};
        letter.at = std::chrono::system_clock::now();
        letter.key = "key";
        letter.payload = R"({"n":)" + std::to_string(offset) + "}";
        letter.origin = carafe::DeadLetter::Origin{
            topic, 1, offset, 1'700'000'000'000, "shop-orders", 3, "X", "broken", "ff", 0};
        return letter;
    }
    void index(const std::vector<carafe::DeadLetter>& letters) {
        const auto connection = web_.shop.database.connect();
        pqxx::work tx(*connection);
        carafe::postgres::index_dead_letters(tx, letters);
        tx.commit();
    }
    Answer get(const std::string& path, const std::map<std::string, std::string>& query = {}) {
        Call call{"GET", path, "", web_.admin(), {}, {}};
        call.query = query;
        return web_.call(call);
    }
    Answer post(const std::string& path, const std::string& body) {
        return web_.call({"POST", path, body, web_.admin(), {}, {}});
    }
    std::string value(const std::string& sql) { return web_.shop.database.value(sql); }

    // The thread that carries out what was asked for, until `done`.
    void serve_until(const std::function<bool()>& done) {
        carafe::Settings settings;
        settings.kafka = carafe::testing::KafkaFixture().properties();
        settings.database = web_.shop.database.settings();
        carafe::postgres::RedriveService service(settings, routes::on_discard);
        service.start();
        EXPECT_TRUE(eventually(done, std::chrono::seconds(20)));
        service.stop();
    }

    Web web_;
};

TEST_F(OpsDeadLetters, are_listed_in_pages_and_filtered) {
    index({letter(0), letter(1), letter(2), letter(0, "inventory")});
    const Answer first = get("/ops/dead_letters", {{"limit", "3"}});
    ASSERT_EQ(first.status, 200) << first.text;
    EXPECT_EQ(first.body.at("data").as_array().size(), 3U);
    const Answer second =
        get("/ops/dead_letters", {{"limit", "3"}, {"cursor", first.at("/next_cursor")}});
    ASSERT_EQ(second.status, 200) << second.text;
    EXPECT_EQ(second.body.at("data").as_array().size(), 1U);
    EXPECT_EQ(second.at("/next_cursor"), "null");
    const Answer found = get("/ops/dead_letters", {{"where", "offset = 2 and error_class = 'X'"}});
    EXPECT_EQ(found.at("/data/0/id"), "orders.dlq/0/2");
    EXPECT_EQ(found.at("/data/0/source/offset"), "2");
    EXPECT_EQ(found.body.at("data").as_array().size(), 1U);
    EXPECT_EQ(get("/ops/dead_letters/stats").at("/data/0/count"), "3");
    EXPECT_EQ(get("/ops/dead_letters/orders.dlq/0/1").at("/payload"), R"({"n":1})");
    EXPECT_EQ(get("/ops/dead_letters/orders.dlq/0/9").status, 404);
    EXPECT_EQ(get("/ops/dead_letters/orders.dlq/0/x").status, 404);
}

TEST_F(OpsDeadLetters, refuse_a_filter_with_its_place) {
    const Answer wrong = get("/ops/dead_letters", {{"where", "eror_class = 'X'"}});
    EXPECT_EQ(wrong.status, 422);
    EXPECT_EQ(wrong.pointers(), "/query/where");
    EXPECT_THAT(wrong.text, ::testing::HasSubstr("did you mean 'error_class'"));
    const Answer form = post("/ops/redrives", R"({"where":"offset >","reason":"r"})");
    EXPECT_EQ(form.status, 422);
    EXPECT_EQ(form.pointers(), "/where");
    EXPECT_EQ(post("/ops/redrives", R"({"reason":"r"})").pointers(), "/where");
    EXPECT_EQ(post("/ops/redrives", R"({"topic":"t"})").pointers(), "/reason");
    EXPECT_EQ(post("/ops/redrives", R"({"ids":["x"],"reason":"r"})").pointers(), "/ids");
    const Answer unknown = post("/ops/redrives", R"({"ids":["orders.dlq/0/7"],"reason":"r"})");
    EXPECT_EQ(unknown.status, 422);
    EXPECT_EQ(unknown.pointers(), "/ids");
    EXPECT_EQ(
        post("/ops/redrives", R"({"topic":"t","reason":"r","patch":[{"op":"x"}]})").pointers(),
        "/patch"
    );
    EXPECT_EQ(value("SELECT count(*) FROM redrives"), "0");
}

TEST_F(OpsDeadLetters, go_back_in_the_background_as_the_dry_run_said) {
    index({letter(2), letter(0), letter(1)});
    const std::string body = R"({"topic":"orders.dlq","limit":2,"reason":"fixed")";
    const Answer dry = post("/ops/redrives", body + R"(,"dry_run":true})");
    EXPECT_EQ(dry.status, 200) << dry.text;
    EXPECT_EQ(dry.at("/total"), "2");
    EXPECT_EQ(dry.at("/items/0/id") + dry.at("/items/1/id"), "orders.dlq/0/0orders.dlq/0/1");
    const Answer begun = post("/ops/redrives", body + "}");
    ASSERT_EQ(begun.status, 202) << begun.text;
    EXPECT_EQ(begun.at("/state"), "preparing");
    const std::string path = "/ops/redrives/" + begun.at("/id");
    EXPECT_EQ(begun.headers.at("Location"), path);
    serve_until([&] { return get(path).at("/state") == "completed"; });
    EXPECT_EQ(get(path).at("/done"), "2");
    EXPECT_EQ(
        value("SELECT string_agg(convert_from(payload, 'UTF8'), ' ' ORDER BY id) FROM outbox"),
        R"({"n":0} {"n":1})"
    );
    EXPECT_EQ(post(path + "/cancel", R"({"reason":"late"})").status, 409);
    EXPECT_EQ(post(path + "/resume", "").status, 409);
    EXPECT_EQ(get("/ops/audit").at("/data/0/reason"), "fixed");
    EXPECT_EQ(get("/ops/audit").at("/data/0/actor"), web_.shop.admin);
    EXPECT_EQ(get("/ops/redrives").at("/data/0/kind"), "redrive");
}

TEST_F(OpsDeadLetters, wait_again_when_their_redrive_is_cancelled) {
    index({letter(0)});
    const Answer begun = post("/ops/redrives", R"({"topic":"orders.dlq","reason":"fixed"})");
    const std::string path = "/ops/redrives/" + begun.at("/id");
    const Answer cancelled = post(path + "/cancel", R"({"reason":"wait"})");
    EXPECT_EQ(cancelled.at("/state"), "cancelled") << begun.text << cancelled.text;
    EXPECT_EQ(get("/ops/dead_letters").at("/data/0/state"), "waiting");
    EXPECT_EQ(post(path + "/resume", "{}").at("/state"), "preparing");
    serve_until([&] { return get(path).at("/state") == "completed"; });
    EXPECT_EQ(get("/ops/dead_letters", {{"all", "true"}}).at("/data/0/state"), "redriven");
}

TEST_F(OpsDeadLetters, reject_the_order_whose_reservation_is_discarded) {
    const std::string pending = web_.shop.place({{web_.shop.product(10), 1}});
    carafe::DeadLetter broken = letter(0, "inventory");
    broken.key = pending;
    broken.payload = "{ broken";
    broken.headers = {{"ce_type", "STOCK_RESERVE_REQUEST"}};
    index({broken});
    const Answer begun =
        post("/ops/dead_letters/discard", R"({"ids":["inventory.dlq/0/0"],"reason":"broken"})");
    ASSERT_EQ(begun.status, 202) << begun.text;
    serve_until([&] { return get("/ops/redrives/" + begun.at("/id")).at("/state") == "completed"; }
    );
    EXPECT_EQ(
        value(
            "SELECT status || ' ' || (rejection ->> 'reason') || ' ' || order_version FROM orders"
            " WHERE id = '" +
            pending + "'"
        ),
        "rejected processing_failed 2"
    );
    EXPECT_EQ(value("SELECT count(*) FROM domain_events WHERE type = 'order.updated'"), "1");
}

}  // namespace
