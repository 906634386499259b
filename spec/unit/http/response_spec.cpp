#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "carafe/http/problem.h"
#include "carafe/http/response.h"
#include "http/client_address.h"
#include "http/request_id.h"
#include "http/response_writer.h"

namespace carafe::http::spec {
namespace {

ResponseContext context() {
    return {"r1", "Sun, 06 Nov 1994 08:49:37 GMT", false, true, 1};
}

std::string written(const Response& response, const ResponseContext& with = context()) {
    std::string bytes;
    EXPECT_TRUE(append_response(bytes, response, with));
    return bytes;
}

TEST(Problem, is_an_rfc_9457_document) {
    const auto response =
        Problem(422, "He said \"no\"\n", {{"/items/0/quantity", "must be positive"}})
            .with("Retry-After", "2")
            .response("/orders/€");
    EXPECT_EQ(response.status, 422);
    const boost::json::value expected{
        {"type", "about:blank"},
        {"title", "Unprocessable Content"},
        {"status", 422},
        {"detail", "He said \"no\"\n"},
        {"instance", "/orders/€"},
        {"errors", {{{"pointer", "/items/0/quantity"}, {"message", "must be positive"}}}},
    };
    EXPECT_EQ(boost::json::parse(response.body), expected);
    EXPECT_EQ(response.headers.at(0).second, "application/problem+json");
    EXPECT_EQ(response.headers.at(1).first, "Retry-After");
}

TEST(ResponseWriter, writes_the_bytes_of_a_response) {
    EXPECT_EQ(
        written(Response::json(201, "{}").with("Location", "/a")),
        "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nLocation: /a\r\n"
        "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nX-Request-Id: r1\r\nContent-Length: 2\r\n\r\n{}"
    );
}

TEST(ResponseWriter, says_the_length_but_not_the_body_to_head) {
    auto head = context();
    head.is_head = true;
    const auto bytes = written(Response::json(200, "{}"), head);
    EXPECT_NE(bytes.find("Content-Length: 2\r\n"), std::string::npos);
    EXPECT_TRUE(bytes.ends_with("\r\n\r\n"));
}

TEST(ResponseWriter, gives_204_and_304_neither_length_nor_body) {
    for (const int status : {204, 304}) {
        const auto bytes = written(Response::json(status, "{}"));
        EXPECT_EQ(bytes.find("Content-Length"), std::string::npos);
        EXPECT_TRUE(bytes.ends_with("\r\n\r\n"));
    }
}

TEST(ResponseWriter, says_what_becomes_of_the_connection) {
    auto with = context();
    EXPECT_EQ(written(Response::no_content(), with).find("Connection"), std::string::npos);
    with.minor_version = 0;
    EXPECT_NE(
        written(Response::no_content(), with).find("Connection: keep-alive\r\n"), std::string::npos
    );
    with.keep_alive = false;
    EXPECT_NE(
        written(Response::no_content(), with).find("Connection: close\r\n"), std::string::npos
    );
}

TEST(ResponseWriter, lets_no_handler_split_a_response_or_frame_it) {
    std::string bytes = "before";
    for (const auto* value : {"a\r\nSet-Cookie: x=1", "a\nb", "a\rb"}) {
        EXPECT_FALSE(append_response(bytes, Response::no_content().with("X", value), context()));
    }
    for (const auto* name : {"", "X:", "X Y", "X\r\nY"}) {
        EXPECT_FALSE(append_response(bytes, Response::no_content().with(name, "a"), context()));
    }
    EXPECT_EQ(bytes, "before");
    const auto framed = written(
        Response::json(200, "{}").with("content-length", "99").with("Transfer-Encoding", "chunked")
    );
    EXPECT_EQ(framed.find(": 99"), std::string::npos);
    EXPECT_EQ(framed.find("chunked"), std::string::npos);
}

TEST(ResponseWriter, writes_dates_as_http_wants_them) {
    EXPECT_EQ(http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(http_date(951782400), "Tue, 29 Feb 2000 00:00:00 GMT");
}

TEST(RequestId, takes_over_only_what_is_safe_everywhere) {
    for (const std::string& good :
         {std::string("a"), std::string("A-z_0.9"), std::string(128, 'x')}) {
        EXPECT_TRUE(is_request_id(good)) << good;
    }
    for (const std::string& bad :
         {std::string(),
          std::string(129, 'x'),
          std::string("a b"),
          std::string("a\"b"),
          std::string("é"),
          std::string("a/b")}) {
        EXPECT_FALSE(is_request_id(bad)) << bad;
    }
}

TEST(RequestId, is_made_anew_for_each_request) {
    RequestIds ids;
    RequestIds others;
    EXPECT_NE(ids.next(), ids.next());
    EXPECT_NE(ids.next(), others.next());
    EXPECT_TRUE(is_request_id(ids.next()));
}

struct Forwarded {
    const char* peer;
    std::vector<const char*> fields;
    const char* client;
};

TEST(ClientAddress, believes_trusted_proxies_only) {
    const std::vector<std::string> trusted{"127.0.0.1", "10.0.0.1"};
    const std::vector<Forwarded> cases{
        {"127.0.0.1", {}, "127.0.0.1"},
        {"127.0.0.1", {"1.2.3.4"}, "1.2.3.4"},
        {"127.0.0.1", {"6.6.6.6, 1.2.3.4"}, "1.2.3.4"},
        {"127.0.0.1", {"6.6.6.6, 1.2.3.4, 10.0.0.1"}, "1.2.3.4"},
        {"127.0.0.1", {"6.6.6.6", "1.2.3.4"}, "1.2.3.4"},
        {"127.0.0.1", {"2001:db8::1"}, "2001:db8::1"},
        {"127.0.0.1", {"nonsense"}, "127.0.0.1"},
        {"127.0.0.1", {"1.2.3.4, nonsense"}, "127.0.0.1"},
        {"127.0.0.1", {"10.0.0.1"}, "10.0.0.1"},
        {"127.0.0.1", {""}, "127.0.0.1"},
        {"9.9.9.9", {"1.2.3.4"}, "9.9.9.9"},
    };
    for (const auto& one : cases) {
        Request request;
        for (const auto* field : one.fields) {
            request.headers.emplace("x-forwarded-for", field);
        }
        EXPECT_EQ(client_address(one.peer, request, trusted), one.client);
    }
}

}  // namespace
}  // namespace carafe::http::spec
