#pragma once

#include <atomic>

#include "processing/holds.h"

namespace carafe::cli {

// What operators have paused, and everything once the worker was told to take nothing new.
class QuietHolds final : public processing::Holds {
public:
    // May be null; before the worker starts.
    void also(const processing::Holds* others) { others_ = others; }
    void be_quiet() { is_quiet_ = true; }

    [[nodiscard]] bool is_held(const processing::PartitionId& partition) const override {
        return is_quiet_ || (others_ != nullptr && others_->is_held(partition));
    }

private:
    const processing::Holds* others_ = nullptr;
    std::atomic<bool> is_quiet_{false};
};

}  // namespace carafe::cli
