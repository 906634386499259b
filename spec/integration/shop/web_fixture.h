#pragma once

#include <boost/json/value.hpp>
#include <map>
#include <memory>
#include <string>

#include "app/controllers/ops_services.h"
#include "app/controllers/services.h"
#include "carafe/http/router.h"
#include "integration/shop/shop_fixture.h"

namespace shop::specs {

// A request as the guard would hand it over; fields are set by the spec.
struct Call {
    std::string method;
    std::string path;  // without the query
    std::string body;
    std::string token;                           // Bearer; empty: none
    std::map<std::string, std::string> headers;  // names in lower case
    std::map<std::string, std::string> query;
    std::string address = "127.0.0.1";
};

struct Answer {
    int status = 0;
    std::string text;  // the body as it was sent
    boost::json::value body;
    std::map<std::string, std::string> headers;

    // The member at a JSON pointer, as text without quotes; empty when there is none.
    [[nodiscard]] std::string at(const std::string& pointer) const;
    // The pointers of a problem's errors, separated by spaces.
    [[nodiscard]] std::string pointers() const;
};

// The shop's routes on a database of their own, called without sockets.
class Web {
public:
    Web();
    ~Web();

    // A deferred answer is waited for.
    Answer call(const Call& call);

    [[nodiscard]] std::string token_of(const std::string& user_id, int token_version = 1) const;
    [[nodiscard]] std::string customer() const { return token_of(shop.customer); }
    [[nodiscard]] std::string admin() const { return token_of(shop.admin); }

    [[nodiscard]] const carafe::http::Router& router() const { return router_; }
    Services& services() { return *services_; }

    Shop shop;
    // What operators see of the cluster; none unless the spec gives one.
    std::shared_ptr<const carafe::ClusterReport> cluster;

private:
    Tokens tokens_;
    carafe::postgres::Pool pool_;
    carafe::postgres::RelaySignal relay_;
    std::unique_ptr<Authenticator> authenticator_;
    std::unique_ptr<CommandWaiters> waiters_;
    std::unique_ptr<GatheredLookup<Order>> orders_;
    RequestQueue requests_{{}};
    RequestQueue hashing_{{2, 64, std::chrono::seconds(30)}};
    std::unique_ptr<OpsServices> ops_;
    std::unique_ptr<Services> services_;
    carafe::http::Router router_;
};

}  // namespace shop::specs
