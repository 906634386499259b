#include "app/controllers/strict_json.h"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <set>
#include <string>

namespace shop {

namespace {

namespace json = boost::json;
using carafe::http::Problem;
using Code = boost::system::error_code;

constexpr std::size_t kMaxDepth = 32;
constexpr std::size_t kNoLimit = static_cast<std::size_t>(-1);

// What basic_parser calls while it reads. Builds the value, and knows at each moment where it is.
class Builder {
public:
    static constexpr std::size_t max_object_size = kNoLimit;
    static constexpr std::size_t max_array_size = kNoLimit;
    static constexpr std::size_t max_key_size = kNoLimit;
    static constexpr std::size_t max_string_size = kNoLimit;

    Builder() { stack_.reset(); }

    json::value release() { return stack_.release(); }
    [[nodiscard]] const std::vector<Problem::Error>& errors() const { return errors_; }

    // Where the parser is: at a member by its name, in an array behind the element before.
    [[nodiscard]] std::string here() const {
        std::string pointer;
        for (const Level& level : levels_) {
            if (level.is_inside) {
                pointer = pointer_to(pointer, level.name);
            }
        }
        return pointer;
    }

    bool on_document_begin(Code& /*code*/) { return true; }
    bool on_document_end(Code& /*code*/) { return true; }
    bool on_object_begin(Code& /*code*/) {
        enter_value();
        levels_.push_back({});
        return true;
    }
    bool on_object_end(std::size_t size, Code& /*code*/) {
        levels_.pop_back();
        stack_.push_object(size);
        return true;
    }
    bool on_array_begin(Code& /*code*/) {
        enter_value();
        levels_.push_back({});
        levels_.back().is_array = true;
        return true;
    }
    bool on_array_end(std::size_t size, Code& /*code*/) {
        levels_.pop_back();
        stack_.push_array(size);
        return true;
    }
    bool on_key_part(json::string_view part, std::size_t /*size*/, Code& /*code*/) {
        text_.append(part.data(), part.size());
        stack_.push_chars(part);
        return true;
    }
    bool on_key(json::string_view part, std::size_t /*size*/, Code& /*code*/) {
        text_.append(part.data(), part.size());
        stack_.push_key(part);
        Level& level = levels_.back();
        level.is_inside = true;
        level.name.swap(text_);
        text_.clear();
        check_text(level.name);
        if (!level.names.insert(level.name).second) {
            add_error("is there twice");
        }
        return true;
    }
    bool on_string_part(json::string_view part, std::size_t /*size*/, Code& /*code*/) {
        text_.append(part.data(), part.size());
        stack_.push_chars(part);
        return true;
    }
    bool on_string(json::string_view part, std::size_t /*size*/, Code& /*code*/) {
        enter_value();
        text_.append(part.data(), part.size());
        stack_.push_string(part);
        check_text(text_);
        text_.clear();
        return true;
    }
    bool on_number_part(json::string_view /*part*/, Code& /*code*/) { return true; }
    bool on_int64(std::int64_t number, json::string_view /*text*/, Code& /*code*/) {
        enter_value();
        stack_.push_int64(number);
        return true;
    }
    bool on_uint64(std::uint64_t number, json::string_view /*text*/, Code& /*code*/) {
        enter_value();
        stack_.push_uint64(number);
        return true;
    }
    bool on_double(double number, json::string_view /*text*/, Code& /*code*/) {
        enter_value();
        stack_.push_double(number);
        return true;
    }
    bool on_bool(bool value, Code& /*code*/) {
        enter_value();
        stack_.push_bool(value);
        return true;
    }
    bool on_null(Code& /*code*/) {
        enter_value();
        stack_.push_null();
        return true;
    }
    bool on_comment_part(json::string_view /*part*/, Code& /*code*/) { return true; }
    bool on_comment(json::string_view /*part*/, Code& /*code*/) { return true; }

private:
    struct Level {
        bool is_array = false;
        std::size_t next_index = 0;
        bool is_inside = false;  // behind the first name or index
        std::string name;        // of the member or the index being read
        std::set<std::string> names;
    };

    void enter_value() {
        if (!levels_.empty() && levels_.back().is_array) {
            levels_.back().is_inside = true;
            levels_.back().name = std::to_string(levels_.back().next_index++);
        }
    }

    void check_text(const std::string& text) {
        if (text.find('\0') != std::string::npos) {
            add_error("contains a NUL character");
        }
    }

    void add_error(const std::string& message) { errors_.push_back({here(), message}); }

    json::value_stack stack_;
    std::vector<Level> levels_;
    std::string text_;
    std::vector<Problem::Error> errors_;
};

}  // namespace

json::value parse_strict_json(std::string_view text) {
    json::parse_options options;
    options.max_depth = kMaxDepth;
    json::basic_parser<Builder> parser(options);
    Code error;
    const std::size_t read = parser.write_some(false, text.data(), text.size(), error);
    if (error == json::error::too_deep) {
        throw Problem(
            400,
            "The body is nested more than 32 levels deep.",
            {{parser.handler().here(), "is nested more than 32 levels deep"}}
        );
    }
    if (error || read != text.size()) {
        throw Problem(
            400,
            "The body is not valid JSON in UTF-8.",
            {{parser.handler().here(), "is not valid JSON in UTF-8"}}
        );
    }
    if (!parser.handler().errors().empty()) {
        throw Problem(400, "The body is not acceptable.", parser.handler().errors());
    }
    return parser.handler().release();
}

std::string pointer_to(const std::string& parent, std::string_view name) {
    std::string pointer = parent + "/";
    for (const char c : name) {
        if (c == '~') {
            pointer += "~0";
        } else if (c == '/') {
            pointer += "~1";
        } else {
            pointer += c;
        }
    }
    return pointer;
}

}  // namespace shop
