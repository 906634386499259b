#include <sys/resource.h>

#include <atomic>

#include "carafe/testing/eventually.h"
#include "server_fixture.h"

namespace carafe::http::spec {
namespace {

using HttpLimits = ServerSpec;
using carafe::testing::eventually;
using SteadyClock = std::chrono::steady_clock;

double cpu_seconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Sends a byte every 10 ms until it is told to stop or the server has had enough.
class Trickle {
public:
    explicit Trickle(HttpClient& client)
        : thread_([this, &client] {
              while (!is_over_ && client.send("a")) {
                  std::this_thread::sleep_for(10ms);
              }
          }) {}
    ~Trickle() {
        is_over_ = true;
        thread_.join();
    }
    Trickle(const Trickle&) = delete;
    Trickle& operator=(const Trickle&) = delete;

private:
    std::atomic<bool> is_over_{false};
    std::thread thread_;
};

TEST_F(HttpLimits, end_a_head_that_trickles_in_with_408) {
    options_.header_timeout = 100ms;
    serve();
    HttpClient client(port());
    ASSERT_TRUE(client.send("GET /hello HTTP/1.1\r\n"));
    const Trickle trickle(client);
    EXPECT_EQ(client.receive().value_or(Reply{}).status, 408);
    EXPECT_TRUE(client.is_closed_by_server());
}

TEST_F(HttpLimits, end_a_body_that_trickles_in_with_408) {
    options_.body_timeout = 100ms;
    serve();
    HttpClient client(port());
    ASSERT_TRUE(client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n"));
    const Trickle trickle(client);
    EXPECT_EQ(client.receive().value_or(Reply{}).status, 408);
    EXPECT_TRUE(client.is_closed_by_server());
}

TEST_F(HttpLimits, close_a_connection_that_asks_nothing) {
    options_.header_timeout = 50ms;
    options_.keep_alive_timeout = 50ms;
    serve();
    HttpClient silent(port());
    EXPECT_TRUE(silent.is_closed_by_server());
    HttpClient idle(port());
    EXPECT_EQ(idle.get("/hello").value_or(Reply{}).status, 200);
    EXPECT_TRUE(idle.is_closed_by_server());
    EXPECT_TRUE(eventually([&] { return server_->connections() == 0; }));
}

TEST_F(HttpLimits, close_readers_that_do_not_read_and_let_others_be_served_meanwhile) {
    options_.threads = 1;
    options_.write_timeout = 350ms;  // of 640 KiB: 2.4 s for these responses
    std::atomic<int> answered{0};
    options_.on_request = [&answered](const Server::Access&) { ++answered; };
    serve();
    std::vector<std::unique_ptr<HttpClient>> readers;
    for (int i = 0; i < 20; ++i) {
        readers.push_back(std::make_unique<HttpClient>(port(), 4096));
        ASSERT_TRUE(readers.back()->send(get_request("/large?bytes=4000000")));
    }
    ASSERT_TRUE(eventually([&] { return answered == 20; }));
    HttpClient other(port());
    const auto start = SteadyClock::now();
    auto slowest = 0ms;
    while (SteadyClock::now() < start + 300ms) {
        const auto asked = SteadyClock::now();
        ASSERT_EQ(other.get("/id/1").value_or(Reply{}).body, "ID:1");
        slowest = std::max(
            slowest,
            std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - asked)
        );
        std::this_thread::sleep_for(5ms);
    }
    EXPECT_LT(slowest, 2s) << "it waited until a reader was thrown out";
    const auto cpu_before = cpu_seconds();
    std::this_thread::sleep_for(1s);  // nobody asks anything: the readers alone may cost nothing
    EXPECT_LT(cpu_seconds() - cpu_before, 0.05) << "a worker spins";
    EXPECT_TRUE(eventually([&] { return server_->connections() == 1; }, 8s))
        << "the write time-out is not what closes them";
}

TEST_F(HttpLimits, refuse_one_connection_too_many_and_take_the_next_when_one_has_gone) {
    options_.max_connections = 2;
    serve();
    auto first = std::make_unique<HttpClient>(port());
    HttpClient second(port());
    ASSERT_TRUE(first->get("/hello"));
    ASSERT_TRUE(second.get("/hello"));
    HttpClient third(port());
    auto refused = third.receive().value_or(Reply{});
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused.headers.count("x-request-id"), 1U);
    EXPECT_TRUE(third.is_closed_by_server());
    first.reset();
    EXPECT_TRUE(eventually([&] { return server_->connections() == 1; }));
    HttpClient fourth(port());
    EXPECT_EQ(fourth.get("/hello").value_or(Reply{}).status, 200);
}

TEST_F(HttpLimits, refuse_a_crowd_without_harm_to_those_who_are_in) {
    options_.max_connections = 1;
    serve();
    HttpClient in(port());
    ASSERT_TRUE(in.get("/hello"));
    std::vector<std::unique_ptr<HttpClient>> crowd;
    for (int i = 0; i < 500; ++i) {
        crowd.push_back(std::make_unique<HttpClient>(port()));
    }
    EXPECT_EQ(in.get("/id/1").value_or(Reply{}).body, "ID:1");
    crowd.clear();
    EXPECT_EQ(in.get("/id/2").value_or(Reply{}).body, "ID:2");
}

TEST_F(HttpLimits, may_be_per_address) {
    options_.max_connections_per_address = 1;
    options_.trusted_proxies = {};
    serve();
    auto first = std::make_unique<HttpClient>(port());
    ASSERT_TRUE(first->get("/hello"));
    HttpClient second(port());
    EXPECT_EQ(second.receive().value_or(Reply{}).status, 503);
    first.reset();
    EXPECT_TRUE(eventually([&] { return server_->connections() == 0; }));
    EXPECT_EQ(HttpClient(port()).get("/hello").value_or(Reply{}).status, 200);
}

TEST_F(HttpLimits, take_a_burst_of_new_connections_at_once) {
    serve();
    const auto burst = [this] {
        const auto start = SteadyClock::now();
        std::vector<std::unique_ptr<HttpClient>> clients;
        for (int i = 0; i < 400; ++i) {
            clients.push_back(std::make_unique<HttpClient>(port()));
            EXPECT_TRUE(clients.back()->send(get_request("/id/" + std::to_string(i))));
        }
        for (int i = 0; i < 400; ++i) {
            EXPECT_EQ(
                clients[static_cast<std::size_t>(i)]->receive().value_or(Reply{}).body,
                "ID:" + std::to_string(i)
            );
        }
        return SteadyClock::now() - start;
    };
    // A full backlog drops the SYN each time, which the client sends again after a second.
    EXPECT_LT(std::min({burst(), burst(), burst()}), 900ms);
}

// Pistache's worst fault: a response meant for a client that has gone reached the next one.
TEST_F(HttpLimits, keep_answers_apart_while_clients_abort) {
    constexpr int kAbortsForAnAnswer = 4;
    router_.get("/slow/:id", [](const Request& request) {
        std::this_thread::sleep_for(200us);
        return Response::text(
            200, "ID:" + std::string(request.param("id")) + std::string(20'000, ' '), "text/plain"
        );
    });
    serve();
    std::atomic<bool> is_over{false};
    std::atomic<int> right{0};
    std::atomic<int> wrong{0};
    std::atomic<int> aborts{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; !is_over; ++i) {
                // Faster, a server that a sanitizer slows down has nothing but reset connections in
                // its queue, and the others' wait behind them.
                while (!is_over && aborts > kAbortsForAnAnswer * (right + wrong + 10)) {
                    std::this_thread::sleep_for(1ms);
                }
                HttpClient client(port());
                const auto id = "abort-" + std::to_string(t) + "-" + std::to_string(i);
                client.send(get_request("/slow/" + id) + get_request("/slow/" + id));
                client.abort();
                ++aborts;
            }
        });
        threads.emplace_back([&, t] {
            for (int i = 0; !is_over; ++i) {
                HttpClient client(port());
                for (int j = 0; j < 4; ++j) {
                    const auto id = std::to_string(t) + "-" + std::to_string(i * 4 + j);
                    const auto reply = client.get("/id/" + id);
                    ++(reply && reply->body == "ID:" + id ? right : wrong);
                }
            }
        });
    }
    std::this_thread::sleep_for(3s);
    EXPECT_TRUE(eventually([&] { return (right > 100 && aborts > 100) || wrong > 0; }));
    is_over = true;
    for (auto& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(wrong, 0);
    RecordProperty("right", right);
    RecordProperty("aborts", aborts);
    EXPECT_TRUE(eventually([&] { return server_->connections() == 0; }));
}

}  // namespace
}  // namespace carafe::http::spec
