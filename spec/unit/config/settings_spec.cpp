#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "config/effective.h"
#include "config/text.h"
#include "config/units.h"
#include "unit/config/settings_support.h"

namespace carafe::config::spec {

namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(Settings, of_an_empty_file_are_the_defaults) {
    for (const char* yaml : {"", "# nothing\n", "---\n", "worker:\n", "{}"}) {
        const Settings loaded = settings(yaml);
        EXPECT_EQ(loaded.worker.processing_threads, 8) << yaml;
        EXPECT_EQ(loaded.worker.shutdown_timeout, seconds(25)) << yaml;
        EXPECT_EQ(loaded.http.port, 3003) << yaml;
        EXPECT_TRUE(loaded.consumer_groups.empty()) << yaml;
    }
}

TEST(Settings, hold_every_key_of_the_file) {
    const Settings loaded = settings(R"(
kafka:
  bootstrap.servers: broker:9092
  sasl.password: secret
  linger.ms: 2
consumer_groups:
  shop-inventory:
    topics:
      inventory:
        consumer: InventoryConsumer
        delivery: exactly_once
        batch: {max_messages: 100, max_wait: 20ms}
        retry: {attempts: 7, backoff: 1s..2m}
        dead_letter_queue: {topic: inventory.dlq}
      other:
        consumer: OtherConsumer
        tick: 30s
        rate_limit: 20/m
        delay: 10m
        pause: true
      ^event\..*:
        consumer: OtherConsumer
        delivery: exactly_once
        deduplicate: 24h
topics:
  inventory: {partitions: 12, replication: 3, config: {retention.ms: -1, cleanup.policy: compact}}
worker: {processing_threads: 3, memory_budget: 64MiB, shutdown_timeout: 2m}
database:
  url: postgresql://u:p@h/d
  pool_size: 5
  pool_timeout: 2s
  statement_timeout: 24h
  lock_timeout: 3s
  idle_in_transaction_timeout: 4s
http: {bind: 0.0.0.0, port: 80, threads: 9, max_connections: 7, max_connections_per_address: 3}
realtime:
  bind: '::'
  port: 81
  ping_interval: 5s
  ping_timeout: 6s
  allowed_origins: [https://a.example, "http://127.0.0.1:3008"]
  topics: [order.created, order.updated]
log: {level: debug, format: json}
)");
    EXPECT_EQ(loaded.kafka.at("bootstrap.servers"), "broker:9092");
    EXPECT_EQ(loaded.kafka.at("linger.ms"), "2");
    ASSERT_EQ(loaded.consumer_groups.size(), 1U);
    EXPECT_EQ(loaded.consumer_groups[0].id, "shop-inventory");
    EXPECT_EQ(loaded.consumer_groups[0].location.line, 7);
    ASSERT_EQ(loaded.consumer_groups[0].topics.size(), 3U);
    const TopicRoute& route = loaded.consumer_groups[0].topics[0];
    EXPECT_EQ(route.topic, "inventory");
    EXPECT_EQ(route.consumer, "InventoryConsumer");
    EXPECT_EQ(route.delivery, Delivery::kExactlyOnce);
    EXPECT_EQ(route.batch.max_messages, 100U);
    EXPECT_EQ(route.batch.max_wait, milliseconds(20));
    EXPECT_EQ(route.retry.attempts, 7);
    EXPECT_EQ(route.retry.backoff_min, seconds(1));
    EXPECT_EQ(route.retry.backoff_max, minutes(2));
    EXPECT_EQ(route.dead_letter_topic, "inventory.dlq");
    EXPECT_EQ(route.consumer_location.line, 10);
    EXPECT_EQ(route.consumer_location.column, 19);
    EXPECT_EQ(route.delivery_location.line, 11);
    EXPECT_EQ(route.dead_letter_location.line, 14);
    const TopicRoute& other = loaded.consumer_groups[0].topics[1];
    EXPECT_EQ(other.delivery, Delivery::kAtLeastOnce);
    EXPECT_EQ(other.batch.max_messages, 500U);
    EXPECT_EQ(other.retry.attempts, 3);
    EXPECT_EQ(other.tick, seconds(30));
    EXPECT_EQ(route.tick, seconds(0));
    EXPECT_EQ(other.rate_limit.records, 20);
    EXPECT_EQ(other.rate_limit.period, minutes(1));
    EXPECT_EQ(other.delay, minutes(10));
    EXPECT_TRUE(other.pause);
    EXPECT_EQ(other.deduplicate, seconds(0));
    EXPECT_EQ(loaded.consumer_groups[0].topics[2].topic, "^event\\..*");
    EXPECT_EQ(loaded.consumer_groups[0].topics[2].deduplicate, hours(24));
    EXPECT_FALSE(other.dead_letter_topic);
    EXPECT_EQ(other.delivery_location.line, 16);
    ASSERT_EQ(loaded.topics.size(), 1U);
    EXPECT_EQ(loaded.topics[0].partitions, 12);
    EXPECT_EQ(loaded.topics[0].replication, 3);
    EXPECT_EQ(loaded.topics[0].config.at("retention.ms"), "-1");
    EXPECT_EQ(loaded.worker.processing_threads, 3);
    EXPECT_EQ(loaded.worker.memory_budget_bytes, 64 * 1024 * 1024);
    EXPECT_EQ(loaded.worker.shutdown_timeout, minutes(2));
    EXPECT_EQ(loaded.database.url, "postgresql://u:p@h/d");
    EXPECT_EQ(loaded.database.pool_size, 5);
    EXPECT_EQ(loaded.database.pool_timeout, seconds(2));
    EXPECT_EQ(loaded.database.statement_timeout, hours(24));
    EXPECT_EQ(loaded.database.lock_timeout, seconds(3));
    EXPECT_EQ(loaded.database.idle_in_transaction_timeout, seconds(4));
    EXPECT_EQ(loaded.http.bind, "0.0.0.0");
    EXPECT_EQ(loaded.http.port, 80);
    EXPECT_EQ(loaded.http.threads, 9);
    EXPECT_EQ(loaded.http.max_connections, 7);
    EXPECT_EQ(loaded.http.max_connections_per_address, 3);
    EXPECT_EQ(loaded.realtime.bind, "::");
    EXPECT_EQ(loaded.realtime.port, 81);
    EXPECT_EQ(loaded.realtime.ping_interval, seconds(5));
    EXPECT_EQ(loaded.realtime.ping_timeout, seconds(6));
    EXPECT_EQ(
        loaded.realtime.allowed_origins,
        (std::vector<std::string>{"https://a.example", "http://127.0.0.1:3008"})
    );
    EXPECT_EQ(loaded.realtime.topics, (std::vector<std::string>{"order.created", "order.updated"}));
    EXPECT_EQ(loaded.log.level, "debug");
    EXPECT_EQ(loaded.log.format, "json");
}

TEST(Settings, take_one_backoff_for_both_ends) {
    const Settings loaded = settings(
        "kafka: {bootstrap.servers: a}\n"
        "consumer_groups: {g: {topics: {t: {consumer: C, retry: {backoff: 250ms}}}}}\n"
    );
    EXPECT_EQ(loaded.consumer_groups[0].topics[0].retry.backoff_min, milliseconds(250));
    EXPECT_EQ(loaded.consumer_groups[0].topics[0].retry.backoff_max, milliseconds(250));
}

TEST(Interpolation, puts_the_value_of_a_variable_in) {
    const Settings loaded = settings(
        "http: {bind: 'a-${NAME}-${NAME}'}\ndatabase:\n  url: ${URL:-postgresql://h:1/d}\n",
        {{"NAME", "b"}}
    );
    EXPECT_EQ(loaded.http.bind, "a-b-b");
    EXPECT_EQ(loaded.database.url, "postgresql://h:1/d");
}

TEST(Interpolation, takes_numbers_from_variables) {
    const Settings loaded =
        settings("http:\n  port: ${PORT:-1}\nrealtime:\n  port: ${RT:-2}\n", {{"PORT", "8080"}});
    EXPECT_EQ(loaded.http.port, 8080);
    EXPECT_EQ(loaded.realtime.port, 2);
}

TEST(Interpolation, uses_the_default_for_an_empty_variable_as_a_shell_does) {
    EXPECT_EQ(settings("http:\n  port: ${PORT:-5}\n", {{"PORT", ""}}).http.port, 5);
}

TEST(Interpolation, keeps_an_escaped_reference) {
    EXPECT_EQ(settings("http: {bind: 'a$${B}$c'}\n").http.bind, "a${B}$c");
}

TEST(Interpolation, does_not_look_into_values_again) {
    EXPECT_EQ(settings("http: {bind: '${A}'}\n", {{"A", "${B}: {x"}}).http.bind, "${B}: {x");
}

TEST(Interpolation, reports_a_variable_that_is_not_set) {
    EXPECT_EQ(
        problems("database:\n  url: ${DATABASE_URL}\n"),
        "karafka.yml:2:8: the environment variable DATABASE_URL is not set; set it or write "
        "${DATABASE_URL:-default}"
    );
}

TEST(Interpolation, reports_references_it_cannot_read) {
    EXPECT_EQ(
        problems("http:\n  bind: ${A\n"),
        "karafka.yml:2:9: '${' without '}': write ${NAME} or ${NAME:-default}, and $${ for a "
        "plain ${"
    );
    EXPECT_EQ(
        problems("http:\n  bind: ${1A}\n"),
        "karafka.yml:2:9: '1A' is not the name of a variable: write ${NAME} or ${NAME:-default}, "
        "and $${ for a plain ${"
    );
    EXPECT_EQ(
        problems("http:\n  bind: ${A:=b}\n"),
        "karafka.yml:2:9: 'A:=b' is not the name of a variable: write ${NAME} or "
        "${NAME:-default}, and $${ for a plain ${"
    );
}

TEST(Interpolation, reports_a_value_that_is_wrong_with_the_place_of_the_reference) {
    EXPECT_EQ(
        problems("http:\n  port: ${PORT}\n", {{"PORT", "abc"}}),
        "karafka.yml:2:9: expected a whole number, got 'abc'"
    );
    EXPECT_EQ(
        problems("http:\n  bind: ${B}\n", {{"B", "a\x1b[31m"}}),
        "karafka.yml:2:9: the environment variable B holds control characters or invalid UTF-8"
    );
}

TEST(Interpolation, stays_bounded) {
    std::string yaml = "realtime:\n  allowed_origins:\n";
    for (int i = 0; i < 20; ++i) {
        yaml += "  - ${BIG}\n";
    }
    EXPECT_NE(
        problems(yaml, {{"BIG", std::string(100'000, 'x')}}).find("add up to more than 1 MiB"),
        std::string::npos
    );
}

TEST(Effective, values_tell_where_they_come_from) {
    const LoadedSettings loaded = parse(
        "kafka: {bootstrap.servers: a, sasl.password: hush}\n"
        "http:\n  port: ${PORT}\n"
        "database: {url: 'postgresql://user:hush@host/d'}\n",
        "karafka.yml",
        environment({{"PORT", "99"}})
    );
    const auto of = [&](const std::string& path) {
        for (const EffectiveValue& value : loaded.effective) {
            if (value.path == path) {
                return value.value + " from " + value.origin;
            }
        }
        return std::string("none");
    };
    EXPECT_EQ(of("http.port"), "99 from karafka.yml:3:9 ($PORT)");
    EXPECT_EQ(of("http.threads"), "2 from default");
    EXPECT_EQ(of("kafka.bootstrap.servers"), "a from karafka.yml:1:28");
    EXPECT_EQ(of("kafka.sasl.password"), "*** from karafka.yml:1:46");
    EXPECT_EQ(of("database.url"), "postgresql://user:***@host/d from karafka.yml:4:17");
    EXPECT_EQ(of("worker.memory_budget"), "256MiB from default");
}

TEST(Effective, values_never_show_a_password_of_the_database) {
    for (const char* url :
         {"postgresql://u:hush@h/d",
          "postgresql://u:hu@hush@h/d",
          "host=h password=hush",
          "host=h password = 'hush x'",
          "postgresql://h/d?user=u&password=hush",
          "postgresql://u:hu/hush@h/d"}) {
        const LoadedSettings loaded = parse(
            "database: {url: \"" + std::string(url) + "\"}\n", "karafka.yml", environment({})
        );
        for (const EffectiveValue& value : loaded.effective) {
            EXPECT_EQ(value.value.find("hush"), std::string::npos) << url << " " << value.value;
        }
    }
}

TEST(Reference, describes_every_key_with_its_default) {
    const std::vector<KeyDescription> keys = describe_keys();
    const auto find = [&](const std::string& path) {
        return std::find_if(keys.begin(), keys.end(), [&](const auto& key) {
            return key.path == path;
        });
    };
    const auto attempts = find("consumer_groups.<group>.topics.<topic>.retry.attempts");
    ASSERT_NE(attempts, keys.end());
    EXPECT_EQ(attempts->default_value, "3");
    EXPECT_EQ(attempts->type, "whole number 1..1000");
    for (const KeyDescription& key : keys) {
        EXPECT_FALSE(key.description.empty()) << key.path;
        EXPECT_FALSE(key.type.empty()) << key.path;
    }
    EXPECT_EQ(find("worker.shutdown_timeout")->default_value, "25s");
}

TEST(Reference, gives_defaults_that_the_file_may_say_itself) {
    for (const KeyDescription& key : describe_keys()) {
        const std::size_t dot = key.path.find('.');
        if (key.path.find('<') != std::string::npos || key.default_value.empty()) {
            continue;
        }
        const std::string yaml = key.path.substr(0, dot) + ":\n  " + key.path.substr(dot + 1) +
                                 ": " + key.default_value + "\n";
        EXPECT_EQ(problems(yaml), "") << yaml;
    }
}

TEST(Units, are_written_as_they_are_read) {
    for (const char* text : {"0ms", "5ms", "10s", "2m", "24h", "1500ms", "90s"}) {
        EXPECT_EQ(
            parse_duration(format_duration(*parse_duration(text).value)).value,
            parse_duration(text).value
        ) << text;
    }
    EXPECT_EQ(format_duration(milliseconds(90'000)), "90s");
    EXPECT_EQ(format_duration(hours(24)), "24h");
    EXPECT_EQ(format_size(256LL * 1024 * 1024), "256MiB");
    EXPECT_EQ(parse_size("4GiB").value, 4LL * 1024 * 1024 * 1024);
}

TEST(Suggestion, is_only_made_for_near_words) {
    const std::vector<std::string> known{"retry", "batch", "dead_letter_queue"};
    EXPECT_EQ(closest("retyr", known), "retry");
    EXPECT_EQ(closest("dead_letters_queue", known), "dead_letter_queue");
    EXPECT_EQ(closest("zebra", known), std::nullopt);
    EXPECT_EQ(closest("", known), std::nullopt);
}

// Whatever bytes arrive, the answer is settings or problems with a place: no crash, no hang.
TEST(Settings, survive_damaged_files) {
    const std::string good =
        "kafka: {bootstrap.servers: a}\nconsumer_groups:\n  g:\n    topics:\n      t: {consumer: "
        "C, "
        "retry: {attempts: 3, backoff: 1ms..2s}}\nlog: {level: info}\nhttp:\n  bind: \"${A:-b}\"\n"
        "realtime:\n  topics: [a, b]\n  port: |\n    5\n";
    const std::string spice = "{}[]:,&*!|>'\"%@`?-# \n\t$\\~0\x80\xff";
    std::mt19937 random(20'240'501);
    for (int round = 0; round < 5000; ++round) {
        std::string damaged = good;
        for (unsigned change = 0; change < 1 + random() % 4; ++change) {
            const std::size_t at = random() % damaged.size();
            if (random() % 3 == 0) {
                damaged.erase(at, 1 + random() % 5);
            } else {
                damaged.insert(at, 1, spice[random() % spice.size()]);
            }
        }
        try {
            settings(damaged);
        } catch (const SettingsError& error) {
            for (const SettingsProblem& problem : error.problems()) {
                EXPECT_GE(problem.location.line, 1) << damaged << error.what();
                EXPECT_GE(problem.location.column, 1) << damaged << error.what();
            }
        }
    }
}

}  // namespace

}  // namespace carafe::config::spec
