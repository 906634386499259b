#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace carafe::http {

// What a handler returns. Owns its bytes.
struct Response {
    int status = 200;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    bool is_deferred = false;

    // `body` is serialised JSON; the content type is application/json.
    static Response json(int status, std::string body);
    static Response no_content();
    // The answer comes later through the Deferred that Request::defer() gave.
    static Response deferred();

    Response&& with(std::string name, std::string value) &&;
};

// The right to answer one request later. Thread-safe; the first answer counts. When nobody answers
// within `Server::Options::deferred_timeout`, or the object dies, the client gets 504.
class Deferred {
public:
    virtual ~Deferred() = default;
    virtual void answer(Response response) = 0;
};

}  // namespace carafe::http
