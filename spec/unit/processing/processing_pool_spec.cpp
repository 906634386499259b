#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <utility>

#include "processing/processing_pool.h"

namespace carafe::processing {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Occupies its thread until it is let go.
class Occupant final : public Job {
public:
    Occupant(std::promise<void>& begun, std::shared_future<void> end)
        : begun_(begun), end_(std::move(end)) {}
    void run() override {
        begun_.set_value();
        end_.wait();
    }

private:
    std::promise<void>& begun_;
    std::shared_future<void> end_;
};

class Nothing final : public Job {
public:
    void run() override {}
};

TEST(ProcessingPool, asks_for_a_thread_only_after_a_turn_and_when_somebody_waits) {
    std::promise<void> begun;
    std::promise<void> end;
    ProcessingPool pool(1);
    pool.schedule(std::make_shared<Occupant>(begun, end.get_future().share()));
    begun.get_future().wait();
    const auto now = steady_clock::now();
    const auto long_ago = now - milliseconds(10);
    EXPECT_FALSE(pool.has_waiting());
    EXPECT_FALSE(pool.has_waiting(long_ago, now));
    pool.schedule(std::make_shared<Nothing>());
    EXPECT_TRUE(pool.has_waiting());
    EXPECT_TRUE(pool.has_waiting(long_ago, now));
    EXPECT_FALSE(pool.has_waiting(now - std::chrono::microseconds(400), now));
    end.set_value();
}

}  // namespace
}  // namespace carafe::processing
