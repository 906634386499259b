#include "cli/file_watch.h"

#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstring>

namespace carafe::cli {

namespace {

// Between two writes of one save.
constexpr auto kStill = std::chrono::milliseconds(150);
// A writer that has been silent for so long is not in the middle of a save.
constexpr auto kOpenMax = std::chrono::seconds(30);
constexpr std::int64_t kNsPerSecond = 1'000'000'000;

std::int64_t ns_of(const timespec& time) {
    return time.tv_sec * kNsPerSecond + time.tv_nsec;
}

}  // namespace

FileWatch::FileWatch(std::filesystem::path file)
    : file_(std::move(file)),
      name_(file_.filename()),
      inotify_(inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
    watch_folder();
    seen_ = look();
    reported_ = seen_;
}

FileWatch::~FileWatch() {
    if (inotify_ >= 0) {
        close(inotify_);
    }
}

void FileWatch::watch_folder() {
    if (inotify_ >= 0) {
        const std::filesystem::path folder =
            file_.has_parent_path() ? file_.parent_path() : std::filesystem::path(".");
        inotify_add_watch(inotify_, folder.c_str(), IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_TO);
    }
}

FileWatch::Signature FileWatch::look() const {
    struct stat found {};
    if (stat(file_.c_str(), &found) != 0) {
        return {};
    }
    return {found.st_dev, found.st_ino, found.st_size, ns_of(found.st_mtim), ns_of(found.st_ctim)};
}

void FileWatch::read_events() {
    alignas(inotify_event) std::array<char, 16'384> buffer{};
    ssize_t bytes = 0;
    while (inotify_ >= 0 && (bytes = read(inotify_, buffer.data(), buffer.size())) > 0) {
        for (ssize_t at = 0; at < bytes;) {
            inotify_event event{};
            std::memcpy(&event, buffer.data() + at, sizeof event);
            const char* name = buffer.data() + at + sizeof event;
            at += static_cast<ssize_t>(sizeof event + event.len);
            if ((event.mask & IN_IGNORED) != 0) {
                watch_folder();  // it was replaced
            } else if (event.len > 0 && name_ == name) {
                is_open_ = (event.mask & IN_MODIFY) != 0;
                written_at_ = Clock::now();
            }
        }
    }
}

bool FileWatch::changed() {
    read_events();
    const auto now = Clock::now();
    const Signature current = look();
    if (current != seen_) {
        seen_ = current;
        still_since_ = now;
    }
    if (seen_ == reported_ || now - still_since_ < kStill ||
        (is_open_ && now - written_at_ < kOpenMax)) {
        return false;
    }
    is_open_ = false;
    reported_ = seen_;
    return true;
}

}  // namespace carafe::cli
