#include <gtest/gtest.h>

#include "carafe/errors.h"
#include "carafe/http/problem.h"
#include "carafe/http/router.h"
#include "http/target.h"

namespace carafe::http::spec {
namespace {

using ::testing::Test;

Request request(const std::string& method, const std::string& target) {
    Request made;
    made.method = method;
    EXPECT_EQ(parse_target(target, made), nullptr);
    return made;
}

Handler says(const std::string& text) {
    return [text](const Request&) { return Response::text(200, text, "text/plain"); };
}

std::string header(const Response& response, const std::string& name) {
    for (const auto& [key, value] : response.headers) {
        if (key == name) {
            return value;
        }
    }
    return "";
}

Response serve(const Router& router, const std::string& method, const std::string& target) {
    auto made = request(method, target);
    return router.serve(made);
}

TEST(Router, gives_parameters_by_name) {
    Router router;
    router.get("/orders/:id/items/:item", [](const Request& r) {
        return Response::json(200, std::string(r.param("id")) + "|" + std::string(r.param("item")));
    });
    auto made = request("GET", "/orders/a%2Fb/items/7");
    EXPECT_EQ(router.serve(made).body, "a/b|7");
    EXPECT_EQ(made.route, "/orders/:id/items/:item");
    EXPECT_EQ(made.param("nothing"), "");
}

TEST(Router, prefers_a_literal_to_a_parameter_and_goes_back_when_it_leads_nowhere) {
    Router router;
    router.get("/orders/:id", says("id"));
    router.get("/orders/mine", says("mine"));
    router.get("/orders/:id/events", says("events"));
    EXPECT_EQ(serve(router, "GET", "/orders/mine").body, "mine");
    EXPECT_EQ(serve(router, "GET", "/orders/other").body, "id");
    EXPECT_EQ(serve(router, "GET", "/orders/mine/events").body, "events");
}

TEST(Router, lets_each_method_name_its_parameters) {
    Router router;
    router.get("/a/:x", [](const Request& r) {
        return Response::json(200, std::string(r.param("x")));
    });
    router.put("/a/:y", [](const Request& r) {
        return Response::json(200, std::string(r.param("y")));
    });
    EXPECT_EQ(serve(router, "GET", "/a/1").body, "1");
    EXPECT_EQ(serve(router, "PUT", "/a/2").body, "2");
}

TEST(Router, answers_404_to_unknown_paths_and_near_misses) {
    Router router;
    router.get("/orders/:id", says("x"));
    for (const auto* path :
         {"/", "/order", "/orders", "/orders/", "/orders/1/", "//orders/1", "/orders/1/2"}) {
        const auto response = serve(router, "GET", path);
        EXPECT_EQ(response.status, 404) << path;
        EXPECT_EQ(header(response, "Content-Type"), "application/problem+json") << path;
    }
}

TEST(Router, answers_405_and_options_with_the_methods_there_are) {
    Router router;
    router.get("/a", says("x"));
    router.post("/a", says("x"));
    router.del("/b", says("x"));
    for (const auto* method : {"PUT", "TRACE", "get"}) {
        const auto response = serve(router, method, "/a");
        EXPECT_EQ(response.status, 405) << method;
        EXPECT_EQ(header(response, "Allow"), "GET, HEAD, POST, OPTIONS");
    }
    EXPECT_EQ(serve(router, "HEAD", "/b").status, 405);
    const auto options = serve(router, "OPTIONS", "/b");
    EXPECT_EQ(options.status, 204);
    EXPECT_EQ(header(options, "Allow"), "DELETE, OPTIONS");
    EXPECT_EQ(serve(router, "OPTIONS", "/nothing").status, 404);
    EXPECT_EQ(serve(router, "OPTIONS", "*").status, 204);
}

TEST(Router, serves_head_by_the_get_route) {
    Router router;
    router.get("/a", [](const Request& r) { return Response::json(200, r.method); });
    EXPECT_EQ(serve(router, "HEAD", "/a").body, "GET");
}

TEST(Router, serves_every_route_under_its_prefixes_too) {
    Router router;
    router.get("/a/:id", says("x"));
    router.also_under({"/api", "/api/v1"});
    for (const auto* path : {"/a/1", "/api/a/1", "/api/v1/a/1"}) {
        EXPECT_EQ(serve(router, "GET", path).status, 200) << path;
    }
    for (const auto* path :
         {"/api", "/api/v1", "/v1/a/1", "/api/api/a/1", "/api/v1/api/a/1", "/apia/1"}) {
        EXPECT_EQ(serve(router, "GET", path).status, 404) << path;
    }
}

TEST(Router, turns_what_a_handler_throws_into_an_answer_without_its_text) {
    Router router;
    router.get("/problem", [](const Request&) -> Response {
        throw Problem(409, "Taken.").with("Retry-After", "7");
    });
    router.get("/outage", [](const Request&) -> Response { throw TransientError("secret 1"); });
    router.get("/bug", [](const Request&) -> Response { throw std::runtime_error("secret 2"); });
    router.get("/odd", [](const Request&) -> Response { throw 42; });
    const auto problem = serve(router, "GET", "/problem");
    EXPECT_EQ(problem.status, 409);
    EXPECT_EQ(header(problem, "Retry-After"), "7");
    const auto outage = serve(router, "GET", "/outage");
    EXPECT_EQ(outage.status, 503);
    EXPECT_EQ(header(outage, "Retry-After"), "1");
    for (const auto* path : {"/bug", "/odd"}) {
        EXPECT_EQ(serve(router, "GET", path).status, 500);
    }
    for (const auto* path : {"/outage", "/bug"}) {
        EXPECT_EQ(serve(router, "GET", path).body.find("secret"), std::string::npos);
    }
}

TEST(Router, refuses_a_route_that_exists_or_is_no_path) {
    Router router;
    router.get("/a/:x", says("x"));
    EXPECT_THROW(router.get("/a/:y", says("y")), ConfigurationError);
    EXPECT_THROW(router.get("a", says("y")), ConfigurationError);
    EXPECT_NO_THROW(router.post("/a/:y", says("y")));
}

}  // namespace
}  // namespace carafe::http::spec
