#include <gmock/gmock.h>

#include "cli/worker_diagnosis.h"

namespace carafe::cli {

namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

// A worker that is in the state in which the spec puts it.
class Diagnosis : public ::testing::Test {
protected:
    Diagnosis() { status_.joined = true; }

    [[nodiscard]] std::string told(bool red) const {
        return diagnosis_.summary(red).value_or("nothing");
    }
    void call_for(std::chrono::milliseconds age) {
        processing::CallStatus call;
        call.partition = {"g", "t", 3};
        call.first_offset = 41;
        call.records = 1;
        call.key = "key\x01";
        call.attempt = 2;
        call.age = age;
        status_.calls = {call};
    }
    void lane(const std::string& state) { status_.lanes = {{"t", 3, state, 0ms}}; }

    processing::Group::Status status_;
    std::shared_ptr<ClusterReport> report_ = std::make_shared<ClusterReport>();
    postgres::WorkerHeartbeat::Database database_{true, "", std::nullopt, {}};
    WorkerDiagnosis diagnosis_{
        {[this] {
             return std::vector<std::pair<std::string, processing::Group::Status>>{{"g", status_}};
         },
         [this] { return report_; },
         [this] { return database_; },
         [](const processing::PartitionId& id) { return "what " + id.topic + " lacks"; }},
        {5s, 5min}};
};

TEST_F(Diagnosis, says_nothing_of_a_worker_that_is_well) {
    call_for(4s);
    lane("running");
    EXPECT_EQ(told(true), "nothing");
    EXPECT_EQ(told(false), "nothing");
    EXPECT_FALSE(diagnosis_.stuck());
}

TEST_F(Diagnosis, names_a_call_that_is_slow_and_one_that_is_stuck) {
    call_for(7s);
    const std::string text =
        "a handler of group g has been running on t/3 for 7 s: offset 41, 1 record, key "
        "'key\\x01', "
        "attempt 2";
    EXPECT_EQ(told(false), text);
    EXPECT_EQ(told(true), "nothing") << "it may be meant to take so long";
    EXPECT_FALSE(diagnosis_.stuck());
    call_for(6min);
    EXPECT_THAT(diagnosis_.stuck().value_or(""), HasSubstr("has been running on t/3 for 360 s"));
}

TEST_F(Diagnosis, names_why_a_partition_backs_off_or_stands_still) {
    lane("degraded");
    EXPECT_EQ(told(true), "group g backs off on t/3: what t lacks");
    lane("halted");
    EXPECT_EQ(told(true), "group g halted on t/3: what t lacks");
    lane("paused");
    EXPECT_EQ(told(true), "nothing");
}

TEST_F(Diagnosis, names_the_server_that_does_not_answer) {
    report_->kafka_problem = "topics: asking Kafka: time-out";
    EXPECT_EQ(told(true), "Kafka does not answer: topics: asking Kafka: time-out");
    report_->topics.emplace_back();
    EXPECT_EQ(told(true), "nothing") << "some of it answers";
    EXPECT_THAT(told(false), HasSubstr("Kafka does not answer everything: topics"));
    report_->kafka_problem = "";
    report_->problems = {"positions of g: away"};
    EXPECT_EQ(told(true), "nothing") << "what only the database knows is no trouble of Kafka's";
    database_ = {false, "connection refused", std::nullopt, {}};
    EXPECT_EQ(told(true), "the database does not answer: connection refused");
}

TEST_F(Diagnosis, names_topics_that_take_no_records_and_locks_without_being_red) {
    postgres::WorkerHeartbeat::Outbox outbox;
    outbox.topics = {
        {"flows", 3, 0.2, 0, ""}, {"waits", 2, 9, 0, ""}, {"refuses", 0, 0, 4, "too large"}};
    database_.outbox = outbox;
    database_.lock_holders = {{4711, "psql", "idle in transaction", 12.2}};
    EXPECT_EQ(told(true), "nothing");
    const std::string text = told(false);
    EXPECT_THAT(
        text, HasSubstr("records of topic waits stay in the outbox: 2 wait, the oldest for 9 s")
    );
    EXPECT_THAT(text, HasSubstr("the broker refuses records of topic refuses: too large; 4 wait"));
    EXPECT_THAT(
        text,
        HasSubstr("session 4711 of the database holds locks that this worker waits for: of psql, "
                  "idle in transaction, for 12 s")
    );
    EXPECT_THAT(text, Not(HasSubstr("flows")));
}

}  // namespace

}  // namespace carafe::cli
