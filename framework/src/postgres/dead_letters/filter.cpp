#include "postgres/dead_letters/filter.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cstdio>
#include <vector>

#include "config/text.h"
#include "postgres/dead_letters/filter_tokens.h"

namespace carafe::postgres {

namespace {

using Kind = FilterToken::Kind;

constexpr int kDepthMax = 32;
constexpr std::size_t kListMax = 1000;
constexpr std::string_view kHeaderPrefix = "header.";

enum class Type { kText, kBytes, kNumber, kAge, kTime };

struct Field {
    const char* name;
    Type type;
    const char* sql;
};

constexpr std::array<Field, 19> kFields{{
    {"age", Type::kAge, "now() - d.died_at"},
    {"attempts", Type::kNumber, "d.attempts"},
    {"consumer_group", Type::kText, "d.grp"},
    {"died_at", Type::kTime, "d.died_at"},
    {"error_class", Type::kText, "d.error_class"},
    {"error_message", Type::kText, "d.error_message"},
    {"fingerprint", Type::kText, "d.fingerprint"},
    {"id", Type::kText, "d.topic || '/' || d.partition || '/' || d.record_offset"},
    {"key", Type::kBytes, "d.key"},
    {"offset", Type::kNumber, "d.record_offset"},
    {"partition", Type::kNumber, "d.partition"},
    {"payload", Type::kBytes, "d.payload"},
    {"produced_at", Type::kTime, "d.source_at"},
    {"redrives", Type::kNumber, "d.redrives"},
    {"source_offset", Type::kNumber, "d.source_offset"},
    {"source_partition", Type::kNumber, "d.source_partition"},
    {"source_topic", Type::kText, "d.source_topic"},
    {"state", Type::kText, "d.state"},
    {"topic", Type::kText, "d.topic"},
}};

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char character) {
        return static_cast<char>(std::tolower(character));
    });
    return text;
}

// A day, or a day and a time in UTC: what PostgreSQL is sure to take.
bool is_time(const std::string& text) {
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    unsigned hour = 0;
    unsigned minute = 0;
    unsigned second = 0;
    int used = 0;
    if (std::sscanf(text.c_str(), "%4d-%2u-%2u%n", &year, &month, &day, &used) != 3 || used != 10 ||
        !std::chrono::year_month_day(
             std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)
        )
             .ok()) {
        return false;
    }
    const std::string rest = text.substr(10);
    return rest.empty() ||
           (std::sscanf(rest.c_str(), "T%2u:%2u:%2uZ%n", &hour, &minute, &second, &used) == 3 &&
            used == 10 && rest.size() == 10 && hour < 24 && minute < 60 && second < 60);
}

class FilterParser {
public:
    FilterParser(std::string_view text, Parameters& parameters)
        : text_(text), parameters_(parameters), tokens_(filter_tokens(text)) {}

    Filter parse() {
        filter_.sql = disjunction(0);
        if (now().kind != Kind::kEnd) {
            fail(now(), "expected 'and', 'or' or the end");
        }
        return filter_;
    }

private:
    std::string disjunction(int depth) {
        std::string sql = conjunction(depth);
        while (takes_word("or")) {
            sql += " OR " + conjunction(depth);
        }
        return "(" + sql + ")";
    }

    std::string conjunction(int depth) {
        std::string sql = negation(depth);
        while (takes_word("and")) {
            sql += " AND " + negation(depth);
        }
        return "(" + sql + ")";
    }

    std::string negation(int depth) {
        if (depth > kDepthMax) {
            fail(now(), "nested more than 32 deep");
        }
        if (takes_word("not")) {
            return "NOT " + negation(depth + 1);
        }
        if (takes_symbol("(")) {
            std::string sql = disjunction(depth + 1);
            if (!takes_symbol(")")) {
                fail(now(), "expected ')'");
            }
            return sql;
        }
        return comparison();
    }

    // A record without the field (a foreign one, say) does not meet the condition: never NULL.
    std::string comparison() {
        const FilterToken name = now();
        if (name.kind != Kind::kWord) {
            fail(
                name,
                name.kind == Kind::kEnd ? "expected a condition, as in attempts > 3"
                                        : "expected a field" + known_fields()
            );
        }
        const Field field = find_field(name);
        ++at_;
        filter_.mentions_state |= std::string_view(field.name) == "state";
        const FilterToken sign = now();
        const bool negated = takes_word("not");
        if (takes_word("in")) {
            const std::string sql = in_list(field);
            return negated ? "NOT " + sql : sql;
        }
        if (negated) {
            fail(now(), "expected 'in' after 'not'");
        }
        if (takes_word("contains")) {
            return contains(field, sign);
        }
        static const std::vector<std::string> kSigns{"=", "!=", "<", "<=", ">", ">="};
        if (sign.kind != Kind::kSymbol ||
            std::find(kSigns.begin(), kSigns.end(), sign.text) == kSigns.end()) {
            fail(sign, "expected a comparison: = != < <= > >= in contains");
        }
        ++at_;
        check_sign(field, sign);
        return compared(field, sign.text, value(field));
    }

    std::string compared(const Field& field, const std::string& sign, const std::string& value) {
        if (field.sql == nullptr) {
            const std::string found = has_header("h ->> 1 = " + value);
            return sign == "=" ? found : "NOT " + found;
        }
        const std::string left = "(" + std::string(field.sql) + ")";
        if (sign == "!=") {
            return "(" + left + " IS DISTINCT FROM " + value + ")";
        }
        return "coalesce(" + left + " " + sign + " " + value + ", false)";
    }

    std::string in_list(const Field& field) {
        if (!takes_symbol("(")) {
            fail(now(), "expected '(' and a list, as in (0, 2)");
        }
        std::string sql;
        std::size_t count = 0;
        do {
            if (++count > kListMax) {
                fail(now(), "more than 1000 values in a list");
            }
            sql += (sql.empty() ? "" : " OR ") + compared(field, "=", value(field));
        } while (takes_symbol(","));
        if (!takes_symbol(")")) {
            fail(now(), "expected ',' or ')'");
        }
        return "(" + sql + ")";
    }

    std::string contains(const Field& field, const FilterToken& sign) {
        if (field.type != Type::kText && field.type != Type::kBytes) {
            fail(sign, "'contains' is for texts, and " + config::quote(field.name) + " is none");
        }
        const std::string part = value(field);
        if (field.sql == nullptr) {
            return has_header("position(" + part + " IN h ->> 1) > 0");
        }
        return "coalesce(position(" + part + " IN " + field.sql + ") > 0, false)";
    }

    [[nodiscard]] std::string has_header(const std::string& condition) const {
        return "EXISTS (SELECT FROM jsonb_array_elements(d.headers) h WHERE h ->> 0 = " + header_ +
               " AND " + condition + ")";
    }

    void check_sign(const Field& field, const FilterToken& sign) {
        const bool is_equality = sign.text == "=" || sign.text == "!=";
        const bool is_text = field.type == Type::kText || field.type == Type::kBytes;
        if (is_text && !is_equality) {
            fail(sign, config::quote(field.name) + " is a text: compare it by = != in contains");
        }
        if (is_equality && (field.type == Type::kAge || field.type == Type::kTime)) {
            fail(sign, config::quote(field.name) + " is never exactly that: use < or >");
        }
    }

    std::string value(const Field& field) {
        const FilterToken token = now();
        ++at_;
        switch (field.type) {
            case Type::kText:
                expect(token, Kind::kText, "a text in quotes");
                return parameters_.add(token.text, "text");
            case Type::kBytes:
                expect(token, Kind::kText, "a text in quotes");
                return "convert_to(" + parameters_.add(token.text, "text") + ", 'UTF8')";
            case Type::kNumber:
                expect(token, Kind::kNumber, "a whole number");
                return parameters_.add(token.text, "bigint");
            case Type::kAge:
                expect(token, Kind::kDuration, "a duration, as in 30s, 90m, 12h, 7d");
                return parameters_.add(token.text, "bigint") + " * interval '1 second'";
            case Type::kTime:
                break;
        }
        expect(token, Kind::kText, "a time in quotes");
        if (!is_time(token.text)) {
            fail(token, "no time: write \"2026-11-21\" or \"2026-11-21T03:00:00Z\"");
        }
        return parameters_.add(
            token.text.size() > 10 ? token.text : token.text + "T00:00:00Z", "timestamptz"
        );
    }

    void expect(const FilterToken& token, Kind kind, const std::string& what) {
        if (token.kind != kind) {
            fail(token, "expected " + what);
        }
    }

    Field find_field(const FilterToken& token) {
        const std::string name = lower(token.text);
        if (name.size() > kHeaderPrefix.size() && name.starts_with(kHeaderPrefix)) {
            header_ = parameters_.add(token.text.substr(kHeaderPrefix.size()), "text");
            return {"header", Type::kText, nullptr};
        }
        for (const Field& field : kFields) {
            if (name == field.name) {
                return field;
            }
        }
        std::vector<std::string> names(kFields.size());
        std::transform(kFields.begin(), kFields.end(), names.begin(), [](const Field& field) {
            return field.name;
        });
        const auto close = config::closest(name, names);
        fail(
            token,
            "unknown field " + config::quote(token.text) +
                (close ? ", did you mean " + config::quote(*close) + "?" : known_fields())
        );
    }

    static std::string known_fields() {
        std::string text = " (fields:";
        for (const Field& field : kFields) {
            text += std::string(" ") + field.name;
        }
        return text + " header.NAME)";
    }

    [[nodiscard]] const FilterToken& now() const {
        return tokens_[std::min(at_, tokens_.size() - 1)];
    }
    bool takes_word(const char* word) {
        if (now().kind != Kind::kWord || lower(now().text) != word) {
            return false;
        }
        ++at_;
        return true;
    }
    bool takes_symbol(const char* symbol) {
        if (now().kind != Kind::kSymbol || now().text != symbol) {
            return false;
        }
        ++at_;
        return true;
    }

    [[noreturn]] void fail(const FilterToken& at, const std::string& message) const {
        throw_filter_error(text_, at, message);
    }

    std::string_view text_;
    Parameters& parameters_;
    const std::vector<FilterToken> tokens_;
    std::size_t at_ = 0;
    Filter filter_;
    std::string header_;  // the placeholder of the header's name in the comparison under way
};

}  // namespace

Filter parse_filter(std::string_view text, Parameters& parameters) {
    return FilterParser(text, parameters).parse();
}

}  // namespace carafe::postgres
