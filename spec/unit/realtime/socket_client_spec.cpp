#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes.h"
#include "realtime/socket_client.h"

namespace carafe::realtime {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

// A client over a session over a link that a spec holds in its hands.
class SocketClientSpec : public testing::Test {
protected:
    SocketClientSpec() {
        session_ = std::make_shared<EngineSession>("id", options_, time_.timers());
        session_->begin(std::make_unique<SocketClient>(hub_, *session_, HttpRequest{}), [this] {
            ended_ = true;
        });
        session_->open_on(link_);
    }

    ~SocketClientSpec() override {
        hub_.handlers().on_disconnect({});
        session_->abort();  // it and its link hold each other
    }

    // What was written since the last call.
    std::vector<std::string> written() { return std::exchange(link_->written, {}); }
    void connect() {
        link_->receive("40");
        EXPECT_THAT(written(), ElementsAre(StartsWith(R"(40{"sid":)")));
    }

    fakes::ManualTime time_;
    Hub hub_{{"/", "/other"}, time_.timers(), {milliseconds(1000), 200}};
    EngineOptions options_;
    std::shared_ptr<fakes::FakeLink> link_ = std::make_shared<fakes::FakeLink>();
    std::shared_ptr<EngineSession> session_;
    bool ended_ = false;
};

TEST_F(SocketClientSpec, tells_the_client_that_it_is_connected_before_anything_its_handler_emits) {
    hub_.handlers().on_connect([](Socket& socket) {
        EXPECT_EQ(socket.handshake().auth, R"({"token":"t"})");
        socket.emit("hello", "1");
    });
    link_->receive(R"(40{"token":"t"})");
    EXPECT_THAT(written(), ElementsAre(StartsWith(R"(40{"sid":)"), R"(42["hello",1])"));
    EXPECT_EQ(hub_.size(), 1U);
}

TEST_F(SocketClientSpec, refuses_a_connection_with_the_reason_and_its_data) {
    bool disconnected = false;
    hub_.handlers().on_disconnect([&](Socket&) { disconnected = true; });
    hub_.handlers().on_connect([](Socket& socket) {
        socket.join("room");
        socket.emit("never", "");
        throw ConnectRefused("bad token", R"({"code":"expired"})");
    });
    link_->receive("40");
    EXPECT_THAT(written(), ElementsAre(R"(44{"message":"bad token","data":{"code":"expired"}})"));
    EXPECT_EQ(hub_.size(), 0U);
    EXPECT_EQ(hub_.find_namespace("/")->rooms.size(), 0U);
    EXPECT_FALSE(disconnected);
}

TEST_F(SocketClientSpec, refuses_a_connection_whose_handler_fails_without_saying_why) {
    hub_.handlers().on_connect([](Socket&) { throw std::runtime_error("password of the database"); }
    );
    link_->receive("40");
    EXPECT_THAT(written(), ElementsAre(R"(44{"message":"Internal error"})"));
}

TEST_F(SocketClientSpec, lets_a_refused_client_try_again) {
    bool refuse = true;
    hub_.handlers().on_connect([&](Socket&) {
        if (std::exchange(refuse, false)) {
            throw ConnectRefused("no");
        }
    });
    link_->receive("40");
    written();
    connect();
}

TEST_F(SocketClientSpec, closes_a_session_that_does_not_connect_in_time) {
    time_.pass(milliseconds(1000));
    EXPECT_TRUE(ended_);
}

TEST_F(SocketClientSpec, keeps_a_session_that_connected) {
    connect();
    time_.pass(milliseconds(5000));
    EXPECT_FALSE(ended_);
}

TEST_F(SocketClientSpec, answers_an_unknown_namespace_without_closing) {
    link_->receive("40/nope");
    EXPECT_THAT(written(), ElementsAre(R"(44/nope,{"message":"Invalid namespace"})"));
    EXPECT_FALSE(ended_);
}

TEST_F(SocketClientSpec, closes_on_what_breaks_the_protocol) {
    for (const std::string& text :
         {std::string("42[\"e\"]"), std::string("4x"), std::string("40/other,[]")}) {
        auto link = std::make_shared<fakes::FakeLink>();
        auto session = std::make_shared<EngineSession>("id", options_, time_.timers());
        session->begin(std::make_unique<SocketClient>(hub_, *session, HttpRequest{}), [] {});
        session->open_on(link);
        link->receive(text);
        EXPECT_TRUE(link->closed) << text;
    }
}

TEST_F(SocketClientSpec, closes_on_a_second_connect_of_a_namespace) {
    connect();
    link_->receive("40");
    EXPECT_TRUE(ended_);
}

TEST_F(SocketClientSpec, forgives_events_that_cross_a_disconnect) {
    hub_.handlers().on("leave", [](Socket& socket, const Event&) { socket.disconnect(false); });
    connect();
    link_->receive(R"(42["leave"])");
    EXPECT_THAT(written(), ElementsAre("41"));
    link_->receive(R"(42["crossing"])");
    EXPECT_FALSE(ended_);
    EXPECT_EQ(hub_.size(), 0U);
}

TEST_F(SocketClientSpec, hands_events_with_their_arguments_to_the_handler) {
    std::vector<std::string> heard;
    hub_.handlers().on("e", [&](Socket& socket, const Event& event) {
        heard.push_back(socket.name_space() + event.name + event.arguments);
        EXPECT_FALSE(event.acknowledge);
        event.acknowledge("nobody asked");
    });
    connect();
    link_->receive("40/other,");
    written();
    link_->receive(R"(42["e",1,{"a":2}])");
    link_->receive(R"(42/other,["e"])");
    link_->receive(R"(42["nobody listens"])");
    EXPECT_THAT(heard, ElementsAre(R"(/e[1,{"a":2}])", "/othere[]"));
    EXPECT_THAT(written(), IsEmpty());
}

TEST_F(SocketClientSpec, survives_a_handler_that_throws) {
    hub_.handlers().on("e", [](Socket&, const Event&) { throw std::runtime_error("oops"); });
    hub_.handlers().on("f", [](Socket&, const Event&) { throw 42; });
    hub_.handlers().on("g", [](Socket&, const Event&) { throw ConnectRefused("too late"); });
    connect();
    for (const char* event : {"e", "f", "g"}) {
        link_->receive(R"(42[")" + std::string(event) + R"("])");
    }
    EXPECT_FALSE(ended_);
    EXPECT_EQ(hub_.size(), 1U);
}

TEST_F(SocketClientSpec, sends_an_acknowledgement_once_and_also_later) {
    Acknowledge kept;
    hub_.handlers().on("e", [&](Socket&, const Event& event) { kept = event.acknowledge; });
    connect();
    link_->receive(R"(427["e"])");
    ASSERT_TRUE(kept);
    kept(R"("done")");
    kept(R"("again")");
    EXPECT_THAT(written(), ElementsAre(R"(437["done"])"));
    link_->receive(R"(428["e"])");
    link_->lose();
    kept("1");
    EXPECT_THAT(written(), IsEmpty());
}

TEST_F(SocketClientSpec, puts_binary_events_together_and_answers_with_binary) {
    hub_.handlers().on("e", [](Socket&, const Event& event) {
        EXPECT_THAT(event.attachments, ElementsAre("one", "two"));
        event.acknowledge(R"({"_placeholder":true,"num":0})", {"three"});
    });
    connect();
    link_->receive(R"(452-1["e",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}])");
    link_->receive_binary("one");
    EXPECT_THAT(written(), IsEmpty());
    link_->receive_binary("two");
    EXPECT_THAT(written(), ElementsAre(R"(461-1[{"_placeholder":true,"num":0}])", "three"));
}

TEST_F(SocketClientSpec, closes_when_text_comes_between_a_packet_and_its_attachments) {
    connect();
    link_->receive(R"(451-["e",{"_placeholder":true,"num":0}])");
    link_->receive(R"(42["f"])");
    EXPECT_TRUE(ended_);
}

TEST_F(SocketClientSpec, closes_on_binary_that_belongs_to_nothing) {
    connect();
    link_->receive_binary("x");
    EXPECT_TRUE(ended_);
}

TEST_F(SocketClientSpec, counts_attachments_towards_the_size_of_a_message) {
    connect();
    link_->receive(R"(452-["e",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}])");
    link_->receive_binary(std::string(60, 'x'));
    EXPECT_FALSE(ended_);
    link_->receive_binary(std::string(100, 'x'));
    EXPECT_TRUE(ended_);
}

TEST_F(SocketClientSpec, hears_the_client_answer_or_the_time_out_but_once) {
    std::vector<std::string> heard;
    const auto note = [&](std::optional<Answer> answer) {
        heard.push_back(answer ? answer->arguments : "nothing");
    };
    hub_.handlers().on_connect([&](Socket& socket) {
        socket.emit_with_ack("a", "1", milliseconds(100), note);
        socket.emit_with_ack("b", "", milliseconds(200), note);
        socket.emit_with_ack("c", "", milliseconds(300), note);
    });
    link_->receive("40");
    EXPECT_THAT(
        written(), ElementsAre(StartsWith("40{"), R"(421["a",1])", R"(422["b"])", R"(423["c"])")
    );
    link_->receive(R"(431["yes"])");
    link_->receive(R"(431["again"])");
    EXPECT_THAT(heard, ElementsAre(R"(["yes"])"));
    time_.pass(milliseconds(200));
    EXPECT_THAT(heard, ElementsAre(R"(["yes"])", "nothing"));
    link_->lose();
    EXPECT_EQ(heard.size(), 3U);
    EXPECT_EQ(heard.back(), "nothing");
}

TEST_F(SocketClientSpec, reaches_the_members_of_a_room_with_one_shared_frame) {
    hub_.handlers().on_connect([](Socket& socket) { socket.join("user:1"); });
    connect();
    const Frame frame = message_frame(encode_event({"/", "order:updated", "{}"}));
    hub_.emit_to("user:1", frame);
    hub_.emit_to("user:2", frame);
    EXPECT_THAT(written(), ElementsAre(R"(42["order:updated",{}])"));
}

TEST_F(SocketClientSpec, leaves_its_rooms_and_tells_the_application_once_when_it_goes) {
    int disconnected = 0;
    hub_.handlers().on_connect([](Socket& socket) { socket.join("user:1"); });
    hub_.handlers().on_disconnect([&](Socket& socket) {
        ++disconnected;
        EXPECT_THAT(socket.rooms(), IsEmpty());
        socket.join("after");
        socket.emit("after", "");
        socket.disconnect(true);
    });
    connect();
    link_->lose();
    EXPECT_EQ(disconnected, 1);
    EXPECT_EQ(hub_.size(), 0U);
    EXPECT_EQ(hub_.find_namespace("/")->rooms.size(), 0U);
}

TEST_F(SocketClientSpec, closes_the_transport_of_all_namespaces_when_asked_to) {
    hub_.handlers().on("bye", [](Socket& socket, const Event&) { socket.disconnect(true); });
    connect();
    link_->receive("40/other,");
    written();
    link_->receive(R"(42/other,["bye"])");
    EXPECT_THAT(written(), testing::UnorderedElementsAre("41", "41/other,"));
    EXPECT_TRUE(link_->closed);
    EXPECT_EQ(hub_.size(), 0U);
}

TEST_F(SocketClientSpec, disconnects_after_the_handshake_what_its_own_handler_disconnects) {
    hub_.handlers().on_connect([](Socket& socket) { socket.disconnect(false); });
    link_->receive("40");
    EXPECT_THAT(written(), ElementsAre(StartsWith("40{"), "41"));
    EXPECT_EQ(hub_.size(), 0U);
}

TEST_F(SocketClientSpec, asks_middleware_in_order_before_the_connection_handler) {
    std::vector<std::string> asked;
    hub_.handlers().use([&](Socket&) { asked.emplace_back("first"); });
    hub_.handlers().use([&](Socket& socket) {
        asked.emplace_back("second");
        if (socket.handshake().auth != "{}") {
            throw ConnectRefused("no entry", R"({"code":7})");
        }
    });
    hub_.handlers().on_connect([&](Socket&) { asked.emplace_back("handler"); });
    link_->receive(R"(40{"a":1})");
    EXPECT_THAT(written(), ElementsAre(R"(44{"message":"no entry","data":{"code":7}})"));
    EXPECT_THAT(asked, ElementsAre("first", "second"));
    connect();
    EXPECT_THAT(asked, ElementsAre("first", "second", "first", "second", "handler"));
}

TEST_F(SocketClientSpec, drops_what_is_volatile_while_anything_waits) {
    connect();
    Socket* socket = nullptr;
    hub_.for_each([&](Socket& each) { socket = &each; });
    socket->emit_volatile("now", "");
    EXPECT_THAT(written(), ElementsAre(R"(42["now"])"));
    link_->reads = false;
    socket->emit("waits", "");
    socket->emit_volatile("lost", "");
    hub_.emit({"/", {}, {}, true}, message_frame("lost too"));
    link_->reads = true;
    link_->finish_write();
    EXPECT_THAT(written(), ElementsAre(R"(42["waits"])"));
}

TEST_F(SocketClientSpec, says_once_when_everything_has_gone_out) {
    connect();
    Socket* socket = nullptr;
    hub_.for_each([&](Socket& each) { socket = &each; });
    int drained = 0;
    link_->reads = false;
    socket->emit("a", "");
    socket->emit("b", "");
    socket->when_drained([&] { ++drained; });
    time_.pass(milliseconds(1));
    link_->finish_write();
    time_.pass(milliseconds(1));
    EXPECT_EQ(drained, 0) << "b is on its way";
    link_->finish_write();
    EXPECT_EQ(drained, 0) << "not from inside the sending";
    time_.pass(milliseconds(1));
    EXPECT_EQ(drained, 1);
    socket->when_drained([&] { ++drained; });
    time_.pass(milliseconds(1));
    EXPECT_EQ(drained, 2) << "nothing waited";
    link_->reads = true;
    socket->emit("c", "");
    time_.pass(milliseconds(1));
    EXPECT_EQ(drained, 2);
}

TEST_F(SocketClientSpec, waits_for_no_drain_of_a_client_that_is_gone) {
    hub_.handlers().on_connect([](Socket& socket) {
        socket.when_drained([] { FAIL() << "the client is gone"; });
    });
    link_->reads = false;
    link_->receive("40");
    link_->lose();
    time_.pass(milliseconds(1));
}

TEST_F(SocketClientSpec, tells_a_slow_client_to_resync) {
    connect();
    link_->reads = false;
    for (int i = 0; i < 300; ++i) {
        session_->send(message_frame("x"));
    }
    time_.pass(milliseconds(0));
    link_->reads = true;
    link_->finish_write();
    EXPECT_EQ(link_->written.back(), R"(42["resync",{"reason":"slow_client"}])");
    EXPECT_TRUE(link_->closed);
    EXPECT_EQ(hub_.slow_clients(), 1U);
    EXPECT_EQ(hub_.size(), 0U);
}

TEST_F(SocketClientSpec, may_disconnect_everybody_from_a_visit) {
    connect();
    link_->receive("40/other,");
    int visited = 0;
    hub_.for_each([&](Socket& socket) {
        ++visited;
        socket.disconnect(true);
    });
    EXPECT_EQ(visited, 1) << "the second was gone by then";
    EXPECT_TRUE(ended_);
}

}  // namespace
}  // namespace carafe::realtime
