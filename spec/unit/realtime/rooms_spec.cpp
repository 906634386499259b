#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "fakes.h"
#include "realtime/hub.h"
#include "realtime/rooms.h"

namespace carafe::realtime {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class RoomsSpec : public testing::Test {
protected:
    ClientSocket& make_socket() {
        sockets_.push_back(std::make_shared<ClientSocket>(
            hub_, *hub_.find_namespace("/"), carrier_, std::make_shared<Handshake>()
        ));
        return *sockets_.back();
    }

    fakes::ManualTime time_;
    Hub hub_{{"/"}, time_.timers(), {}};
    fakes::FakeCarrier carrier_;
    std::vector<std::shared_ptr<ClientSocket>> sockets_;
    Rooms rooms_;
};

TEST_F(RoomsSpec, know_who_is_in_which) {
    ClientSocket& ann = make_socket();
    ClientSocket& bob = make_socket();
    rooms_.join(ann, "user:1");
    rooms_.join(ann, "admin");
    rooms_.join(bob, "admin");
    EXPECT_THAT(rooms_.members("admin"), UnorderedElementsAre(&ann, &bob));
    EXPECT_THAT(rooms_.members("user:1"), ElementsAre(&ann));
    EXPECT_THAT(rooms_.members("nobody"), IsEmpty());
    EXPECT_THAT(rooms_.rooms_of(ann), UnorderedElementsAre("user:1", "admin"));
}

TEST_F(RoomsSpec, exist_only_while_somebody_is_in_them) {
    ClientSocket& ann = make_socket();
    rooms_.join(ann, "a");
    rooms_.join(ann, "a");
    EXPECT_EQ(rooms_.size(), 1U);
    rooms_.leave(ann, "a");
    EXPECT_EQ(rooms_.size(), 0U);
    rooms_.leave(ann, "a");
    EXPECT_THAT(rooms_.rooms_of(ann), IsEmpty());
}

TEST_F(RoomsSpec, are_all_left_at_once) {
    ClientSocket& ann = make_socket();
    ClientSocket& bob = make_socket();
    for (const char* room : {"a", "b", "c"}) {
        rooms_.join(ann, room);
    }
    rooms_.join(bob, "b");
    rooms_.leave_all(ann);
    EXPECT_EQ(rooms_.size(), 1U);
    EXPECT_THAT(rooms_.members("b"), ElementsAre(&bob));
}

TEST_F(RoomsSpec, agree_with_a_plain_set_of_pairs) {
    std::mt19937 random(3);
    std::set<std::pair<std::size_t, std::string>> expected;
    for (int i = 0; i < 5; ++i) {
        make_socket();
    }
    for (int step = 0; step < 5'000; ++step) {
        const std::size_t who = random() % sockets_.size();
        const std::string room(1, static_cast<char>('a' + random() % 6));
        if (random() % 20 == 0) {
            rooms_.leave_all(*sockets_[who]);
            std::erase_if(expected, [who](const auto& pair) { return pair.first == who; });
        } else if (random() % 2 == 0) {
            rooms_.join(*sockets_[who], room);
            expected.emplace(who, room);
        } else {
            rooms_.leave(*sockets_[who], room);
            expected.erase({who, room});
        }
        std::set<std::pair<std::size_t, std::string>> actual;
        for (std::size_t i = 0; i < sockets_.size(); ++i) {
            for (const std::string& name : rooms_.rooms_of(*sockets_[i])) {
                EXPECT_EQ(rooms_.members(name).count(sockets_[i].get()), 1U);
                actual.emplace(i, name);
            }
        }
        ASSERT_EQ(actual, expected);
    }
}

}  // namespace
}  // namespace carafe::realtime
