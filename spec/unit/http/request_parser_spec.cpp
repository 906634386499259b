#include <gtest/gtest.h>

#include <random>

#include "accepted_requests.h"
#include "http/request_parser.h"
#include "parser_driver.h"
#include "refused_requests.h"

namespace carafe::http::spec {
namespace {

std::vector<std::string_view> bytewise(std::string_view bytes) {
    std::vector<std::string_view> pieces;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        pieces.push_back(bytes.substr(i, 1));
    }
    return pieces;
}

std::vector<std::string_view> randomly_cut(std::string_view bytes, std::mt19937& random) {
    std::vector<std::string_view> pieces;
    const std::size_t longest = 1 + random() % 40;
    while (!bytes.empty()) {
        const auto piece = bytes.substr(0, 1 + random() % longest);
        pieces.push_back(piece);
        bytes.remove_prefix(piece.size());
    }
    return pieces;
}

TEST(RequestParser, refuses_what_two_servers_could_read_differently) {
    for (const auto& request : refused_requests()) {
        const auto outcome = run_parser({request.bytes}, {});
        EXPECT_EQ(outcome.refused_with, request.status) << request.why << ": " << outcome.refusal;
        EXPECT_TRUE(outcome.requests.empty()) << request.why << ": " << outcome.requests.front();
    }
}

TEST(RequestParser, reads_what_http_allows) {
    for (const auto& request : accepted_requests()) {
        const auto outcome = run_parser({request.bytes}, {});
        EXPECT_EQ(outcome.refused_with, 0) << request.why << ": " << outcome.refusal;
        EXPECT_EQ(outcome.requests, request.requests) << request.why;
        EXPECT_EQ(outcome.left_over, 0U) << request.why;
    }
}

TEST(RequestParser, never_reads_past_a_refused_request) {
    for (const auto& request : refused_requests()) {
        const auto outcome =
            run_parser({request.bytes, "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"}, {});
        EXPECT_TRUE(outcome.requests.empty()) << request.why << ": " << outcome.requests.front();
    }
}

TEST(RequestParser, says_the_same_however_the_bytes_are_cut) {
    std::vector<std::string> streams;
    for (const auto& request : refused_requests()) {
        streams.push_back(request.bytes);
    }
    std::string all;
    for (const auto& request : accepted_requests()) {
        streams.push_back(request.bytes);
        all += request.bytes;
    }
    streams.push_back(all);
    const unsigned seed = std::random_device{}();
    RecordProperty("seed", static_cast<int>(seed));
    std::mt19937 random(seed);
    for (const auto& bytes : streams) {
        const auto whole = run_parser({bytes}, {});
        EXPECT_EQ(run_parser(bytewise(bytes), {}), whole) << bytes.substr(0, 200);
        for (int i = 0; i < 20; ++i) {
            EXPECT_EQ(run_parser(randomly_cut(bytes, random), {}), whole)
                << "seed " << seed << ": " << bytes.substr(0, 200);
        }
    }
}

TEST(RequestParser, survives_mutated_requests_and_reads_them_the_same_however_they_are_cut) {
    const unsigned seed = std::random_device{}();
    RecordProperty("seed", static_cast<int>(seed));
    std::mt19937 random(seed);
    auto requests = accepted_requests();
    std::erase_if(requests, [](const auto& request) { return request.bytes.size() > 2000; });
    for (int i = 0; i < 20'000; ++i) {
        auto bytes = requests[random() % requests.size()].bytes;
        for (auto changes = 1 + random() % 3; changes > 0; --changes) {
            constexpr std::string_view kInteresting("\r\n\0 :;%/,\t5a\x80\xFF", 15);
            const auto at = random() % bytes.size();
            const char byte = kInteresting[random() % kInteresting.size()];
            switch (random() % 3) {
                case 0:
                    bytes[at] = byte;
                    break;
                case 1:
                    bytes.insert(at, 1, byte);
                    break;
                default:
                    bytes.erase(at, 1);
                    break;
            }
            if (bytes.empty()) {
                bytes = " ";
            }
        }
        ASSERT_EQ(run_parser(randomly_cut(bytes, random), {}), run_parser({bytes}, {}))
            << "seed " << seed << ": " << bytes;
    }
}

TEST(RequestParser, tells_what_it_waits_for) {
    RequestParser parser({});
    EXPECT_EQ(parser.phase(), RequestParser::Phase::idle);
    parser.append("POST / HTTP/1.1\r\n");
    EXPECT_EQ(parser.next(), RequestParser::Event::need_input);
    EXPECT_EQ(parser.phase(), RequestParser::Phase::head);
    parser.append("Host: a\r\nContent-Length: 1\r\n\r\n");
    EXPECT_EQ(parser.next(), RequestParser::Event::need_input);
    EXPECT_EQ(parser.phase(), RequestParser::Phase::body);
    parser.append("x");
    EXPECT_EQ(parser.next(), RequestParser::Event::request);
    parser.take();
    EXPECT_EQ(parser.phase(), RequestParser::Phase::idle);
}

TEST(RequestParser, keeps_the_request_id_of_a_request_it_refuses_after_the_head) {
    RequestParser parser({});
    parser.append("POST / HTTP/1.1\r\nHost: a\r\nX-Request-Id: r1\r\nContent-Length: 99999\r\n\r\n"
    );
    EXPECT_EQ(parser.next(), RequestParser::Event::refused);
    EXPECT_EQ(parser.refusal().status, 413);
    EXPECT_EQ(parser.partial().request.header("x-request-id"), "r1");
}

TEST(RequestParser, holds_no_more_than_its_limits_of_a_body_that_never_ends) {
    RequestParser parser({});
    parser.append("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    while (parser.next() == RequestParser::Event::need_input) {
        parser.append("400\r\n" + std::string(1024, 'x') + "\r\n");
        ASSERT_LT(parser.buffered(), 4096U);
    }
    EXPECT_EQ(parser.refusal().status, 413);
}

}  // namespace
}  // namespace carafe::http::spec
