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

namespace carafe::http {

using Clock = std::chrono::steady_clock;

// What the connections of one worker share. Used on that worker's thread only.
class WorkerContext {
public:
    WorkerContext(
        const Server::Options& server_options,
        const Router& server_router,
        std::shared_ptr<DeferredSlots> server_slots
    )
        : options(server_options),
          router(server_router),
          limits{options.max_header_bytes, options.max_headers, options.max_body_bytes},
          slots(std::move(server_slots)),
          box(std::make_shared<AnswerBox>()) {}

    // The Date header's value, made once per second.
    const std::string& date() {
        const auto now = std::time(nullptr);
        if (now != date_time_) {
            date_time_ = now;
            date_ = http_date(now);
        }
        return date_;
    }

    const Server::Options& options;
    const Router& router;
    const ParserLimits limits;
    const std::shared_ptr<DeferredSlots> slots;
    const std::shared_ptr<AnswerBox> box;
    RequestIds request_ids;
    bool is_draining = false;  // the server stops: each response is its connection's last
    std::array<char, 64 * 1024> read_buffer{};

private:
    std::time_t date_time_ = 0;
    std::string date_;
};

}  // namespace carafe::http
