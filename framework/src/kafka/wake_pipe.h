#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

namespace carafe::kafka {

// Tells one waiting thread which of many queues have news: librdkafka and our own threads write
// 4-byte tokens into a pipe (writes this small are atomic), the poll thread reads them. A token
// lost to a full pipe only delays: the reader also looks around by itself every so often.
class WakePipe {
public:
    WakePipe();
    ~WakePipe();
    WakePipe(const WakePipe&) = delete;
    WakePipe& operator=(const WakePipe&) = delete;

    [[nodiscard]] int write_end() const { return write_end_; }
    // Thread-safe, never blocks.
    void write(std::uint32_t token) const;
    // Waits at most `timeout` for a token; returns all there are, repeats removed.
    [[nodiscard]] std::vector<std::uint32_t> read(std::chrono::milliseconds timeout) const;

private:
    int read_end_ = -1;
    int write_end_ = -1;
};

}  // namespace carafe::kafka
