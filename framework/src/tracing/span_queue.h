#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <stop_token>
#include <vector>

#include "carafe/spans.h"

namespace carafe::tracing {

// Between those who add spans, who never wait, and the one thread that sends them. One for the
// process, as there is one log: whoever adds need not be handed it. Thread-safe.
class SpanQueue {
public:
    struct Options {
        std::size_t max_queue = 2048;
        std::size_t max_batch = 512;
        std::chrono::milliseconds delay{5'000};
        double sampled_share = 1;
    };

    static SpanQueue& of_process();

    // False when it is open already.
    bool open(const Options& options);
    void close();  // and forgets what is left
    [[nodiscard]] bool is_open() const { return is_open_.load(std::memory_order_relaxed); }
    [[nodiscard]] double sampled_share() const { return sampled_share_; }

    void add(Span&& span);
    // At most max_batch: as soon as there are as many, or after the delay, or when it is to stop.
    std::vector<Span> take(const std::stop_token& stop);

    void count_exported(std::size_t spans) { exported_ += spans; }
    void count_dropped(std::size_t spans) { dropped_ += spans; }
    [[nodiscard]] spans::Totals totals() const { return {exported_, dropped_}; }

private:
    std::atomic<bool> is_open_{false};
    std::atomic<double> sampled_share_{1};
    std::atomic<std::uint64_t> exported_{0};
    std::atomic<std::uint64_t> dropped_{0};
    std::mutex mutex_;
    std::condition_variable_any arrived_;
    Options options_;
    std::vector<Span> spans_;
};

}  // namespace carafe::tracing
