#include "processing/admission.h"

#include <algorithm>

namespace carafe::processing {

namespace {

// A wall clock that is set meanwhile is noticed after so long.
constexpr std::chrono::seconds kLookAgain{60};

}  // namespace

// In offset order: a record that must wait holds back those after it.
Admission::Verdict Admission::due(std::span<const Message> records, Time now, WallTime wall) const {
    if (policy_.delay.count() == 0) {
        return {records.size(), std::nullopt};
    }
    for (std::size_t index = 0; index < records.size(); ++index) {
        const auto left = records[index].timestamp() + policy_.delay - wall;
        if (left > WallTime::duration::zero()) {
            return {index, now + std::min<WallTime::duration>(left, kLookAgain)};
        }
    }
    return {records.size(), std::nullopt};
}

Admission::Verdict Admission::admit(std::span<const Message> records, Time now, WallTime wall) {
    const Verdict due_now = due(records, now, wall);
    if (policy_.limiter == nullptr) {
        return due_now;
    }
    Verdict verdict;
    while (verdict.admitted < due_now.admitted) {
        const std::size_t wanted = due_now.admitted - verdict.admitted;
        if (share_.records == 0) {
            share_ = policy_.limiter->reserve(wanted, now);
        }
        if (share_.from > now) {
            verdict.more_at = share_.from;
            return verdict;
        }
        const std::size_t taken = std::min(wanted, share_.records);
        verdict.admitted += taken;
        share_.records -= taken;
    }
    verdict.more_at = due_now.more_at;
    return verdict;
}

}  // namespace carafe::processing
