#pragma once

#include <string>
#include <vector>

namespace carafe::http::spec {

struct RefusedRequest {
    const char* why;
    int status;
    std::string bytes;
};

// Requests that no two servers would agree on, or that nobody sends by accident.
inline std::vector<RefusedRequest> refused_requests() {
    using namespace std::string_literals;
    const std::string host = "Host: a\r\n";
    const auto get = [&host](const std::string& target) {
        return "GET " + target + " HTTP/1.1\r\n" + host + "\r\n";
    };
    const auto with = [&host](const std::string& fields, const std::string& body = "") {
        return "POST / HTTP/1.1\r\n" + host + fields + "\r\n" + body;
    };
    const auto chunked = [&with](const std::string& body) {
        return with("Transfer-Encoding: chunked\r\n", body);
    };
    const std::string big(9000, 'a');
    return {
        // Request line
        {"no version", 400, "GET /\r\n\r\n"},
        {"no target", 400, "GET HTTP/1.1\r\n\r\n"},
        {"empty target", 400, "GET  HTTP/1.1\r\n\r\n"},
        {"space in target", 400, get("/a b")},
        {"tab for space", 400, "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"leading space", 400, " GET / HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"trailing space", 400, "GET / HTTP/1.1 \r\nHost: a\r\n\r\n"},
        {"method with a bracket", 400, "G[T / HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"method with NUL", 400, "G\0T / HTTP/1.1\r\nHost: a\r\n\r\n"s},
        {"method too long", 400, std::string(33, 'M') + " / HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"CONNECT", 501, "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"HTTP/2 preface", 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
        {"HTTP/1.2", 505, "GET / HTTP/1.2\r\nHost: a\r\n\r\n"},
        {"HTTP/0.9", 505, "GET / HTTP/0.9\r\n\r\n"},
        {"HTTP/1.10", 400, "GET / HTTP/1.10\r\nHost: a\r\n\r\n"},
        {"http/1.1", 400, "GET / http/1.1\r\nHost: a\r\n\r\n"},
        {"HTTP/1,1", 400, "GET / HTTP/1,1\r\nHost: a\r\n\r\n"},
        {"version without digits", 400, "GET / HTTP/x.y\r\nHost: a\r\n\r\n"},
        {"bare LF after request line", 400, "GET / HTTP/1.1\nHost: a\r\n\r\n"},
        {"bare LF first", 400, "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"two blank lines first", 400, "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"CR inside request line", 400, "GET /\r HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"CR CR LF", 400, "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n"},
        {"target too long", 414, get("/" + big)},
        {"endless request line", 414, "GET /" + big},
        {"TLS hello", 400, "\x16\x03\x01\x02\n\x01\x00"s},
        // Target
        {"authority form", 400, get("a:80")},
        {"asterisk with GET", 400, get("*")},
        {"https absolute form", 400, get("https://a/")},
        {"absolute form without host", 400, get("http:///x")},
        {"relative path", 400, get("a/b")},
        {"fragment", 400, get("/a#b")},
        {"quote", 400, get("/a\"b")},
        {"angle bracket", 400, get("/<script>")},
        {"backslash", 400, get("/a\\..\\b")},
        {"raw UTF-8", 400, get("/\xC3\xA9")},
        {"raw byte FF", 400, get("/\xFF")},
        {"DEL", 400, get("/a\x7F")},
        {"NUL in target", 400, get("/a\0b"s)},
        {"%00 in path", 400, get("/a%00b")},
        {"%00 in query", 400, get("/a?b=%00")},
        {"%0a in path", 400, get("/a%0ab")},
        {"%7f in path", 400, get("/a%7fb")},
        {"% at the end", 400, get("/a%")},
        {"% and one digit", 400, get("/a%4")},
        {"%zz", 400, get("/a%zz")},
        {"%u0041", 400, get("/a%u0041")},
        {"broken encoding in query", 400, get("/a?b=%g1")},
        {"broken encoding in query name", 400, get("/a?%=1")},
        {"overlong slash", 400, get("/%c0%af")},
        {"overlong NUL", 400, get("/%c0%80")},
        {"surrogate", 400, get("/%ed%a0%80")},
        {"beyond U+10FFFF", 400, get("/%f4%90%80%80")},
        {"cut UTF-8", 400, get("/%e2%82")},
        {"lone continuation byte", 400, get("/%80")},
        {"bad UTF-8 in query", 400, get("/?q=%ff")},
        {"dot dot", 400, get("/a/../b")},
        {"dot dot at the end", 400, get("/a/..")},
        {"dot", 400, get("/./a")},
        {"encoded dot dot", 400, get("/a/%2e%2e/b")},
        {"half encoded dot dot", 400, get("/a/.%2E/b")},
        {"encoded slash and dots", 400, get("/a%2f..%2fb")},
        {"101 query fields",
         400,
         get("/?" +
             [] {
                 std::string query;
                 for (int i = 0; i < 101; ++i) {
                     query += "a=1&";
                 }
                 return query;
             }())},
        // Fields
        {"no Host", 400, "GET / HTTP/1.1\r\n\r\n"},
        {"two Hosts", 400, with("Host: a\r\n")},
        {"two different Hosts", 400, with("host: b\r\n")},
        {"empty Host", 400, "GET / HTTP/1.1\r\nHost:\r\n\r\n"},
        {"Host with a slash", 400, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"},
        {"Host with userinfo", 400, "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n"},
        {"Host list", 400, "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"},
        {"Host with a space", 400, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"},
        {"folded field", 400, with("A: b\r\n c\r\n")},
        {"folded field with tab", 400, with("A: b\r\n\tc\r\n")},
        {"fold before the first field", 400, "GET / HTTP/1.1\r\n Host: a\r\n\r\n"},
        {"no colon", 400, with("A\r\n")},
        {"empty name", 400, with(": b\r\n")},
        {"space before colon", 400, with("Content-Length : 5\r\n", "hello")},
        {"tab before colon", 400, with("Transfer-Encoding\t: chunked\r\n")},
        {"name with a bracket", 400, with("A(b): c\r\n")},
        {"name in UTF-8", 400, with("\xC3\xA9: c\r\n")},
        {"NUL in name", 400, with("A\0: c\r\n"s)},
        {"NUL in value", 400, with("A: b\0c\r\n"s)},
        {"CR in value", 400, with("A: b\rc\r\n")},
        {"bell in value", 400, with("A: b\x07\r\n")},
        {"DEL in value", 400, with("A: b\x7F\r\n")},
        {"Latin-1 in value", 400, with("A: \xE9\r\n")},
        {"bare LF between fields", 400, "GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n"},
        {"bare LF ends the head", 400, "GET / HTTP/1.1\r\nHost: a\r\n\n"},
        {"field too long", 431, with("A: " + big + "\r\n")},
        {"endless field", 431, "GET / HTTP/1.1\r\nA: " + big},
        {"65 fields", 431, with([] {
             std::string fields;
             for (int i = 0; i < 64; ++i) {
                 fields += "A: b\r\n";
             }
             return fields;
         }())},
        {"unknown expectation", 417, with("Expect: 200-ok\r\n")},
        // Content-Length
        {"two lengths", 400, with("Content-Length: 5\r\nContent-Length: 6\r\n", "hello!")},
        {"the same length twice", 400, with("Content-Length: 5\r\nContent-Length: 5\r\n", "hello")},
        {"a list of lengths", 400, with("Content-Length: 5, 5\r\n", "hello")},
        {"letters", 400, with("Content-Length: abc\r\n")},
        {"negative", 400, with("Content-Length: -1\r\n")},
        {"plus sign", 400, with("Content-Length: +5\r\n", "hello")},
        {"hexadecimal", 400, with("Content-Length: 0x5\r\n", "hello")},
        {"fraction", 400, with("Content-Length: 5.0\r\n", "hello")},
        {"space inside", 400, with("Content-Length: 5 5\r\n", "hello")},
        {"empty length", 400, with("Content-Length:\r\n")},
        {"one byte too large", 413, with("Content-Length: 65537\r\n")},
        {"2^64 + 5", 413, with("Content-Length: 18446744073709551621\r\n", "hello")},
        {"forty digits", 413, with("Content-Length: " + std::string(40, '9') + "\r\n")},
        // Transfer-Encoding
        {"length and chunked",
         400,
         with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
        {"chunked and length",
         400,
         with("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n")},
        {"chunked twice",
         400,
         with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
        {"chunked twice in one", 501, with("Transfer-Encoding: chunked, chunked\r\n")},
        {"identity", 501, with("Transfer-Encoding: identity\r\n")},
        {"gzip", 501, with("Transfer-Encoding: gzip, chunked\r\n")},
        {"xchunked", 501, with("Transfer-Encoding: xchunked\r\n")},
        {"chunked with a vertical tab",
         400,
         with("Transfer-Encoding: \x0B"
              "chunked\r\n")},
        {"quoted chunked", 501, with("Transfer-Encoding: \"chunked\"\r\n")},
        {"empty coding", 501, with("Transfer-Encoding:\r\n")},
        {"chunked in HTTP/1.0",
         400,
         "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        // Chunks
        {"no size", 400, chunked("\r\n")},
        {"size with a sign", 400, chunked("-1\r\n")},
        {"size with 0x", 400, chunked("0x5\r\nhello\r\n")},
        {"size in words", 400, chunked("five\r\n")},
        {"size with leading space", 400, chunked(" 5\r\nhello\r\n")},
        {"size with trailing space", 400, chunked("5 \r\nhello\r\n")},
        {"nine digits", 400, chunked("000000005\r\nhello\r\n")},
        {"chunk too large", 413, chunked("10001\r\n")},
        {"largest chunk", 413, chunked("ffffffff\r\n")},
        {"chunks too large together",
         413,
         chunked("10000\r\n" + std::string(65536, 'x') + "\r\n1\r\n")},
        {"size ends with bare LF", 400, chunked("5\nhello\r\n")},
        {"data longer than its size", 400, chunked("5\r\nhello!\r\n")},
        {"data ends with bare LF", 400, chunked("5\r\nhello\n0\r\n\r\n")},
        {"data ends with CR X", 400, chunked("5\r\nhello\rX")},
        {"extension with NUL", 400, chunked("5;a=\0\r\nhello\r\n"s)},
        {"extension with CR", 400, chunked("5;a=\rb\r\nhello\r\n")},
        {"extension too long", 400, chunked("5;" + std::string(300, 'a') + "\r\n")},
        {"extensions too long together", 400, chunked([] {
             std::string chunks;
             for (int i = 0; i < 6; ++i) {
                 chunks += "1;" + std::string(200, 'a') + "\r\nx\r\n";
             }
             return chunks;
         }())},
        {"trailer with Content-Length", 400, chunked("0\r\nContent-Length: 5\r\n\r\n")},
        {"trailer with Transfer-Encoding", 400, chunked("0\r\nTransfer-Encoding: chunked\r\n\r\n")},
        {"trailer with Host", 400, chunked("0\r\nHost: b\r\n\r\n")},
        {"trailer without colon", 400, chunked("0\r\nnonsense\r\n\r\n")},
        {"trailer with bare LF", 400, chunked("0\r\nA: b\n\r\n")},
        {"trailer folded", 400, chunked("0\r\nA: b\r\n c\r\n\r\n")},
        {"trailer too long", 431, chunked("0\r\nA: " + big + "\r\n\r\n")},
        {"65 trailer fields",
         431,
         chunked(
             "0\r\n" +
             [] {
                 std::string fields;
                 for (int i = 0; i < 65; ++i) {
                     fields += "A: b\r\n";
                 }
                 return fields;
             }() +
             "\r\n"
         )},
    };
}

}  // namespace carafe::http::spec
