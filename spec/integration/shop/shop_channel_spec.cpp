#include <gtest/gtest.h>

#include "app/channels/announcements.h"
#include "app/channels/shop_channel.h"
#include "app/models/clock.h"
#include "app/models/uuid.h"
#include "carafe/testing/eventually.h"
#include "integration/realtime/raw_client.h"
#include "integration/shop/shop_fixture.h"
#include "routes/channels.h"

namespace {

using namespace shop;
using namespace shop::specs;
using carafe::realtime::Server;
using carafe::realtime::raw::WebSocket;

Server::Options any_port() {
    Server::Options options;
    options.port = 0;
    return options;
}

// The shop's channels on a real server, with clients that speak Socket.IO by hand.
class ShopChannelSpec : public ::testing::Test {
protected:
    ShopChannelSpec() {
        routes::channels(server_, channel_);
        server_.start();
    }
    ~ShopChannelSpec() override { server_.stop(); }

    [[nodiscard]] std::string token(const std::string& user, Role role, std::chrono::seconds lives)
        const {
        const auto now = std::chrono::system_clock::now();
        return tokens_.issue({user, 1, role, now + lives}, now);
    }
    [[nodiscard]] WebSocket visit(const std::string& token, const std::string& query = "") const {
        WebSocket::Options options;
        options.query = query;
        WebSocket socket(server_.port(), options);
        socket.send(token.empty() ? "40" : R"(40{"token":")" + token + R"("})");
        return socket;
    }
    [[nodiscard]] WebSocket visit_as_customer() const {
        return visit(token(shop_.customer, Role::kUser, std::chrono::hours(1)));
    }
    [[nodiscard]] WebSocket visit_as_admin() const {
        return visit(token(shop_.admin, Role::kAdmin, std::chrono::hours(1)));
    }
    // The next message that starts so; those before it are thrown away. Empty when there is none.
    static std::string next(WebSocket& socket, const std::string& start) {
        while (auto message = socket.read_message()) {
            if (message->compare(0, start.size(), start) == 0) {
                return *message;
            }
        }
        return "";
    }

    Shop shop_;
    Tokens tokens_{std::string(32, 's')};
    carafe::postgres::Pool pool_{shop_.database.settings(), "spec"};
    Server server_{any_port()};
    ShopChannel channel_{server_, tokens_, Database(pool_)};
};

TEST_F(ShopChannelSpec, tells_everybody_who_they_are) {
    WebSocket guest = visit("");
    EXPECT_EQ(next(guest, "42"), R"(42["connection:success",{"role":"guest","user_id":null}])");
    WebSocket customer = visit_as_customer();
    EXPECT_EQ(
        next(customer, "42"),
        R"(42["connection:success",{"role":"user","user_id":")" + shop_.customer + R"("}])"
    );
    WebSocket admin = visit_as_admin();
    EXPECT_NE(next(admin, "42").find(R"("role":"admin")"), std::string::npos);
}

TEST_F(ShopChannelSpec, refuses_a_bad_token_and_a_false_identity_with_a_connect_error) {
    WebSocket bad = visit("nonsense");
    EXPECT_NE(next(bad, "44").find("invalid_token"), std::string::npos);
    WebSocket false_role =
        visit(token(shop_.customer, Role::kUser, std::chrono::hours(1)), "&role=admin");
    EXPECT_NE(next(false_role, "44").find("identity_mismatch"), std::string::npos);
}

TEST_F(ShopChannelSpec, lets_each_subscribe_to_what_is_theirs) {
    WebSocket guest = visit("");
    guest.send(R"(421["subscribe:orders",{}])");
    EXPECT_NE(next(guest, "431").find(R"("ok":false)"), std::string::npos);
    guest.send(R"(422["subscribe:admin",{}])");
    EXPECT_NE(next(guest, "432").find(R"("ok":false)"), std::string::npos);

    WebSocket customer = visit_as_customer();
    customer.send(R"(421["subscribe:orders",{}])");  // before it was welcomed
    EXPECT_EQ(next(customer, "431"), R"(431[{"ok":true}])");
    EXPECT_EQ(next(customer, "42"), R"(42["subscribed",{"type":"orders"}])");
    customer.send(R"(422["subscribe:admin",{}])");
    EXPECT_NE(next(customer, "432").find(R"("ok":false)"), std::string::npos);

    WebSocket admin = visit_as_admin();
    admin.send(R"(421["subscribe:admin",{}])");
    EXPECT_EQ(next(admin, "431"), R"(431[{"ok":true}])");
}

TEST_F(ShopChannelSpec, answers_a_subscription_to_the_inventory_with_a_snapshot) {
    const std::string glass = shop_.product(7);
    WebSocket guest = visit("");
    guest.send(R"(421["subscribe:inventory"])");
    EXPECT_EQ(next(guest, "431"), R"(431[{"ok":true}])");
    const std::string snapshot = next(guest, R"(42["subscribed")");
    EXPECT_NE(snapshot.find(glass), std::string::npos) << snapshot;
    EXPECT_NE(snapshot.find(R"("stock":7)"), std::string::npos) << snapshot;
}

TEST_F(ShopChannelSpec, tells_a_customer_of_their_own_orders_only) {
    WebSocket customer = visit_as_customer();
    WebSocket admin = visit_as_admin();
    next(customer, R"(42["connection:success")");
    next(admin, R"(42["connection:success")");
    const auto tell = [this](const std::string& user, const std::string& order) {
        const std::string body = R"({"order_id":")" + order + R"(","user_id":")" + user +
                                 R"(","status":"confirmed","order_version":2})";
        carafe::Message::Fields fields;
        fields.topic = "order.updated";
        fields.payload = body;
        channel_.tell(carafe::Message(fields));
    };
    tell(shop_.admin, "somebody-elses");
    tell(shop_.customer, "their-own");
    EXPECT_NE(next(customer, R"(42["order:updated")").find("their-own"), std::string::npos);
    EXPECT_NE(next(admin, R"(42["admin:order:updated")").find("somebody-elses"), std::string::npos);
    EXPECT_NE(next(admin, R"(42["admin:order:updated")").find("their-own"), std::string::npos);
}

// Events as the models keep them, one per version of one order, a second apart.
class ReplaySpec : public ShopChannelSpec {
protected:
    // Returns the ids.
    std::vector<std::string> keep(int count, const std::string& user_id, int first_version = 1) {
        std::vector<std::string> ids;
        std::string values;
        for (int version = first_version; version < first_version + count; ++version) {
            ids.push_back(new_uuid());
            const std::string number = std::to_string(version);
            values += std::string(values.empty() ? "" : ", ") + "('" + ids.back() +
                      "', 'order.updated', 'order.updated', '" + order_ + "', '" + user_id +
                      "', '" + order_ + "', " + number + R"(, '{"order_id": ")" + order_ +
                      R"(", "user_id": ")" + user_id +
                      R"(", "status": "confirmed", "order_version": )" + number +
                      "}', now() - interval '1 hour' + " + number + " * interval '1 s')";
        }
        shop_.database.execute(
            "INSERT INTO domain_events (event_id, topic, type, key, user_id, order_id, version, "
            "payload, occurred_at) VALUES " +
            values
        );
        return ids;
    }
    static std::string since(const std::string& id, const std::string& what = "orders") {
        return R"(421["subscribe:)" + what + R"(",{"last_event_id":")" + id + R"("}])";
    }
    // The versions of the orders told until `subscribed`, and what else came.
    static std::string told(WebSocket& socket) {
        std::string text;
        while (const auto message = socket.read_message()) {
            const auto version = message->find(R"("order_version":)");
            if (message->find(R"(["subscribed")") != std::string::npos) {
                return text;
            }
            if (version != std::string::npos) {
                text +=
                    message->substr(version + 16, message->find('}', version) - version - 16) + " ";
            } else if (message->find(R"(["resync")") != std::string::npos) {
                text += message->substr(2) + " ";
            }
        }
        return text + "closed";
    }
    WebSocket welcomed(WebSocket socket) {
        next(socket, R"(42["connection:success")");
        return socket;
    }

    const std::string order_ = new_uuid();
};

TEST_F(ReplaySpec, tells_what_was_missed_before_it_says_subscribed) {
    const auto ids = keep(70, shop_.customer);
    keep(5, shop_.admin, 1000);
    WebSocket customer = welcomed(visit_as_customer());
    customer.send(since(ids[65]));
    EXPECT_EQ(next(customer, "431"), R"(431[{"ok":true}])");
    std::string expected;
    for (int version = 6; version <= 70; ++version) {  // a minute of overlap
        expected += std::to_string(version) + " ";
    }
    EXPECT_EQ(told(customer), expected);
}

TEST_F(ReplaySpec, tells_a_thousand_in_pieces_that_fit_the_queue) {
    const auto ids = keep(1001, shop_.customer);
    WebSocket customer = welcomed(visit_as_customer());
    customer.send(since(ids[0]));
    std::string expected;
    for (int version = 1; version <= 1001; ++version) {
        expected += std::to_string(version) + " ";
    }
    EXPECT_EQ(told(customer), expected);
    EXPECT_EQ(server_.statistics().slow_clients_closed, 0U);
}

TEST_F(ReplaySpec, advises_to_load_everything_when_too_much_was_missed_or_the_event_is_unknown) {
    const auto ids = keep(1002, shop_.customer);
    WebSocket customer = welcomed(visit_as_customer());
    const auto answer = [&](const std::string& id) {
        customer.send(since(id));
        return told(customer);
    };
    EXPECT_EQ(answer(ids[0]), R"(["resync",{"type":"orders","reason":"too_many"}] )");
    EXPECT_EQ(answer(new_uuid()), R"(["resync",{"type":"orders","reason":"unknown_event"}] )");
    EXPECT_EQ(answer("nonsense"), R"(["resync",{"type":"orders","reason":"unknown_event"}] )");
    EXPECT_EQ(
        answer(keep(1, shop_.admin, 5000)[0]),
        R"(["resync",{"type":"orders","reason":"unknown_event"}] )"
    );
    EXPECT_EQ(answer(ids[1001] + ":order_rejected").substr(0, 4), "942 ");
    EXPECT_EQ(channel_.catch_up().counts().resyncs, 4U);
}

TEST_F(ReplaySpec, tells_what_happens_meanwhile_after_what_was_missed) {
    const auto ids = keep(3, shop_.customer);
    WebSocket customer = welcomed(visit_as_customer());
    {
        // The replay has to wait for the table; what is told meanwhile has not.
        const auto connection = shop_.database.connect();
        pqxx::work lock(*connection);
        lock.exec("LOCK TABLE domain_events");
        customer.send(since(ids[0]));
        ASSERT_EQ(next(customer, "431"), R"(431[{"ok":true}])");
        ASSERT_TRUE(carafe::testing::eventually([&] { return channel_.catch_up().has_any(); }));
        channel_.tell(Happening{
            "order.updated",
            new_uuid(),
            now_rfc3339(),
            R"({"order_id":")" + order_ + R"(","user_id":")" + shop_.customer +
                R"(","status":"shipped","order_version":4})"});
        lock.exec("SELECT 1");
    }
    EXPECT_EQ(told(customer), "1 2 3 4 ");
    channel_.tell(Happening{
        "order.updated",
        new_uuid(),
        now_rfc3339(),
        R"({"order_id":"o","user_id":")" + shop_.customer +
            R"(","status":"shipped","order_version":5})"});
    EXPECT_NE(
        next(customer, R"(42["order:updated")").find(R"("order_version":5)"), std::string::npos
    );
}

TEST_F(ReplaySpec, tells_admins_everything_and_the_inventory_room_its_own) {
    const auto ids = keep(2, shop_.customer);
    WebSocket admin = welcomed(visit_as_admin());
    admin.send(since(ids[1], "admin"));
    EXPECT_EQ(told(admin), "1 2 ");
    WebSocket guest = visit("");
    guest.send(since(ids[1], "inventory"));
    EXPECT_EQ(told(guest), R"(["resync",{"type":"inventory","reason":"unknown_event"}] )");
}

TEST_F(ReplaySpec, forgets_a_client_that_leaves_while_it_waits) {
    const auto ids = keep(3, shop_.customer);
    WebSocket customer = welcomed(visit_as_customer());
    const auto connection = shop_.database.connect();
    pqxx::work lock(*connection);
    lock.exec("LOCK TABLE domain_events");
    customer.send(since(ids[0]));
    ASSERT_TRUE(carafe::testing::eventually([&] { return channel_.catch_up().has_any(); }));
    customer.connection().close();
    EXPECT_TRUE(carafe::testing::eventually([&] { return !channel_.catch_up().has_any(); }));
}

TEST_F(ShopChannelSpec, welcomes_whom_it_knew_though_postgresql_is_away) {
    WebSocket customer = visit_as_customer();
    ASSERT_NE(next(customer, R"(42["connection:success")"), "");
    shop_.database.execute("ALTER TABLE users RENAME TO users_away");
    WebSocket again = visit_as_customer();
    EXPECT_NE(next(again, R"(42["connection:success")"), "");
    shop_.database.execute("ALTER TABLE users_away RENAME TO users");
}

TEST_F(ShopChannelSpec, closes_a_socket_soon_after_its_users_role_changed) {
    WebSocket customer = visit_as_customer();
    next(customer, R"(42["connection:success")");
    shop_.database.execute("UPDATE users SET role = 'admin'");
    EXPECT_TRUE(customer.closes());
}

TEST_F(ShopChannelSpec, closes_a_socket_soon_after_its_token_was_revoked) {
    WebSocket customer = visit_as_customer();
    next(customer, R"(42["connection:success")");
    shop_.database.execute("UPDATE users SET token_version = 2");
    const auto revoked_at = std::chrono::steady_clock::now();
    EXPECT_TRUE(customer.closes());
    EXPECT_LT(std::chrono::steady_clock::now() - revoked_at, std::chrono::seconds(4));
}

TEST_F(ShopChannelSpec, closes_a_socket_when_its_token_expires) {
    WebSocket customer = visit(token(shop_.customer, Role::kUser, std::chrono::seconds(2)));
    EXPECT_NE(next(customer, R"(42["connection:success")"), "");
    EXPECT_TRUE(customer.closes());
}

TEST_F(ShopChannelSpec, tells_nothing_to_a_token_that_was_revoked_before_it_came) {
    shop_.database.execute("UPDATE users SET token_version = 2");
    WebSocket customer = visit_as_customer();
    EXPECT_EQ(next(customer, R"(42["connection:success")"), "");
}

}  // namespace
