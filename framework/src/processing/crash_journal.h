#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "processing/attempt_store.h"

namespace carafe::processing {

// What each processing thread has in its hands, in a file that outlives the process: one mmap'd
// file per process, locked while it lives (flock), one slot per thread. The kernel keeps a mapped
// page when the process dies, so nothing is ever synced; only a crash of the machine loses it, and
// then no record is to blame. A process that starts adopts the files that nobody locks and tells
// the AttemptStore whom to suspect. A handler of the fatal signals (SEGV, BUS, FPE, ILL, ABRT)
// marks the thread that caused the death; who is suspected then is accuse()'s to say (suspicion.h).
class CrashJournal {
public:
    // Makes `directory` when it is missing. Throws std::system_error.
    CrashJournal(const std::string& directory, std::size_t threads);
    ~CrashJournal();
    CrashJournal(const CrashJournal&) = delete;
    CrashJournal& operator=(const CrashJournal&) = delete;

    struct Entry {
        const PartitionId& partition;
        SuspectRange range;
        bool suspected = false;  // runs alone because of what is known of it
    };
    // In the calling thread's slot, from its first call on: one writer per slot. What begin() wrote
    // stands until end(). More threads than slots: the later ones are not journalled.
    void begin(const Entry& entry);
    void end();

    // From here on fatal signals mark the slot of the thread they hit, then take their course. Once
    // per process; the handler stays installed.
    static void mark_on_fatal_signals();

    // Reads the files of processes that are no more, hands what they say to `keep`, and removes
    // them when that has returned; what it throws passes through, and the files stay for the next
    // time.
    static void adopt(
        const std::string& directory, const std::function<void(const std::vector<Suspicion>&)>& keep
    );

private:
    struct Header;
    struct Slot;
    class Abandoned;

    static std::vector<Suspicion> read_suspicions(const Abandoned& file);
    [[nodiscard]] Slot* slot_of_this_thread();

    const std::uint64_t id_;  // tells journals of one process apart, for the threads' caches
    std::string path_;
    int file_ = -1;
    std::span<std::byte> memory_;  // of the file
    std::span<Slot> slots_;
    std::atomic<std::size_t> taken_{0};
};

}  // namespace carafe::processing
