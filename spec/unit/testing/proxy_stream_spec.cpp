#include <gtest/gtest.h>

#include "proxy_stream.h"

namespace carafe::testing {
namespace {

using namespace std::chrono_literals;

TEST(StreamReplacer, finds_what_is_split_over_pieces) {
    StreamReplacer replacer("127.0.0.1:9092", "127.0.0.1:1234");
    std::string out = replacer.pass("host 127.0.");
    EXPECT_EQ(out, "host ") << "what may be the beginning is held back";
    out += replacer.pass("0.1:9092 and 127.0.0.1:9093");
    EXPECT_EQ(out, "host 127.0.0.1:1234 and 127.0.0.1:9093");
}

TEST(StreamReplacer, holds_nothing_back_that_only_looks_a_little_like_it) {
    StreamReplacer replacer("127.0.0.1:9092", "127.0.0.1:1234");
    EXPECT_EQ(replacer.pass("the answer is 1"), "the answer is 1");
}

TEST(StreamSearch, finds_a_text_that_is_split_over_pieces) {
    StreamSearch search;
    EXPECT_EQ(search.find("BEGIN; COM", "COMMIT"), std::string::npos);
    EXPECT_EQ(search.find("MIT; SELECT", "COMMIT"), 3U);
}

TEST(ProxyStream, gives_bytes_when_they_are_due_and_is_full_at_its_bound) {
    ProxyStream stream;
    const auto now = ProxyStream::Clock::now();
    stream.add("abc", now + 1s);
    EXPECT_EQ(stream.ready(now), "");
    EXPECT_EQ(stream.ready(now + 1s), "abc");
    stream.written(1);
    EXPECT_EQ(stream.ready(now + 1s), "bc");
    stream.written(2);
    EXPECT_TRUE(stream.empty());
    stream.add(std::string(ProxyStream::kWaitingBytesMax, 'x'), now);
    EXPECT_TRUE(stream.is_full());
}

}  // namespace
}  // namespace carafe::testing
