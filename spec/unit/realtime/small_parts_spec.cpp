#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "fakes.h"
#include "realtime/frame_queue.h"
#include "realtime/http_message.h"
#include "realtime/origin_policy.h"
#include "realtime/random_id.h"
#include "realtime/task_queue.h"

namespace carafe::realtime {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;

TEST(FrameQueue, gives_back_frames_in_order_over_many_rounds) {
    const QueueLimits limits{1000, 1'000'000};
    QueueBudget budget(10'000'000);
    FrameQueue queue(limits, budget);
    int next_in = 0;
    int next_out = 0;
    for (int round = 0; round < 200; ++round) {
        for (int i = 0; i < round % 7; ++i) {
            ASSERT_TRUE(queue.push(text_frame(std::to_string(next_in++))));
        }
        for (int i = 0; i < round % 6 && !queue.empty(); ++i) {
            ASSERT_EQ(*queue.pop().bytes, std::to_string(next_out++));
        }
    }
    EXPECT_EQ(queue.size(), static_cast<std::size_t>(next_in - next_out));
    while (!queue.empty()) {
        ASSERT_EQ(*queue.pop().bytes, std::to_string(next_out++));
    }
    EXPECT_EQ(queue.bytes(), 0U);
}

TEST(FrameQueue, is_bounded_by_messages_and_by_bytes) {
    const QueueLimits limits{3, 10};
    QueueBudget budget(1000);
    FrameQueue queue(limits, budget);
    EXPECT_TRUE(queue.push(text_frame("1234")));
    EXPECT_TRUE(queue.push(text_frame("1234")));
    EXPECT_FALSE(queue.push(text_frame("123")));
    EXPECT_TRUE(queue.push(text_frame("12")));
    EXPECT_FALSE(queue.push(text_frame("")));
    EXPECT_EQ(queue.size(), 3U);
    EXPECT_EQ(queue.bytes(), 10U);
}

TEST(FrameQueue, takes_one_large_frame_when_it_is_empty) {
    const QueueLimits limits{3, 10};
    QueueBudget budget(1000);
    FrameQueue queue(limits, budget);
    EXPECT_TRUE(queue.push(text_frame(std::string(100, 'x'))));
    EXPECT_FALSE(queue.push(text_frame("y")));
}

TEST(FrameQueue, has_less_when_all_queues_together_hold_much_and_nothing_when_they_hold_all) {
    const QueueLimits limits{80, 1000};
    QueueBudget budget(1000);
    FrameQueue greedy(limits, budget);
    FrameQueue modest(limits, budget);
    for (int i = 0; i < 5; ++i) {
        ASSERT_TRUE(greedy.push(text_frame(std::string(100, 'x'))));
    }
    EXPECT_FALSE(greedy.push(text_frame(std::string(100, 'x')))) << "125 bytes are granted now";
    EXPECT_TRUE(modest.push(text_frame(std::string(100, 'x'))));
    EXPECT_FALSE(modest.push(text_frame(std::string(100, 'x'))));
    EXPECT_TRUE(modest.push(text_frame(std::string(20, 'x'))));
    {
        FrameQueue whale(limits, budget);
        ASSERT_TRUE(whale.push(text_frame(std::string(5000, 'x'))));
        EXPECT_FALSE(modest.push(text_frame("x")));
    }
    EXPECT_TRUE(modest.push(text_frame("x")));
    greedy.clear();
    while (!modest.empty()) {
        modest.pop();
    }
    EXPECT_EQ(budget.used_bytes(), 0U);
}

TEST(Fields, keep_names_and_values_in_order_though_they_repeat) {
    Fields fields;
    EXPECT_EQ(fields.find("a"), std::nullopt);
    fields.add("a", "1");
    fields.add("", "no name");
    fields.add("a", std::string_view("\0 2", 3));
    fields.add("b", "");
    fields.shrink();
    EXPECT_EQ(fields.size(), 4U);
    EXPECT_EQ(fields.find("a"), "1");
    EXPECT_EQ(fields.find("b"), "");
    EXPECT_EQ(fields.find(""), "no name");
    EXPECT_EQ(fields.find("c"), std::nullopt);
    EXPECT_THAT(fields.find_all("a"), ElementsAre("1", std::string_view("\0 2", 3)));
    fields.add("long", std::string(70'000, 'x'));
    fields.add("after", "it");
    EXPECT_EQ(fields.find("long")->size(), 65'535U);
    EXPECT_EQ(fields.find("after"), "it");
}

TEST(TaskQueue, runs_tasks_in_order_and_says_when_it_must_be_woken) {
    TaskQueue queue(10);
    std::vector<int> ran;
    EXPECT_TRUE(queue.push([&] { ran.push_back(1); }, TaskQueue::WhenFull::wait));
    EXPECT_FALSE(queue.push([&] { ran.push_back(2); }, TaskQueue::WhenFull::wait));
    EXPECT_TRUE(queue.run_one());
    EXPECT_FALSE(queue.run_one());
    EXPECT_THAT(ran, ElementsAre(1, 2));
    EXPECT_TRUE(queue.push([&] { ran.push_back(3); }, TaskQueue::WhenFull::wait));
}

TEST(TaskQueue, holds_up_threads_that_outrun_it_until_there_is_room_or_it_closes) {
    TaskQueue queue(1);
    std::atomic<int> pushed{0};
    EXPECT_TRUE(queue.push([] {}, TaskQueue::WhenFull::wait));
    std::thread producer([&] {
        for (int i = 0; i < 3; ++i) {
            EXPECT_FALSE(queue.push([] {}, TaskQueue::WhenFull::wait));
            ++pushed;
        }
    });
    // Runs until there is a push, which so finds the queue at work.
    const auto wait_for_push = [&] {
        while (pushed == 0) {
            std::this_thread::yield();
        }
        std::this_thread::sleep_for(milliseconds(20));
        EXPECT_EQ(pushed, 1) << "there is room for one";
    };
    EXPECT_FALSE(queue.push(wait_for_push, TaskQueue::WhenFull::grow));
    EXPECT_EQ(pushed, 0);
    EXPECT_TRUE(queue.run_one());
    queue.run_one();
    queue.close();
    producer.join();
    EXPECT_EQ(pushed, 3);
    EXPECT_FALSE(queue.run_one());
}

TEST(Timers, run_in_the_order_of_their_deadlines) {
    fakes::ManualTime time;
    std::vector<int> ran;
    time.timers().arm(milliseconds(20), [&] { ran.push_back(20); });
    time.timers().arm(milliseconds(10), [&] { ran.push_back(10); });
    time.timers().arm(milliseconds(10), [&] { ran.push_back(11); });
    time.pass(milliseconds(9));
    EXPECT_TRUE(ran.empty());
    time.pass(milliseconds(11));
    EXPECT_THAT(ran, ElementsAre(10, 11, 20));
}

TEST(Timers, may_cancel_each_other_while_they_run) {
    fakes::ManualTime time;
    std::vector<int> ran;
    Timer second(time.timers());
    time.timers().arm(milliseconds(1), [&] {
        ran.push_back(1);
        second.cancel();
    });
    second.arm(milliseconds(1), [&] { ran.push_back(2); });
    time.pass(milliseconds(5));
    EXPECT_THAT(ran, ElementsAre(1));
}

TEST(Timers, armed_without_delay_while_they_run_do_not_starve_the_loop) {
    fakes::ManualTime time;
    int ran = 0;
    std::function<void()> again = [&] {
        ++ran;
        time.timers().arm(milliseconds(0), again);
    };
    again();
    time.timers().run_due(Timers::Clock::time_point{});
    EXPECT_EQ(ran, 2);
}

TEST(Timers, die_with_their_owner) {
    fakes::ManualTime time;
    bool ran = false;
    {
        Timer timer(time.timers());
        timer.arm(milliseconds(1), [&] { ran = true; });
    }
    time.pass(milliseconds(5));
    EXPECT_FALSE(ran);
}

TEST(RandomId, is_twenty_url_safe_characters_never_seen_before) {
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        const std::string id = random_id();
        EXPECT_EQ(id.size(), 20U);
        EXPECT_EQ(
            id.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                 "0123456789-_"),
            std::string::npos
        );
        EXPECT_TRUE(seen.insert(id).second);
    }
}

HttpRequest from_page(const std::string& origin, const std::string& host = "shop.example:3008") {
    HttpRequest request;
    request.headers.add("host", host);
    if (!origin.empty()) {
        request.headers.add("origin", origin);
    }
    return request;
}

TEST(OriginPolicy, allows_only_the_own_host_by_default) {
    const OriginPolicy policy({});
    EXPECT_TRUE(policy.allows(from_page("")));
    EXPECT_TRUE(policy.allows(from_page("http://shop.example:3008")));
    EXPECT_TRUE(policy.allows(from_page("https://SHOP.example:3008")));
    EXPECT_FALSE(policy.allows(from_page("http://shop.example:3009")));
    EXPECT_FALSE(policy.allows(from_page("http://evil.example")));
    EXPECT_FALSE(policy.allows(from_page("null")));
    EXPECT_FALSE(policy.allows(from_page("http://", "")));
    EXPECT_FALSE(policy.allows(from_page("http://evil.example/shop.example:3008")));
}

TEST(OriginPolicy, allows_the_listed_pages_with_credentials) {
    const OriginPolicy policy({"http://localhost:3000"});
    const HttpRequest request = from_page("http://localhost:3000");
    EXPECT_TRUE(policy.allows(request));
    EXPECT_FALSE(policy.allows(from_page("http://localhost:3001")));
    EXPECT_FALSE(policy.allows(from_page("http://shop.example:3008")));
    EXPECT_THAT(
        policy.headers(request),
        ElementsAre(
            testing::Pair("Access-Control-Allow-Origin", "http://localhost:3000"),
            testing::Pair("Access-Control-Allow-Credentials", "true"),
            testing::Pair("Vary", "Origin")
        )
    );
}

TEST(OriginPolicy, gives_any_page_no_credentials) {
    const OriginPolicy policy({"*"});
    const HttpRequest request = from_page("http://anywhere.example");
    EXPECT_TRUE(policy.allows(request));
    EXPECT_THAT(
        policy.headers(request), ElementsAre(testing::Pair("Access-Control-Allow-Origin", "*"))
    );
}

TEST(HttpRequestTarget, is_split_and_decoded) {
    HttpRequest request;
    parse_target("/socket.io/?EIO=4&name=a%20b+c&flag&bad=%zz%4&=x", request);
    EXPECT_EQ(request.path, "/socket.io/");
    EXPECT_EQ(request.query_value("EIO"), "4");
    EXPECT_EQ(request.query_value("name"), "a b c");
    EXPECT_EQ(request.query_value("flag"), "");
    EXPECT_EQ(request.query_value("bad"), "%zz%4");
    EXPECT_EQ(request.query_value("absent"), "");
}

TEST(HttpRequestTarget, holds_a_bounded_number_of_parameters) {
    std::string target = "/?";
    for (int i = 0; i < 1000; ++i) {
        target += "k" + std::to_string(i) + "=v&";
    }
    HttpRequest request;
    parse_target(target, request);
    EXPECT_EQ(request.query.size(), 64U);
}

}  // namespace
}  // namespace carafe::realtime
