#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "carafe/http/problem.h"

namespace shop {

// Reads a JSON object field by field and remembers everything that is wrong with it. Each field is
// asked for by name; finish() then also refuses the fields nobody asked for, and throws Problem 400
// with a pointer for each mistake. What the readers return before that is only a placeholder where
// the field was wrong.
class Params {
public:
    struct Length {
        std::size_t min = 1;
        std::size_t max = 200;  // in characters
        // No control characters, and unless it may be empty something to see.
        bool is_line = false;
    };
    struct Range {
        std::int64_t min = 0;
        std::int64_t max = 0;
    };

    // Throws Problem 400 when the body is not an object.
    explicit Params(std::string_view body);

    std::string text(std::string_view name, Length length);
    std::optional<std::string> optional_text(std::string_view name, Length length);
    std::string uuid(std::string_view name);
    std::optional<std::string> optional_uuid(std::string_view name);
    std::int64_t integer(std::string_view name, Range range);
    std::optional<std::int64_t> optional_integer(std::string_view name, Range range);
    // False when it is absent.
    bool flag(std::string_view name);
    // Empty when it is absent.
    std::vector<std::string> optional_texts(std::string_view name, Range size, Length length);
    // Any array, as JSON; empty when it is absent.
    std::string optional_array(std::string_view name);
    // A text, or a number given as such: what a status is written with.
    std::string text_or_integer(std::string_view name);
    std::vector<Params> objects(std::string_view name, Range size);
    std::optional<Params> object(std::string_view name);
    std::optional<Params> optional_object(std::string_view name);

    // Whether the field is there, be it null.
    [[nodiscard]] bool has(std::string_view name) const;

    // Adds a mistake of the caller's own finding.
    void refuse(std::string_view name, const std::string& message);
    [[nodiscard]] const std::string& pointer() const { return pointer_; }

    void finish() const;

private:
    struct Document;

    Params(
        std::shared_ptr<Document> document, const boost::json::object& object, std::string pointer
    );

    // The field's value; nothing when it is absent. Null counts as absent for optional fields.
    const boost::json::value* ask(std::string_view name);
    const boost::json::value* require(std::string_view name);
    // Refuses what is not an array of so many elements, which are `what`.
    bool is_array_of(
        std::string_view name, const boost::json::value& value, Range size, std::string_view what
    );
    std::string read_text(std::string_view name, const boost::json::value& value, Length length);
    std::string read_uuid(std::string_view name, const boost::json::value& value);
    std::optional<Params> read_object(std::string_view name, const boost::json::value& value);

    std::shared_ptr<Document> document_;
    const boost::json::object* object_;
    std::string pointer_;
};

}  // namespace shop
