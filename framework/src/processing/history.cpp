#include "processing/history.h"

#include <algorithm>

namespace carafe::processing {

std::optional<std::int64_t> History::last_offset() const {
    std::optional<std::int64_t> last;
    for (const RecordHistory& record : records) {
        last = std::max(last.value_or(record.offset), record.offset);
    }
    for (const SuspectRange& range : suspects) {
        last = std::max(last.value_or(range.last), range.last);
    }
    return last;
}

std::vector<Mark> History::marks(std::span<const std::int64_t> offsets) const {
    std::vector<Mark> found;
    for (std::size_t index = 0; index < offsets.size(); ++index) {
        const std::int64_t offset = offsets[index];
        const auto known = std::lower_bound(
            records.begin(),
            records.end(),
            offset,
            [](const RecordHistory& record, std::int64_t wanted) { return record.offset < wanted; }
        );
        if (known != records.end() && known->offset == offset) {
            found.push_back({index, known->attempts, known->deaths, known->failure});
            continue;
        }
        const bool suspect =
            std::any_of(suspects.begin(), suspects.end(), [offset](const SuspectRange& range) {
                return offset >= range.first && offset <= range.last;
            });
        if (suspect) {
            found.push_back({index, 0, 0, {}});
        }
    }
    return found;
}

void History::forget_below(std::int64_t position) {
    std::erase_if(records, [position](const RecordHistory& record) {
        return record.offset < position;
    });
    std::erase_if(suspects, [position](const SuspectRange& range) {
        return range.last < position;
    });
}

ParkingLot::Parked take_up(
    const KeyedRecord& record, int attempts, const History& history, const RetryPolicy& policy
) {
    Mark mark;
    const std::vector<Mark> known = history.marks({&record.offset, 1});
    const bool is_known = !known.empty();
    if (is_known) {
        mark = known.front();
    }
    mark.attempts = std::max(mark.attempts, attempts);
    Trial trial = is_known || attempts > 0 ? Trial::of(mark, policy) : Trial{};
    trial.is_suspect = is_known;
    return {record, trial};
}

}  // namespace carafe::processing
