#pragma once

#include <chrono>
#include <thread>

namespace carafe::testing {

// Waits until `condition` holds, asking every few milliseconds, at most `timeout`, which is long
// for the sake of machines that stand still now and then. Returns whether it held:
// EXPECT_TRUE(eventually([&] { return consumed == 3; })).
template <typename Condition>
bool eventually(Condition condition, std::chrono::milliseconds timeout = std::chrono::seconds(30)) {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    while (!condition()) {
        if (std::chrono::steady_clock::now() >= deadline) {
            return false;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
}

}  // namespace carafe::testing
