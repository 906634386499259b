// What looks hostile and is good: all of it is taken.
#include "integration/shop/hostile_input.h"

namespace {

using namespace shop;
using namespace shop::specs;
using carafe::http::spec::Reply;

TEST_F(HostileInput, that_only_looks_like_it_is_taken) {
    const auto text_of = [](std::size_t length, const std::string& character) {
        std::string text;
        for (std::size_t i = 0; i < length; ++i) {
            text += character;
        }
        return text;
    };
    // Texts that mean something elsewhere mean nothing here.
    const std::vector<std::string> texts{
        "x",
        "O'Brien",
        "'; DROP TABLE users; --",
        "<script>alert(1)</script>",
        "../../etc/passwd",
        "%00",
        "${jndi:ldap://x}",
        "{{7*7}}",
        "null",
        "NaN",
        "true",
        "0",
        "-1",
        "1e400",
        R"(\\)",
        R"(\")",
        R"(\/)",
        R"(\u0041)",
        R"(\ud83d\ude00)",
        "\xf0\x9f\x98\x80",
        "\xe2\x80\xae"
        "abc",
        "e\xcc\x81",
        "\xd8\xa7\xd9\x84",
        "\xe4\xb8\xad\xe6\x96\x87",
        "\xef\xbf\xbd",
        "\xef\xbb\xbf"
        "bom",
        " leading",
        "trailing ",
        "a  b",
        std::string(200, 'x'),
        text_of(200, "\xf0\x9f\x98\x80"),
        text_of(200, "\xc3\xa9"),
        "__proto__",
        "$ne",
        "%s%n"};
    for (const std::string& text : texts) {
        takes(
            bytes(orders_, order(R"(,"shipping_address":)" + address("name", in_quotes(text)))),
            text
        );
        takes(bytes(product_change_, R"({"name":)" + in_quotes(text) + "}"), text);
    }
    for (const char* quantity : {"1", "10000", "3.0", "1e2", "1E+2", "1e0", "10000.0", "100e-1"}) {
        takes(bytes(orders_, R"({"items":[)" + line(quantity) + "]}"), quantity);
    }
    for (const char* country :
         {"DE",
          "GB",
          "US",
          "XK"
          "" /* not assigned: see below */}) {
        if (std::string(country) != "XK") {
            takes(
                bytes(
                    orders_,
                    order(R"(,"shipping_address":)" + address("country", in_quotes(country)))
                ),
                country
            );
        }
    }
    for (const char* rest : {R"(,"shipping_address":null)", R"(,"user_id":null)", "  ", "\n\t\r"}) {
        takes(bytes(orders_, order(rest)), rest);
    }
    std::string upper = product_;
    std::transform(upper.begin(), upper.end(), upper.begin(), ::toupper);
    takes(
        bytes(orders_, R"({"items":[{"product_id":")" + upper + R"(","quantity":1}]})"),
        "an id in capitals"
    );
    takes(bytes(orders_, order(R"(,"user_id":")" + shop_.customer + "\"")), "one's own id");
    takes(bytes(orders_, R"({"\u0069tems":[)" + line() + "]}"), "a name with an escape");
    takes(
        bytes(orders_, order("") + std::string(64UL * 1024 - order("").size(), ' ')),
        "64 KiB to the byte"
    );
    std::string many = line();
    for (int i = 1; i < 100; ++i) {
        many += "," + line();
    }
    takes(bytes(orders_, R"({"items":[)" + many + "]}"), "100 lines");
    takes(
        bytes(orders_, R"({"items":[)" + line("9999") + "," + line("1") + "]}"), "10000 together"
    );
    for (const char* key : {"k", "a key with blanks", "'; --", "\"quoted\"", "../..", "{}"}) {
        Bytes request = bytes(orders_, order(""));
        request.fields = {std::string("Idempotency-Key: ") + key};
        takes(request, key);
    }
    Bytes longest = bytes(orders_, order(""));
    longest.fields = {"Idempotency-Key: " + std::string(255, 'k')};
    takes(longest, "255 characters");
    for (const char* tag :
         {"*",
          "\"VERSION-1\"",
          "\"VERSION-999\"",
          "\"VERSION\"",
          "\"0-1\", \"VERSION-1\"",
          "  \"VERSION-1\"  ",
          "W/\"1\", \"VERSION-1\""}) {
        std::string field = tag;
        const std::string version =
            shop_.database.value("SELECT version FROM products WHERE id = '" + product_ + "'");
        for (std::size_t at = field.find("VERSION"); at != std::string::npos;
             at = field.find("VERSION")) {
            field.replace(at, 7, version);
        }
        Bytes request = bytes(product_change_, R"({"category":""})");
        request.fields = {"If-Match: " + field};
        takes(request, tag);
    }
    takes(bytes(product_change_, R"({"description":"two\nlines\tand a tab"})"), "lines");
    takes(
        bytes(
            product_change_,
            R"({"description":"","category":"","price":{"amount_minor":0,"currency":"EUR"}})"
        ),
        "the least"
    );
    takes(
        bytes(
            product_change_,
            R"({"description":")" + std::string(5000, 'd') +
                R"(","price":{"amount_minor":1000000000000,"currency":"USD"}})"
        ),
        "the most"
    );
    takes(
        bytes(
            products_,
            R"({"sku":"'; --","name":"n","stock":0,"price":{"amount_minor":0,"currency":"ZZZ"},"description":null,"category":null})"
        ),
        "nulls"
    );
    takes(
        bytes(
            products_,
            R"({"sku":")" + std::string(64, 's') +
                R"(","name":"n","stock":1000000000,"price":{"amount_minor":1e12,"currency":"USD"}})"
        ),
        "the most"
    );
    for (const char* delta : {"1", "-1", "1000000", "-1000000", "1.0", "-1e0"}) {
        takes(
            bytes(adjustments_, R"({"delta":)" + std::string(delta) + R"(,"reason":"counted"})"),
            delta
        );
    }
    for (const char* mail :
         {"a@b",
          "A.B+c@Example.COM",
          "o'brien@x.y",
          "!#$%&'*+/=?^_`{|}~-@x.y",
          "a..b@x.y",
          "1@2.3",
          "a@xn--bcher-kva.example"}) {
        takes(
            bytes(
                users_,
                R"({"email":")" + std::string(mail) + R"(","password":"0123456789","name":"N"})"
            ),
            mail
        );
    }
    takes(
        bytes(
            users_,
            R"({"email":")" + std::string(64, 'a') + "@" + std::string(63, 'b') +
                R"(.c","password":")" + text_of(1024, "\xf0\x9f\x98\x80") + R"(","name":"N"})"
        ),
        "the most"
    );
    const std::string admin = "Bearer " + wire_.web.admin();
    for (const char* query :
         {"?limit=1",
          "?limit=100",
          "?limit=001",
          "?q=",
          "?q=%27%3B--",
          "?q=%25",
          "?q=%F0%9F%98%80",
          "?status=PENDING",
          "?status=1",
          "?status=Shipped&limit=5",
          "?from=2020-02-29",
          "?to=2020-12-31T23:59:60Z",
          "?from=2020-01-01t00:00:00z",
          "?from=2020-01-01T00:00:00.123456789%2B23:59",
          "?to=9999-12-31T23:59:59-23:59",
          "?from=0001-01-01T00:00:00%2B14:00",
          "?",
          "?cursor=01930000000070008000000000000001",
          "?user_id=01930000-0000-7000-8000-0000000000A1"}) {
        takes({"GET", std::string("/orders") + query, admin, {}, ""}, query);
    }
    takes({"GET", "/orders?q=" + std::string(200, 'a'), admin, {}, ""}, "200 characters");
    for (const char* prefer :
         {"wait=0", "respond-async, wait=0", "wait=0; foo", "WAIT=0, wait=0"}) {
        const std::string target = "/orders/" + shop_.place({{product_, 1}}) + "/status";
        for (const char* status : {"\"CANCELLED\"", "\"5\"", "5", "5.0"}) {
            takes(
                {"PATCH",
                 target,
                 admin,
                 {std::string("Prefer: ") + prefer},
                 R"({"status":)" + std::string(status) + "}"},
                prefer
            );
        }
    }
    takes(bytes(cancel_, "{}"), "nothing");
    EXPECT_GE(cases_, 100);
}

}  // namespace
