#pragma once

#include <string>
#include <vector>

// Values that no field of a kind takes, as they stand in a JSON text. `is_json` tells whether the
// text is JSON at all; where it is not, the error points at the place at which reading ended.
namespace shop::specs {

struct Hostile {
    std::string text;
    std::string why;
};
using HostileValues = std::vector<Hostile>;

inline std::string in_quotes(const std::string& text) {
    return '"' + text + '"';
}

// What is neither a text nor a number nor null.
inline HostileValues other_types() {
    return {
        {"true", "a boolean"},
        {"false", "a boolean"},
        {"[]", "an array"},
        {"{}", "an object"},
        {"[1]", "an array of a number"},
        {R"(["a"])", "an array of a text"},
        {R"({"$gt":""})", "an operator of a query language"}};
}

// Not JSON, wherever it stands.
inline HostileValues no_json() {
    return {
        {"", "nothing"},
        {"NaN", "not a number"},
        {"Infinity", "infinity"},
        {"-Infinity", "minus infinity"},
        {"undefined", "a word of JavaScript"},
        {"0x10", "hexadecimal"},
        {"+1", "a plus"},
        {"01", "a leading zero"},
        {"1.", "no digits behind the point"},
        {".5", "no digits before the point"},
        {"1e", "no exponent"},
        {"'a'", "single quotes"},
        {"\"a", "no closing quote"},
        {"\"\n\"", "a line break in a text"},
        {"\"\t\"", "a tab in a text"},
        {"\"\x01\"", "a control character in a text"},
        {R"("\x41")", "an escape of C"},
        {R"("\u12")", "half an escape"},
        {R"("\ud800")", "half a surrogate pair"},
        {R"("\udc00\ud800")", "a surrogate pair the wrong way round"},
        {R"("\ud83dx")", "a surrogate and a letter"},
        {"\"\xff\"", "a byte that UTF-8 does not have"},
        {"\"\xc0\xaf\"", "an overlong slash"},
        {"\"\xe0\x80\xaf\"", "an overlong slash of three bytes"},
        {"\"\xed\xa0\x80\"", "a surrogate in UTF-8"},
        {"\"\xf4\x90\x80\x80\"", "beyond the last character"},
        {"\"\xe2\x82\"", "half a character"},
        {"\"\x80\"", "a continuation without a start"},
        {"/* */1", "a comment"},
        {"1,", "a trailing comma"},
        {"True", "a word of Python"},
        {"tru", "half a word"}};
}

inline HostileValues integers_outside(long long min, long long max) {
    HostileValues values{
        {"null", "null"},
        {"\"1\"", "a number in quotes"},
        {"\"\"", "an empty text"},
        {"1.5", "a fraction"},
        {"0.999999", "nearly one"},
        {"1e-1", "a small exponent"},
        {"1e30", "a large number"},
        {"1e308", "nearly infinite"},
        {"1e400", "beyond a double"},
        {"-1e400", "beyond a double"},
        {"9223372036854775807", "the largest int64"},
        {"9223372036854775808", "one more than an int64"},
        {"-9223372036854775808", "the smallest int64"},
        {"-9223372036854775809", "one less than an int64"},
        {"18446744073709551615", "the largest uint64"},
        {"18446744073709551616", "one more than a uint64"},
        {"99999999999999999999999999999999999999", "very many digits"},
        {std::to_string(max + 1), "one too many"},
        {std::to_string(min - 1), "one too few"},
        {"\"\xe0\xa7\xa7\"", "a digit of Bengali"},
        {"\"1 OR 1=1\"", "SQL"},
        {"\"0x1\"", "hexadecimal in quotes"}};
    for (Hostile& other : other_types()) {
        values.push_back(std::move(other));
    }
    return values;
}

struct TextRule {
    std::size_t min = 1;
    std::size_t max = 200;
    bool is_line = true;
    bool is_optional = false;
};

inline HostileValues texts_outside(const TextRule& rule) {
    HostileValues values{
        {"1", "a number"},
        {"1.5", "a fraction"},
        {in_quotes(std::string(rule.max + 1, 'x')), "one too long"},
        {in_quotes(R"(a\u0000b)"), "NUL"},
        {in_quotes(R"(\u0000)"), "only NUL"}};
    for (Hostile& other : other_types()) {
        values.push_back(std::move(other));
    }
    if (!rule.is_optional) {
        values.push_back({"null", "null"});
    }
    if (rule.min > 0) {
        values.push_back({in_quotes(std::string(rule.min - 1, 'x')), "one too short"});
    }
    if (rule.is_line) {
        for (const char* text :
             {R"(a\nb)",
              R"(a\rb)",
              R"(a\tb)",
              R"(\u001b[31m)",
              R"(a\u007f)",
              R"(\b)",
              R"(a\r\nSet-Cookie: b=c)"}) {
            values.push_back({in_quotes(text), "a control character"});
        }
    }
    if (rule.is_line && rule.min > 0) {
        values.push_back({"\" \"", "a blank"});
        values.push_back({"\"     \"", "blanks"});
    }
    return values;
}

inline HostileValues no_uuids(bool is_optional) {
    const std::string good = "01930000-0000-7000-8000-000000000001";
    HostileValues values{
        {"1", "a number"},
        {"\"\"", "an empty text"},
        {"\"1\"", "a number in quotes"},
        {in_quotes(good + " "), "a blank behind it"},
        {in_quotes(" " + good), "a blank before it"},
        {in_quotes(good + R"(\n)"), "a line break behind it"},
        {in_quotes(good + R"(\u0000)"), "NUL behind it"},
        {in_quotes("{" + good + "}"), "braces"},
        {in_quotes("urn:uuid:" + good), "a URN"},
        {in_quotes("01930000000070008000000000000001"), "no dashes"},
        {in_quotes("0193000-00000-7000-8000-000000000001"), "a dash out of place"},
        {in_quotes("g1930000-0000-7000-8000-000000000001"), "no hexadecimal digit"},
        {in_quotes(good + "0"), "a digit too many"},
        {in_quotes(good.substr(1)), "one too few"},
        {in_quotes("' OR '1'='1"), "SQL"},
        {in_quotes(good + "';--"), "SQL behind it"},
        {in_quotes("../../../../etc/passwd"), "a path"},
        {in_quotes("%00"), "an escape"},
        {in_quotes(std::string(5000, 'a')), "very long"},
        {in_quotes("0193000\xc3\xa9-0000-7000-8000-00000000001"), "not ASCII"}};
    for (Hostile& other : other_types()) {
        values.push_back(std::move(other));
    }
    if (!is_optional) {
        values.push_back({"null", "null"});
    }
    return values;
}

// Not of the form of the field, though a text that is short enough.
inline HostileValues texts(const std::vector<std::string>& bad) {
    HostileValues values;
    for (const std::string& text : bad) {
        values.push_back({in_quotes(text), "not of this form"});
    }
    return values;
}

}  // namespace shop::specs
