#include "app/controllers/ops_dead_letters_controller.h"

#include <boost/json.hpp>
#include <charconv>

#include "app/controllers/ops_services.h"
#include "app/controllers/page.h"
#include "app/controllers/query.h"
#include "app/controllers/redrive_form.h"
#include "app/serializers/ops_serializers.h"

namespace shop {

namespace {

using carafe::postgres::DeadLetters;

constexpr std::size_t kLongestTopic = 249;  // Kafka's own limit

std::optional<carafe::DeadLetterId> id_behind(const std::optional<std::string>& cursor) {
    if (!cursor) {
        return std::nullopt;
    }
    try {
        return carafe::parse_dead_letter_id(*cursor);
    } catch (const carafe::ConfigurationError&) {
        throw impossible_query("cursor", "is not one that was given out");
    }
}

bool read_flag(const Request& request, std::string_view name) {
    const auto text = request.query_value(name);
    if (text && *text != "true" && *text != "false") {
        throw bad_query(name, "must be true or false");
    }
    return text == "true";
}

}  // namespace

Response OpsDeadLettersController::index() {
    current_admin();
    check_query(request(), {"topic", "where", "all", "limit", "cursor"});
    const Page page(request(), Page::Ids::kText);
    DeadLetters::Query query;
    query.topic = query_text(request(), "topic", kLongestTopic).value_or("");
    query.where = std::string(request().query_value("where").value_or(""));
    query.with_handled = read_flag(request(), "all");
    query.limit = static_cast<std::size_t>(page.rows_wanted());
    query.after = id_behind(page.after());
    try {
        boost::json::array rows;
        for (const auto& each : services().ops->dead_letters.list(query)) {
            rows.push_back(serializers::dead_letter(each));
        }
        return page.response(std::move(rows));
    } catch (const carafe::postgres::FilterError& error) {
        throw impossible_query(
            "where",
            "cannot be understood: column " + std::to_string(error.column()) + ": " +
                error.message()
        );
    }
}

Response OpsDeadLettersController::stats() {
    current_admin();
    check_query(request(), {"topic"});
    boost::json::array rows;
    for (const auto& cause : services().ops->dead_letters.stats(
             query_text(request(), "topic", kLongestTopic).value_or("")
         )) {
        rows.push_back(serializers::dead_letter_cause(cause));
    }
    return json(200, {{"data", std::move(rows)}});
}

Response OpsDeadLettersController::show() {
    current_admin();
    check_query(request(), {});
    const std::string text = std::string(request().param("topic")) + "/" +
                             std::string(request().param("partition")) + "/" +
                             std::string(request().param("offset"));
    try {
        const auto found = services().ops->dead_letters.find(carafe::parse_dead_letter_id(text));
        if (found) {
            return json(200, serializers::dead_letter_details(*found));
        }
    } catch (const carafe::ConfigurationError&) {  // not even an ID
    }
    throw not_found();
}

Response OpsDeadLettersController::discard() {
    const std::string actor = current_admin().user_id;
    return begin_redrive(
        services(),
        read_redrive_form(request().body, carafe::postgres::RedriveKind::kDiscard, actor)
    );
}

}  // namespace shop
