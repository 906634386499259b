#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "carafe/http/request.h"

namespace carafe::http {

// Why a request is refused: the status and the sentence for the client.
struct Refusal {
    int status = 0;
    const char* detail = "";
};

// What the head of a request says about its framing and its connection.
struct RequestHead {
    Request request;  // all but body, params, remote_address and id
    int minor_version = 1;
    bool keep_alive = true;
    bool expects_continue = false;
    bool is_chunked = false;
    std::optional<std::uint64_t> content_length;
};

// Reads request line and fields of one head, line by line. Strict where two readers of the same
// bytes (a gateway and we) could come to different ends of the message: that is request smuggling.
class RequestHeadReader {
public:
    explicit RequestHeadReader(RequestHead& head) : head_(head) {}

    // Lines come without their CRLF. Each returns the refusal, if any.
    std::optional<Refusal> request_line(std::string_view line);
    std::optional<Refusal> field_line(std::string_view line);
    // After the last field: what the fields mean together.
    std::optional<Refusal> finish(std::size_t max_body_bytes);

private:
    std::optional<Refusal> known_field(std::string_view name, std::string_view value);
    std::optional<Refusal> content_length(std::string_view value);
    std::optional<Refusal> transfer_encoding(std::string_view value);
    void connection(std::string_view value);

    RequestHead& head_;
    bool has_host_ = false;
    bool has_transfer_encoding_ = false;
    bool wants_close_ = false;
    bool wants_keep_alive_ = false;
};

// One `name: value` line as head and trailer know it: the name in lower case, the value trimmed.
struct Field {
    std::string name;
    std::string_view value;
};
std::optional<Field> parse_field(std::string_view line);

}  // namespace carafe::http
