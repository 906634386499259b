#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <system_error>

#include "cli/member_slot.h"

namespace carafe::cli {
namespace {

class MemberSlots : public ::testing::Test {
protected:
    MemberSlots() {
        std::string path =
            (std::filesystem::temp_directory_path() / "carafe-slots-XXXXXX").string();
        directory = ::mkdtemp(path.data());
    }
    ~MemberSlots() override { std::filesystem::remove_all(directory); }

    std::string directory;
};

TEST_F(MemberSlots, are_different_for_all_who_live) {
    const MemberSlot first(directory);
    const MemberSlot second(directory);
    EXPECT_EQ(first.number(), 0);
    EXPECT_EQ(second.number(), 1);
}

TEST_F(MemberSlots, go_to_the_next_one_after_their_owner) {
    std::optional<MemberSlot> first(std::in_place, directory);
    const MemberSlot second(directory);
    first.reset();
    EXPECT_EQ(MemberSlot(directory).number(), 0);
}

TEST_F(MemberSlots, say_when_their_folder_cannot_be_used) {
    const MemberSlot first(directory);  // its file is no folder
    EXPECT_THROW(MemberSlot(directory + "/slot-0.lock"), std::system_error);
}

}  // namespace
}  // namespace carafe::cli
