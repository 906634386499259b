#pragma once

#include <array>
#include <chrono>
#include <ctime>
#include <memory>
#include <string>

#include "carafe/http/server.h"
#include "http/answer_box.h"
#include "http/request_id.h"
#include "http/request_parser.h"
#include "http/response_writer.h"
#include "http/server_state.h"
#include "instrumentation/repeats.h"

namespace carafe::http {

using Clock = std::chrono::steady_clock;

// What the connections of one worker share. Used on that worker's thread only.
class WorkerContext {
public:
    explicit WorkerContext(ServerState& state)
        : limits{state.options().max_header_bytes, state.options().max_headers, state.options().max_body_bytes},
          box(std::make_shared<AnswerBox>()),
          state_(state) {}

    [[nodiscard]] const Server::Options& options() const { return state_.options(); }
    [[nodiscard]] const Router& router() const { return state_.router(); }
    [[nodiscard]] const std::shared_ptr<DeferredSlots>& slots() const { return state_.slots(); }
    // Each response is its connection's last.
    [[nodiscard]] bool is_stopping() const { return state_.stage() != ServerState::Stage::serving; }

    // See ServerState::hold().
    bool hold(std::int64_t more_bytes) { return state_.hold(more_bytes); }

    // The Date header's value, made once per second.
    const std::string& date() {
        const auto now = std::time(nullptr);
        if (now != date_time_) {
            date_time_ = now;
            date_ = http_date(now);
        }
        return date_;
    }

    const ParserLimits limits;
    const std::shared_ptr<AnswerBox> box;
    RequestIds request_ids;
    log::Repeats repeats;  // warnings that clients can cause
    std::array<char, 64UL * 1024> read_buffer{};

private:
    ServerState& state_;
    std::time_t date_time_ = 0;
    std::string date_;
};

}  // namespace carafe::http
