#include <sys/resource.h>

#include <atomic>

#include "carafe/http/request_metrics.h"
#include "carafe/metrics.h"
#include "carafe/testing/eventually.h"
#include "http/descriptor_limit.h"
#include "server_fixture.h"

namespace carafe::http::spec {
namespace {

using HttpBounds = ServerSpec;
using carafe::testing::eventually;

TEST_F(HttpBounds, turn_a_response_that_is_too_large_into_a_500) {
    options_.max_response_bytes = 1000;
    serve();
    HttpClient client(port());
    EXPECT_EQ(client.get("/large?bytes=1000").value_or(Reply{}).status, 200);
    const auto reply = client.get("/large?bytes=1001").value_or(Reply{});
    EXPECT_EQ(reply.status, 500);
    EXPECT_EQ(reply.body.find("xxx"), std::string::npos);
    EXPECT_EQ(client.get("/id/1").value_or(Reply{}).body, "ID:1");
}

TEST_F(HttpBounds, cut_off_who_makes_the_server_hold_more_than_its_share) {
    options_.max_buffered_bytes = 5'000'000;
    serve();
    std::vector<std::unique_ptr<HttpClient>> readers;
    for (int i = 0; i < 5; ++i) {
        readers.push_back(std::make_unique<HttpClient>(port(), 4096));
        ASSERT_TRUE(readers.back()->send(get_request("/large?bytes=4000000")));
    }
    EXPECT_TRUE(eventually([&] { return server_->connections() == 1; }));
    HttpClient other(port());
    EXPECT_EQ(other.get("/id/1").value_or(Reply{}).body, "ID:1") << "who needs little is served";
    readers.clear();
    EXPECT_TRUE(eventually([&] { return server_->connections() == 1; }));
    const auto reply = other.get("/large?bytes=4000000").value_or(Reply{});
    EXPECT_EQ(reply.body.size(), 4'000'000U) << "what was held is free again";
}

TEST_F(HttpBounds, count_slow_uploads_too) {
    options_.max_buffered_bytes = 100'000;
    serve();
    const std::string half(40'000, 'x');
    std::vector<std::unique_ptr<HttpClient>> writers;
    for (int i = 0; i < 6; ++i) {
        writers.push_back(std::make_unique<HttpClient>(port()));
        writers.back()->send(
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 50000\r\n\r\n" + half
        );
    }
    EXPECT_TRUE(eventually([&] {
        const int left = server_->connections();
        return left >= 1 && left <= 2;
    }));
}

TEST_F(HttpBounds, of_one_address_do_not_count_a_trusted_proxy) {
    options_.max_connections_per_address = 1;
    serve();
    HttpClient first(port());
    HttpClient second(port());
    EXPECT_EQ(first.get("/hello").value_or(Reply{}).status, 200);
    EXPECT_EQ(second.get("/hello").value_or(Reply{}).status, 200);
}

TEST_F(HttpBounds, name_the_route_only_when_asked_to) {
    serve();
    EXPECT_EQ(HttpClient(port()).get("/id/1").value_or(Reply{}).headers.count("x-route"), 0U);
    options_.names_route = true;
    serve();
    auto known = HttpClient(port()).get("/id/1").value_or(Reply{});
    EXPECT_EQ(known.headers["x-route"], "/id/:id");
    auto unknown = HttpClient(port()).get("/nothing").value_or(Reply{});
    EXPECT_EQ(unknown.headers.count("x-route"), 0U);
}

TEST_F(HttpBounds, are_not_needed_for_metrics_by_route) {
    Metrics metrics;
    options_.on_request = RequestMetrics(metrics);
    serve();
    HttpClient client(port());
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(client.get("/id/" + std::to_string(i)));
        ASSERT_TRUE(client.get("/nothing/" + std::to_string(i)));
    }
    ASSERT_TRUE(client.send(post_request("/echo", "x")));
    ASSERT_TRUE(client.receive());
    ASSERT_TRUE(client.send("BREW /id/1 HTTP/1.1\r\nHost: a\r\n\r\n"));
    ASSERT_TRUE(client.receive());
    const auto text = metrics.expose();
    const auto has = [&text](const std::string& line) {
        return text.find("carafe_http_requests_total{" + line + "\n") != std::string::npos;
    };
    EXPECT_TRUE(has(R"(method="GET",route="/id/:id",status="200"} 3)")) << text;
    EXPECT_TRUE(has(R"(method="",route="",status="404"} 3)")) << text;
    EXPECT_TRUE(has(R"(method="",route="",status="405"} 1)")) << text;
    EXPECT_TRUE(has(R"(method="POST",route="/echo",status="200"} 1)")) << text;
    EXPECT_NE(
        text.find("carafe_http_request_seconds_count{route=\"/id/:id\"} 3"), std::string::npos
    ) << text;
}

// In a process of its own, whose limits may be changed.
int with_limits(rlim_t soft, rlim_t hard, int connections) {
    const rlimit limit{soft, hard};
    ::setrlimit(RLIMIT_NOFILE, &limit);
    try {
        allow_descriptors(connections);
    } catch (const ConfigurationError& error) {
        std::fprintf(stderr, "%s", error.what());
        return 2;
    }
    rlimit now{};
    ::getrlimit(RLIMIT_NOFILE, &now);
    std::fprintf(stderr, "limit %lu", static_cast<unsigned long>(now.rlim_cur));
    return 0;
}

TEST(HttpDescriptorsDeathTest, are_raised_to_what_the_connections_need) {
    ::testing::FLAGS_gtest_death_test_style = "threadsafe";
    using ::testing::ExitedWithCode;
    EXPECT_EXIT(std::exit(with_limits(300, 2000, 1000)), ExitedWithCode(0), "limit 1256");
    EXPECT_EXIT(std::exit(with_limits(1900, 2000, 1000)), ExitedWithCode(0), "limit 1900");
}

TEST(HttpDescriptorsDeathTest, are_refused_at_the_start_with_what_to_do) {
    ::testing::FLAGS_gtest_death_test_style = "threadsafe";
    EXPECT_EXIT(
        std::exit(with_limits(300, 1000, 10'000)),
        ::testing::ExitedWithCode(2),
        "may have 1000: set http.max_connections to 744 or less, or raise the limit"
    );
}

}  // namespace
}  // namespace carafe::http::spec
