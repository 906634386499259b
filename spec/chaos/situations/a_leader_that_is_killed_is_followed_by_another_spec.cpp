// Three brokers, each the leader of a partition and one of them the group's coordinator: the first
// is killed for ten seconds, under load.
#include <filesystem>
#include <thread>

#include "support/own_brokers.h"
#include "support/situation.h"

namespace carafe::spec {

class Folder {
public:
    Folder() { std::filesystem::create_directories(path_); }
    ~Folder() { std::filesystem::remove_all(path_); }
    [[nodiscard]] std::string operator/(const std::string& name) const { return path_ / name; }

private:
    const std::filesystem::path path_ =
        std::filesystem::temp_directory_path() / ("brokers-" + std::to_string(getpid()));
};

// Before the situation, whose topics are to be theirs.
class ThreeBrokers {
protected:
    const Folder folder;
    OwnBrokers brokers{folder / "kafka", 3};
    const NamedBrokers named{brokers.address()};
};

class OnThreeBrokers : public ThreeBrokers, public Situation {};

TEST_F(OnThreeBrokers, a_leader_that_is_killed_is_followed_by_another) {
    plan({.exactly_once = true, .partitions = 3, .replication = 3});
    Member& member = start();
    Load load(kafka.properties(), topic, "good");
    ASSERT_TRUE(until("SELECT count(DISTINCT part) FROM handled", "3"));
    brokers.kill_now();
    std::this_thread::sleep_for(seconds(10));
    // All partitions are led by the two that are left.
    const std::string now = value("SELECT clock_timestamp()");
    EXPECT_TRUE(until("SELECT count(DISTINCT part) FROM handled WHERE at > '" + now + "'", "3"));
    brokers.start();
    std::this_thread::sleep_for(seconds(5));
    const int produced = load.stop();
    ASSERT_TRUE(until_handled(produced, seconds(60)));
    EXPECT_EQ(member.stop(), 0);
    EXPECT_EQ(handled(), produced);
    EXPECT_GT(produced, 2'000);
    std::cout << "longest silence of a partition: "
              << value(
                     "SELECT max(silence) FROM (SELECT at - lag(at) OVER (PARTITION BY part ORDER"
                     " BY at) AS silence FROM handled) AS silences"
                 )
              << '\n';
}

}  // namespace carafe::spec
