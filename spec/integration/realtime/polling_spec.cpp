#include "realtime_server.h"

namespace carafe::realtime {
namespace {

TEST_F(RealtimeServer, opens_a_polling_session) {
    const auto response =
        raw::request(port_, {"GET", "/socket.io/?EIO=4&transport=polling", {}, {}});
    EXPECT_EQ(response.status, 200);
    EXPECT_THAT(response.body, StartsWith(R"(0{"sid":")"));
    EXPECT_THAT(
        response.body,
        HasSubstr(
            R"("upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":16384)"
        )
    );
}

TEST_F(RealtimeServer, refuses_handshakes_that_are_none) {
    const std::vector<std::pair<raw::Request, int>> table{
        {{"GET", "/", {}, {}}, 404},
        {{"GET", "/elsewhere/?EIO=4&transport=polling", {}, {}}, 404},
        {{"GET", "/socket.io/", {}, {}}, 400},
        {{"GET", "/socket.io/?EIO=3&transport=polling", {}, {}}, 400},
        {{"GET", "/socket.io/?EIO=4&transport=carrier-pigeon", {}, {}}, 400},
        {{"GET", "/socket.io/?EIO=4&transport=websocket", {}, {}}, 400},
        {{"GET", "/socket.io/?EIO=4&transport=polling&sid=unknown", {}, {}}, 400},
        {{"POST", "/socket.io/?EIO=4&transport=polling", "40", {}}, 400},
        {{"PUT", "/socket.io/?EIO=4&transport=polling", {}, {}}, 400},
        {{"GET", "/socket.io/?EIO=4&transport=polling", {}, {"Origin: http://evil.example"}}, 403},
        {{"OPTIONS", "/socket.io/?EIO=4&transport=polling", {}, {"Origin: http://evil.example"}},
         403},
    };
    for (const auto& [request, status] : table) {
        EXPECT_EQ(raw::request(port_, request).status, status)
            << request.method << " " << request.target;
    }
    Connection garbage(port_);
    garbage.write("NONSENSE\r\n\r\n");
    EXPECT_EQ(raw::read_response(garbage).status, 400);
    EXPECT_TRUE(garbage.closes());
    EXPECT_EQ(server_->size(), 0U);
}

TEST_F(RealtimeServer, lets_listed_pages_in_with_credentials) {
    const auto response = raw::request(
        port_, {"GET", "/socket.io/?EIO=4&transport=polling", {}, {"Origin: http://shop.example"}}
    );
    EXPECT_EQ(response.status, 200);
    EXPECT_TRUE(response.has("Access-Control-Allow-Origin: http://shop.example\r\n"));
    EXPECT_TRUE(response.has("Access-Control-Allow-Credentials: true\r\n"));
    const auto preflight =
        raw::request(port_, {"OPTIONS", "/socket.io/", {}, {"Origin: http://shop.example"}});
    EXPECT_EQ(preflight.status, 204);
    EXPECT_TRUE(preflight.has("Access-Control-Allow-Methods: GET, POST, OPTIONS\r\n"));
}

TEST_F(RealtimeServer, refuses_the_websocket_of_a_foreign_page) {
    WebSocket::Options options;
    options.headers = {"Origin: http://evil.example"};
    EXPECT_EQ(WebSocket(port_, options).status(), 403);
    options.headers = {"Origin: http://shop.example"};
    EXPECT_EQ(WebSocket(port_, options).status(), 101);
}

TEST_F(RealtimeServer, exchanges_messages_over_polling) {
    const Polling client(port_);
    EXPECT_EQ(client.post("40").body, "ok");
    EXPECT_THAT(client.get().body, StartsWith("40{"));
    EXPECT_EQ(
        client
            .post("421[\"echo\",{\"a\":1}]\x1e"
                  "422[\"echo\"]")
            .body,
        "ok"
    );
    EXPECT_EQ(
        client.get().body,
        "431[[{\"a\":1}]]\x1e"
        "432[[]]"
    );
    EXPECT_EQ(
        client
            .post("451-3[\"echo\",{\"_placeholder\":true,\"num\":0}]\x1e"
                  "bAQID")
            .body,
        "ok"
    );
    EXPECT_EQ(
        client.get().body,
        "461-3[[{\"_placeholder\":true,\"num\":0}]]\x1e"
        "bAQID"
    );
}

TEST_F(RealtimeServer, answers_a_waiting_get_when_something_happens) {
    const Polling client(port_);
    client.post("40");
    client.get();
    Connection waiting(port_);
    raw::send_request(waiting, {"GET", client.target(), {}, {}});
    EXPECT_TRUE(waiting.read_some(milliseconds(50)).empty());
    server_->emit_to("everybody", "news", R"({"n":1})");
    EXPECT_EQ(raw::read_response(waiting).body, R"(42["news",{"n":1}])");
    raw::send_request(waiting, {"GET", client.target(), {}, {}});  // the connection is kept alive
    server_->emit_to("everybody", "news", "2");
    EXPECT_EQ(raw::read_response(waiting).body, R"(42["news",2])");
}

TEST_F(RealtimeServer, closes_a_polling_session_on_a_second_get) {
    const Polling client(port_);
    Connection first(port_);
    raw::send_request(first, {"GET", client.target(), {}, {}});
    EXPECT_TRUE(first.read_some(milliseconds(50)).empty());
    EXPECT_EQ(client.get().status, 400);
    EXPECT_EQ(raw::read_response(first).body, "1");
    EXPECT_EQ(client.get().status, 400);
}

TEST_F(RealtimeServer, closes_a_polling_session_whose_get_is_aborted) {
    for (const bool politely : {true, false}) {
        const Polling client(port_);
        client.post("40");
        client.get();
        EXPECT_TRUE(eventually([&] { return server_->size() == 1; }));
        Connection waiting(port_);
        raw::send_request(waiting, {"GET", client.target(), {}, {}});
        EXPECT_TRUE(waiting.read_some(milliseconds(50)).empty());
        politely ? waiting.close() : waiting.reset();
        EXPECT_TRUE(eventually([&] { return server_->size() == 0; }));
        EXPECT_EQ(client.get().status, 400);
    }
    EXPECT_EQ(disconnected_, 2);
}

TEST_F(RealtimeServer, closes_a_session_on_a_malformed_payload) {
    const Polling client(port_);
    EXPECT_EQ(client.post("abc").status, 400);
    EXPECT_EQ(client.get().status, 400);
}

TEST_F(RealtimeServer, refuses_bodies_and_heads_above_the_limit) {
    const Polling client(port_);
    EXPECT_EQ(client.post("4" + std::string(16 * 1024, 'x')).status, 413);
    EXPECT_EQ(
        raw::request(
            port_, {"GET", "/socket.io/", {}, {"X-Long: " + std::string(9'000, 'x')}}
        ).status,
        431
    );
    EXPECT_EQ(client.post("40").status, 200) << "the session is none the worse";
}

}  // namespace
}  // namespace carafe::realtime
