#include "http/answer_box.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "carafe/http/problem.h"

namespace carafe::http {
namespace {

class DeferredAnswer final : public Deferred {
public:
    explicit DeferredAnswer(DeferredTarget target) : target_(std::move(target)) {}

    ~DeferredAnswer() override {
        DeferredAnswer::answer(Problem(504, "The answer did not come.").response(target_.path));
        target_.slots->give_back();
    }
    DeferredAnswer(const DeferredAnswer&) = delete;
    DeferredAnswer& operator=(const DeferredAnswer&) = delete;

    void answer(Response response) override {
        if (!answered_.exchange(true)) {
            response.is_deferred = false;
            target_.box->post({target_.connection, target_.exchange, std::move(response)});
        }
    }

private:
    DeferredTarget target_;
    std::atomic<bool> answered_{false};
};

}  // namespace

AnswerBox::AnswerBox() : event_fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (event_fd_ < 0) {
        throw std::system_error(errno, std::generic_category(), "http: eventfd");
    }
}

AnswerBox::~AnswerBox() {
    ::close(event_fd_);
}

void AnswerBox::post(Answer answer) {
    bool is_first = false;
    {
        const std::lock_guard lock(mutex_);
        is_first = answers_.empty();
        answers_.push_back(std::move(answer));
    }
    if (is_first) {  // else the worker is awake already, or on its way
        wake();
    }
}

void AnswerBox::wake() const {
    ::eventfd_write(event_fd_, 1);
}

std::vector<AnswerBox::Answer> AnswerBox::take() {
    eventfd_t ignored = 0;
    ::eventfd_read(event_fd_, &ignored);
    const std::lock_guard lock(mutex_);
    return std::exchange(answers_, {});
}

bool DeferredSlots::take() {
    if (--free_ >= 0) {
        return true;
    }
    ++free_;
    return false;
}

std::shared_ptr<Deferred> make_deferred(DeferredTarget target) {
    if (!target.slots->take()) {
        return nullptr;
    }
    return std::make_shared<DeferredAnswer>(std::move(target));
}

}  // namespace carafe::http
