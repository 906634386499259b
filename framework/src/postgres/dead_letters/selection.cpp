#include "postgres/dead_letters/selection.h"

#include <boost/json.hpp>

#include "postgres/array_literal.h"
#include "postgres/dead_letters/filter.h"

namespace carafe::postgres {

namespace {

namespace json = boost::json;

// What a statement of this many rows still does in good time.
constexpr std::int64_t kSelectionMax = 1'000'000;

std::string one_of(const std::vector<DeadLetterId>& ids, Parameters& parameters) {
    ArrayLiteral topics;
    ArrayLiteral partitions;
    ArrayLiteral offsets;
    for (const DeadLetterId& id : ids) {
        topics.add_text(id.topic);
        partitions.add_number(id.partition);
        offsets.add_number(id.offset);
    }
    // One after the other: the order in which arguments are evaluated is not ours.
    const std::string first = parameters.add(topics.finish(), "text[]");
    const std::string second = parameters.add(partitions.finish(), "int[]");
    const std::string third = parameters.add(offsets.finish(), "bigint[]");
    return "(d.topic, d.partition, d.record_offset) IN (SELECT * FROM unnest(" + first + ", " +
           second + ", " + third + "))";
}

}  // namespace

SelectionSql selection_sql(
    const DeadLetterSelection& selection, RedriveKind kind, Parameters& parameters
) {
    SelectionSql sql;
    sql.base = " WHERE d.state = 'waiting'";
    if (!selection.ids.empty()) {
        sql.base += " AND " + one_of(selection.ids, parameters);
    }
    if (!selection.topic.empty()) {
        sql.base += " AND d.topic = " + parameters.add(selection.topic, "text");
    }
    if (!selection.where.empty()) {
        sql.base += " AND " + parse_filter(selection.where, parameters).sql;
    }
    sql.is_foreign = "false";
    sql.is_parked = "false";
    if (kind == RedriveKind::kRedrive) {
        sql.is_foreign = "d.source_topic IS NULL";
        if (!selection.force) {
            sql.is_parked =
                "d.source_topic IS NOT NULL AND d.redrives > " + std::to_string(kRedrivesMax);
        }
    }
    sql.can_go = " AND NOT (" + sql.is_foreign + ") AND NOT (" + sql.is_parked + ")";
    return sql;
}

std::string selection_order(const DeadLetterSelection& selection, Parameters& parameters) {
    return " ORDER BY d.source_topic, d.source_partition, d.source_offset, d.topic, d.partition,"
           " d.record_offset LIMIT " +
           parameters.add(
               std::to_string(std::min(selection.limit.value_or(kSelectionMax), kSelectionMax)),
               "bigint"
           );
}

std::string selection_json(const DeadLetterSelection& selection) {
    json::object object;
    if (!selection.ids.empty()) {
        json::array ids;
        for (const DeadLetterId& id : selection.ids) {
            ids.emplace_back(id.text());
        }
        object["ids"] = std::move(ids);
    }
    if (!selection.topic.empty()) {
        object["topic"] = selection.topic;
    }
    if (!selection.where.empty()) {
        object["where"] = selection.where;
    }
    if (selection.limit) {
        object["limit"] = *selection.limit;
    }
    if (selection.force) {
        object["force"] = true;
    }
    return json::serialize(object);
}

DeadLetterSelection parse_selection(const std::string& text) {
    const json::object object = json::parse(text).as_object();
    DeadLetterSelection selection;
    if (const json::value* ids = object.if_contains("ids")) {
        for (const json::value& id : ids->as_array()) {
            selection.ids.push_back(parse_dead_letter_id(std::string(id.as_string())));
        }
    }
    if (const json::value* topic = object.if_contains("topic")) {
        selection.topic = std::string(topic->as_string());
    }
    if (const json::value* where = object.if_contains("where")) {
        selection.where = std::string(where->as_string());
    }
    if (const json::value* limit = object.if_contains("limit")) {
        selection.limit = limit->as_int64();
    }
    selection.force = object.contains("force");
    return selection;
}

}  // namespace carafe::postgres
