#pragma once

#include <string>
#include <utility>
#include <vector>

namespace carafe::http {

// What a handler returns. Owns its bytes. The server adds Date, Content-Length, Connection and
// X-Request-Id itself and ignores a handler's; a header that would split the response (a control
// character in it) turns the response into a 500.
struct Response {
    int status = 200;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    bool is_deferred = false;

    // `body` is serialised JSON; the content type is application/json.
    static Response json(int status, std::string body);
    static Response text(int status, std::string body, std::string content_type);
    static Response no_content();
    // The answer comes later through the Deferred that Request::defer() gave.
    static Response deferred();

    Response&& with(std::string name, std::string value) &&;
};

// "Not Found" for 404; "Unknown" for a status that no RFC names.
const char* reason_phrase(int status);

// The right to answer one request later. Thread-safe; the first answer counts, the connection then
// goes on as usual. When the object dies unanswered, or nobody answers within
// Server::Options::deferred_timeout, the client gets 504. An answer to a client that has gone, or
// after the server stopped, is dropped.
class Deferred {
public:
    virtual ~Deferred() = default;
    virtual void answer(Response response) = 0;
};

}  // namespace carafe::http
