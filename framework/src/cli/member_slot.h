#pragma once

#include <string>

namespace carafe::cli {

// One of the numbers 0, 1, 2, ... that no other process of this machine has: the lowest one whose
// file in `directory` nobody locks (flock). Given back by the end of the process, however it comes.
// A restarted worker finds the number that its predecessor had, and is the same static member.
class MemberSlot {
public:
    // Makes `directory` when it is missing. Throws std::system_error.
    explicit MemberSlot(const std::string& directory);
    ~MemberSlot();
    MemberSlot(const MemberSlot&) = delete;
    MemberSlot& operator=(const MemberSlot&) = delete;

    [[nodiscard]] int number() const { return number_; }

private:
    int number_ = 0;
    int file_ = -1;
};

}  // namespace carafe::cli
