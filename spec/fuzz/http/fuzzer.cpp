// Any bytes: the request parser neither crashes nor hangs, says the same however they are cut,
// keeps its limits, hands out nothing that a handler need fear, and the response writer lets no
// text of a request split a response.
#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include "fuzz/check.h"
#include "http/response_writer.h"
#include "http/utf8.h"
#include "unit/http/parser_driver.h"

namespace carafe::http::spec {
namespace {

using fuzz::check;

// Small ones, so that short inputs meet them.
constexpr ParserLimits kTight{128, 4, 32};

// Cuts depend on the bytes alone: an input that failed fails again.
std::vector<std::string_view> cut(std::string_view bytes) {
    std::uint64_t state = 0xCBF29CE484222325U;
    for (const char byte : bytes) {
        state = (state ^ static_cast<unsigned char>(byte)) * 0x100000001B3U;
    }
    std::vector<std::string_view> pieces;
    while (!bytes.empty()) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        const auto length = std::min<std::size_t>(1 + (state >> 33U) % 9, bytes.size());
        pieces.push_back(bytes.substr(0, length));
        bytes.remove_prefix(length);
    }
    return pieces;
}

bool is_plain_text(std::string_view text) {
    return is_utf8(text) && text.find('\0') == std::string_view::npos;
}

void check_splits_nothing(const Request& request) {
    for (const auto& [name, value] : request.headers) {
        auto response = Response::no_content().with("X-Echo", value).with("X-Path", request.path);
        std::string bytes;
        ResponseContext context;
        context.request_id = "1";
        context.date = "now";
        if (append_response(bytes, response, context)) {
            std::size_t lines = 0;
            for (std::size_t at = 0; (at = bytes.find('\n', at)) != std::string::npos; ++at) {
                ++lines;
            }
            // Status, X-Echo, X-Path, Date, X-Request-Id, the empty line.
            check(lines == 6, "a request's text does not add lines to a response");
        }
    }
}

void check_request(const RequestHead& head, const ParserLimits& limits) {
    const Request& request = head.request;
    std::string joined;
    for (const auto& segment : request.segments) {
        joined += "/" + segment;
        check(segment != "." && segment != "..", "no dot segments");
    }
    check(request.path == joined || request.path == "*", "the path is its segments");
    check(is_plain_text(request.path), "the path is text");
    check(request.body.size() <= limits.body_bytes, "the body keeps its limit");
    check(request.headers.size() <= limits.fields, "the fields keep their limit");
    for (const auto& [name, value] : request.headers) {
        check(is_plain_text(name) && is_plain_text(value), "fields are text");
        check(value.find_first_of("\r\n") == std::string::npos, "fields have one line");
    }
    for (const auto& [name, value] : request.query) {
        check(is_plain_text(name) && is_plain_text(value), "the query is text");
    }
    check_splits_nothing(request);
}

void check_all_requests(std::string_view bytes, const ParserLimits& limits) {
    using Event = RequestParser::Event;
    RequestParser parser(limits);
    parser.append(bytes);
    Event event = parser.next();
    while (event == Event::request || event == Event::continue_expected) {
        if (event == Event::request) {
            check_request(parser.take(), limits);
        }
        event = parser.next();
    }
    if (event == Event::refused) {
        check(parser.refusal().status >= 400, "a refusal has a status of an error");
        parser.append("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        check(parser.next() == Event::refused, "nothing is read after a refusal");
    }
}

}  // namespace
}  // namespace carafe::http::spec

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace carafe::http;
    using namespace carafe::http::spec;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    for (const ParserLimits& limits : {ParserLimits{}, kTight}) {
        check_all_requests(bytes, limits);
        carafe::fuzz::check(
            run_parser(cut(bytes), limits) == run_parser({bytes}, limits),
            "how the bytes are cut makes no difference"
        );
    }
    return 0;
}
