#include <atomic>
#include <future>
#include <set>
#include <thread>

#include "realtime_server.h"

namespace carafe::realtime {
namespace {

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

TEST_F(RealtimeServer, emits_to_an_audience_once_each_and_leaves_out_whom_it_excepts) {
    WebSocket first = raw::connect(port_);
    WebSocket second = raw::connect(port_);
    WebSocket elsewhere = raw::connect(port_, "40/custom,");
    first.send(R"(421["join"])");  // the room is named []
    ASSERT_EQ(first.read_message(), R"(431["joined"])");
    server_->emit({"/", {"everybody", "[]"}}, "both", "1");
    server_->emit({"/", {}, {"[]"}}, "second", "2");
    server_->emit({"/", {}, {"everybody"}}, "nobody", "3");
    server_->emit({"/custom"}, "elsewhere", "4");
    server_->emit({"/none"}, "nobody", "5");
    std::string id;
    on_server([&] {
        server_->for_each([&](Socket& socket) {
            id = socket.rooms().size() == 2 ? socket.id() : id;
        });
    });
    server_->emit({"/", {id}}, "first", "6");
    server_->emit({"/", {"everybody"}, {id}}, "not first", "7");
    EXPECT_EQ(first.read_message(), R"(42["both",1])");
    EXPECT_EQ(first.read_message(), R"(42["first",6])");
    EXPECT_EQ(second.read_message(), R"(42["both",1])");
    EXPECT_EQ(second.read_message(), R"(42["second",2])");
    EXPECT_EQ(second.read_message(), R"(42["not first",7])");
    EXPECT_EQ(elsewhere.read_message(), R"(42/custom,["elsewhere",4])");
}

TEST_F(RealtimeServer, names_its_instance_in_front_of_session_ids) {
    Server::Options options = any_port();
    options.instance = "node-7";
    start(options);
    const Polling polling(port_);
    EXPECT_THAT(polling.session(), StartsWith("node-7."));
    EXPECT_EQ(polling.post("40").status, 200);
    options.instance = "a b";
    EXPECT_THROW(Server{options}, ConfigurationError);
}

TEST_F(RealtimeServer, asks_many_clients_to_come_back_at_different_moments) {
    Server::Options options = any_port();
    options.reconnect_spread = milliseconds(1'000);
    start(options);
    std::vector<WebSocket> clients;
    for (int i = 0; i < 4; ++i) {
        clients.push_back(raw::connect(port_));
    }
    std::set<std::string> told;
    std::thread reader([&] {
        for (WebSocket& client : clients) {
            told.insert(client.read_message().value_or(""));
            client.connection().close();
        }
    });
    server_->stop();
    reader.join();
    const auto hint = [](int delay) {
        return R"(42["server:closing",{"reconnect_in_ms":)" + std::to_string(delay) + "}]";
    };
    EXPECT_THAT(told, ::testing::ElementsAre(hint(0), hint(250), hint(500), hint(750)));
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
        EXPECT_THAT(
            socket.read_message().value_or(""),
            StartsWith(R"(42["server:closing",{"reconnect_in_ms":)")
        );
        EXPECT_EQ(socket.read_message(), std::nullopt);  // a closing frame, and no DISCONNECT
        EXPECT_THAT(
            raw::read_response(waiting).body,
            ::testing::EndsWith("\x1e"
                                "1")
        );
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

TEST_F(RealtimeServer, stops_in_time_though_a_client_does_not_read_what_waits_for_it) {
    WebSocket::Options tight;
    tight.receive_buffer_bytes = 4096;
    WebSocket slow(port_, tight);
    slow.send("40");
    ASSERT_THAT(slow.read_message().value_or(""), StartsWith("40{"));
    for (int i = 0; i < 150; ++i) {
        server_->emit_to("everybody", "news", "\"" + std::string(2000, 'x') + "\"");
    }
    const auto begin = std::chrono::steady_clock::now();
    server_->stop();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(3));
    EXPECT_EQ(server_->statistics().slow_clients_closed, 0U);
    server_.reset();
    EXPECT_EQ(disconnected_, 1);
}

}  // namespace
}  // namespace carafe::realtime
