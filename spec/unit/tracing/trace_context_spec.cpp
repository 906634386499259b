#include <gtest/gtest.h>

#include <set>

#include "carafe/trace_context.h"

namespace carafe {
namespace {

constexpr const char* kParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST(TraceContext, is_written_as_it_was_read) {
    for (const char* text : {kParent, "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-00"}) {
        const auto context = TraceContext::parse(text);
        ASSERT_TRUE(context) << text;
        EXPECT_EQ(context->traceparent(), text);
    }
}

TEST(TraceContext, is_sampled_when_that_bit_says_so) {
    const std::string start = std::string(kParent).substr(0, 53);
    EXPECT_TRUE(TraceContext::parse(start + "01").value().is_sampled);
    EXPECT_TRUE(TraceContext::parse(start + "ff").value().is_sampled);
    EXPECT_FALSE(TraceContext::parse(start + "00").value().is_sampled);
    EXPECT_FALSE(TraceContext::parse(start + "02").value().is_sampled);
}

TEST(TraceContext, of_a_later_version_is_read_as_far_as_it_is_known) {
    const std::string later = "cc" + std::string(kParent).substr(2);
    EXPECT_TRUE(TraceContext::parse(later));
    EXPECT_TRUE(TraceContext::parse(later + "-what-the-future-holds"));
    EXPECT_FALSE(TraceContext::parse(later + "what"));
}

TEST(TraceContext, is_none_when_it_is_not_well_formed) {
    for (const char* text :
         {"",
          "nonsense",
          "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
          "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
          "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0x",
          "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-",
          "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
          "00-0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331-01",
          "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331_01",
          "00-00000000000000000000000000000000-b7ad6b7169203331-01",
          "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
          "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
          "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}) {
        EXPECT_FALSE(TraceContext::parse(text)) << text;
    }
}

TEST(TraceContext, has_children_in_its_trace_with_spans_of_their_own) {
    const TraceContext parent = TraceContext::parse(kParent).value();
    std::set<std::string> children;
    for (int i = 0; i < 1000; ++i) {
        const TraceContext child = parent.child();
        EXPECT_EQ(child.trace_id, parent.trace_id);
        EXPECT_TRUE(child.is_sampled);
        children.insert(child.traceparent());
    }
    EXPECT_EQ(children.size(), 1000U);
    EXPECT_EQ(children.count(kParent), 0U);
}

TEST(ChildTraceparent, stays_in_the_trace_of_its_parent) {
    const std::string child = child_traceparent(kParent, "order.created");
    EXPECT_EQ(child.size(), std::string(kParent).size());
    EXPECT_EQ(child.substr(0, 36), std::string(kParent).substr(0, 36));
    EXPECT_NE(child, kParent);
}

TEST(ChildTraceparent, keeps_that_a_trace_is_not_sampled) {
    const std::string unsampled = std::string(kParent).substr(0, 53) + "00";
    EXPECT_EQ(child_traceparent(unsampled, "order.created").substr(53), "00");
}

TEST(ChildTraceparent, starts_a_trace_without_a_sound_parent) {
    std::set<std::string> traces;
    for (int i = 0; i < 100; ++i) {
        const std::string started = child_traceparent("nonsense", "order.created");
        ASSERT_TRUE(TraceContext::parse(started)) << started;
        traces.insert(started.substr(3, 32));
    }
    EXPECT_EQ(traces.size(), 100U);
    EXPECT_TRUE(TraceContext::parse(child_traceparent(std::nullopt, "order.created")));
}

}  // namespace
}  // namespace carafe
