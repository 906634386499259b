// What no client should send, each with the field that the answer must point at: none is taken, and
// nothing is written.
#include "integration/shop/hostile_input.h"

namespace {

using namespace shop;
using namespace shop::specs;
using carafe::http::spec::Reply;

TEST_F(HostileInput, in_targets_and_headers_is_refused_too) {
    const std::string before = books();
    const std::string admin = "Bearer " + wire_.web.admin();
    const auto get = [&](const std::string& target) { return Bytes{"GET", target, admin, {}, ""}; };
    for (const char* list : {"/products", "/inventory", "/orders"}) {
        const std::string path = list;
        for (const char* limit :
             {"",
              "0",
              "-1",
              "101",
              "1.0",
              "1e1",
              "+1",
              "%201",
              "1%20",
              "0x1",
              "ten",
              "99999999999999999999",
              "1,2",
              "[]",
              "null"}) {
            refuses(get(path + "?limit=" + limit), "/query/limit", limit);
        }
        for (const char* cursor :
             {"",
              "0",
              "abc",
              "%00",
              "01930000-0000-7000-8000-000000000001",
              "g1930000000070008000000000000001",
              "0193000000007000800000000000000",
              "019300000000700080000000000000011",
              "'%20OR%201=1--",
              "../../x"}) {
            refuses(
                get(path + "?cursor=" + cursor),
                std::string(cursor) == "%00" ? "" : "/query/cursor",
                cursor
            );
        }
        for (const char* name :
             {"offset",
              "page",
              "sort",
              "fields",
              "Limit",
              "LIMIT",
              "limit%20",
              "q%5B%5D",
              "filter"}) {
            ++cases_;
            EXPECT_EQ(wire_.send(get(path + "?" + name + "=1")).status, 400) << name;
        }
        refuses(get(path + "?limit=1&limit=2"), "/query/limit", "twice");
        refuses(get(path + "?q=a&q=b"), "/query/q", "twice");
        refuses(get(path + "?q=" + std::string(201, 'a')), "/query/q", "too long");
        for (const char* bad : {"%", "%2", "%zz", "%00", "%ff", "%c0%af", "%ed%a0%80"}) {
            ++cases_;
            EXPECT_EQ(wire_.send(get(path + "?q=" + bad)).status, 400) << bad;
        }
    }
    for (const char* status : {"", "gone", "0", "8", "pending,shipped", "'--", "1%20"}) {
        refuses(get(std::string("/orders?status=") + status), "/query/status", status);
    }
    for (const char* user :
         {"", "me", "1", "*", "'%20OR%201=1--", "01930000-0000-7000-8000-0000000000g1"}) {
        refuses(get(std::string("/orders?user_id=") + user), "/query/user_id", user);
    }
    for (const char* name : {"from", "to"}) {
        for (const char* time :
             {"",
              "now",
              "yesterday",
              "2021-02-29",
              "2021-13-01",
              "2021-00-10",
              "2021-04-31",
              "2021-1-1",
              "0000-01-01",
              "20210101",
              "2021-01-01T",
              "2021-01-01T24:00:00Z",
              "2021-01-01T10:60:00Z",
              "2021-01-01T10:00:61Z",
              "2021-01-01T10:00Z",
              "2021-01-01T10:00:00",
              "2021-01-01T10:00:00.Z",
              "2021-01-01%2010:00:00Z",
              "2021-01-01T10:00:00%2B24:00",
              "2021-01-01T10:00:00Z%20",
              "-2021-01-01",
              "infinity",
              "1e9",
              "1700000000"}) {
            refuses(
                get("/orders?" + std::string(name) + "=" + time),
                "/query/" + std::string(name),
                time
            );
        }
    }
    for (const char* id :
         {"1",
          "me",
          "*",
          "01930000-0000-7000-8000-00000000000",
          "%7B%7D",
          "..",
          "%2e%2e",
          "..%2f..%2fetc%2fpasswd",
          "%252e%252e",
          "%5c..%5c",
          "'%20OR%201=1--",
          "01930000-0000-7000-8000-0000000000a1'",
          "%E2%80%AE"}) {
        for (const char* list : {"/products/", "/inventory/", "/orders/"}) {
            ++cases_;
            const int status = wire_.send(get(list + std::string(id))).status;
            EXPECT_TRUE(status == 400 || status == 404) << list << id << " " << status;
        }
    }
    for (const char* path :
         {"/../etc/passwd",
          "//orders",
          "/orders//",
          "/orders/",
          "/ORDERS",
          "/orders;a=1",
          "/api/api/orders",
          "/api/v2/orders",
          "/.git/config",
          "/%2e%2e/%2e%2e/etc/passwd",
          "/orders/%00",
          "/metrics",
          "/openapi.json/"}) {
        ++cases_;
        const int status = wire_.send(get(path)).status;
        EXPECT_TRUE(status == 400 || status == 404) << path << " " << status;
    }
    const std::string body = R"({"name":"N"})";
    for (const char* tag :
         {"1",
          "1-1",
          "'1-1'",
          "\"1-1",
          "1-1\"",
          "\"1-1\",",
          ",",
          "**",
          "\"1-1\" \"2-1\"",
          "w/\"1-1\""}) {
        refuses(
            Bytes{"PATCH", product_change_.target, admin, {std::string("If-Match: ") + tag}, body},
            "/header/If-Match",
            tag
        );
    }
    for (const char* tag :
         {"\"0-1\"",
          "\"2-1\"",
          "\"-1\"",
          "\"\"",
          "\"x\"",
          "W/\"1-1\"",
          "\"01-1\"",
          "\"1x\"",
          "\"99999999999999999999-1\""}) {
        ++cases_;
        EXPECT_EQ(
            wire_
                .send(
                    {"PATCH",
                     product_change_.target,
                     admin,
                     {std::string("If-Match: ") + tag},
                     body}
                )
                .status,
            412
        ) << tag;
    }
    const std::string customer = "Bearer " + wire_.web.customer();
    for (const std::string& key :
         {std::string(),
          std::string(256, 'k'),
          std::string(4000, 'k'),
          std::string("tab\there"),
          std::string("caf\xC3\xA9")}) {
        refuses(
            Bytes{"POST", "/orders", customer, {"Idempotency-Key: " + key}, order("")},
            "/header/Idempotency-Key",
            key
        );
    }
    EXPECT_EQ(books(), before);
}

}  // namespace
