#include "app/serializers/ops_serializers.h"

#include <sodium.h>

#include <algorithm>
#include <boost/json.hpp>

#include "app/models/clock.h"

namespace shop::serializers {

namespace json = boost::json;
using carafe::DeadLetter;

namespace {

std::string base64(std::string_view bytes) {
    constexpr int kKind = sodium_base64_VARIANT_ORIGINAL;
    std::string text(sodium_base64_encoded_len(bytes.size(), kKind), '\0');
    sodium_bin2base64(
        text.data(),
        text.size(),
        reinterpret_cast<const unsigned char*>(bytes.data()),
        bytes.size(),
        kKind
    );
    text.pop_back();  // the zero that it ends with
    return text;
}

// Boost.JSON's own parser says what is UTF-8.
bool is_utf8(std::string_view bytes) {
    boost::system::error_code error;
    json::parse(json::serialize(json::string(bytes)), error);
    return !error;
}

// `name` and `name`_base64; at most one of them is not null.
void put_bytes(
    json::object& object, const std::string& name, const std::optional<std::string>& bytes
) {
    const bool is_text = bytes && is_utf8(*bytes);
    object[name] = is_text ? json::value(*bytes) : json::value(nullptr);
    object[name + "_base64"] =
        bytes && !is_text ? json::value(base64(*bytes)) : json::value(nullptr);
}

json::value nullable(const std::string& text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
}

json::value nullable_time(const std::optional<std::chrono::system_clock::time_point>& time) {
    return time ? json::value(rfc3339(*time)) : json::value(nullptr);
}

json::value source_of(const DeadLetter::Origin& origin) {
    return json::object{
        {"topic", origin.topic},
        {"partition", origin.partition},
        {"offset", origin.offset},
        {"produced_at",
         rfc3339(std::chrono::system_clock::time_point(std::chrono::milliseconds(origin.timestamp_ms
         )))}};
}

template <typename T>
json::value nullable(const std::optional<T>& value) {
    return value ? json::value(*value) : json::value(nullptr);
}

json::array headers_of(const std::vector<std::pair<std::string, std::string>>& headers) {
    json::array all;
    for (const auto& [name, value] : headers) {
        json::object header{{"name", is_utf8(name) ? name : base64(name)}};
        put_bytes(header, "value", value);
        all.push_back(std::move(header));
    }
    return all;
}

const char* name_of(carafe::postgres::RedriveKind kind) {
    return kind == carafe::postgres::RedriveKind::kDiscard ? "discard" : "redrive";
}

}  // namespace

json::object dead_letter(const carafe::postgres::IndexedDeadLetter& indexed) {
    const DeadLetter& letter = indexed.letter;
    const DeadLetter::Origin origin = letter.origin.value_or(DeadLetter::Origin{});
    json::object object{
        {"id", letter.id.text()},
        {"state", indexed.state},
        {"topic", letter.id.topic},
        {"partition", letter.id.partition},
        {"offset", letter.id.offset},
        {"died_at", rfc3339(letter.at)},
        {"source", letter.origin ? source_of(origin) : json::value(nullptr)},
        {"consumer_group", nullable(origin.group)},
        {"attempts", origin.attempts},
        {"error_class", nullable(origin.error_class)},
        {"error_message", nullable(origin.error_message)},
        {"fingerprint", nullable(origin.fingerprint)},
        {"redrives", origin.redrives},
        {"payload_size", indexed.payload_size},
        {"redrive_id",
         indexed.redrive_id ? json::value(std::to_string(*indexed.redrive_id))
                            : json::value(nullptr)},
        {"handled_at", nullable_time(indexed.handled_at)}};
    put_bytes(object, "key", letter.key);
    return object;
}

json::object dead_letter_details(const carafe::postgres::IndexedDeadLetter& indexed) {
    json::object object = dead_letter(indexed);
    put_bytes(object, "payload", indexed.letter.payload);
    object["headers"] = headers_of(indexed.letter.headers);
    return object;
}

json::object dead_letter_cause(const carafe::postgres::DeadLetterCause& cause) {
    return {
        {"fingerprint", nullable(cause.fingerprint)},
        {"topic", cause.topic},
        {"source_topic", nullable(cause.source_topic)},
        {"consumer_group", nullable(cause.consumer_group)},
        {"error_class", nullable(cause.error_class)},
        {"error_message", nullable(cause.error_message)},
        {"count", cause.count},
        {"handled", cause.handled},
        {"first_at", rfc3339(cause.first)},
        {"last_at", rfc3339(cause.last)},
        {"example", cause.example.text()}};
}

json::object redrive(const carafe::postgres::Redrive& redrive) {
    return {
        {"id", std::to_string(redrive.id)},
        {"kind", name_of(redrive.kind)},
        {"state", redrive.state},
        {"actor", redrive.actor},
        {"reason", redrive.reason},
        {"selection", json::parse(redrive.selection)},
        {"patch", redrive.patch.empty() ? json::value(nullptr) : json::parse(redrive.patch)},
        {"rate", redrive.rate ? json::value(*redrive.rate) : json::value(nullptr)},
        {"total", redrive.total},
        {"done", redrive.done},
        {"refused", redrive.refused},
        {"error", nullable(redrive.error)},
        {"created_at", rfc3339(redrive.created_at)},
        {"updated_at", rfc3339(redrive.updated_at)},
        {"finished_at", nullable_time(redrive.finished_at)}};
}

json::object redrive_preview(const carafe::postgres::RedrivePreview& preview, std::size_t shown) {
    json::array items;
    for (const auto& item : preview.items) {
        if (items.size() == shown) {
            break;
        }
        items.push_back(json::object{
            {"id", item.id.text()},
            {"source_topic", nullable(item.source_topic)},
            {"source_partition", item.source_partition},
            {"source_offset", item.source_offset},
            {"error_class", nullable(item.error_class)},
            {"problem", nullable(item.problem)}});
    }
    return {
        {"total", preview.items.size()},
        {"foreign", preview.foreign},
        {"parked", preview.parked},
        {"refused", preview.refused},
        {"items", std::move(items)}};
}

json::object topic(const carafe::TopicReport& topic, const carafe::ClusterReport& report) {
    json::array partitions;
    for (const auto& each : topic.partitions) {
        partitions.push_back(json::object{
            {"partition", each.partition},
            {"first", nullable(each.first)},
            {"end", nullable(each.end)}});
    }
    json::array groups;
    for (const carafe::GroupReport& group : report.groups) {
        std::optional<std::int64_t> lag = 0;
        std::optional<double> seconds = 0;
        bool is_read = false;
        for (const auto& each : group.partitions) {
            if (each.topic == topic.name) {
                is_read = true;
                lag = lag && each.lag ? std::optional(*lag + *each.lag) : std::nullopt;
                seconds = seconds && each.lag_seconds
                              ? std::optional(std::max(*seconds, *each.lag_seconds))
                              : std::nullopt;
            }
        }
        if (is_read) {
            groups.push_back(json::object{
                {"group", group.id}, {"lag", nullable(lag)}, {"lag_seconds", nullable(seconds)}});
        }
    }
    return {
        {"name", topic.name},
        {"messages", nullable(topic.messages)},
        {"rate", nullable(topic.rate)},
        {"partitions", std::move(partitions)},
        {"groups", std::move(groups)}};
}

json::object pause(const carafe::postgres::Pause& pause) {
    return {
        {"group", pause.scope.group},
        {"topic", nullable(pause.scope.topic)},
        {"partition", nullable(pause.scope.partition)},
        {"actor", pause.actor},
        {"reason", pause.reason},
        {"until", nullable_time(pause.until)},
        {"created_at", rfc3339(pause.created_at)}};
}

json::object worker_lane(const carafe::postgres::WorkerLane& lane) {
    return {
        {"worker", lane.worker},
        {"seen_at", rfc3339(lane.seen_at)},
        {"group", lane.group},
        {"topic", lane.topic},
        {"partition", lane.partition},
        {"state", lane.state},
        {"busy_ms", lane.busy_ms}};
}

json::object consumer_group(
    const carafe::GroupReport& group, const std::vector<carafe::postgres::Pause>& pauses
) {
    json::array paused;
    for (const auto& each : pauses) {
        if (each.scope.group == group.id) {
            paused.push_back(pause(each));
        }
    }
    json::array members;
    for (const auto& member : group.members) {
        json::array assignment;
        for (const std::string& each : member.partitions) {
            assignment.emplace_back(each);
        }
        members.push_back(json::object{
            {"client_id", member.client_id},
            {"host", member.host},
            {"partitions", std::move(assignment)}});
    }
    json::array partitions;
    for (const auto& each : group.partitions) {
        partitions.push_back(json::object{
            {"topic", each.topic},
            {"partition", each.partition},
            {"position", nullable(each.position)},
            {"end", nullable(each.end)},
            {"lag", nullable(each.lag)},
            {"lag_seconds", nullable(each.lag_seconds)},
            {"member", nullable(each.member)}});
    }
    return {
        {"id", group.id},
        {"state", nullable(group.state)},
        {"lag", nullable(group.lag)},
        {"lag_seconds", nullable(group.lag_seconds)},
        {"members", std::move(members)},
        {"partitions", std::move(partitions)},
        {"pauses", std::move(paused)}};
}

json::object trace_hop(const carafe::TraceHop& hop) {
    json::array readers;
    for (const auto& reader : hop.readers) {
        readers.push_back(json::object{
            {"group", reader.group}, {"handled", nullable(reader.handled)}});
    }
    return {
        {"topic", hop.topic},
        {"type", nullable(hop.type)},
        {"event_id", nullable(hop.event_id)},
        {"trace_id", nullable(hop.trace_id)},
        {"made_at", nullable_time(hop.made)},
        {"published_at", nullable_time(hop.published)},
        {"partition", nullable(hop.partition)},
        {"offset", nullable(hop.offset)},
        {"readers", std::move(readers)},
        {"note", nullable(hop.note)}};
}

json::object topic_record(const carafe::TopicRecord& record) {
    json::object object{
        {"partition", record.partition},
        {"offset", record.offset},
        {"timestamp", rfc3339(record.timestamp)}};
    put_bytes(object, "key", record.key);
    put_bytes(object, "payload", record.payload);
    object["headers"] = headers_of(record.headers);
    return object;
}

json::object audit_entry(const carafe::postgres::AuditEntry& entry) {
    return {
        {"id", std::to_string(entry.id)},
        {"at", rfc3339(entry.at)},
        {"actor", entry.actor},
        {"action", entry.action},
        {"subject", entry.subject},
        {"reason", entry.reason},
        {"details", json::parse(entry.details)}};
}

}  // namespace shop::serializers
