#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

namespace carafe::cli {

// Tells when a file has changed and whoever writes it is done: it looks at the file itself, so that
// editors which rename, links that are switched and network file systems are seen, and asks inotify
// whether somebody still has it open for writing. Used by one thread.
class FileWatch {
public:
    explicit FileWatch(std::filesystem::path file);
    ~FileWatch();
    FileWatch(const FileWatch&) = delete;
    FileWatch& operator=(const FileWatch&) = delete;

    // True once for each change, when it has been still for a moment. Never blocks.
    bool changed();

private:
    using Clock = std::chrono::steady_clock;

    // What stat says of a file's content; all zero when there is none.
    struct Signature {
        std::uint64_t device = 0;
        std::uint64_t inode = 0;
        std::int64_t size = 0;
        std::int64_t modified_ns = 0;
        std::int64_t changed_ns = 0;
        bool operator==(const Signature&) const = default;
    };

    [[nodiscard]] Signature look() const;
    void watch_folder();
    void read_events();

    const std::filesystem::path file_;
    const std::string name_;
    int inotify_ = -1;  // none: only what stat says
    Signature seen_;
    Signature reported_;
    Clock::time_point still_since_{};
    bool is_open_ = false;  // somebody writes
    Clock::time_point written_at_{};
};

}  // namespace carafe::cli
