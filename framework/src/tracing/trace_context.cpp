#include "carafe/trace_context.h"

#include <algorithm>
#include <random>

#include "carafe/spans.h"

namespace carafe {

namespace {

// version "00" - trace-id - parent-id - trace-flags
constexpr std::size_t kTraceIdAt = 3;
constexpr std::size_t kSpanIdAt = 36;
constexpr std::size_t kFlagsAt = 53;
constexpr std::size_t kLength = 55;
constexpr std::uint8_t kSampled = 1;

std::optional<std::uint8_t> digit(char character) {
    if (character >= '0' && character <= '9') {
        return static_cast<std::uint8_t>(character - '0');
    }
    if (character >= 'a' && character <= 'f') {
        return static_cast<std::uint8_t>(character - 'a' + 10);
    }
    return std::nullopt;
}

template <std::size_t N>
bool read_hex(std::string_view text, std::array<std::uint8_t, N>& bytes) {
    for (std::size_t at = 0; at < N; ++at) {
        const auto high = digit(text[2 * at]);
        const auto low = digit(text[2 * at + 1]);
        if (!high || !low) {
            return false;
        }
        bytes[at] = static_cast<std::uint8_t>(*high << 4U | *low);
    }
    return true;
}

template <std::size_t N>
void write_hex(const std::array<std::uint8_t, N>& bytes, std::string& text) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    for (const std::uint8_t byte : bytes) {
        text += kDigits[byte >> 4U];
        text += kDigits[byte & 0xFU];
    }
}

// Ids have to be different, not secret.
template <std::size_t N>
void draw(std::array<std::uint8_t, N>& bytes) {
    thread_local std::mt19937_64 random{
        std::uint64_t{std::random_device{}()} << 32U | std::random_device{}()};
    do {
        for (std::size_t at = 0; at < N; at += sizeof(std::uint64_t)) {
            const std::uint64_t number = random();
            for (std::size_t byte = 0; byte < sizeof number; ++byte) {
                bytes[at + byte] = static_cast<std::uint8_t>(number >> (8 * byte));
            }
        }
    } while (bytes == std::array<std::uint8_t, N>{});  // all zeros stand for none
}

}  // namespace

std::optional<TraceContext> TraceContext::parse(std::string_view traceparent) {
    TraceContext context;
    std::array<std::uint8_t, 1> version{};
    std::array<std::uint8_t, 1> flags{};
    // A later version may have more behind the flags.
    const bool is_framed = traceparent.size() >= kLength && traceparent[kTraceIdAt - 1] == '-' &&
                           traceparent[kSpanIdAt - 1] == '-' && traceparent[kFlagsAt - 1] == '-' &&
                           (traceparent.size() == kLength ||
                            (traceparent.substr(0, 2) != "00" && traceparent[kLength] == '-'));
    if (!is_framed || !read_hex(traceparent, version) || version[0] == 0xFF ||
        !read_hex(traceparent.substr(kTraceIdAt), context.trace_id) ||
        !read_hex(traceparent.substr(kSpanIdAt), context.span_id) ||
        !read_hex(traceparent.substr(kFlagsAt), flags) ||
        context.trace_id == decltype(context.trace_id){} ||
        context.span_id == decltype(context.span_id){}) {
        return std::nullopt;
    }
    context.is_sampled = (flags[0] & kSampled) != 0;
    return context;
}

TraceContext TraceContext::root() {
    TraceContext context;
    draw(context.trace_id);
    draw(context.span_id);
    context.is_sampled = spans::samples(context);
    return context;
}

TraceContext TraceContext::child() const {
    TraceContext context = *this;
    draw(context.span_id);
    return context;
}

std::string TraceContext::traceparent() const {
    std::string text = "00-";
    text.reserve(kLength);
    write_hex(trace_id, text);
    text += '-';
    write_hex(span_id, text);
    text += is_sampled ? "-01" : "-00";
    return text;
}

std::string child_traceparent(std::optional<std::string_view> parent, std::string_view what) {
    const auto above = parent ? TraceContext::parse(*parent) : std::nullopt;
    const TraceContext context = above ? above->child() : TraceContext::root();
    if (spans::enabled()) {
        const auto now = std::chrono::system_clock::now();
        spans::add(
            {"create " + std::string(what), Span::Kind::kProducer, context, above, now, now, {}, {}}
        );
    }
    return context.traceparent();
}

}  // namespace carafe
