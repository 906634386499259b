#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/request_parser.h"

namespace carafe::http::spec {

// What a parser said about a stream of bytes, as text: two runs are compared by it.
struct Outcome {
    std::vector<std::string> requests;
    int refused_with = 0;
    std::string refusal;
    std::size_t left_over = 0;  // bytes of an unfinished request

    bool operator==(const Outcome&) const = default;
};

inline std::string describe(const RequestHead& head) {
    const auto& request = head.request;
    std::string text = request.method + " " + request.path;
    for (const auto& segment : request.segments) {
        text += " [" + segment + "]";
    }
    for (const auto& [name, value] : request.query) {
        text += " ?" + name + "=" + value;
    }
    for (const auto& [name, value] : request.headers) {
        text += " " + name + ":" + value;
    }
    return text + " 1." + std::to_string(head.minor_version) +
           (head.keep_alive ? " keep" : " close") + " <" + request.body + ">";
}

// Feeds `pieces` one after the other, as reads from a socket would.
inline Outcome run_parser(const std::vector<std::string_view>& pieces, const ParserLimits& limits) {
    using Event = RequestParser::Event;
    RequestParser parser(limits);
    Outcome outcome;
    for (const auto piece : pieces) {
        parser.append(piece);
        for (;;) {
            const auto event = parser.next();
            if (event == Event::request) {
                outcome.requests.push_back(describe(parser.take()));
            } else if (event == Event::continue_expected) {
                outcome.requests.emplace_back("100");
            } else {
                break;
            }
        }
    }
    if (parser.next() == Event::refused) {
        outcome.refused_with = parser.refusal().status;
        outcome.refusal = parser.refusal().detail;
    }
    outcome.left_over = parser.phase() == RequestParser::Phase::idle ? 0 : 1;
    return outcome;
}

}  // namespace carafe::http::spec
