#include "tracing/span_queue.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace carafe::tracing {

SpanQueue& SpanQueue::of_process() {
    static SpanQueue queue;
    return queue;
}

bool SpanQueue::open(const Options& options) {
    const std::lock_guard lock(mutex_);
    if (is_open_) {
        return false;
    }
    options_ = options;
    sampled_share_ = options.sampled_share;
    is_open_ = true;
    return true;
}

void SpanQueue::close() {
    const std::lock_guard lock(mutex_);
    is_open_ = false;
    sampled_share_ = 1;
    dropped_ += spans_.size();
    spans_.clear();
}

void SpanQueue::add(Span&& span) {
    bool is_batch = false;
    {
        const std::lock_guard lock(mutex_);
        if (!is_open_) {
            return;
        }
        if (spans_.size() >= options_.max_queue) {
            ++dropped_;
            return;
        }
        spans_.push_back(std::move(span));
        is_batch = spans_.size() == options_.max_batch;
    }
    if (is_batch) {
        arrived_.notify_one();
    }
}

std::vector<Span> SpanQueue::take(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    arrived_.wait_for(lock, stop, options_.delay, [this] {
        return spans_.size() >= options_.max_batch;
    });
    const auto end =
        spans_.begin() + static_cast<std::ptrdiff_t>(std::min(spans_.size(), options_.max_batch));
    std::vector<Span> taken(std::make_move_iterator(spans_.begin()), std::make_move_iterator(end));
    spans_.erase(spans_.begin(), end);
    return taken;
}

}  // namespace carafe::tracing

namespace carafe::spans {

using tracing::SpanQueue;

bool enabled() {
    return SpanQueue::of_process().is_open();
}

void add(Span&& span) {
    if (span.context.is_sampled && enabled()) {
        SpanQueue::of_process().add(std::move(span));
    }
}

// Of the id's last seven bytes, as TraceIdRatioBased of OpenTelemetry: other processes that are
// asked the same come to the same answer.
bool samples(const TraceContext& context) {
    constexpr int kBytes = 7;
    std::uint64_t number = 0;
    for (auto byte = context.trace_id.end() - kBytes; byte != context.trace_id.end(); ++byte) {
        number = number << 8U | *byte;
    }
    constexpr double kAll = 72057594037927936.0;  // 2^56
    return static_cast<double>(number) < SpanQueue::of_process().sampled_share() * kAll;
}

Totals totals() {
    return SpanQueue::of_process().totals();
}

}  // namespace carafe::spans
