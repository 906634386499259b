#include "carafe/testing/eventually.h"
#include "server_fixture.h"

namespace carafe::http::spec {
namespace {

using carafe::testing::eventually;

// A route whose answers the spec gives, or does not give.
class HttpDeferred : public ServerSpec {
protected:
    HttpDeferred() {
        router_.get("/later/:id", [this](const Request& request) {
            auto deferred = request.defer();
            if (!deferred) {
                return Response::json(202, "{}");
            }
            const std::lock_guard lock(mutex_);
            waiting_[std::string(request.param("id"))] = std::move(deferred);
            return Response::deferred();
        });
    }
    ~HttpDeferred() override { waiting_.clear(); }

    std::shared_ptr<Deferred> take(const std::string& id) {
        std::shared_ptr<Deferred> taken;
        EXPECT_TRUE(eventually([&] {
            const std::lock_guard lock(mutex_);
            const auto found = waiting_.find(id);
            if (found == waiting_.end()) {
                return false;
            }
            taken = std::move(found->second);
            waiting_.erase(found);
            return true;
        })) << id;
        return taken;
    }

    std::mutex mutex_;
    std::map<std::string, std::shared_ptr<Deferred>> waiting_;
};

TEST_F(HttpDeferred, is_answered_from_another_thread_and_holds_no_worker) {
    options_.threads = 1;
    serve();
    HttpClient waits(port());
    ASSERT_TRUE(waits.send(get_request("/later/1", "X-Request-Id: r1\r\n") + get_request("/id/2")));
    auto deferred = take("1");
    HttpClient other(port());
    EXPECT_EQ(other.get("/id/3").value_or(Reply{}).body, "ID:3");
    std::thread([&] { deferred->answer(Response::json(200, "done")); }).join();
    auto reply = waits.receive().value_or(Reply{});
    EXPECT_EQ(reply.body, "done");
    EXPECT_EQ(reply.headers["x-request-id"], "r1");
    EXPECT_EQ(waits.receive().value_or(Reply{}).body, "ID:2") << "the connection goes on, in order";
}

TEST_F(HttpDeferred, counts_its_first_answer_only) {
    serve();
    HttpClient client(port());
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(client.send(get_request("/later/1")));
        auto deferred = take("1");
        deferred->answer(Response::json(200, "first"));
        deferred->answer(Response::json(200, "second"));
        deferred.reset();
        EXPECT_EQ(client.receive().value_or(Reply{}).body, "first");
    }
    EXPECT_EQ(client.get("/id/2").value_or(Reply{}).body, "ID:2");
}

TEST_F(HttpDeferred, gets_504_when_nobody_answers_and_takes_no_late_answer) {
    options_.deferred_timeout = 300ms;
    serve();
    HttpClient client(port());
    ASSERT_TRUE(client.send(get_request("/later/1")));
    EXPECT_EQ(client.receive().value_or(Reply{}).status, 504);
    ASSERT_TRUE(client.send(get_request("/later/2")));
    auto next = take("2");
    take("1")->answer(Response::json(200, "late"));
    next->answer(Response::json(200, "mine"));
    EXPECT_EQ(client.receive().value_or(Reply{}).body, "mine");
}

TEST_F(HttpDeferred, gets_504_when_the_right_to_answer_is_dropped) {
    serve();
    HttpClient client(port());
    ASSERT_TRUE(client.send(get_request("/later/1")));
    take("1").reset();
    EXPECT_EQ(client.receive().value_or(Reply{}).status, 504);
}

TEST_F(HttpDeferred, is_not_given_to_more_than_may_wait) {
    options_.max_deferred = 2;
    serve();
    HttpClient first(port());
    HttpClient second(port());
    HttpClient third(port());
    ASSERT_TRUE(first.send(get_request("/later/1")));
    ASSERT_TRUE(second.send(get_request("/later/2")));
    auto one = take("1");
    auto two = take("2");
    EXPECT_EQ(third.get("/later/3").value_or(Reply{}).status, 202);
    one->answer(Response::json(200, "{}"));
    one.reset();
    ASSERT_TRUE(third.send(get_request("/later/3")));
    take("3")->answer(Response::json(200, "{}"));
    EXPECT_EQ(third.receive().value_or(Reply{}).status, 200);
}

TEST_F(HttpDeferred, reaches_nobody_when_its_client_has_gone) {
    serve();
    HttpClient client(port());
    ASSERT_TRUE(client.send(get_request("/later/1")));
    auto deferred = take("1");
    client.abort();
    EXPECT_TRUE(eventually([&] { return server_->connections() == 0; }));
    HttpClient next(port());  // gets the same descriptor in the server
    ASSERT_TRUE(next.send(get_request("/later/2")));
    auto other = take("2");
    deferred->answer(Response::json(200, "for the one who has gone"));
    other->answer(Response::json(200, "mine"));
    EXPECT_EQ(next.receive().value_or(Reply{}).body, "mine");
}

TEST_F(HttpDeferred, is_a_500_when_the_handler_promises_an_answer_it_cannot_give) {
    router_.get("/promise", [](const Request&) { return Response::deferred(); });
    serve();
    HttpClient client(port());
    EXPECT_EQ(client.get("/promise").value_or(Reply{}).status, 500);
}

TEST_F(HttpDeferred, is_finished_during_a_stop_or_gets_503_at_its_end) {
    serve();
    HttpClient finished(port());
    HttpClient forgotten(port());
    ASSERT_TRUE(finished.send(get_request("/later/1")));
    ASSERT_TRUE(forgotten.send(get_request("/later/2")));
    auto deferred = take("1");
    auto never = take("2");
    std::thread stopper([&] { server_->stop(500ms); });
    deferred->answer(Response::json(200, "done"));
    auto reply = finished.receive().value_or(Reply{});
    EXPECT_EQ(reply.body, "done");
    EXPECT_EQ(forgotten.receive().value_or(Reply{}).status, 503);
    EXPECT_TRUE(forgotten.is_closed_by_server());
    stopper.join();
    never->answer(Response::json(200, "after the server has stopped"));
}

}  // namespace
}  // namespace carafe::http::spec
