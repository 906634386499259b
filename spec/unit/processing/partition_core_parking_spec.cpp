// The core with `order: park`, command by command.
#include <gtest/gtest.h>

#include "processing/partition_core.h"

namespace carafe::processing {
namespace {

using namespace std::chrono_literals;
using Core = PartitionCore;

class CoreThatParks : public ::testing::Test {
protected:
    static Core::Policy policy() {
        Core::Policy made;
        made.retry.attempts = 3;
        made.retry.parks = true;
        made.retry.has_dead_letter_topic = true;
        return made;
    }

    // Records of these keys, from offset 0 on, are in hand.
    void drain(const std::vector<KeyTag>& tags) {
        EXPECT_TRUE(std::holds_alternative<Core::Claim>(core.next(now)));
        core.claimed(false);
        EXPECT_TRUE(std::holds_alternative<Core::Drain>(core.next(now)));
        std::vector<KeyedRecord> keys;
        for (std::size_t index = 0; index < tags.size(); ++index) {
            keys.push_back({static_cast<std::int64_t>(index), tags[index]});
        }
        core.drained(tags.size(), {}, now, std::nullopt, keys);
    }
    template <typename Command>
    Command expect() {
        const Core::Command command = core.next(now);
        const auto* found = std::get_if<Command>(&command);
        EXPECT_NE(found, nullptr) << "command " << command.index();
        return found == nullptr ? Command{} : *found;
    }
    void fails(std::size_t culprit) {
        const Culprit named{culprit, {}};
        core.failed({}, {&named, 1}, now);
    }

    Core core{policy()};
    Core::Time now{};
};

TEST_F(CoreThatParks, sets_the_culprit_aside_at_once_and_goes_on_without_its_followers) {
    drain({1, 2, 1, 3});
    EXPECT_EQ(expect<Core::Deliver>().end, 4U);
    fails(0);
    const auto park = expect<Core::Park>();
    EXPECT_EQ(park.begin, 0U);
    EXPECT_EQ(park.end, 1U);
    EXPECT_EQ(park.attempts, 1);
    core.succeeded({}, now);
    EXPECT_EQ(core.done_prefix(), 1U) << "the position may move past it";
    const auto rest = expect<Core::Deliver>();
    EXPECT_EQ(rest.begin, 1U);
    EXPECT_EQ(rest.end, 4U);
    EXPECT_EQ(core.followers(1, 4), std::vector<std::size_t>{2});
    core.succeeded({}, now);
    EXPECT_EQ(core.lot().front(), 0);
}

TEST_F(CoreThatParks, tries_the_key_again_after_its_backoff_and_in_its_order) {
    drain({1, 1});
    expect<Core::Deliver>();
    fails(0);
    expect<Core::Park>();
    core.succeeded({}, now);
    EXPECT_EQ(expect<Core::Park>().begin, 1U) << "nothing but a follower";
    core.succeeded({}, now);
    expect<Core::Drain>();
    core.drained(0, {}, now);
    EXPECT_EQ(expect<Core::Wait>().until, now + 100ms);
    now += 100ms;
    EXPECT_EQ(expect<Core::RetryParked>().offset, 0);
    core.succeeded({}, now);
    expect<Core::Drain>();
    core.drained(0, {}, now);
    EXPECT_EQ(expect<Core::RetryParked>().offset, 1);
    core.succeeded({}, now);
    EXPECT_TRUE(core.lot().empty());
}

TEST_F(CoreThatParks, gives_a_record_up_where_it_is_when_it_has_no_attempt_left) {
    drain({1, 1});
    expect<Core::Deliver>();
    Failure hopeless;
    hopeless.kind = FailureKind::kUndecodable;
    const Culprit named{0, hopeless};
    core.failed(hopeless, {&named, 1}, now);
    EXPECT_EQ(expect<Core::GiveUp>().index, 0U);
    core.succeeded({}, now);
    EXPECT_EQ(expect<Core::Deliver>().begin, 1U) << "its followers do not follow it";
}

TEST_F(CoreThatParks, leaves_parked_records_alone_while_it_is_on_hold) {
    drain({1});
    expect<Core::Deliver>();
    fails(0);
    expect<Core::Park>();
    core.succeeded({}, now);
    core.hold(true);
    now += 10s;
    expect<Core::Idle>();
    core.hold(false);
    expect<Core::RetryParked>();
}

TEST_F(CoreThatParks, forgets_the_lot_with_the_claim_and_takes_up_what_it_is_told) {
    drain({1});
    expect<Core::Deliver>();
    fails(0);
    expect<Core::Park>();
    Failure fenced;
    fenced.kind = FailureKind::kFenced;
    core.failed(fenced, {}, now);
    expect<Core::Discard>();
    core.discarded();
    expect<Core::Claim>();
    core.claimed(true, {{{0, 1}, {}}});
    expect<Core::Restart>();
    core.restarted();
    expect<Core::Drain>();
    core.drained(0, {}, now);
    EXPECT_EQ(expect<Core::RetryParked>().offset, 0);
}

}  // namespace
}  // namespace carafe::processing
