#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "app/api/docs_page.h"
#include "app/api/openapi_document.h"
#include "routes/http.h"

namespace {

using namespace shop;
namespace json = boost::json;

const json::value& document() {
    static const json::value parsed = json::parse(std::string(openapi_document()));
    return parsed;
}

// "GET /orders/:id", for both sides.
std::set<std::string> documented() {
    std::set<std::string> operations;
    for (const auto& path : document().at("paths").as_object()) {
        std::string pattern(path.key());
        std::replace(pattern.begin(), pattern.end(), '{', ':');
        pattern.erase(std::remove(pattern.begin(), pattern.end(), '}'), pattern.end());
        for (const auto& operation : path.value().as_object()) {
            std::string method(operation.key());
            std::transform(method.begin(), method.end(), method.begin(), ::toupper);
            operations.insert(method + " " + pattern);
        }
    }
    return operations;
}

std::set<std::string> routed() {
    const Tokens tokens(std::string(48, 's'));
    carafe::postgres::Pool pool({}, "spec");  // never asked
    const Database database(pool);
    carafe::postgres::RelaySignal relay;
    Authenticator authenticator(database, tokens);
    CommandWaiters waiters(database);
    RequestQueue queue({1});
    GatheredLookup<Order> orders(find_all_in<Order>(database), 1);
    Services services{database, relay, tokens, authenticator, waiters, orders, queue, queue};
    carafe::http::Router router;
    routes::http(router, services);
    std::set<std::string> operations;
    for (const auto& entry : router.routes()) {
        operations.insert(entry.method + " " + entry.pattern);
    }
    return operations;
}

// Calls `visit(object, pointer)` for every object below `value`.
template <typename Visit>
void for_each_object(const json::value& value, const std::string& pointer, const Visit& visit) {
    if (value.is_object()) {
        visit(value.get_object(), pointer);
        for (const auto& member : value.get_object()) {
            for_each_object(member.value(), pointer + "/" + std::string(member.key()), visit);
        }
    } else if (value.is_array()) {
        std::size_t index = 0;
        for (const json::value& element : value.get_array()) {
            for_each_object(element, pointer + "/" + std::to_string(index++), visit);
        }
    }
}

TEST(Openapi, documents_exactly_the_routes_there_are) {
    EXPECT_EQ(documented(), routed());
    EXPECT_GE(documented().size(), 20U);
}

TEST(Openapi, names_every_operation_once) {
    std::set<std::string> names;
    for_each_object(document().at("paths"), "", [&](const json::object& object, const auto& at) {
        if (const json::value* name = object.if_contains("operationId")) {
            EXPECT_TRUE(names.insert(json::value_to<std::string>(*name)).second) << at;
        }
    });
    EXPECT_EQ(names.size(), documented().size());
}

TEST(Openapi, has_something_behind_every_reference) {
    int references = 0;
    for_each_object(document(), "", [&](const json::object& object, const auto& at) {
        if (const json::value* reference = object.if_contains("$ref")) {
            boost::system::error_code error;
            const std::string target = json::value_to<std::string>(*reference);
            EXPECT_NE(document().find_pointer(target.substr(1), error), nullptr) << at;
            ++references;
        }
    });
    EXPECT_GT(references, 100);
}

TEST(Openapi, knows_every_field_of_every_object) {
    for_each_object(
        document().at_pointer("/components/schemas"),
        "",
        [](const json::object& object, const auto& at) {
            const json::value* type = object.if_contains("type");
            if (type != nullptr && *type == "object") {
                EXPECT_TRUE(object.contains("properties")) << at;
                const json::value* others = object.if_contains("additionalProperties");
                EXPECT_TRUE(others != nullptr && *others == false) << at;
            }
        }
    );
}

TEST(Openapi, says_401_where_somebody_must_be_known_and_nowhere_else) {
    for (const auto& path : document().at("paths").as_object()) {
        for (const auto& operation : path.value().as_object()) {
            const bool is_open = operation.value().at("security").as_array().empty();
            const bool says_401 = operation.value().at("responses").as_object().contains("401");
            EXPECT_EQ(says_401, !is_open || path.key() == "/sessions")
                << operation.key() << " " << path.key();
        }
    }
}

TEST(Docs, show_every_operation_on_a_page_that_loads_nothing) {
    const std::string page = docs_page(openapi_document());
    for (const auto& path : document().at("paths").as_object()) {
        EXPECT_NE(page.find("<code>" + std::string(path.key()) + "</code>"), std::string::npos)
            << path.key();
    }
    for (const char* foreign : {"<script", "src=", "http:", "@import", "url("}) {
        EXPECT_EQ(page.find(foreign), std::string::npos) << foreign;
    }
}

TEST(Docs, escape_what_the_document_says) {
    const std::string page = docs_page(
        R"({"info":{"title":"<b>","description":"&"},"tags":[],"paths":{},"components":{"schemas":{}}})"
    );
    EXPECT_NE(page.find("&lt;b&gt;"), std::string::npos);
    EXPECT_EQ(page.find("<b>"), std::string::npos);
}

}  // namespace
