#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace carafe::processing {

// Which records above a committed offset are done already, as text for the metadata of that commit,
// so that the next owner repeats only what was unfinished. The text is "u1:" and, in base64url, the
// lengths of the alternating runs of unfinished and done offsets from the committed one on, as
// LEB128 numbers. Offsets that hold no record (compaction, transactions) count as done.

// Kafka's own limit is 4096 (offset.metadata.max.bytes of the broker).
constexpr std::size_t kUnfinishedTextMax = 4000;
// Bytes of runs that such a text can hold.
constexpr std::size_t kUnfinishedBytesMax = 2950;

// How many bytes a run of that length takes.
[[nodiscard]] std::size_t bytes_of_run(std::int64_t length);

// A run of done offsets [first, end).
struct DoneRun {
    std::int64_t first = 0;
    std::int64_t end = 0;
};

// What is above a committed offset and done. Asked with ascending offsets.
class DoneOffsets {
public:
    DoneOffsets() = default;
    // Nothing is done when `text` was not made by encode_unfinished(): others may commit, too.
    DoneOffsets(std::string_view text, std::int64_t committed);

    [[nodiscard]] bool contains(std::int64_t offset);
    // What is left at `from` and above.
    [[nodiscard]] std::span<const DoneRun> from(std::int64_t offset);

private:
    std::vector<DoneRun> runs_;
    std::size_t next_ = 0;
};

struct NotedPosition {
    std::int64_t offset = 0;
    std::string metadata;
};

// `unfinished` ascends and is not empty; its first is the offset to be committed. Everything else
// below `end` is done, and so is what `later` says. What does not fit is left out from the end: it
// would only be repeated.
[[nodiscard]] std::string encode_unfinished(
    std::span<const std::int64_t> unfinished, std::int64_t end, std::span<const DoneRun> later
);

// What to commit: the first unfinished offset, or `end` when there is none below it, and the map.
// `done`: what an owner before had done; asked from `end` on.
[[nodiscard]] NotedPosition noted_position(
    std::vector<std::int64_t> unfinished, std::int64_t end, DoneOffsets& done
);

}  // namespace carafe::processing
