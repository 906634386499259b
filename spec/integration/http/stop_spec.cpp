#include <atomic>
#include <filesystem>
#include <future>

#include "carafe/testing/eventually.h"
#include "server_fixture.h"

namespace carafe::http::spec {
namespace {

using HttpStop = ServerSpec;
using carafe::testing::eventually;
using SteadyClock = std::chrono::steady_clock;

std::ptrdiff_t entries(const char* directory) {
    return std::distance(
        std::filesystem::directory_iterator(directory), std::filesystem::directory_iterator()
    );
}

TEST_F(HttpStop, leaves_no_thread_and_no_descriptor_however_often) {
    const auto round = [this](bool with_idle) {
        Server server(options_, router_);
        server.start();
        const auto idle = with_idle ? std::make_unique<HttpClient>(server.port()) : nullptr;
        HttpClient used(server.port());
        EXPECT_EQ(used.get("/hello").value_or(Reply{}).status, 200);
        used.abort();
        server.stop(1s);
    };
    round(true);  // what the process opens once
    const auto descriptors = entries("/proc/self/fd");
    const auto threads = entries("/proc/self/task");
    for (int i = 0; i < 50; ++i) {
        round(i % 10 == 0);
    }
    EXPECT_EQ(entries("/proc/self/fd"), descriptors);
    // The kernel lists a thread for a moment after it was joined.
    EXPECT_TRUE(eventually([&] { return entries("/proc/self/task") <= threads; }));
}

TEST_F(HttpStop, may_come_twice_or_before_the_start_or_not_at_all) {
    Server never_started(options_, router_);
    never_started.stop(1s);
    EXPECT_THROW(never_started.start(), std::logic_error);
    serve();
    EXPECT_THROW(server_->start(), std::logic_error);
    std::thread another([&] { server_->stop(1s); });
    server_->stop(1s);
    another.join();
    server_->stop(1s);
    Server not_stopped(options_, router_);
    not_stopped.start();
}

TEST_F(HttpStop, lets_a_running_request_finish_and_says_close) {
    std::promise<void> entered;
    router_.get("/slow", [&entered](const Request&) {
        entered.set_value();
        std::this_thread::sleep_for(200ms);
        return Response::json(200, "done");
    });
    serve();
    HttpClient client(port());
    ASSERT_TRUE(client.send(get_request("/slow")));
    entered.get_future().wait();
    server_->stop(5s);
    auto reply = client.receive().value_or(Reply{});
    EXPECT_EQ(reply.body, "done");
    EXPECT_EQ(reply.headers["connection"], "close");
    EXPECT_TRUE(client.is_closed_by_server());
}

TEST_F(HttpStop, sends_a_large_response_to_its_end) {
    std::atomic<bool> is_answered{false};
    options_.on_request = [&is_answered](const Server::Access&) { is_answered = true; };
    serve();
    HttpClient client(port());
    ASSERT_TRUE(client.send(get_request("/large?bytes=30000000")));
    EXPECT_TRUE(eventually([&] { return is_answered.load(); }));
    std::thread stopper([&] { server_->stop(10s); });
    std::this_thread::sleep_for(50ms);
    EXPECT_EQ(client.receive().value_or(Reply{}).body.size(), 30'000'000U);
    stopper.join();
}

TEST_F(HttpStop, cuts_off_at_the_deadline_what_does_not_finish) {
    serve();
    HttpClient half(port());
    ASSERT_TRUE(half.send("GET /hello HT"));
    HttpClient reader(port(), 4096);
    ASSERT_TRUE(reader.send(get_request("/large?bytes=30000000")));
    EXPECT_TRUE(eventually([&] { return server_->connections() == 2; }));
    const auto start = SteadyClock::now();
    server_->stop(200ms);
    EXPECT_LT(SteadyClock::now() - start, 2s);
    EXPECT_TRUE(half.is_closed_by_server());
}

TEST_F(HttpStop, refuses_new_connections_and_frees_the_port_at_once) {
    serve();
    const int port_in_use = port();
    Server::Options same = options_;
    same.port = port_in_use;
    Server second(same, router_);
    try {
        second.start();
        FAIL() << "the port was taken";
    } catch (const ConfigurationError& error) {
        EXPECT_NE(std::string(error.what()).find(std::to_string(port_in_use)), std::string::npos);
    }
    server_->stop(1s);
    EXPECT_THROW(HttpClient client(port_in_use), std::system_error);
    Server third(same, router_);
    third.start();
    EXPECT_EQ(HttpClient(third.port()).get("/hello").value_or(Reply{}).status, 200);
}

TEST_F(HttpStop, serves_an_idle_client_that_asks_before_its_time_is_over) {
    options_.stop_idle_time = 5s;
    serve();
    HttpClient client(port());
    ASSERT_TRUE(client.get("/hello"));
    HttpClient leaves(port());
    ASSERT_TRUE(leaves.get("/hello"));
    std::atomic<bool> is_stopped{false};
    std::thread stopper([&] {
        server_->stop(10s);
        is_stopped = true;
    });
    EXPECT_TRUE(eventually([&] {
        try {
            HttpClient newcomer(port());
            return false;
        } catch (const std::system_error&) {
            return true;
        }
    }));
    std::this_thread::sleep_for(200ms);
    EXPECT_FALSE(is_stopped);
    auto reply = client.get("/id/1").value_or(Reply{});
    EXPECT_EQ(reply.body, "ID:1");
    EXPECT_EQ(reply.headers["connection"], "close");
    const auto start = SteadyClock::now();
    client.abort();
    leaves.abort();
    stopper.join();
    EXPECT_LT(SteadyClock::now() - start, 2s) << "nobody is left to wait for";
}

// What the kernel has accepted for us counts as accepted: closing the listening socket would reset
// it.
TEST_F(HttpStop, serves_everybody_who_has_connected) {
    std::atomic<int> served{0};
    std::atomic<int> lost{0};
    for (int round = 0; round < 4; ++round) {
        serve();
        const int before = served;
        std::vector<std::thread> clients;
        for (int t = 0; t < 6; ++t) {
            clients.emplace_back([&, port = port()] {
                try {
                    for (;;) {
                        HttpClient client(port);
                        const bool is_served =
                            client.send(get_request("/hello", "Connection: close\r\n")) &&
                            client.receive();
                        ++(is_served ? served : lost);
                    }
                } catch (const std::system_error&) {
                    return;  // refused: nobody listens any more
                }
            });
        }
        EXPECT_TRUE(eventually([&] { return served > before + 100; }));
        server_->stop(5s);
        for (auto& client : clients) {
            client.join();
        }
    }
    EXPECT_EQ(lost, 0) << "of " << served;
}

TEST_F(HttpStop, loses_no_request_of_a_client_that_reconnects_on_close) {
    serve();
    std::atomic<bool> is_over{false};
    std::atomic<int> served{0};
    std::atomic<int> lost{0};
    std::vector<std::thread> clients;
    for (int t = 0; t < 4; ++t) {
        clients.emplace_back([&] {
            while (!is_over) {
                try {
                    HttpClient client(port());
                    for (;;) {
                        auto reply = client.get("/hello");
                        if (!reply) {
                            ++lost;
                            break;
                        }
                        ++served;
                        if (reply->headers["connection"] == "close") {
                            break;
                        }
                    }
                } catch (const std::system_error&) {
                    return;  // nobody listens any more: the next server's turn
                }
            }
        });
    }
    EXPECT_TRUE(eventually([&] { return served > 200; }));
    server_->stop(2s);
    is_over = true;
    for (auto& client : clients) {
        client.join();
    }
    EXPECT_EQ(lost, 0);
}

}  // namespace
}  // namespace carafe::http::spec
