#pragma once

#include <string>
#include <vector>

namespace carafe::http::spec {

struct AcceptedRequest {
    const char* why;
    std::string bytes;
    std::vector<std::string> requests;  // see describe(); "100" where 100 Continue is due
};

// Near-misses of the refused ones, and what HTTP wants to be taken.
inline std::vector<AcceptedRequest> accepted_requests() {
    const auto get = [](const std::string& target) {
        return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
    };
    const auto with = [](const std::string& fields, const std::string& body = "") {
        return "POST /p HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + body;
    };
    const std::string te = "Transfer-Encoding: chunked\r\n";
    const auto chunked_as = [](const std::string& body) {
        return std::vector<std::string>{
            "POST /p [p] host:a transfer-encoding:chunked 1.1 keep <" + body + ">"};
    };
    return {
        {"root", get("/"), {"GET / [] host:a 1.1 keep <>"}},
        {"path", get("/a/b"), {"GET /a/b [a] [b] host:a 1.1 keep <>"}},
        {"trailing slash", get("/a/"), {"GET /a/ [a] [] host:a 1.1 keep <>"}},
        {"percent-encoded", get("/a%20b"), {"GET /a b [a b] host:a 1.1 keep <>"}},
        {"encoded slash stays in its segment",
         get("/a%2Fb/c"),
         {"GET /a/b/c [a/b] [c] host:a 1.1 keep <>"}},
        {"encoded percent", get("/100%25"), {"GET /100% [100%] host:a 1.1 keep <>"}},
        {"UTF-8", get("/%E2%82%AC%F0%9F%98%80"), {"GET /€😀 [€😀] host:a 1.1 keep <>"}},
        {"plus in a path", get("/a+b"), {"GET /a+b [a+b] host:a 1.1 keep <>"}},
        {"three dots",
         get("/.../..a/b.."),
         {"GET /.../..a/b.. [...] [..a] [b..] host:a 1.1 keep <>"}},
        {"sub-delims",
         get("/a;b=1,(c)*!$&'@:~"),
         {"GET /a;b=1,(c)*!$&'@:~ [a;b=1,(c)*!$&'@:~] host:a 1.1 keep <>"}},
        {"query", get("/a?b=1&c=d%20e+f"), {"GET /a [a] ?b=1 ?c=d e f host:a 1.1 keep <>"}},
        {"query with a question mark",
         get("/a?b=c?d/e"),
         {"GET /a [a] ?b=c?d/e host:a 1.1 keep <>"}},
        {"query without values", get("/a?b&c="), {"GET /a [a] ?b= ?c= host:a 1.1 keep <>"}},
        {"empty query", get("/a?"), {"GET /a [a] host:a 1.1 keep <>"}},
        {"repeated query name", get("/a?b=1&&b=2"), {"GET /a [a] ?b=1 ?b=2 host:a 1.1 keep <>"}},
        {"equals in a value", get("/a?b=c=d"), {"GET /a [a] ?b=c=d host:a 1.1 keep <>"}},
        {"new line in a query value", get("/a?b=%0A"), {"GET /a [a] ?b=\n host:a 1.1 keep <>"}},
        {"brackets in a query", get("/a?b[c]=d"), {"GET /a [a] ?b[c]=d host:a 1.1 keep <>"}},
        {"absolute form", get("http://b:80/c?d=e"), {"GET /c [c] ?d=e host:a 1.1 keep <>"}},
        {"absolute form without path", get("http://b"), {"GET / [] host:a 1.1 keep <>"}},
        {"OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", {"OPTIONS * host:a 1.1 keep <>"}},
        {"unknown method", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", {"BREW / [] host:a 1.1 keep <>"}},
        {"one blank line first", "\r\n" + get("/"), {"GET / [] host:a 1.1 keep <>"}},
        {"HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", {"GET / [] 1.0 close <>"}},
        {"HTTP/1.0 keep-alive",
         "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
         {"GET / [] connection:Keep-Alive 1.0 keep <>"}},
        {"close",
         "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
         {"GET / [] connection:close host:a 1.1 close <>"}},
        {"close in a list",
         "GET / HTTP/1.1\r\nHost: a\r\nConnection: foo , CLOSE\r\n\r\n",
         {"GET / [] connection:foo , CLOSE host:a 1.1 close <>"}},
        {"close beats keep-alive",
         "GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\nConnection: close\r\n\r\n",
         {"GET / [] connection:keep-alive connection:close host:a 1.1 close <>"}},
        {"value trimmed",
         "GET / HTTP/1.1\r\nHost: a\r\nX:\t b c \t\r\n\r\n",
         {"GET / [] host:a x:b c 1.1 keep <>"}},
        {"empty value",
         "GET / HTTP/1.1\r\nHost:a\r\nX:\r\n\r\n",
         {"GET / [] host:a x: 1.1 keep <>"}},
        {"UTF-8 value",
         "GET / HTTP/1.1\r\nHost: a\r\nX: \xC3\xA9\r\n\r\n",
         {"GET / [] host:a x:\xC3\xA9 1.1 keep <>"}},
        {"IPv6 host",
         "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n",
         {"GET / [] host:[::1]:80 1.1 keep <>"}},
        {"body",
         with("Content-Length: 5\r\n", "hello"),
         {"POST /p [p] content-length:5 host:a 1.1 keep <hello>"}},
        {"length 0",
         with("Content-Length: 0\r\n"),
         {"POST /p [p] content-length:0 host:a 1.1 keep <>"}},
        {"leading zeros",
         with("Content-Length: 0005\r\n", "hello"),
         {"POST /p [p] content-length:0005 host:a 1.1 keep <hello>"}},
        {"no length, no body", with(""), {"POST /p [p] host:a 1.1 keep <>"}},
        {"largest body",
         with("Content-Length: 65536\r\n", std::string(65536, 'x')),
         {"POST /p [p] content-length:65536 host:a 1.1 keep <" + std::string(65536, 'x') + ">"}},
        {"NUL in a body",
         with("Content-Length: 1\r\n", std::string(1, '\0')),
         {"POST /p [p] content-length:1 host:a 1.1 keep <" + std::string(1, '\0') + ">"}},
        {"chunked", with(te, "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"), chunked_as("hello world")},
        {"chunked, nothing", with(te, "0\r\n\r\n"), chunked_as("")},
        {"last chunk of many zeros", with(te, "00000000\r\n\r\n"), chunked_as("")},
        {"chunked in capitals",
         with("Transfer-Encoding: CHUNKED\r\n", "A\r\n0123456789\r\n0\r\n\r\n"),
         {"POST /p [p] host:a transfer-encoding:CHUNKED 1.1 keep <0123456789>"}},
        {"chunk extension", with(te, "5;a=b;c=\"d\"\r\nhello\r\n0;z\r\n\r\n"), chunked_as("hello")},
        {"trailers are dropped", with(te, "1\r\nx\r\n0\r\nA: b\r\nC: d\r\n\r\n"), chunked_as("x")},
        {"CRLF in chunk data", with(te, "4\r\n\r\n\r\n\r\n0\r\n\r\n"), chunked_as("\r\n\r\n")},
        {"largest chunk",
         with(te, "10000\r\n" + std::string(65536, 'x') + "\r\n0\r\n\r\n"),
         chunked_as(std::string(65536, 'x'))},
        {"expect",
         with("Expect: 100-Continue\r\nContent-Length: 2\r\n", "hi"),
         {"100", "POST /p [p] content-length:2 expect:100-Continue host:a 1.1 keep <hi>"}},
        {"expect without body",
         with("Expect: 100-continue\r\n"),
         {"POST /p [p] expect:100-continue host:a 1.1 keep <>"}},
        {"expect in HTTP/1.0",
         "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx",
         {"POST / [] content-length:1 expect:100-continue 1.0 close <x>"}},
        {"pipelined",
         get("/1") + with("Content-Length: 2\r\n", "hi") + get("/2"),
         {"GET /1 [1] host:a 1.1 keep <>",
          "POST /p [p] content-length:2 host:a 1.1 keep <hi>",
          "GET /2 [2] host:a 1.1 keep <>"}},
        {"pipelined after chunks",
         with(te, "1\r\nx\r\n0\r\n\r\n") + get("/2"),
         {chunked_as("x").front(), "GET /2 [2] host:a 1.1 keep <>"}},
    };
}

}  // namespace carafe::http::spec
