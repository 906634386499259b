#include <gtest/gtest.h>

#include "unit/config/mistake.h"

namespace carafe::config::spec {

namespace {

class ValueProblem : public Mistaken {};

TEST_P(ValueProblem, is_reported_with_its_place) {
    EXPECT_EQ(problems(GetParam().yaml), "karafka.yml:" + GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    of_values,
    ValueProblem,
    testing::Values(
        Mistake{"not_a_number", "http:\n  port: abc\n", "2:9: expected a whole number, got 'abc'"},
        Mistake{"fraction", "http:\n  port: 1.5\n", "2:9: expected a whole number, got '1.5'"},
        Mistake{"hexadecimal", "http:\n  port: 0x50\n", "2:9: expected a whole number, got '0x50'"},
        Mistake{
            "quoted_number",
            "http:\n  port: '3003'\n",
            "2:9: expected a whole number, got the string '3003': remove the quotes"},
        Mistake{"nothing", "http:\n  port:\n", "2:3: expected a whole number, got nothing"},
        Mistake{"list", "http:\n  port: [1]\n", "2:9: expected a whole number, got a list"},
        Mistake{"map", "http:\n  port: {a: 1}\n", "2:9: expected a whole number, got a map"},
        Mistake{
            "port_too_large", "http:\n  port: 65536\n", "2:9: '65536' is out of range 0..65535"},
        Mistake{"port_below_zero", "http:\n  port: -1\n", "2:9: '-1' is out of range 0..65535"},
        Mistake{
            "number_too_large",
            "http:\n  port: 99999999999999999999\n",
            "2:9: '99999999999999999999' is too large"},
        Mistake{
            "threads_zero",
            "worker: {processing_threads: 0}\n",
            "1:30: '0' is out of range 1..256"},
        Mistake{
            "duration_without_unit",
            "worker: {shutdown_timeout: 25}\n",
            "1:28: '25' has no unit, expected a duration such as 5ms, 10s, 2m or 24h"},
        Mistake{
            "duration_with_wrong_unit",
            "worker: {shutdown_timeout: 25sec}\n",
            "1:28: unknown unit 'sec' in '25sec', expected ms, s, m or h"},
        Mistake{
            "duration_with_a_size_unit",
            "worker: {shutdown_timeout: 25MiB}\n",
            "1:28: unknown unit 'MiB' in '25MiB', expected ms, s, m or h"},
        Mistake{
            "duration_with_a_fraction",
            "worker: {shutdown_timeout: 1.5s}\n",
            "1:28: unknown unit '.5s' in '1.5s', expected ms, s, m or h"},
        Mistake{
            "negative_duration",
            "worker: {shutdown_timeout: -5s}\n",
            "1:28: expected a duration such as 5ms, 10s, 2m or 24h, got '-5s'"},
        Mistake{
            "word_as_duration",
            "worker: {shutdown_timeout: soon}\n",
            "1:28: expected a duration such as 5ms, 10s, 2m or 24h, got 'soon'"},
        Mistake{
            "list_as_duration",
            "worker: {shutdown_timeout: [1s]}\n",
            "1:28: expected a duration such as 10s, got a list"},
        Mistake{
            "duration_too_short",
            "worker: {shutdown_timeout: 1ms}\n",
            "1:28: '1ms' is out of range 100ms..1h"},
        Mistake{
            "duration_past_64_bits",
            "worker: {shutdown_timeout: 9223372036854775807h}\n",
            "1:28: '9223372036854775807h' is too large"},
        Mistake{
            "size_without_unit",
            "worker: {memory_budget: 1000}\n",
            "1:25: '1000' has no unit, expected a size such as 64KiB, 256MiB or 4GiB"},
        Mistake{
            "size_with_decimal_unit",
            "worker: {memory_budget: 64MB}\n",
            "1:25: unknown unit 'MB' in '64MB', expected B, KiB, MiB or GiB"},
        Mistake{
            "size_too_small",
            "worker: {memory_budget: 64KiB}\n",
            "1:25: '64KiB' is out of range 1MiB..1024GiB"},
        Mistake{
            "map_as_size",
            "worker: {memory_budget: {a: b}}\n",
            "1:25: expected a size such as 256MiB, got a map"},
        Mistake{
            "unknown_choice",
            "log: {level: information}\n",
            "1:14: expected one of trace, debug, info, warn, error, got 'information'"},
        Mistake{
            "misspelt_choice",
            "log: {format: jsn}\n",
            "1:15: expected one of text, json, got 'jsn', did you mean 'json'?"},
        Mistake{
            "list_as_choice",
            "log: {format: [json]}\n",
            "1:15: expected one of text, json, got a list"},
        Mistake{"empty_string", "http: {bind: ''}\n", "1:14: must not be empty"},
        Mistake{"null_string", "http: {bind: ~}\n", "1:8: expected a string, got nothing"},
        Mistake{
            "escaped_control_character",
            "http: {bind: \"a\\0b\"}\n",
            "1:14: 'a\\x00b' holds control characters"},
        Mistake{
            "very_long_string",
            "http: {bind: " + std::string(4097, 'x') + "}\n",
            "1:14: longer than 4 KiB"},
        Mistake{
            "origin_with_path",
            "realtime:\n  allowed_origins: ['https://a.example/x']\n",
            "2:21: expected an origin such as https://shop.example or http://127.0.0.1:3008 (no "
            "path), got 'https://a.example/x'"},
        Mistake{
            "origin_without_scheme",
            "realtime:\n  allowed_origins: [a.example]\n",
            "2:21: expected an origin such as https://shop.example or http://127.0.0.1:3008 (no "
            "path), got 'a.example'"},
        Mistake{
            "same_item_twice",
            "kafka: {bootstrap.servers: 'a:1'}\nrealtime: {topics: [a, b, a]}\n",
            "2:27: 'a' is in the list twice"},
        Mistake{"string_as_list", "realtime: {topics: a}\n", "1:20: expected a list, got 'a'"},
        Mistake{"section_as_scalar", "worker: 3\n", "1:9: expected a map of keys, got '3'"}
    ),
    name_of
);

INSTANTIATE_TEST_SUITE_P(
    of_routes,
    ValueProblem,
    testing::Values(
        Mistake{
            "unknown_delivery",
            route("delivery: exactly_onec"),
            "8:19: expected one of at_least_once, exactly_once, got 'exactly_onec', did you mean "
            "'exactly_once'?"},
        Mistake{
            "attempts_zero", route("retry: {attempts: 0}"), "8:27: '0' is out of range 1..1000"},
        Mistake{
            "backoff_without_units",
            route("retry: {backoff: 100..10s}"),
            "8:26: '100' has no unit, expected a duration such as 5ms, 10s, 2m or 24h"},
        Mistake{
            "backoff_upside_down",
            route("retry: {backoff: 10s..100ms}"),
            "8:26: the range '10s..100ms' starts above its end"},
        Mistake{
            "backoff_open",
            route("retry: {backoff: 10s..}"),
            "8:26: expected a duration such as 5ms, 10s, 2m or 24h, got ''"},
        Mistake{
            "backoff_zero", route("retry: {backoff: 0..1s}"), "8:26: '0' is out of range 1ms..24h"},
        Mistake{
            "rate_without_period",
            route("rate_limit: 100"),
            "8:21: expected a rate such as 100/s, 20/m or 5/h, got '100'"},
        Mistake{
            "rate_of_nothing",
            route("rate_limit: 0/s"),
            "8:21: expected a rate such as 100/s, 20/m or 5/h, got '0/s'"},
        Mistake{
            "rate_too_high",
            route("rate_limit: 10000001/s"),
            "8:21: '10000001/s' is out of range, at most 10000000"},
        Mistake{
            "rate_as_list",
            route("rate_limit: [1/s]"),
            "8:21: expected a rate such as 100/s, got a list"},
        Mistake{"delay_too_long", route("delay: 745h"), "8:16: '745h' is out of range 0ms..744h"},
        Mistake{
            "pause_misspelt",
            route("pause: treu"),
            "8:16: expected one of true, false, got 'treu', did you mean 'true'?"},
        Mistake{
            "deduplicate_too_short",
            route("delivery: exactly_once\n        deduplicate: 1s"),
            "9:22: '1s' is out of range 1m..8784h"},
        Mistake{
            "deduplicate_without_transaction",
            route("deduplicate: 24h"),
            "8:22: deduplicate keeps the ids of events in the transaction of their effects: write "
            "'delivery: exactly_once'"},
        Mistake{
            "order_of_retries",
            route("retry: {order: parking}"),
            "8:24: expected one of wait, park, got 'parking'"},
        Mistake{
            "parking_without_transaction",
            route("retry: {order: park}"),
            "8:16: order: park moves a failing record aside in the transaction of the position: "
            "write 'delivery: exactly_once', or 'parallel: {by: key}', where a failing key holds "
            "up no other one either"},
        Mistake{
            "pattern_that_is_none",
            route("retry: {attempts: 3}\n      ^a(:\n        consumer: D"),
            "9:7: '^a(' is not a regular expression: Unmatched ( or \\("},
        Mistake{
            "pattern_that_takes_its_own_dead_letters",
            route("retry: {attempts: 3}\n      ^u.*:\n        consumer: D\n"
                  "        dead_letter_queue: {topic: u.dlq}"),
            "11:36: the dead letter topic 'u.dlq' is among the topics that '^u.*' matches: choose "
            "a "
            "name that it does not match"},
        Mistake{
            "tick_without_unit",
            route("tick: 5"),
            "8:15: '5' has no unit, expected a duration such as 5ms, 10s, 2m or 24h"},
        Mistake{"retry_as_number", route("retry: 3"), "8:16: expected a map of keys, got '3'"},
        Mistake{
            "batch_too_large",
            route("batch: {max_messages: 100001}"),
            "8:31: '100001' is out of range 1..100000"},
        Mistake{
            "dead_letters_to_the_source",
            route("dead_letter_queue: {topic: t}"),
            "8:36: the dead letter topic 't' is the topic it takes dead letters of; did you mean "
            "'t.dlq'?"},
        Mistake{
            "dead_letters_in_a_circle",
            route("dead_letter_queue: {topic: u}\n      u:\n        consumer: D\n"
                  "        dead_letter_queue: {topic: t}"),
            "11:36: dead letters would go round in a circle: those of 't' come back to 'u'"},
        Mistake{
            "dead_letter_topic_name",
            route("dead_letter_queue: {topic: a/b}"),
            "8:36: 'a/b' is not the name of a topic: 1 to 249 letters, digits, '.', '_' and '-'"},
        Mistake{
            "topic_name",
            route("delivery: exactly_once\n      t t:\n        consumer: D"),
            "9:7: 't t' is not the name of a topic: 1 to 249 letters, digits, '.', '_' and '-'"},
        Mistake{
            "group_id",
            "kafka: {bootstrap.servers: 'a:1'}\nconsumer_groups:\n  a b:\n    topics: {t: "
            "{consumer: "
            "C}}\n",
            "3:3: 'a b' is not a group id: 1 to 255 bytes without spaces"},
        Mistake{
            "group_without_topics",
            "kafka: {bootstrap.servers: 'a:1'}\nconsumer_groups:\n  g:\n",
            "3:3: group 'g' has no topics"},
        Mistake{
            "group_with_empty_topics",
            "kafka: {bootstrap.servers: 'a:1'}\nconsumer_groups:\n  g:\n    topics:\n",
            "4:5: group 'g' has no topics"},
        Mistake{
            "consumer_as_list",
            "kafka: {bootstrap.servers: 'a:1'}\nconsumer_groups:\n  g:\n    topics: {t: {consumer: "
            "[C]}}\n",
            "4:28: expected a string, got a list"},
        Mistake{
            "exactly_once_without_database",
            "kafka: {bootstrap.servers: 'a:1'}\nconsumer_groups:\n  g:\n    topics: {t: {consumer: "
            "C, "
            "delivery: exactly_once}}\n",
            "4:41: exactly_once keeps its positions in PostgreSQL: set url in the section database"}
    ),
    name_of
);

INSTANTIATE_TEST_SUITE_P(
    of_topics,
    ValueProblem,
    testing::Values(
        Mistake{
            "no_partitions",
            "kafka: {bootstrap.servers: 'a:1'}\ntopics:\n  a: {partitions: 0}\n",
            "3:19: '0' is out of range 1..10000"},
        Mistake{
            "bad_name",
            "kafka: {bootstrap.servers: 'a:1'}\ntopics:\n  ..: {partitions: 1}\n",
            "3:3: '..' is not the name of a topic: 1 to 249 letters, digits, '.', '_' and '-'"},
        Mistake{
            "collision",
            "kafka: {bootstrap.servers: 'a:1'}\ntopics:\n  a.b: {}\n  a_b: {}\n",
            "4:3: topic 'a_b' collides with 'a.b': Kafka takes '.' and '_' for the same"},
        Mistake{
            "config_as_list",
            "kafka: {bootstrap.servers: 'a:1'}\ntopics:\n  a: {config: [x]}\n",
            "3:15: expected a map of keys, got a list"},
        Mistake{
            "config_value_missing",
            "kafka: {bootstrap.servers: 'a:1'}\ntopics:\n  a:\n    config:\n      retention.ms:\n",
            "5:7: expected a string, got nothing"}
    ),
    name_of
);

INSTANTIATE_TEST_SUITE_P(
    of_kafka,
    ValueProblem,
    testing::Values(
        Mistake{
            "owned_group_id",
            "kafka:\n  bootstrap.servers: a\n  group.id: x\n",
            "3:3: 'group.id' belongs to the framework: it is the key of the group under "
            "consumer_groups"},
        Mistake{
            "owned_offset_store",
            "kafka:\n  enable.auto.offset.store: true\n",
            "2:3: 'enable.auto.offset.store' belongs to the framework: the framework stores and "
            "commits positions itself, after the handler is done"},
        Mistake{
            "owned_isolation",
            "kafka:\n  isolation.level: read_uncommitted\n",
            "2:3: 'isolation.level' belongs to the framework: consumers read committed records "
            "only"},
        Mistake{
            "owned_memory",
            "kafka:\n  queued.max.messages.kbytes: 1\n",
            "2:3: 'queued.max.messages.kbytes' belongs to the framework: it comes from "
            "worker.memory_budget"},
        Mistake{
            "owned_acks",
            "kafka:\n  acks: 1\n",
            "2:3: 'acks' belongs to the framework: records of a key would overtake one another or "
            "get lost; the framework's value is fixed"},
        Mistake{
            "owned_callback",
            "kafka:\n  dr_msg_cb: x\n",
            "2:3: 'dr_msg_cb' belongs to the framework: it would run code on librdkafka's own "
            "threads"},
        Mistake{
            "not_a_property",
            "kafka:\n  Bootstrap-Servers: a\n",
            "2:3: 'Bootstrap-Servers' is not a librdkafka property"},
        Mistake{
            "nested_property",
            "kafka:\n  bootstrap:\n    servers: a\n",
            "3:5: properties are written on one line, by their whole name: "
            "'bootstrap.servers: ...'"},
        Mistake{
            "list_property",
            "kafka:\n  bootstrap.servers: [a, b]\n",
            "2:22: expected a string, got a list"}
    ),
    name_of
);

}  // namespace

}  // namespace carafe::config::spec
