#include <mutex>

#include "carafe/testing/eventually.h"
#include "server_fixture.h"

namespace carafe::http::spec {
namespace {

using HttpRequests = ServerSpec;
using carafe::testing::eventually;

bool is_made_here(const std::string& request_id) {
    return request_id.size() == 32 &&
           request_id.find_first_not_of("0123456789abcdef") == std::string::npos;
}

TEST_F(HttpRequests, are_answered_one_after_the_other_on_one_connection) {
    serve();
    HttpClient client(port());
    for (int i = 0; i < 100; ++i) {
        const auto reply = client.get("/id/" + std::to_string(i));
        ASSERT_TRUE(reply);
        EXPECT_EQ(reply->body, "ID:" + std::to_string(i));
        EXPECT_EQ(reply->headers.count("connection"), 0U);
    }
}

TEST_F(HttpRequests, are_answered_in_order_when_they_come_all_at_once) {
    serve();
    HttpClient client(port());
    std::string all;
    for (int i = 0; i < 1000; ++i) {
        all += i % 3 == 0 ? post_request("/echo", "ID:" + std::to_string(i))
                          : get_request("/id/" + std::to_string(i));
    }
    ASSERT_TRUE(client.send(all));
    for (int i = 0; i < 1000; ++i) {
        const auto reply = client.receive();
        ASSERT_TRUE(reply) << i;
        ASSERT_EQ(reply->body, "ID:" + std::to_string(i));
    }
}

TEST_F(HttpRequests, keep_their_order_behind_a_response_larger_than_the_socket_takes) {
    serve();
    HttpClient client(port());
    ASSERT_TRUE(client.send(get_request("/large?bytes=20000000") + get_request("/id/after")));
    const auto large = client.receive();
    ASSERT_TRUE(large);
    EXPECT_EQ(large->body.size(), 20'000'000U);
    EXPECT_EQ(client.receive().value_or(Reply{}).body, "ID:after");
}

TEST_F(HttpRequests, may_be_chunked_and_cut_between_cr_and_lf) {
    serve();
    HttpClient client(port());
    const std::string request =
        "POST /echo HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n"
        "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n";
    const auto cut = request.find("hello\r\n") + 6;
    ASSERT_TRUE(client.send(request.substr(0, cut)));
    std::this_thread::sleep_for(20ms);  // so that the server reads the first half by itself
    ASSERT_TRUE(client.send(request.substr(cut)));
    EXPECT_EQ(client.receive().value_or(Reply{}).body, "hello world");
    EXPECT_EQ(client.get("/hello").value_or(Reply{}).status, 200);
}

TEST_F(HttpRequests, of_http_1_0_are_closed_unless_they_ask) {
    serve();
    HttpClient keeps(port());
    ASSERT_TRUE(keeps.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
    EXPECT_EQ(keeps.receive().value_or(Reply{}).headers["connection"], "keep-alive");
    ASSERT_TRUE(keeps.send("GET /hello HTTP/1.0\r\n\r\n"));
    EXPECT_EQ(keeps.receive().value_or(Reply{}).headers["connection"], "close");
    EXPECT_TRUE(keeps.is_closed_by_server());
}

TEST_F(HttpRequests, are_the_last_when_they_say_close) {
    serve();
    HttpClient client(port());
    ASSERT_TRUE(client.send(get_request("/hello", "Connection: close\r\n") + get_request("/hello"))
    );
    EXPECT_EQ(client.receive().value_or(Reply{}).headers["connection"], "close");
    EXPECT_TRUE(client.is_closed_by_server());
}

TEST_F(HttpRequests, are_answered_to_a_client_that_sends_no_more_but_reads) {
    serve();
    HttpClient client(port());
    ASSERT_TRUE(client.send(get_request("/id/1") + get_request("/id/2")));
    client.finish_sending();
    EXPECT_EQ(client.receive().value_or(Reply{}).body, "ID:1");
    EXPECT_EQ(client.receive().value_or(Reply{}).body, "ID:2");
    EXPECT_TRUE(client.is_closed_by_server());
    EXPECT_TRUE(eventually([&] { return server_->connections() == 0; }));
}

TEST_F(HttpRequests, by_head_get_the_length_and_no_body) {
    serve();
    HttpClient client(port());
    ASSERT_TRUE(client.send("HEAD /id/12345 HTTP/1.1\r\nHost: test\r\n\r\n"));
    EXPECT_EQ(client.receive(true).value_or(Reply{}).headers["content-length"], "8");
    EXPECT_EQ(client.get("/id/7").value_or(Reply{}).body, "ID:7");
}

TEST_F(HttpRequests, of_unknown_methods_and_paths_get_405_and_404) {
    serve();
    HttpClient client(port());
    ASSERT_TRUE(client.send("DELETE /hello HTTP/1.1\r\nHost: test\r\n\r\n"));
    auto refused = client.receive().value_or(Reply{});
    EXPECT_EQ(refused.status, 405);
    EXPECT_EQ(refused.headers.at("allow"), "GET, HEAD, OPTIONS");
    EXPECT_EQ(client.get("/nothing").value_or(Reply{}).status, 404);
    ASSERT_TRUE(client.send("OPTIONS /hello HTTP/1.1\r\nHost: test\r\n\r\n"));
    EXPECT_EQ(client.receive().value_or(Reply{}).status, 204);
}

TEST_F(HttpRequests, may_wait_for_100_continue) {
    serve();
    HttpClient client(port());
    ASSERT_TRUE(client.send(
        "POST /echo HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    ));
    EXPECT_EQ(client.receive().value_or(Reply{}).status, 100);
    ASSERT_TRUE(client.send("hi"));
    EXPECT_EQ(client.receive().value_or(Reply{}).body, "hi");
}

TEST_F(HttpRequests, that_are_too_large_get_413_instead_of_100_and_are_not_read_on) {
    serve();
    HttpClient client(port());
    ASSERT_TRUE(client.send(
        "POST /echo HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Length: 65537\r\n\r\n"
    ));
    EXPECT_EQ(client.receive().value_or(Reply{}).status, 413);
    EXPECT_TRUE(client.is_closed_by_server());
}

TEST_F(HttpRequests, that_are_refused_reach_the_client_while_it_still_sends) {
    serve();
    const std::string smuggled = get_request("/id/smuggled");
    std::string body;
    while (body.size() < 300'000) {
        body += smuggled;
    }
    HttpClient client(port());
    client.send(post_request("/echo", body));
    auto reply = client.receive().value_or(Reply{});
    EXPECT_EQ(reply.status, 413);
    EXPECT_EQ(reply.headers["connection"], "close");
    EXPECT_EQ(reply.headers["content-type"], "application/problem+json");
    EXPECT_TRUE(client.is_ended_by_server()) << "reset, or the body was read as another request";
}

TEST_F(HttpRequests, have_an_id_on_every_answer) {
    router_.get("/fails", [](const Request&) -> Response { throw std::runtime_error("x"); });
    serve();
    HttpClient client(port());
    ASSERT_TRUE(client.send(get_request("/hello", "X-Request-Id: my.id-1_\r\n")));
    EXPECT_EQ(client.receive().value_or(Reply{}).headers["x-request-id"], "my.id-1_");
    for (const auto* target : {"/hello", "/fails", "/nothing"}) {
        EXPECT_TRUE(is_made_here(client.get(target)->headers["x-request-id"])) << target;
    }
    ASSERT_TRUE(client.send(get_request("/hello", "X-Request-Id: <script>\r\n")));
    EXPECT_TRUE(is_made_here(client.receive()->headers["x-request-id"]));
    ASSERT_TRUE(client.send("nonsense\r\n\r\n"));
    auto refused = client.receive().value_or(Reply{});
    EXPECT_EQ(refused.status, 400);
    EXPECT_TRUE(is_made_here(refused.headers.at("x-request-id")));
}

TEST_F(HttpRequests, whose_handler_throws_get_no_word_of_it) {
    router_.get("/fails", [](const Request&) -> Response { throw std::runtime_error("secret"); });
    router_.get("/away", [](const Request&) -> Response { throw TransientError("secret"); });
    router_.get("/splits", [](const Request&) {
        return Response::no_content().with("X", "a\r\nSet-Cookie: secret");
    });
    serve();
    HttpClient client(port());
    for (const auto& [target, status] :
         std::map<std::string, int>{{"/fails", 500}, {"/away", 503}, {"/splits", 500}}) {
        auto reply = client.get(target).value_or(Reply{});
        EXPECT_EQ(reply.status, status) << target;
        EXPECT_EQ(reply.body.find("secret"), std::string::npos) << target;
        EXPECT_EQ(reply.headers.count("set-cookie"), 0U) << target;
    }
}

TEST_F(HttpRequests, are_told_to_the_hook_with_their_route) {
    std::mutex mutex;
    std::vector<std::string> seen;
    options_.on_request = [&](const Server::Access& access) {
        const std::lock_guard lock(mutex);
        seen.push_back(
            std::string(access.method) + " " + std::string(access.route) + " " +
            std::to_string(access.status) + (access.duration > 0s ? "" : " timeless")
        );
    };
    serve();
    HttpClient client(port());
    client.get("/id/7");
    client.get("/nothing");
    client.send("nonsense\r\n\r\n");
    client.receive();
    const std::lock_guard lock(mutex);
    EXPECT_EQ(seen, (std::vector<std::string>{"GET /id/:id 200", "GET  404", "  400"}));
}

TEST_F(HttpRequests, come_from_the_address_that_the_gateway_says) {
    router_.get("/whoami", [](const Request& request) {
        return Response::text(200, request.remote_address, "text/plain");
    });
    serve();
    HttpClient client(port());
    EXPECT_EQ(client.get("/whoami")->body, "127.0.0.1");
    client.send(get_request("/whoami", "X-Forwarded-For: 6.6.6.6, 1.2.3.4\r\n"));
    EXPECT_EQ(client.receive()->body, "1.2.3.4");
}

}  // namespace
}  // namespace carafe::http::spec
