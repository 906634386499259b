#include "integration/shop/web_fixture.h"

#include <atomic>
#include <boost/json.hpp>
#include <future>

#include "routes/consumers.h"
#include "routes/http.h"

namespace shop::specs {

namespace json = boost::json;
using carafe::http::Deferred;
using carafe::http::Request;
using carafe::http::Response;

namespace {

carafe::DatabaseSettings web_settings(const Shop& shop) {
    carafe::DatabaseSettings settings = shop.database.settings();
    settings.pool_size = 16;
    settings.lock_timeout = std::chrono::milliseconds(700);  // as in app/boot/web.cpp
    return settings;
}

class Promised final : public Deferred {
public:
    void answer(Response response) override {
        if (!is_answered_.test_and_set()) {
            promise_.set_value(std::move(response));
        }
    }
    Response wait() { return promise_.get_future().get(); }

private:
    std::promise<Response> promise_;
    std::atomic_flag is_answered_;
};

std::vector<std::string> segments_of(const std::string& path) {
    std::vector<std::string> segments;
    std::size_t start = 1;
    while (start <= path.size()) {
        const std::size_t end = std::min(path.find('/', start), path.size());
        segments.push_back(path.substr(start, end - start));
        start = end + 1;
    }
    return segments;
}

Request request_of(const Call& call) {
    Request request;
    request.method = call.method;
    request.path = call.path;
    request.segments = segments_of(call.path);
    request.body = call.body;
    request.id = "spec";
    request.remote_address = call.address;
    request.headers.insert(call.headers.begin(), call.headers.end());
    request.query.insert(call.query.begin(), call.query.end());
    if (!call.token.empty()) {
        request.headers.emplace("authorization", "Bearer " + call.token);
    }
    return request;
}

}  // namespace

std::string Answer::at(const std::string& pointer) const {
    boost::system::error_code error;
    const json::value* found = body.find_pointer(pointer, error);
    if (found == nullptr) {
        return {};
    }
    return found->is_string() ? std::string(found->get_string()) : json::serialize(*found);
}

std::string Answer::pointers() const {
    std::string all;
    const json::value* errors = body.is_object() ? body.as_object().if_contains("errors") : nullptr;
    if (errors != nullptr) {
        for (const json::value& error : errors->as_array()) {
            all += (all.empty() ? "" : " ") + json::value_to<std::string>(error.at("pointer"));
        }
    }
    return all;
}

Web::Web() : tokens_(std::string(48, 's')), pool_(web_settings(shop), "spec") {
    const Database database(pool_);
    authenticator_ = std::make_unique<Authenticator>(database, tokens_);
    waiters_ = std::make_unique<CommandWaiters>(database);
    orders_ = std::make_unique<GatheredLookup<Order>>(find_all_in<Order>(database), 1);
    ops_ = std::make_unique<OpsServices>(OpsServices{
        carafe::postgres::DeadLetters(pool_),
        carafe::postgres::Redrives(pool_, routes::on_discard),
        carafe::postgres::Pauses(pool_),
        [] {},
        [this] { return cluster; },
        {{"bootstrap.servers", std::getenv("KAFKA_BROKERS")}},
        [](const std::string&) {
            return carafe::Trace{{carafe::TraceHop{}}, {}};
        },
        {"shop-orders"}});
    services_ = std::make_unique<Services>(Services{
        database,
        relay_,
        tokens_,
        *authenticator_,
        *waiters_,
        *orders_,
        requests_,
        hashing_,
        0,
        ops_.get()});
    routes::http(router_, *services_);
}

Web::~Web() = default;

Answer Web::call(const Call& call) {
    Request request = request_of(call);
    std::shared_ptr<Promised> promised;
    request.make_deferred = [&promised] { return promised = std::make_shared<Promised>(); };
    Response response = router_.serve(request);
    if (response.is_deferred) {
        response = promised->wait();
    }
    Answer answer;
    answer.status = response.status;
    answer.text = response.body;
    boost::system::error_code not_json;
    answer.body = json::parse(response.body, not_json);
    answer.headers.insert(response.headers.begin(), response.headers.end());
    return answer;
}

std::string Web::token_of(const std::string& user_id, int token_version) const {
    const auto now = std::chrono::system_clock::now();
    return tokens_.issue({user_id, token_version, Role::kUser, now + std::chrono::hours(1)}, now);
}

}  // namespace shop::specs
