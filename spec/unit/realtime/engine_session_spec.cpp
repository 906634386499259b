#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes.h"
#include "realtime/engine_session.h"

namespace carafe::realtime {
namespace {

using fakes::FakeLink;
using fakes::FakeListener;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;

class EngineSessionSpec : public testing::Test {
protected:
    EngineSessionSpec() {
        options_.ping_interval = milliseconds(300);
        options_.ping_timeout = milliseconds(200);
        options_.queue.max_messages = 4;
        options_.queue.max_bytes = 100;
        session_ = std::make_shared<EngineSession>("id", options_, time_.timers());
        session_->begin(std::make_unique<FakeListener>(log_), [this] { ++ended_; });
    }

    ~EngineSessionSpec() override { session_->abort(); }  // it and its link hold each other

    std::shared_ptr<FakeLink> open_websocket() {
        const auto link = std::make_shared<FakeLink>();
        session_->open_on(link);
        return link;
    }

    EngineSession::PollReply into(std::vector<std::string>& replies) {
        return [&replies](std::string payload) { replies.push_back(std::move(payload)); };
    }

    void receive(char type) { session_->receive({static_cast<EngineType>(type), false, {}}); }

    EngineOptions options_;
    fakes::ManualTime time_;
    FakeListener::Log log_;
    std::shared_ptr<EngineSession> session_;
    std::vector<std::string> replies_;
    int ended_ = 0;
};

TEST_F(EngineSessionSpec, pings_exactly_one_interval_after_the_last_pong) {
    const auto link = open_websocket();
    time_.pass(milliseconds(299));
    EXPECT_THAT(link->written, IsEmpty());
    time_.pass(milliseconds(1));
    EXPECT_THAT(link->written, ElementsAre("2"));
    time_.pass(milliseconds(150));
    link->receive("3");
    time_.pass(milliseconds(299));
    EXPECT_EQ(link->written.size(), 1U);
    time_.pass(milliseconds(1));
    EXPECT_EQ(link->written.size(), 2U);
}

TEST_F(EngineSessionSpec, ends_exactly_when_the_pong_is_overdue) {
    const auto link = open_websocket();
    time_.pass(milliseconds(499));
    EXPECT_EQ(ended_, 0);
    time_.pass(milliseconds(1));
    EXPECT_EQ(ended_, 1);
    EXPECT_EQ(log_.closed, 1);
    EXPECT_TRUE(link->aborted);
}

TEST_F(EngineSessionSpec, takes_no_pong_on_account) {
    const auto link = open_websocket();
    time_.pass(milliseconds(200));
    link->receive("3");
    time_.pass(milliseconds(100));
    EXPECT_THAT(link->written, ElementsAre("2"));
}

TEST_F(EngineSessionSpec, answers_a_waiting_get_as_soon_as_there_is_something) {
    EXPECT_TRUE(session_->poll(into(replies_)));
    EXPECT_THAT(replies_, IsEmpty());
    session_->send(message_frame("a"));
    session_->send(message_frame("b"));
    EXPECT_THAT(replies_, ElementsAre("4a"));
    session_->send(binary_frame("c"));
    EXPECT_TRUE(session_->poll(into(replies_)));
    EXPECT_THAT(
        replies_,
        ElementsAre(
            "4a",
            "4b\x1e"
            "bYw=="
        )
    );
}

TEST_F(EngineSessionSpec, ends_on_a_second_get) {
    EXPECT_TRUE(session_->poll(into(replies_)));
    EXPECT_FALSE(session_->poll(into(replies_)));
    EXPECT_THAT(replies_, ElementsAre("1"));
    EXPECT_EQ(ended_, 1);
}

TEST_F(EngineSessionSpec, ends_when_a_waiting_get_is_aborted) {
    session_->poll(into(replies_));
    session_->poll_aborted();
    EXPECT_THAT(replies_, IsEmpty());
    EXPECT_EQ(ended_, 1);
    EXPECT_EQ(log_.closed, 1);
}

TEST_F(EngineSessionSpec, answers_the_waiting_get_with_a_noop_when_the_client_closes) {
    session_->poll(into(replies_));
    receive('1');
    EXPECT_THAT(replies_, ElementsAre("6"));
    EXPECT_EQ(ended_, 1);
}

TEST_F(EngineSessionSpec, ignores_what_follows_a_close_in_the_same_payload) {
    receive('1');
    EXPECT_TRUE(session_->receive({EngineType::message, false, "late"}));
    EXPECT_THAT(log_.messages, IsEmpty());
    EXPECT_EQ(ended_, 1);
}

TEST_F(EngineSessionSpec, ends_on_packets_only_a_server_sends) {
    for (const char type : {'0', '2', '5'}) {
        FakeListener::Log log;
        bool ended = false;
        auto session = std::make_shared<EngineSession>("id", options_, time_.timers());
        session->begin(std::make_unique<FakeListener>(log), [&] { ended = true; });
        EXPECT_FALSE(session->receive({static_cast<EngineType>(type), false, {}})) << type;
        EXPECT_TRUE(ended) << type;
    }
}

TEST_F(EngineSessionSpec, ends_when_the_layer_above_refuses_a_message) {
    const auto link = open_websocket();
    link->receive("4good");
    link->receive("4bad");
    EXPECT_THAT(log_.messages, ElementsAre("good", "bad"));
    EXPECT_EQ(ended_, 1);
    EXPECT_TRUE(link->closed);
}

TEST_F(EngineSessionSpec, writes_one_frame_at_a_time_in_order) {
    const auto link = open_websocket();
    link->reads = false;
    session_->send(message_frame("a"));
    session_->send(message_frame("b"));
    session_->send(message_frame("c"));
    EXPECT_THAT(link->written, ElementsAre("4a"));
    link->finish_write();
    link->finish_write();
    EXPECT_THAT(link->written, ElementsAre("4a", "4b", "4c"));
}

TEST_F(EngineSessionSpec, replaces_the_queue_of_a_slow_client_by_the_farewell_and_closes) {
    const auto link = open_websocket();
    link->reads = false;
    for (int i = 0; i < 6; ++i) {  // one under way, four wait, one too many
        session_->send(message_frame(std::to_string(i)));
    }
    EXPECT_EQ(log_.closed, 0) << "not inside send: the caller may be walking over rooms";
    time_.pass(milliseconds(0));
    EXPECT_EQ(log_.closed, 1);
    session_->send(message_frame("late"));
    link->finish_write();
    link->finish_write();
    EXPECT_THAT(link->written, ElementsAre("40", "4farewell"));
    EXPECT_TRUE(link->closed);
    EXPECT_EQ(ended_, 1);
}

TEST_F(EngineSessionSpec, counts_bytes_as_well_as_messages) {
    const auto link = open_websocket();
    link->reads = false;
    session_->send(message_frame("under way"));
    session_->send(message_frame(std::string(60, 'x')));
    session_->send(message_frame(std::string(60, 'x')));
    time_.pass(milliseconds(0));
    EXPECT_EQ(log_.closed, 1);
}

TEST_F(EngineSessionSpec, forgives_a_burst_that_is_read_in_a_moment) {
    options_.queue.burst = 4;
    options_.queue.burst_time = milliseconds(40);
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < 16; ++i) {
            session_->send(message_frame("x"));
        }
        time_.pass(options_.queue.burst_time - milliseconds(1));
        session_->poll(into(replies_));
    }
    time_.pass(options_.queue.burst_time);
    EXPECT_EQ(replies_.size(), 3U);
    EXPECT_EQ(log_.closed, 0);
}

TEST_F(EngineSessionSpec, gives_up_a_client_whose_queue_stays_crowded) {
    options_.queue.burst = 4;
    options_.queue.burst_time = milliseconds(40);
    const auto link = open_websocket();
    link->reads = false;
    for (int i = 0; i < 6; ++i) {  // one under way, four may wait for ever, one for a moment
        session_->send(message_frame("x"));
    }
    time_.pass(options_.queue.burst_time - milliseconds(1));
    EXPECT_EQ(log_.closed, 0);
    link->finish_write();
    time_.pass(options_.queue.burst_time);
    EXPECT_EQ(log_.closed, 0) << "it read one, so that four are left";
    session_->send(message_frame("x"));
    time_.pass(options_.queue.burst_time);
    EXPECT_EQ(log_.closed, 1);
}

TEST_F(EngineSessionSpec, forgives_no_burst_beyond_its_limit) {
    options_.queue.burst = 2;
    for (int i = 0; i < 9; ++i) {
        session_->send(message_frame("x"));
    }
    time_.pass(milliseconds(0));
    EXPECT_EQ(log_.closed, 1);
}

TEST_F(EngineSessionSpec, cuts_a_client_that_never_reads_its_farewell) {
    const auto link = open_websocket();
    link->reads = false;
    for (int i = 0; i < 6; ++i) {
        session_->send(message_frame("x"));
    }
    time_.pass(options_.linger - milliseconds(1));
    EXPECT_EQ(ended_, 0);
    time_.pass(milliseconds(1));
    EXPECT_EQ(ended_, 1);
    EXPECT_TRUE(link->aborted);
}

TEST_F(EngineSessionSpec, hands_a_slow_polling_client_its_farewell_with_the_next_get) {
    for (int i = 0; i < 5; ++i) {
        session_->send(message_frame("x"));
    }
    time_.pass(milliseconds(0));
    EXPECT_EQ(ended_, 0);
    session_->poll(into(replies_));
    EXPECT_THAT(
        replies_,
        ElementsAre("4farewell\x1e"
                    "1")
    );
    EXPECT_EQ(ended_, 1);
}

TEST_F(EngineSessionSpec, lets_out_what_waits_when_it_is_closed) {
    const auto link = open_websocket();
    link->reads = false;
    session_->send(message_frame("a"));
    session_->send(message_frame("b"));
    session_->close();
    session_->close();
    EXPECT_EQ(log_.closed, 1);
    link->finish_write();
    EXPECT_FALSE(link->closed);
    link->finish_write();
    EXPECT_THAT(link->written, ElementsAre("4a", "4b"));
    EXPECT_TRUE(link->closed);
}

TEST_F(EngineSessionSpec, sends_a_client_away_with_directions_behind_what_waits) {
    const auto link = open_websocket();
    link->reads = false;
    session_->send(text_frame("4a"));
    session_->send_away(milliseconds(70));
    link->reads = true;
    link->finish_write();
    EXPECT_THAT(link->written, ElementsAre("4a", "4back in 70"));
    EXPECT_TRUE(link->closed);
}

TEST_F(EngineSessionSpec, sends_a_polling_client_away_in_one_response) {
    session_->poll(into(replies_));
    session_->send_away(milliseconds(5));
    EXPECT_THAT(
        replies_,
        ElementsAre("4back in 5\x1e"
                    "1")
    );
    EXPECT_EQ(ended_, 1);
}

TEST_F(EngineSessionSpec, says_when_everything_has_gone_out) {
    session_->send(text_frame("4a"));
    EXPECT_EQ(log_.drained, 0);
    session_->poll(into(replies_));
    EXPECT_EQ(log_.drained, 1);
    const auto link = std::make_shared<FakeLink>();
    session_->probe_with(link);
    link->receive("2probe");
    session_->send(text_frame("4meanwhile"));
    EXPECT_EQ(log_.drained, 1);
    link->receive("5");
    EXPECT_EQ(log_.drained, 2);
    link->reads = false;
    session_->send(text_frame("4b"));
    session_->send(text_frame("4c"));
    link->finish_write();
    EXPECT_EQ(log_.drained, 2);
    link->finish_write();
    EXPECT_EQ(log_.drained, 3);
}

TEST_F(EngineSessionSpec, upgrades_from_polling_to_a_websocket_without_losing_a_message) {
    session_->poll(into(replies_));
    const auto probe = std::make_shared<FakeLink>();
    session_->probe_with(probe);
    probe->receive("2probe");
    EXPECT_THAT(probe->written, ElementsAre("3probe"));
    EXPECT_THAT(replies_, ElementsAre("6")) << "the waiting GET is released";
    session_->send(message_frame("meanwhile"));
    session_->poll(into(replies_));
    EXPECT_THAT(replies_, ElementsAre("6", "6"));
    probe->receive("5");
    EXPECT_THAT(probe->written, ElementsAre("3probe", "4meanwhile"));
    EXPECT_FALSE(session_->takes_polling());
    probe->receive("4hello");
    EXPECT_THAT(log_.messages, ElementsAre("hello"));
}

TEST_F(EngineSessionSpec, waits_for_the_probe_to_be_written_before_the_first_message) {
    const auto probe = std::make_shared<FakeLink>();
    session_->probe_with(probe);
    probe->reads = false;
    probe->receive("2probe");
    probe->receive("5");
    session_->send(message_frame("a"));
    EXPECT_THAT(probe->written, ElementsAre("3probe"));
    probe->finish_write();
    EXPECT_THAT(probe->written, ElementsAre("3probe", "4a"));
}

TEST_F(EngineSessionSpec, goes_on_polling_when_the_probe_fails) {
    options_.upgrade_timeout = milliseconds(50);
    for (const std::string failure : {"lost", "late", "wrong"}) {
        const auto probe = std::make_shared<FakeLink>();
        session_->probe_with(probe);
        probe->receive("2probe");
        session_->send(message_frame(failure));
        if (failure == "lost") {
            probe->lose();
        } else if (failure == "late") {
            time_.pass(options_.upgrade_timeout);
        } else {
            probe->receive("4hello");
        }
        EXPECT_TRUE(session_->poll(into(replies_)));
    }
    EXPECT_THAT(replies_, ElementsAre("4lost", "4late", "4wrong"));
    EXPECT_THAT(log_.messages, IsEmpty());
    EXPECT_EQ(ended_, 0);
}

TEST_F(EngineSessionSpec, closes_a_second_websocket_and_keeps_the_first) {
    const auto link = open_websocket();
    const auto second = std::make_shared<FakeLink>();
    session_->probe_with(second);
    EXPECT_TRUE(second->closed);
    link->receive("4hello");
    EXPECT_THAT(log_.messages, ElementsAre("hello"));
}

TEST_F(EngineSessionSpec, ends_once_when_the_websocket_is_lost) {
    const auto link = open_websocket();
    link->lose();
    session_->close();
    receive('1');
    EXPECT_EQ(ended_, 1);
    EXPECT_EQ(log_.closed, 1);
}

}  // namespace
}  // namespace carafe::realtime
