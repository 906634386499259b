#include "processing/crash_journal.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <new>
#include <system_error>

namespace carafe::processing {

namespace {

// The longest name Kafka allows for a topic, and room for its end.
constexpr std::size_t kNameSize = 256;
constexpr std::array kFatalSignals{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
constexpr const char* kExtension = ".journal";

std::uint64_t next_id() {
    static std::atomic<std::uint64_t> last{0};
    return ++last;
}

[[noreturn]] void throw_errno(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

void copy_name(std::array<char, kNameSize>& to, const std::string& name) {
    const std::size_t size = std::min(name.size(), kNameSize - 1);
    std::memcpy(to.data(), name.data(), size);
    to[size] = '\0';
}

// How many processes the kernel has killed for want of memory, cgroups included; since Linux 4.13.
std::uint64_t oom_kills() {
    std::ifstream counters("/proc/vmstat");
    std::string name;
    std::uint64_t value = 0;
    while (counters >> name >> value) {
        if (name == "oom_kill") {
            return value;
        }
    }
    return 0;
}

std::string name_in(const std::array<char, kNameSize>& name) {
    const auto end = std::find(name.begin(), name.end(), '\0');
    return {name.begin(), end};
}

}  // namespace

// At the start of the file.
struct CrashJournal::Header {
    std::uint64_t oom_kills = 0;  // of the machine, when the process started
};

namespace {

enum SlotState : std::uint32_t { kFree = 0, kBusy = 1, kFatal = 2 };

}  // namespace

// Plain bytes that another process reads later. `state` is written last in begin() and first in
// end(): what it vouches for is complete.
struct CrashJournal::Slot {
    std::atomic<std::uint32_t> state;
    std::uint32_t suspected;
    std::int32_t partition;
    std::uint32_t padding;
    std::int64_t first;
    std::int64_t last;
    std::array<char, kNameSize> group;
    std::array<char, kNameSize> topic;
};

namespace {

// The slot a thread has taken, and in which journal; read by the signal handler of that thread.
struct Taken {
    std::uint64_t journal = 0;
    void* slot = nullptr;
    std::atomic<std::uint32_t>* state = nullptr;
};
thread_local Taken taken;

void on_fatal_signal(int signal) {
    if (taken.state != nullptr && taken.state->load(std::memory_order_relaxed) == kBusy) {
        taken.state->store(kFatal, std::memory_order_relaxed);
    }
    // SA_RESETHAND has put the default back: the signal does now what it would have done.
    raise(signal);
}

}  // namespace

CrashJournal::CrashJournal(const std::string& directory, std::size_t threads) : id_(next_id()) {
    std::filesystem::create_directories(directory);
    path_ = directory + "/" + std::to_string(getpid()) + "-" + std::to_string(id_) + kExtension;
    file_ = open(path_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file_ < 0) {
        throw_errno("crash journal " + path_);
    }
    if (flock(file_, LOCK_EX | LOCK_NB) != 0) {
        close(file_);
        throw_errno("crash journal " + path_ + " is in use");
    }
    const Header header{oom_kills()};
    const std::size_t size = sizeof(Header) + threads * sizeof(Slot);
    if (ftruncate(file_, static_cast<off_t>(size)) != 0) {
        close(file_);
        throw_errno("crash journal " + path_);
    }
    void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file_, 0);
    if (memory == MAP_FAILED) {
        close(file_);
        throw_errno("crash journal " + path_);
    }
    memory_ = {static_cast<std::byte*>(memory), size};
    std::memcpy(memory, &header, sizeof header);
    slots_ = {reinterpret_cast<Slot*>(memory_.data() + sizeof header), threads};  // zeros: free
}

CrashJournal::~CrashJournal() {
    munmap(memory_.data(), memory_.size());
    unlink(path_.c_str());
    close(file_);
}

CrashJournal::Slot* CrashJournal::slot_of_this_thread() {
    if (taken.journal != id_) {
        const std::size_t index = taken_++;
        taken.journal = id_;
        taken.slot = index < slots_.size() ? &slots_[index] : nullptr;
        taken.state = taken.slot == nullptr ? nullptr : &slots_[index].state;
    }
    return static_cast<Slot*>(taken.slot);
}

void CrashJournal::begin(const Entry& entry) {
    Slot* slot = slot_of_this_thread();
    if (slot == nullptr) {
        return;
    }
    copy_name(slot->group, entry.partition.group);
    copy_name(slot->topic, entry.partition.topic);
    slot->partition = entry.partition.partition;
    slot->first = entry.range.first;
    slot->last = entry.range.last;
    slot->suspected = entry.suspected ? 1 : 0;
    slot->state.store(kBusy, std::memory_order_release);
}

void CrashJournal::end() {
    if (Slot* slot = slot_of_this_thread()) {
        slot->state.store(kFree, std::memory_order_release);
    }
}

void CrashJournal::mark_on_fatal_signals() {
    struct sigaction action {};
    action.sa_handler = on_fatal_signal;
    action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER | SA_ONSTACK);
    for (const int signal : kFatalSignals) {
        sigaction(signal, &action, nullptr);
    }
}

// A file nobody locks, locked by us while it is read.
class CrashJournal::Abandoned {
public:
    explicit Abandoned(const std::filesystem::path& path)
        : file_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
        owned_ = file_ >= 0 && flock(file_, LOCK_EX | LOCK_NB) == 0;
    }
    ~Abandoned() {
        if (file_ >= 0) {
            close(file_);
        }
    }
    Abandoned(const Abandoned&) = delete;
    Abandoned& operator=(const Abandoned&) = delete;

    [[nodiscard]] bool owned() const { return owned_; }
    // Fills `bytes`; false at the end of the file.
    [[nodiscard]] bool read(void* bytes, std::size_t size) const {
        return ::read(file_, bytes, size) == static_cast<ssize_t>(size);
    }

private:
    int file_;
    bool owned_ = false;
};

std::vector<Suspicion> CrashJournal::read_suspicions(const Abandoned& file) {
    std::vector<InHand> hands;
    Header header;
    if (!file.read(&header, sizeof header)) {
        return {};
    }
    Slot slot{};
    while (file.read(static_cast<void*>(&slot), sizeof slot)) {
        if (slot.state != kFree) {
            hands.push_back(
                {{name_in(slot.group), name_in(slot.topic), slot.partition},
                 {slot.first, slot.last},
                 slot.suspected != 0,
                 slot.state == kFatal}
            );
        }
    }
    return accuse(hands, oom_kills() > header.oom_kills);
}

void CrashJournal::adopt(
    const std::string& directory, const std::function<void(const std::vector<Suspicion>&)>& keep
) {
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(directory, none)) {
        if (entry.path().extension() != kExtension) {
            continue;
        }
        const Abandoned file(entry.path());
        if (!file.owned()) {
            continue;
        }
        const auto suspicions = read_suspicions(file);
        if (!suspicions.empty()) {
            keep(suspicions);
        }
        std::filesystem::remove(entry.path(), none);
    }
}

}  // namespace carafe::processing
