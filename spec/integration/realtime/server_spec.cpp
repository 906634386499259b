#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "carafe/errors.h"
#include "carafe/realtime/server.h"
#include "carafe/testing/eventually.h"
#include "raw_client.h"

namespace carafe::realtime {
namespace {

using carafe::testing::eventually;
using raw::Connection;
using raw::Polling;
using raw::WebSocket;
using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::StartsWith;

Server::Options any_port() {
    Server::Options options;
    options.port = 0;
    options.allowed_origins = {"http://shop.example"};
    options.namespaces = {"/", "/custom"};
    return options;
}

// A server with the handlers the specs talk to.
class RealtimeServer : public ::testing::Test {
protected:
    void start(const Server::Options& options) {
        server_ = std::make_unique<Server>(options);
        server_->on_connect([](Socket& socket) {
            if (socket.handshake().auth == R"({"token":"bad"})") {
                throw ConnectRefused("unauthorised", R"({"code":"bad_token"})");
            }
            socket.join("everybody");
        });
        server_->on("join", [](Socket& socket, const Event& event) {
            socket.join(event.arguments);
            event.acknowledge(R"("joined")");
        });
        server_->on("echo", [](Socket&, const Event& event) {
            event.acknowledge(event.arguments, event.attachments);
        });
        server_->on("bye", [](Socket& socket, const Event&) { socket.disconnect(true); });
        server_->on_disconnect([this](Socket&) { ++disconnected_; });
        server_->start();
        port_ = server_->port();
    }
    RealtimeServer() { start(any_port()); }

    // Runs `task` on the server's thread and waits for it.
    void on_server(const std::function<void()>& task) {
        std::promise<void> done;
        server_->post([&] {
            task();
            done.set_value();
        });
        ASSERT_EQ(done.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
    }

    std::atomic<int> disconnected_{0};
    std::unique_ptr<Server> server_;
    int port_ = 0;
};

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

TEST_F(RealtimeServer, connects_over_a_websocket_and_answers) {
    WebSocket client = raw::connect(port_);
    client.send(R"(427["echo",1.50,"z"])");
    EXPECT_EQ(client.read_message(), R"(437[[1.50,"z"]])");
    client.send(R"(451-8["echo",{"_placeholder":true,"num":0}])");
    client.send_binary(std::string("\0\xff", 2));
    EXPECT_EQ(client.read_message(), R"(461-8[[{"_placeholder":true,"num":0}]])");
    EXPECT_EQ(client.read_message(), std::string("\0\xff", 2));
}

TEST_F(RealtimeServer, takes_messages_up_to_the_limit_and_no_larger) {
    WebSocket client = raw::connect(port_);
    const std::string head = R"(421["echo",")";
    const std::string fits = head + std::string(16 * 1024 - head.size() - 2, 'x') + "\"]";
    client.send(fits);
    EXPECT_EQ(client.read_message().value_or("").size(), fits.size() - 5);
    client.send(fits + " ");
    EXPECT_TRUE(client.closes());
}

TEST_F(RealtimeServer, does_not_compress) {
    WebSocket::Options options;
    options.headers = {"Sec-WebSocket-Extensions: permessage-deflate"};
    const WebSocket client(port_, options);
    EXPECT_EQ(client.status(), 101);
    EXPECT_THAT(client.head(), ::testing::Not(HasSubstr("permessage-deflate")));
}

TEST_F(RealtimeServer, refuses_a_connection_with_a_reason) {
    WebSocket client(port_);
    client.send(R"(40{"token":"bad"})");
    EXPECT_EQ(client.read_message(), R"(44{"message":"unauthorised","data":{"code":"bad_token"}})");
    client.send("40/nope,");
    EXPECT_EQ(client.read_message(), R"(44/nope,{"message":"Invalid namespace"})");
    client.send("40/custom,");
    EXPECT_THAT(client.read_message().value_or(""), StartsWith("40/custom,{"));
}

TEST_F(RealtimeServer, upgrades_a_polling_session_without_losing_messages) {
    const Polling client(port_);
    client.post("40");
    client.get();
    WebSocket::Options options;
    options.query = "&sid=" + client.session();
    options.read_opening = false;
    WebSocket upgraded(port_, options);
    upgraded.send("2probe");
    EXPECT_EQ(upgraded.read(), "3probe");
    server_->emit_to("everybody", "news", "1");
    EXPECT_EQ(client.get().body, "6");
    upgraded.send("5");
    EXPECT_EQ(upgraded.read_message(), R"(42["news",1])");
    EXPECT_EQ(client.get().status, 400);
    WebSocket second(port_, options);
    EXPECT_TRUE(second.closes());
    server_->emit_to("everybody", "news", "2");
    EXPECT_EQ(upgraded.read_message(), R"(42["news",2])");
}

TEST_F(RealtimeServer, emits_to_the_members_of_a_room_only) {
    WebSocket ann = raw::connect(port_);
    WebSocket bob = raw::connect(port_);
    ann.send(R"(421["join","a"])");
    EXPECT_EQ(ann.read_message(), R"(431["joined"])");
    server_->emit_to(R"(["a"])", "secret", "");
    server_->emit_to("everybody", "public", "");
    EXPECT_EQ(ann.read_message(), R"(42["secret"])");
    EXPECT_EQ(ann.read_message(), R"(42["public"])");
    EXPECT_EQ(bob.read_message(), R"(42["public"])");
}

TEST_F(RealtimeServer, asks_a_client_and_hears_its_answer) {
    WebSocket client = raw::connect(port_);
    std::promise<std::string> heard;
    on_server([&] {
        server_->for_each([&](Socket& socket) {
            EXPECT_EQ(server_->find(socket.id()), &socket);
            socket.emit_with_ack(
                "question",
                "1",
                std::chrono::seconds(10),
                [&](std::optional<Answer> answer) {
                    heard.set_value(answer ? answer->arguments : "nothing");
                }
            );
        });
    });
    EXPECT_EQ(client.read_message(), R"(421["question",1])");
    client.send("431[42]");
    EXPECT_EQ(heard.get_future().get(), "[42]");
}

TEST_F(RealtimeServer, notices_that_a_client_is_gone) {
    {
        WebSocket client = raw::connect(port_);
        EXPECT_EQ(server_->size(), 1U);
    }
    EXPECT_TRUE(eventually([&] { return server_->size() == 0; }));
    EXPECT_TRUE(eventually([&] { return server_->statistics().connections == 0; }));
    EXPECT_EQ(disconnected_, 1);
}

TEST_F(RealtimeServer, closes_the_transport_when_the_application_says_so) {
    WebSocket client = raw::connect(port_);
    client.send(R"(42["bye"])");
    EXPECT_EQ(client.read_message(), "41");
    EXPECT_EQ(client.read(), std::nullopt);
    EXPECT_TRUE(eventually([&] { return server_->size() == 0; }));
}

TEST_F(RealtimeServer, closes_a_websocket_that_breaks_a_protocol_and_keeps_the_others) {
    WebSocket witness = raw::connect(port_);
    const std::vector<std::pair<unsigned char, std::string>> frames{
        {0x81, ""},
        {0x81, "abc"},
        {0x81, "4abc"},
        {0x81, "42{}"},
        {0x81, "2"},
        {0x81, "5"},
        {0x81, "0{}"},
        {0x81, "42[\"e\",\"\xff\"]"},
        {0x82, "x"},
        {0x83, "rsv"},
        {0xc1, "compressed"},
        {0x80, "a continuation of nothing"},
        {0x09, "ping in pieces"},
        {0x81, "4" + std::string(17 * 1024, 'x')},
        {0x89, std::string(126, 'x')},
        {0x81, "42" + std::string(10'000, '[')},
    };
    for (const auto& [first_byte, payload] : frames) {
        WebSocket client = raw::connect(port_);
        client.send_frame(first_byte, payload);
        EXPECT_TRUE(client.closes())
            << static_cast<int>(first_byte) << " " << payload.substr(0, 20);
    }
    {
        WebSocket unmasked = raw::connect(port_);
        unmasked.connection().write(
            "\x81\x01"
            "3"
        );
        EXPECT_TRUE(unmasked.closes());
    }
    witness.send(R"(421["echo"])");
    EXPECT_EQ(witness.read_message(), "431[[]]");
    EXPECT_TRUE(eventually([&] { return server_->size() == 1; }));
}

TEST_F(RealtimeServer, tells_a_slow_client_to_resync_and_closes_it_without_hurting_others) {
    WebSocket::Options tight;
    tight.receive_buffer_bytes = 4096;
    WebSocket slow(port_, tight);
    slow.send("40");
    ASSERT_THAT(slow.read_message().value_or(""), StartsWith("40{"));
    WebSocket quick = raw::connect(port_);
    const std::string arguments = "\"" + std::string(2000, 'x') + "\"";
    int sent = 0;
    // The quick one confirms each round; the slow one reads nothing until it was given up.
    while (server_->statistics().slow_clients_closed == 0 && sent < 5'000) {
        for (int i = 0; i < 50; ++i, ++sent) {
            server_->emit_to("everybody", "news", arguments);
        }
        for (int i = 0; i < 50; ++i) {
            ASSERT_THAT(quick.read_message().value_or("closed"), StartsWith(R"(42["news")"));
        }
    }
    EXPECT_EQ(server_->statistics().slow_clients_closed, 1U);
    EXPECT_EQ(server_->size(), 1U);
    std::string last;
    int received = 0;
    while (const auto message = slow.read_message()) {
        last = *message;
        ++received;
    }
    EXPECT_EQ(last, R"(42["resync",{"reason":"slow_client"}])");
    EXPECT_LT(received, sent);
    quick.send(R"(421["echo"])");
    EXPECT_EQ(quick.read_message(), "431[[]]");
}

TEST_F(RealtimeServer, delivers_a_burst_larger_than_the_queue_in_order_to_a_client_that_reads) {
    WebSocket client = raw::connect(port_);
    for (int i = 0; i < 2'000; ++i) {
        server_->emit_to("everybody", "n", std::to_string(i));
    }
    for (int i = 0; i < 2'000; ++i) {
        ASSERT_EQ(client.read_message(), "42[\"n\"," + std::to_string(i) + "]");
    }
    EXPECT_EQ(server_->statistics().slow_clients_closed, 0U);
}

TEST_F(RealtimeServer, runs_tasks_and_emits_in_the_order_of_the_calls) {
    WebSocket client = raw::connect(port_);
    server_->emit_to("everybody", "last", "");
    server_->post([&] { server_->for_each([](Socket& socket) { socket.leave("everybody"); }); });
    server_->emit_to("everybody", "late", "");
    server_->post([&] { server_->for_each([](Socket& socket) { socket.emit("end", ""); }); });
    EXPECT_EQ(client.read_message(), R"(42["last"])");
    EXPECT_EQ(client.read_message(), R"(42["end"])");
}

TEST_F(RealtimeServer, names_the_port_when_it_is_taken) {
    Server::Options options = any_port();
    options.port = port_;
    Server second(options);
    try {
        second.start();
        FAIL() << "two servers on one port";
    } catch (const ConfigurationError& error) {
        EXPECT_THAT(error.what(), HasSubstr("port " + std::to_string(port_)));
        EXPECT_THAT(error.what(), HasSubstr("realtime.port"));
    }
    options.bind = "not-an-address";
    EXPECT_THROW(Server(options).start(), ConfigurationError);
}

TEST_F(RealtimeServer, stops_with_a_goodbye_to_every_client) {
    WebSocket socket = raw::connect(port_);
    const Polling polling(port_);
    polling.post("40");
    polling.get();
    Connection waiting(port_);
    raw::send_request(waiting, {"GET", polling.target(), {}, {}});
    EXPECT_TRUE(waiting.read_some(milliseconds(50)).empty());
    Connection idle(port_);
    std::thread reader([&] {
        EXPECT_EQ(socket.read_message(), std::nullopt);  // a closing frame, and no DISCONNECT
        EXPECT_EQ(raw::read_response(waiting).body, "1");
        socket.send_frame(0x88, std::string_view("\x03\xe8", 2));
        socket.connection().close();
        EXPECT_TRUE(idle.closes());
        waiting.close();
    });
    const auto begin = std::chrono::steady_clock::now();
    server_->stop();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, milliseconds(1'500));
    reader.join();
    EXPECT_EQ(disconnected_, 2);
    EXPECT_EQ(server_->size(), 0U);
    server_->stop();
    server_->post([] { FAIL() << "after the stop"; });
    EXPECT_THROW(Connection{port_}, std::system_error);
}

TEST_F(RealtimeServer, stops_in_time_though_a_client_never_answers) {
    WebSocket silent = raw::connect(port_);
    const auto begin = std::chrono::steady_clock::now();
    server_->stop();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(3));
}

class ShortTimeouts : public RealtimeServer {
protected:
    ShortTimeouts() {
        server_->stop();
        Server::Options options = any_port();
        options.ping_interval = milliseconds(100);
        options.ping_timeout = milliseconds(100);
        options.connect_timeout = milliseconds(150);
        options.max_connections = 4;
        start(options);
    }
};

TEST_F(ShortTimeouts, keep_a_client_that_answers_its_pings) {
    WebSocket client = raw::connect(port_);
    for (int i = 0; i < 4; ++i) {
        ASSERT_EQ(client.read(), "2");
        client.send("3");
    }
    EXPECT_EQ(server_->size(), 1U);
}

TEST_F(ShortTimeouts, close_a_client_that_does_not) {
    WebSocket client = raw::connect(port_);
    EXPECT_EQ(client.read(), "2");
    EXPECT_TRUE(client.closes());
    EXPECT_TRUE(eventually([&] { return server_->size() == 0; }));
}

TEST_F(ShortTimeouts, close_a_client_that_never_connects) {
    WebSocket client(port_);
    EXPECT_EQ(client.read_message(), std::nullopt);
}

TEST_F(ShortTimeouts, turn_away_connections_above_the_cap) {
    std::vector<Connection> connections;
    for (int i = 0; i < 4; ++i) {
        connections.emplace_back(port_);
    }
    Connection fifth(port_);
    EXPECT_TRUE(fifth.closes());
    EXPECT_EQ(server_->statistics().connections_refused, 1U);
    connections.pop_back();
    EXPECT_TRUE(eventually([&] { return server_->statistics().connections < 4; }));
    EXPECT_EQ(
        raw::request(port_, {"GET", "/socket.io/?EIO=4&transport=polling", {}, {}}).status, 200
    );
}

}  // namespace
}  // namespace carafe::realtime
