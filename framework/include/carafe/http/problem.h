#pragma once

#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "carafe/http/response.h"

namespace carafe::http {

// An RFC 9457 problem. A handler throws it; the server answers application/problem+json. `detail`
// and the messages are shown to the client: never put an exception's text, SQL or a path in them.
class Problem : public std::exception {
public:
    struct Error {
        std::string pointer;  // RFC 6901, into the request body: /items/0/quantity
        std::string message;
    };

    Problem(int status, std::string detail, std::vector<Error> errors = {});

    // Adds a response header (Retry-After, Allow, ...).
    Problem&& with(std::string name, std::string value) &&;

    [[nodiscard]] int status() const { return status_; }
    [[nodiscard]] const char* what() const noexcept override { return detail_.c_str(); }
    // `instance` is the request's path; type is about:blank, title the status' reason phrase.
    [[nodiscard]] Response response(const std::string& instance) const;

private:
    int status_;
    std::string detail_;
    std::vector<Error> errors_;
    std::vector<std::pair<std::string, std::string>> headers_;
};

}  // namespace carafe::http
