#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace carafe {

// A JSON text that is none, or a value that is not what was asked for. what() names the place by a
// JSON Pointer (RFC 6901): "/items/0/quantity: expected a whole number, got a text".
class JsonError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// A read-only view of a JSON value, for deserializers (typed_consumer.h). Cheap to copy; the
// document lives as long as any view of it. Safe for any input: nesting beyond 32 is refused.
class Json {
public:
    // Throws JsonError.
    static Json parse(std::string_view text);

    // A member of an object. Throws JsonError when it is missing, or this is no object.
    [[nodiscard]] Json at(std::string_view name) const;
    // The same, or nothing when it is missing or null.
    [[nodiscard]] std::optional<Json> find(std::string_view name) const;
    // The elements of a list, in order; throws JsonError for anything else.
    [[nodiscard]] std::vector<Json> items() const;

    // The value itself; each throws JsonError when it is of another type.
    [[nodiscard]] std::string text() const;
    // A whole number of 64 bits: 3 and not 3.0.
    [[nodiscard]] std::int64_t integer() const;
    [[nodiscard]] double number() const;
    [[nodiscard]] bool boolean() const;
    [[nodiscard]] bool is_null() const;

    // Where this is in its document; empty for the whole.
    [[nodiscard]] const std::string& pointer() const { return pointer_; }

private:
    struct Document;

    Json(std::shared_ptr<const Document> document, const void* value, std::string pointer);
    [[nodiscard]] Json part(const void* value, std::string_view step) const;
    [[noreturn]] void refuse(const std::string& expected) const;

    std::shared_ptr<const Document> document_;
    const void* value_;  // in the document
    std::string pointer_;
};

}  // namespace carafe
