#include "app/controllers/command_waiters.h"

#include "app/controllers/status_responses.h"
#include "app/models/command_outcomes.h"
#include "carafe/errors.h"
#include "carafe/log.h"

namespace shop {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kPause{10};

void answer(const WaitingRequest& request, const DecidedOrder& decided) {
    request.deferred->answer(
        decided.refused ? change_not_allowed().response(request.path)
                        : order_response(decided.order, request.viewer)
    );
}

}  // namespace

CommandWaiters::CommandWaiters(Database database)
    : database_(database), thread_([this] { run(); }) {}

CommandWaiters::~CommandWaiters() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

bool CommandWaiters::add(WaitingRequest waiting, const carafe::http::Request& http_request) {
    if (!take_a_place()) {
        return false;
    }
    waiting.deferred = http_request.defer();
    const std::lock_guard lock(mutex_);
    if (!waiting.deferred) {
        --places_taken_;
        return false;
    }
    std::string id = waiting.command_id;
    arrived_.emplace(std::move(id), std::move(waiting));
    changed_.notify_one();
    return true;
}

bool CommandWaiters::take_a_place() {
    const std::lock_guard lock(mutex_);
    if (stopping_ || places_taken_ >= kMost) {
        return false;
    }
    ++places_taken_;
    return true;
}

void CommandWaiters::run() {
    Waiting waiting;
    std::size_t answered = 0;
    bool stopping = false;
    while (!stopping) {
        stopping = await_requests(waiting, answered);
        const std::size_t before = waiting.size();
        answer_decided(waiting);
        answer_late(waiting, stopping ? Clock::time_point::max() : Clock::now());
        answered = before - waiting.size();
    }
}

bool CommandWaiters::await_requests(Waiting& waiting, std::size_t answered) {
    std::unique_lock lock(mutex_);
    places_taken_ -= answered;
    if (waiting.empty()) {
        changed_.wait(lock, [this] { return stopping_ || !arrived_.empty(); });
    } else {
        changed_.wait_for(lock, kPause, [this] { return stopping_; });
    }
    waiting.merge(arrived_);
    return stopping_;
}

void CommandWaiters::answer_decided(Waiting& waiting) {
    std::vector<std::string> ids;
    for (const auto& [id, request] : waiting) {
        ids.push_back(id);
    }
    try {
        const auto decided = database_.with([&](auto& tx) { return decided_orders(tx, ids); });
        for (const DecidedOrder& each : decided) {
            const auto request = waiting.find(each.command_id);
            answer(request->second, each);
            waiting.erase(request);
        }
    } catch (const std::exception& error) {
        // Nobody is told a wrong thing: whoever still waits at the deadline gets 202.
        carafe::log::warn("cannot ask what became of commands", {{"error", error.what()}});
    }
}

void CommandWaiters::answer_late(Waiting& waiting, Clock::time_point now) {
    for (auto each = waiting.begin(); each != waiting.end();) {
        const WaitingRequest& request = each->second;
        if (request.deadline <= now) {
            request.deferred->answer(
                command_accepted(request.command_id, request.order, request.viewer)
            );
            each = waiting.erase(each);
        } else {
            ++each;
        }
    }
}

}  // namespace shop
