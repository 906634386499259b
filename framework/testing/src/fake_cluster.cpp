#include "fake_cluster.h"

#include <algorithm>
#include <regex>

namespace carafe::testing {

namespace {

// As a broker's message.max.bytes, nearly.
constexpr std::size_t kRecordBytesMax = 1'000'000;

bool subscribes(const FakeMember& member, const std::string& topic) {
    return std::any_of(
        member.topics.begin(),
        member.topics.end(),
        [&topic](const std::string& wanted) {
            return wanted.starts_with('^') ? std::regex_search(topic, std::regex(wanted))
                                           : wanted == topic;
        }
    );
}

// The owner stays the owner as long as nobody has to have less than its share.
FakeMember* sticky_choice(
    const std::vector<FakeMember*>& members,
    const std::map<FakeMember*, std::size_t>& load,
    const kafka::TopicPartition& partition,
    std::size_t share
) {
    for (FakeMember* member : members) {
        if (member->owned.contains(partition) && load.at(member) < share) {
            return member;
        }
    }
    return *std::min_element(
        members.begin(),
        members.end(),
        [&load](FakeMember* left, FakeMember* right) { return load.at(left) < load.at(right); }
    );
}

}  // namespace

void FakeCluster::create_topic(const std::string& name, int partitions) {
    topics[name].resize(static_cast<std::size_t>(partitions));
    for (auto& [id, group] : groups) {
        balance(group);
    }
}

FakeLog* FakeCluster::log_of(const kafka::TopicPartition& partition) {
    const auto topic = topics.find(partition.topic);
    const auto number = static_cast<std::size_t>(partition.partition);
    return topic == topics.end() || number >= topic->second.size() ? nullptr
                                                                   : &topic->second[number];
}

DeliveryReport FakeCluster::accept(const Record& record) {
    if (is_away || (failing && failing(record))) {
        return {"the broker is away", true, -1, -1};
    }
    const bool is_too_large = record.payload && record.payload->size() > kRecordBytesMax;
    if (is_too_large || (refused && refused(record))) {
        return {"the record was refused", false, -1, -1};
    }
    if (!topics.contains(record.topic)) {
        if (!makes_topics) {
            return {"there is no such topic", false, -1, -1};
        }
        create_topic(record.topic, 1);
    }
    return append(record);
}

DeliveryReport FakeCluster::append(const Record& record) {
    std::vector<FakeLog>& logs = topics.at(record.topic);
    const std::size_t place = record.key ? std::hash<std::string>{}(*record.key) : ++last_unkeyed_;
    const auto partition = static_cast<std::int32_t>(place % logs.size());
    FakeLog& log = logs[static_cast<std::size_t>(partition)];
    log.records.push_back(std::make_shared<FakeRecord>(FakeRecord{
        record, std::chrono::system_clock::now()}));
    records.push_back(record);
    const kafka::TopicPartition id{record.topic, partition};
    for (auto& [name, group] : groups) {
        for (FakeMember* member : group.members) {
            if (member->owned.contains(id)) {
                member->readable.insert(id);
            }
        }
    }
    changed.notify_all();
    return {"", false, partition, log.end() - 1};
}

void FakeCluster::balance(FakeGroup& group) {
    for (FakeMember* member : group.members) {
        member->target.clear();
    }
    for (const auto& [topic, logs] : topics) {
        std::vector<FakeMember*> interested;
        std::map<FakeMember*, std::size_t> load;
        for (FakeMember* member : group.members) {
            if (subscribes(*member, topic)) {
                interested.push_back(member);
                load[member] = 0;
            }
        }
        if (interested.empty()) {
            continue;
        }
        const std::size_t share = (logs.size() + interested.size() - 1) / interested.size();
        for (std::size_t number = 0; number < logs.size(); ++number) {
            const kafka::TopicPartition partition{topic, static_cast<std::int32_t>(number)};
            FakeMember* chosen = sticky_choice(interested, load, partition, share);
            ++load[chosen];
            chosen->target.insert(partition);
        }
    }
    changed.notify_all();
}

std::vector<kafka::TopicPartition> FakeCluster::to_assign(
    const FakeGroup& group, const FakeMember& member
) const {
    std::vector<kafka::TopicPartition> free;
    for (const kafka::TopicPartition& partition : member.target) {
        const bool is_taken = std::any_of(
            group.members.begin(),
            group.members.end(),
            [&partition](const FakeMember* other) { return other->owned.contains(partition); }
        );
        if (!is_taken) {
            free.push_back(partition);
        }
    }
    return free;
}

void FakeCluster::leave(const std::string& group, const FakeMember& member) {
    std::erase(groups[group].members, &member);
    balance(groups[group]);
}

}  // namespace carafe::testing
