#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <thread>

#include "carafe/errors.h"
#include "carafe/log.h"
#include "carafe/metrics.h"
#include "carafe/spans.h"
#include "config/text.h"
#include "instrumentation/repeats.h"
#include "tracing/collector.h"
#include "tracing/otlp_request.h"
#include "tracing/span_queue.h"

namespace carafe {

namespace {

using std::chrono::milliseconds;
using tracing::Collector;
using tracing::SpanQueue;

// A request that the collector may take later: after these pauses, or as it says itself.
constexpr std::array kPauses{
    milliseconds(1'000), milliseconds(2'000), milliseconds(4'000), milliseconds(8'000)};

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

// Empty optional when the variable is not set.
template <typename Number>
std::optional<Number> number_of(const char* name, Number least, Number most) {
    const std::string text = variable(name);
    if (text.empty()) {
        return std::nullopt;
    }
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || !(number >= least) ||
        !(number <= most)) {
        throw ConfigurationError(
            std::string(name) + "=" + config::quote(text) + " is not a number between " +
            std::to_string(least) + " and " + std::to_string(most)
        );
    }
    return number;
}

std::string url_from_environment() {
    std::string url = variable("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
    const char* name = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
    if (url.empty()) {
        name = "OTEL_EXPORTER_OTLP_ENDPOINT";
        url = variable(name);
        if (!url.empty()) {
            url += url.back() == '/' ? "v1/traces" : "/v1/traces";
        }
    }
    if (!url.empty() && url.compare(0, 7, "http://") != 0 && url.compare(0, 8, "https://") != 0) {
        throw ConfigurationError(
            std::string(name) + ": " + config::quote(url) +
            " is not a URL of OTLP over HTTP, like http://127.0.0.1:4318"
        );
    }
    return url;
}

// "key1=value1,key2=value2"
std::vector<std::string> headers_from_environment() {
    std::vector<std::string> headers;
    const std::string text = variable("OTEL_EXPORTER_OTLP_HEADERS");
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find(',', at), text.size());
        const std::string pair = text.substr(at, end - at);
        const std::size_t equals = pair.find('=');
        if (equals == std::string::npos || equals == 0 ||
            pair.find_first_of("\r\n") != std::string::npos) {
            throw ConfigurationError(
                "OTEL_EXPORTER_OTLP_HEADERS: write NAME=VALUE, and a comma between two"
            );
        }
        headers.push_back(pair.substr(0, equals) + ": " + pair.substr(equals + 1));
        at = end + 1;
    }
    return headers;
}

tracing::Resource resource_of(const std::string& service) {
    std::array<char, 256> host{};
    gethostname(host.data(), host.size() - 1);
    return {
        {"service.name", service},
        {"service.instance.id", std::string(host.data()) + ":" + std::to_string(getpid())},
        {"host.name", host.data()},
        {"process.pid", std::int64_t{getpid()}},
        {"telemetry.sdk.name", "carafe"},
        {"telemetry.sdk.language", "cpp"}};
}

// Threads take over the mask of who starts them; signals are for the main thread.
class SignalsBlocked {
public:
    SignalsBlocked() {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;

private:
    sigset_t before_{};
};

}  // namespace

class SpanExport::Implementation {
public:
    explicit Implementation(Options options)
        : options_(std::move(options)),
          resource_(resource_of(options_.service)),
          collector_(options_.url, options_.headers) {
        if (!queue_.open(
                {options_.max_queue, options_.max_batch, options_.delay, options_.sampled_share}
            )) {
            throw std::logic_error("there is a SpanExport already");
        }
        const SignalsBlocked blocked;
        thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
    }
    ~Implementation() {
        end_ = Clock::now() + options_.timeout;
        thread_.request_stop();
        thread_.join();
        queue_.close();
    }
    Implementation(const Implementation&) = delete;
    Implementation& operator=(const Implementation&) = delete;

private:
    using Clock = std::chrono::steady_clock;

    void run(const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            send(queue_.take(stop), stop);
        }
        while (left() > milliseconds(0)) {
            const auto last = queue_.take(stop);
            if (last.empty()) {
                return;
            }
            send(last, stop);
        }
    }

    // Until everything must be over; a request may not take longer.
    [[nodiscard]] milliseconds left() const {
        return std::chrono::duration_cast<milliseconds>(end_.load() - Clock::now());
    }

    // Again until the collector has answered, or has had its chances.
    void send(const std::vector<Span>& batch, const std::stop_token& stop) {
        if (batch.empty()) {
            return;
        }
        const std::string body = tracing::otlp_request(resource_, batch);
        for (std::size_t attempt = 0;; ++attempt) {
            const Collector::Answer answer =
                collector_.post(body, std::min(options_.timeout, left()));
            if (answer.verdict == Collector::Verdict::kTaken) {
                const std::size_t refused = std::min(answer.refused, batch.size());
                queue_.count_exported(batch.size() - refused);
                queue_.count_dropped(refused);
                if (refused > 0) {
                    repeats_.warn("the collector refused spans", answer.error);
                }
                return;
            }
            const bool is_last =
                attempt == kPauses.size() || answer.verdict == Collector::Verdict::kRefused;
            if (is_last || stop.stop_requested()) {
                queue_.count_dropped(batch.size());
                repeats_.warn("spans not exported", answer.error);
                return;
            }
            pause(answer.pause.value_or(kPauses[attempt]), stop);
        }
    }

    void pause(milliseconds time, const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        never_.wait_for(lock, stop, time, [] { return false; });
    }

    const Options options_;
    const tracing::Resource resource_;
    SpanQueue& queue_ = SpanQueue::of_process();
    std::atomic<Clock::time_point> end_{Clock::time_point::max()};
    Collector collector_;
    log::Repeats repeats_;
    std::mutex mutex_;
    std::condition_variable_any never_;
    std::jthread thread_;
};

std::optional<SpanExport::Options> SpanExport::from_environment(const std::string& service) {
    Options options;
    options.url = url_from_environment();
    if (options.url.empty() || variable("OTEL_SDK_DISABLED") == "true") {
        return std::nullopt;
    }
    const std::string name = variable("OTEL_SERVICE_NAME");
    options.service = name.empty() ? service : name;
    options.headers = headers_from_environment();
    constexpr std::int64_t kLongestMs = 3'600'000;
    if (const auto share = number_of<double>("OTEL_TRACES_SAMPLER_ARG", 0, 1)) {
        options.sampled_share = *share;
    }
    if (const auto delay = number_of<std::int64_t>("OTEL_BSP_SCHEDULE_DELAY", 1, kLongestMs)) {
        options.delay = milliseconds(*delay);
    }
    if (const auto time = number_of<std::int64_t>("OTEL_EXPORTER_OTLP_TIMEOUT", 1, kLongestMs)) {
        options.timeout = milliseconds(*time);
    }
    return options;
}

SpanExport::SpanExport(Options options)
    : implementation_(std::make_unique<Implementation>(std::move(options))) {}

SpanExport::~SpanExport() = default;

void spans::publish_totals(Metrics& metrics) {
    if (!enabled()) {
        return;
    }
    auto& exported =
        metrics.counter("carafe_spans_exported_total", "Spans that the collector has taken.");
    auto& dropped = metrics.counter(
        "carafe_spans_dropped_total", "Spans there was no room for, or that the collector refused."
    );
    metrics.before_expose([&exported, &dropped, told = Totals{}]() mutable {
        const Totals now = totals();
        exported.increment(static_cast<double>(now.exported - told.exported));
        dropped.increment(static_cast<double>(now.dropped - told.dropped));
        told = now;
    });
}

}  // namespace carafe
