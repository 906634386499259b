#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "app/controllers/request_queue.h"
#include "carafe/errors.h"
#include "carafe/http/problem.h"

namespace {

using namespace shop;
using namespace std::chrono_literals;
using carafe::http::Deferred;
using carafe::http::Request;
using carafe::http::Response;

class Promised final : public Deferred {
public:
    void answer(Response response) override {
        if (answers_++ == 0) {
            promise_.set_value(std::move(response));
        }
    }
    Response wait() {
        auto future = promise_.get_future();
        return future.wait_for(10s) == std::future_status::ready ? future.get()
                                                                 : Response{0, {}, "", false};
    }

private:
    std::promise<Response> promise_;
    std::atomic<int> answers_{0};
};

// A request, and who waits for its answer.
struct Asked {
    Asked() {
        request.path = "/path";
        request.make_deferred = [this] { return promised; };
    }
    Request request;
    std::shared_ptr<Promised> promised = std::make_shared<Promised>();
};

Response hello(const Request& request) {
    return Response::json(200, request.path);
}

// Holds the threads of a queue until the spec lets them go.
class Gate {
public:
    Response pass(const Request& request) {
        ++inside;
        opened_.wait();
        return hello(request);
    }
    void open() { promise_.set_value(); }
    std::atomic<int> inside{0};

private:
    std::promise<void> promise_;
    std::shared_future<void> opened_ = promise_.get_future().share();
};

TEST(RequestQueue, answers_from_a_thread_of_its_own) {
    RequestQueue queue({1});
    Asked asked;
    std::thread::id thread;
    EXPECT_TRUE(queue
                    .serve(
                        asked.request,
                        [&](const Request& request) {
                            thread = std::this_thread::get_id();
                            return hello(request);
                        }
                    )
                    .is_deferred);
    const Response response = asked.promised->wait();
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "/path");
    EXPECT_NE(thread, std::this_thread::get_id());
}

TEST(RequestQueue, makes_a_response_of_whatever_an_action_throws) {
    RequestQueue queue({1});
    const auto status_of = [&](const carafe::http::Handler& action) {
        Asked asked;
        EXPECT_TRUE(queue.serve(asked.request, action).is_deferred);
        return asked.promised->wait().status;
    };
    EXPECT_EQ(
        status_of([](const Request&) -> Response { throw carafe::http::Problem(404, "x"); }), 404
    );
    EXPECT_EQ(
        status_of([](const Request&) -> Response { throw carafe::TransientError("x"); }), 503
    );
    EXPECT_EQ(status_of([](const Request&) -> Response { throw std::runtime_error("x"); }), 500);
    EXPECT_EQ(status_of([](const Request&) -> Response { throw 7; }), 500);
    EXPECT_EQ(status_of(hello), 200) << "its thread is still there";
}

TEST(RequestQueue, answers_503_at_the_deadline_whatever_the_action_does) {
    Gate gate;
    RequestQueue queue({1, 10, 50ms});
    Asked stuck;
    Asked behind;
    (void)queue.serve(stuck.request, [&](const Request& request) { return gate.pass(request); });
    std::atomic<bool> began = false;
    (void)queue.serve(behind.request, [&](const Request& request) {
        began = true;
        return hello(request);
    });
    for (Asked* each : {&stuck, &behind}) {
        const Response response = each->promised->wait();
        EXPECT_EQ(response.status, 503);
        EXPECT_EQ(
            response.headers.back(), (std::pair<std::string, std::string>("Retry-After", "1"))
        );
    }
    gate.open();
    Asked later;
    (void)queue.serve(later.request, hello);
    EXPECT_EQ(later.promised->wait().status, 200);
    EXPECT_FALSE(began) << "nobody waits for it any more";
}

TEST(RequestQueue, refuses_at_once_when_too_many_wait) {
    Gate gate;
    RequestQueue queue({1, 2, 10s});
    Asked inside;
    (void)queue.serve(inside.request, [&](const Request& request) { return gate.pass(request); });
    while (gate.inside == 0) {
        std::this_thread::yield();
    }
    std::vector<std::unique_ptr<Asked>> waiting;
    for (int i = 0; i < 2; ++i) {
        waiting.push_back(std::make_unique<Asked>());
        EXPECT_TRUE(queue.serve(waiting.back()->request, hello).is_deferred);
    }
    Asked one_too_many;
    const Response response = queue.serve(one_too_many.request, hello);
    EXPECT_FALSE(response.is_deferred);
    EXPECT_EQ(response.status, 503);
    gate.open();
    EXPECT_EQ(inside.promised->wait().status, 200);
    for (const auto& each : waiting) {
        EXPECT_EQ(each->promised->wait().status, 200);
    }
}

TEST(RequestQueue, leaves_the_answer_to_who_defers_it_further) {
    RequestQueue queue({1, 10, 50ms});
    Asked asked;
    std::shared_ptr<Deferred> kept;
    std::promise<void> is_done;
    (void)queue.serve(asked.request, [&](const Request& request) {
        kept = request.defer();
        return Response::deferred();
    });
    Asked next;  // the same thread, so the first action has returned
    (void)queue.serve(next.request, [&](const Request& request) {
        is_done.set_value();
        return hello(request);
    });
    is_done.get_future().wait();
    Asked past_the_deadline;
    (void)queue.serve(past_the_deadline.request, [&](const Request& request) {
        std::this_thread::sleep_for(100ms);  // the deadline itself is what this is about
        return hello(request);
    });
    EXPECT_EQ(past_the_deadline.promised->wait().status, 503);
    kept->answer(Response::json(202, "{}"));
    EXPECT_EQ(asked.promised->wait().status, 202);
}

TEST(RequestQueue, answers_who_still_waits_when_it_ends) {
    Gate gate;
    Asked inside;
    Asked waiting;
    auto queue = std::make_unique<RequestQueue>(RequestQueue::Options{1, 10, 60s});
    (void)queue->serve(inside.request, [&](const Request& request) { return gate.pass(request); });
    while (gate.inside == 0) {
        std::this_thread::yield();
    }
    (void)queue->serve(waiting.request, hello);
    std::thread ender([&] { queue.reset(); });
    EXPECT_EQ(waiting.promised->wait().status, 503);
    gate.open();
    ender.join();
    EXPECT_EQ(inside.promised->wait().status, 200);
}

}  // namespace
