#include "cli/running_routes.h"

#include <boost/json.hpp>
#include <map>
#include <stdexcept>

#include "config/topic_pattern.h"

namespace carafe::cli {

namespace {

namespace json = boost::json;
using Keys = std::map<std::string, std::string>;

json::object object_of(const Keys& keys) {
    json::object object;
    for (const auto& [key, value] : keys) {
        object[key] = value;
    }
    return object;
}

json::array array_of(const std::vector<std::string>& texts) {
    return json::array(texts.begin(), texts.end());
}

std::string text_of(const json::value& value) {
    return std::string(value.as_string());
}

Keys keys_of(const json::value& value) {
    Keys keys;
    for (const auto& entry : value.as_object()) {
        keys.emplace(entry.key(), text_of(entry.value()));
    }
    return keys;
}

std::vector<std::string> texts_of(const json::value& value) {
    std::vector<std::string> texts;
    for (const json::value& item : value.as_array()) {
        texts.push_back(text_of(item));
    }
    return texts;
}

}  // namespace

std::string to_json(const WorkerAnswer& answer) {
    json::array routes;
    for (const routing::Running::Route& route : answer.running.routes) {
        routes.push_back(
            {{"group", route.group},
             {"topic", route.topic},
             {"partitions", route.partitions},
             {"keys", object_of(route.keys)}}
        );
    }
    return json::serialize(json::object{
        {"app", answer.app},
        {"owner", answer.owner},
        {"generation", answer.generation},
        {"refusing", answer.is_refusing},
        {"groups", array_of(answer.selection.groups)},
        {"topics", array_of(answer.selection.topics)},
        {"routes", std::move(routes)},
        {"settings", object_of(answer.running.settings)}});
}

WorkerAnswer parse_answer(std::string_view text) {
    const json::value parsed = json::parse(json::string_view(text.data(), text.size()));
    WorkerAnswer answer;
    answer.app = text_of(parsed.at("app"));
    answer.owner = text_of(parsed.at("owner"));
    answer.generation = parsed.at("generation").to_number<std::int64_t>();
    answer.is_refusing = parsed.at("refusing").as_bool();
    answer.selection = {texts_of(parsed.at("groups")), texts_of(parsed.at("topics"))};
    for (const json::value& route : parsed.at("routes").as_array()) {
        answer.running.routes.push_back(
            {text_of(route.at("group")),
             text_of(route.at("topic")),
             keys_of(route.at("keys")),
             route.at("partitions").to_number<int>()}
        );
    }
    answer.running.settings = keys_of(parsed.at("settings"));
    return answer;
}

void RunningRoutes::set(WorkerAnswer answer) {
    const std::lock_guard lock(mutex_);
    answer_ = std::move(answer);
}

std::string RunningRoutes::json(const Status& status) const {
    std::map<std::pair<std::string, std::string>, int> assigned;
    for (const auto& [group, known] : status()) {
        for (const processing::Group::Lane& lane : known.lanes) {
            ++assigned[{group, lane.topic}];
        }
    }
    WorkerAnswer answer;
    {
        const std::lock_guard lock(mutex_);
        answer = answer_;
    }
    for (routing::Running::Route& route : answer.running.routes) {
        const config::TopicPattern pattern(route.topic);
        for (const auto& [lane, count] : assigned) {
            route.partitions +=
                lane.first == route.group && pattern.matches(lane.second) ? count : 0;
        }
    }
    return to_json(answer);
}

}  // namespace carafe::cli
