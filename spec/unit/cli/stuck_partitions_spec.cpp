#include <gtest/gtest.h>

#include "cli/stuck_partitions.h"

namespace carafe::cli {

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

const std::chrono::system_clock::time_point kStart = std::chrono::system_clock::now();

ClusterReport report(int second, std::int64_t position, double oldest_seconds) {
    GroupReport::Partition partition;
    partition.topic = "t";
    partition.position = position;
    partition.end = 10;
    partition.lag = 10 - position;
    partition.lag_seconds = oldest_seconds;
    partition.member = "worker-2";
    GroupReport group;
    group.id = "g";
    group.state = "Stable";
    group.partitions = {partition};
    ClusterReport report;
    report.at = kStart + std::chrono::seconds(second);
    report.groups = {group};
    return report;
}

std::optional<milliseconds> at_once(const processing::PartitionId&) {
    return 0ms;
}

double seconds_of(const StuckPartitions& stuck) {
    return stuck.partitions().at(0).seconds;
}

TEST(StuckPartitions, are_those_whose_position_stays_while_records_wait) {
    StuckPartitions stuck;
    stuck.look(report(0, 5, 100), at_once);
    EXPECT_EQ(seconds_of(stuck), 0) << "nobody knows how long it has been there";
    stuck.look(report(7, 5, 107), at_once);
    EXPECT_EQ(seconds_of(stuck), 7);
    EXPECT_EQ(stuck.partitions().at(0).member, "worker-2 has it");
    EXPECT_EQ(stuck.partitions().at(0).lag, 5);
    stuck.look(report(9, 6, 109), at_once);
    EXPECT_EQ(seconds_of(stuck), 0) << "it has moved";
}

TEST(StuckPartitions, are_not_those_that_had_nothing_to_do_until_now) {
    StuckPartitions stuck;
    stuck.look(report(0, 10, 0), at_once);
    stuck.look(report(60, 10, 0), at_once);
    EXPECT_EQ(seconds_of(stuck), 0);
    ClusterReport later = report(62, 10, 1.5);
    later.groups[0].partitions[0].lag = 1;
    stuck.look(later, at_once);
    EXPECT_EQ(seconds_of(stuck), 1.5);
}

TEST(StuckPartitions, are_not_those_that_wait_on_purpose) {
    StuckPartitions stuck;
    const auto delayed = [](const processing::PartitionId&) { return std::optional(90'000ms); };
    stuck.look(report(0, 5, 50), delayed);
    stuck.look(report(30, 5, 80), delayed);
    EXPECT_EQ(seconds_of(stuck), 0);
    stuck.look(report(45, 5, 95), delayed);
    EXPECT_EQ(seconds_of(stuck), 5) << "five seconds over its time";
    const auto paused = [](const processing::PartitionId&) { return std::nullopt; };
    stuck.look(report(60, 5, 110), paused);
    EXPECT_EQ(seconds_of(stuck), 0);
}

TEST(StuckPartitions, are_nobodys_only_where_that_is_known) {
    ClusterReport known = report(0, 5, 100);
    known.groups[0].partitions[0].member = "";
    StuckPartitions stuck;
    stuck.look(known, at_once);
    EXPECT_EQ(stuck.partitions().at(0).member, "nobody has it");
    known.at += std::chrono::seconds(1);
    known.groups[0].state.reset();
    stuck.look(known, at_once);
    EXPECT_EQ(stuck.partitions().at(0).member, "who has it is not known");
}

TEST(StuckPartitions, are_not_told_while_their_lag_is_not_known) {
    StuckPartitions stuck;
    stuck.look(report(0, 5, 100), at_once);
    ClusterReport unknown = report(5, 5, 105);
    unknown.groups[0].partitions[0].lag_seconds.reset();
    stuck.look(unknown, at_once);
    EXPECT_TRUE(stuck.partitions().empty());
    stuck.look(report(6, 5, 106), at_once);
    EXPECT_EQ(seconds_of(stuck), 0) << "it starts over";
}

}  // namespace

}  // namespace carafe::cli
