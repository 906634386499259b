#include <gtest/gtest.h>

#include "unit/config/mistake.h"

namespace carafe::config::spec {

namespace {

class Problem : public Mistaken {};

TEST_P(Problem, is_reported_with_its_place) {
    EXPECT_EQ(problems(GetParam().yaml), "karafka.yml:" + GetParam().expected);
}

std::string nested(std::size_t depth) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) {
        text += "[";
    }
    return text + std::string(depth, ']') + "\n";
}

INSTANTIATE_TEST_SUITE_P(
    of_the_file,
    Problem,
    testing::Values(
        Mistake{
            "syntax", "worker: {a: 1\nlog: {\n", "2:4: not valid YAML: end of map flow not found"},
        Mistake{
            "tab_indentation",
            "worker:\n\tprocessing_threads: 3\n",
            "2:1: not valid YAML: indent with spaces, not with a tab"},
        Mistake{"not_a_map", "- a\n", "1:1: expected a map of keys, got a list"},
        Mistake{"scalar_root", "hello\n", "1:1: expected a map of keys, got 'hello'"},
        Mistake{
            "bad_utf8", "log:\n  level: \xC3\x28\n", "2:10: a control character or invalid UTF-8"},
        Mistake{
            "overlong_utf8",
            "log:\n  level: \xC0\xAF\n",
            "2:10: a control character or invalid UTF-8"},
        Mistake{
            "surrogate_utf8",
            "log:\n  level: \xED\xA0\x80\n",
            "2:10: a control character or invalid UTF-8"},
        Mistake{
            "cut_utf8", "log:\n  level: \xE2\x82", "2:10: a control character or invalid UTF-8"},
        Mistake{
            "end_of_transmission",  // yaml-cpp would silently stop reading here
            "log:\n  level: info\n\x04nonsense: 1\n",
            "3:1: a control character or invalid UTF-8"},
        Mistake{
            "nul",
            std::string("log:\n  level: in\0fo\n", 20),
            "2:12: a control character or invalid UTF-8"},
        Mistake{
            "too_large",
            std::string(256 * 1024 + 1, '#'),
            "1:1: larger than 256 KiB (262145 bytes)"},
        Mistake{"too_deep", "worker: " + nested(32), "1:40: nested deeper than 32 levels"},
        Mistake{"far_too_deep", nested(100'000), "1:33: nested deeper than 32 levels"},
        Mistake{
            "two_documents",
            "log: {level: info}\n---\nlog: {level: warn}\n",
            "2:1: a second document: karafka.yml holds one"},
        Mistake{
            "merge_key",
            "log:\n  <<: {level: info}\n",
            "2:3: unknown key '<<' (known: level, format)"},
        Mistake{
            "tag",
            "log: {level: !!str info}\n",
            "1:14: tags ('tag:yaml.org,2002:str') are not supported"},
        Mistake{"map_as_key", "log:\n  ? {a: b}\n  : c\n", "2:5: a key must be a word, not a map"},
        Mistake{"null_as_key", "log:\n  ~: c\n", "2:3: a key must be a word, not nothing"}
    ),
    name_of
);

INSTANTIATE_TEST_SUITE_P(
    of_keys,
    Problem,
    testing::Values(
        Mistake{
            "misspelt_section",
            "workers:\n  processing_threads: 3\n",
            "1:1: unknown key 'workers', did you mean 'worker'?"},
        Mistake{
            "unknown_section",
            "metrics: {}\n",
            "1:1: unknown key 'metrics' (known: kafka, consumer_groups, topics, worker, database, "
            "http, realtime, log)"},
        Mistake{
            "misspelt_key",
            "worker:\n  procesing_threads: 3\n",
            "2:3: unknown key 'procesing_threads', did you mean 'processing_threads'?"},
        Mistake{
            "key_in_capitals",
            "log:\n  Level: info\n",
            "2:3: unknown key 'Level', did you mean 'level'?"},
        Mistake{
            "misspelt_route_key",
            route("retrys: {attempts: 3}"),
            "8:9: unknown key 'retrys', did you mean 'retry'?"},
        Mistake{
            "misspelt_retry_key",
            route("retry: {attemps: 3}"),
            "8:17: unknown key 'attemps', did you mean 'attempts'?"},
        Mistake{
            "misspelt_batch_key",
            route("batch: {max_message: 3}"),
            "8:17: unknown key 'max_message', did you mean 'max_messages'?"},
        Mistake{
            "parallel_by_nothing",
            route("parallel: {lanes: 4}"),
            "8:19: missing key 'by': write 'by: key'"},
        Mistake{
            "parallel_by_something_else",
            route("parallel: {by: offset}"),
            "8:24: expected one of key, got 'offset'"},
        Mistake{
            "no_lanes",
            route("parallel: {by: key, lanes: 0}"),
            "8:36: '0' is out of range 1..1024"},
        Mistake{
            "key_like_no_other",
            route("frobnicate: 24h"),
            "8:9: unknown key 'frobnicate' (known: consumer, delivery, batch, parallel, retry, "
            "dead_letter_queue, deduplicate, rate_limit, delay, tick, pause)"},
        Mistake{
            "hostile_key",
            "\"a\\e[31m\\0b\": 1\n",
            "1:1: unknown key 'a\\x1b[31m\\x00b' (known: kafka, consumer_groups, topics, worker, "
            "database, http, realtime, log)"},
        Mistake{
            "duplicate_key",
            "log:\n  level: info\n  format: text\n  level: warn\n",
            "4:3: duplicate key 'level', first on line 2"},
        Mistake{
            "duplicate_section",
            "log: {level: info}\nhttp: {port: 1}\nlog: {level: warn}\n",
            "3:1: duplicate key 'log', first on line 1"},
        Mistake{
            "duplicate_in_flow_style",
            "log: {level: info, level: warn}\n",
            "1:20: duplicate key 'level', first on line 1"},
        Mistake{
            "topic_routed_twice",
            route("delivery: exactly_once\n      t:\n        consumer: D"),
            "9:7: duplicate key 't', first on line 6"},
        Mistake{
            "missing_consumer",
            "kafka: {bootstrap.servers: 'a:1'}\nconsumer_groups:\n  g:\n    topics:\n      t:\n"
            "        delivery: at_least_once\n",
            "6:9: missing key 'consumer'"},
        Mistake{
            "missing_consumer_of_an_empty_route",
            "kafka: {bootstrap.servers: 'a:1'}\nconsumer_groups:\n  g:\n    topics:\n      t:\n",
            "5:7: missing key 'consumer'"},
        Mistake{
            "missing_dead_letter_topic",
            route("dead_letter_queue: {}"),
            "8:28: missing key 'topic'"},
        Mistake{
            "missing_broker",
            "worker: {}\ntopics:\n  a:\n",
            "1:1: missing key 'bootstrap.servers' in the section kafka: host:port of a broker"},
        Mistake{
            "missing_broker_in_kafka",
            "realtime: {topics: [a]}\nkafka:\n  linger.ms: 2\n",
            "3:3: missing key 'bootstrap.servers' in the section kafka: host:port of a broker"}
    ),
    name_of
);

TEST(Problems, come_all_at_once_in_the_order_of_the_file) {
    const std::string yaml =
        "kafka:\n"
        "  group.id: x\n"
        "consumer_groups:\n"
        "  g:\n"
        "    topics:\n"
        "      t:\n"
        "        consumer: C\n"
        "        retrys: 3\n"
        "        delivery: twice\n"
        "worker:\n"
        "  shutdown_timeout: 5\n";
    EXPECT_EQ(
        problems(yaml),
        "karafka.yml:2:3: 'group.id' belongs to the framework: it is the key of the group under "
        "consumer_groups\n"
        "karafka.yml:2:3: missing key 'bootstrap.servers' in the section kafka: host:port of a "
        "broker\n"
        "karafka.yml:8:9: unknown key 'retrys', did you mean 'retry'?\n"
        "karafka.yml:9:19: expected one of at_least_once, exactly_once, got 'twice'\n"
        "karafka.yml:11:21: '5' has no unit, expected a duration such as 5ms, 10s, 2m or 24h"
    );
}

TEST(Problems, of_an_anchor_and_its_alias_are_both_reported) {
    EXPECT_EQ(
        problems("http:\n  port: &p 1\nrealtime:\n  port: *p\n"),
        "karafka.yml:2:9: anchors (&name) are not supported\n"
        "karafka.yml:4:9: aliases (*name) are not supported: repeat the value"
    );
}

TEST(Problems, of_a_self_reference_end) {
    EXPECT_EQ(
        problems("worker: &w\n  a: *w\n"),
        "karafka.yml:1:9: anchors (&name) are not supported\n"
        "karafka.yml:2:3: unknown key 'a' (known: processing_threads, memory_budget, "
        "shutdown_timeout, journal, membership, dead_letter_group, reload, slow_call, stuck_call)\n"
        "karafka.yml:2:6: aliases (*name) are not supported: repeat the value"
    );
}

TEST(Problems, can_be_read_one_by_one) {
    try {
        settings("http:\n  port: abc\n");
        FAIL() << "accepted";
    } catch (const SettingsError& error) {
        ASSERT_EQ(error.problems().size(), 1U);
        EXPECT_EQ(error.problems()[0].location.line, 2);
        EXPECT_EQ(error.problems()[0].location.column, 9);
        EXPECT_EQ(error.problems()[0].message, "expected a whole number, got 'abc'");
    }
}

TEST(Problems, of_a_file_that_is_missing_name_it) {
    try {
        load_settings("no/such/karafka.yml", process_environment());
        FAIL() << "accepted";
    } catch (const ConfigurationError& error) {
        EXPECT_STREQ(
            error.what(),
            "no/such/karafka.yml: cannot be read; run from the directory of your app, or name the "
            "file with --config or CARAFE_CONFIG"
        );
    }
}

TEST(Problems, of_a_directory_instead_of_a_file_name_it) {
    EXPECT_THROW(load_settings("/tmp", process_environment()), ConfigurationError);
}

}  // namespace

}  // namespace carafe::config::spec
