#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "carafe/http/response.h"

namespace carafe::http {

// How other threads reach one worker: deferred answers go in, its eventfd wakes it. A connection is
// named by its number, never by its descriptor: descriptors are reused by the kernel, numbers are
// not, so an answer cannot reach a stranger (Pistache's worst fault). Thread-safe.
class AnswerBox {
public:
    struct Answer {
        std::uint64_t connection;
        std::uint64_t exchange;  // which request of that connection
        Response response;
    };

    AnswerBox();
    ~AnswerBox();
    AnswerBox(const AnswerBox&) = delete;
    AnswerBox& operator=(const AnswerBox&) = delete;

    void post(Answer answer);
    void wake() const;
    // What was posted since the last call; also takes the wake-up. By the worker only.
    std::vector<Answer> take();
    [[nodiscard]] int fd() const { return event_fd_; }

private:
    int event_fd_;
    std::mutex mutex_;
    std::vector<Answer> answers_;
};

// How many Deferreds of a server may be alive; shared with them, as they may outlive it.
class DeferredSlots {
public:
    explicit DeferredSlots(int limit) : free_(limit) {}
    bool take();
    void give_back() { ++free_; }

private:
    std::atomic<int> free_;
};

struct DeferredTarget {
    std::shared_ptr<AnswerBox> box;
    std::shared_ptr<DeferredSlots> slots;
    std::uint64_t connection = 0;
    std::uint64_t exchange = 0;
    std::string path;  // `instance` of the problem when nobody answers
};

// nullptr when all slots are taken.
std::shared_ptr<Deferred> make_deferred(DeferredTarget target);

}  // namespace carafe::http
