#include "chaos/cli/hostile_edits.h"

#include <functional>
#include <stdexcept>

namespace carafe::spec {

namespace {

using Texts = std::vector<std::string>;

std::string replaced(std::string text, const std::string& what, const std::string& by) {
    const std::size_t at = text.find(what);
    if (at == std::string::npos) {
        throw std::logic_error("the good file does not say " + what);
    }
    return text.replace(at, what.size(), by);
}

std::string repeated(const std::string& text, std::size_t times) {
    std::string all;
    for (std::size_t count = 0; count < times; ++count) {
        all += text;
    }
    return all;
}

// `by` in place of `what`, each in a copy of the good file.
Texts substitutions(
    const std::string& good, const std::vector<std::pair<std::string, std::string>>& pairs
) {
    Texts texts;
    for (const auto& [what, by] : pairs) {
        texts.push_back(replaced(good, what, by));
    }
    return texts;
}

Texts syntax(const std::string& good) {
    const Texts lines{"}",           "]",          "[",           "{a: b", "'open",   "\"open",
                      "a: b: c",     "- a\nb: c",  "\t- x",       "@at",   "`tick",   "x: >>> [",
                      "key: [1, 2",  "? [",        "a: 'b' c",    ": : :", "a: \x01", "a: \xff\xfe",
                      "worker: {{{", "a: \"\\q\"", "- - - : - :", "*",     "&",       "!<"};
    Texts texts;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const bool is_first = i % 2 == 0;
        texts.push_back(is_first ? lines[i] + "\n" + good : good + lines[i] + "\n");
    }
    return texts;
}

Texts unknown_keys(const std::string& good) {
    Texts texts;
    for (const char* name : {"workers", "consumer-groups", "Kafka", "topic", "logs", "''"}) {
        texts.push_back(good + name + std::string(": {}\n"));
    }
    for (const char* name :
         {"retrys", "Retry", "batches", "dlq", "consumers", "deliver", "paralel"}) {
        texts.push_back(replaced(good, "retry: {", name + std::string(": 1, retry: {")));
        texts.back() = replaced(
            texts.back(), name + std::string(": 1, "), name + std::string(": 1\n        ")
        );
    }
    for (const char* name : {"atempts", "max_attempts", "back_off", "jitter"}) {
        texts.push_back(replaced(good, "attempts: 3", name + std::string(": 3")));
    }
    for (const char* name : {"threads", "memory", "timeout", "reloads", "journals"}) {
        texts.push_back(good + "database: {" + name + ": 1}\n");
    }
    return texts;
}

Texts duplicates(const std::string& good) {
    const Texts lines{"kafka:\n", "worker:\n", "topics:\n", "consumer_groups:\n", "log:\n"};
    Texts texts;
    for (const std::string& line : lines) {
        texts.push_back(good + line);
        texts.push_back(line + good);
    }
    const std::vector<std::pair<std::string, std::string>> inside{
        {"attempts: 3", "attempts: 3, attempts: 4"},
        {"attempts: 3", "attempts: 3, 'attempts': 3"},
        {"max_messages: 100", "max_messages: 100, max_messages: 100"},
        {"max_wait: 5ms", "max_wait: 5ms, \"max_wait\": 6ms"},
        {"  processing_threads: 4\n", "  processing_threads: 4\n  processing_threads: 5\n"},
        {"  shutdown_timeout: 10s\n", "  shutdown_timeout: 10s\n  shutdown_timeout: 10s\n"},
        {"  linger.ms: 1\n", "  linger.ms: 1\n  linger.ms: 2\n"},
        {"        consumer: Writing\n", "        consumer: Writing\n        consumer: Writing\n"},
        {"        delivery: at_least_once\n",
         "        delivery: at_least_once\n        delivery: at_least_once\n"},
        {"backoff: 10ms..100ms", "backoff: 10ms..100ms, backoff: 10ms..100ms"}};
    for (std::string& text : substitutions(good, inside)) {
        texts.push_back(std::move(text));
    }
    return texts;
}

Texts types(const std::string& good) {
    std::vector<std::pair<std::string, std::string>> pairs;
    for (const char* value :
         {"many", "[1]", "{a: 1}", "3.5", "1e2", "0", "-1", "1001", "0x3", "true"}) {
        pairs.emplace_back("attempts: 3", std::string("attempts: ") + value);
    }
    for (const char* value : {"[]", "{}", "~", "''", "none", "99999999999999999999"}) {
        pairs.emplace_back("max_messages: 100", std::string("max_messages: ") + value);
    }
    pairs.emplace_back("consumer: Writing", "consumer: [Writing]");
    pairs.emplace_back("consumer: Writing", "consumer: {name: Writing}");
    pairs.emplace_back("delivery: at_least_once", "delivery: at_most_once");
    pairs.emplace_back("delivery: at_least_once", "delivery: [at_least_once]");
    pairs.emplace_back("  level: info", "  level: loud");
    pairs.emplace_back("  processing_threads: 4", "  processing_threads: four");
    return substitutions(good, pairs);
}

Texts units(const std::string& good) {
    std::vector<std::pair<std::string, std::string>> pairs;
    for (const char* value :
         {"5", "5 ms", "5mss", "5e3ms", "-5ms", "5.5ms", "ms", "5us", "61s", "1d"}) {
        pairs.emplace_back("max_wait: 5ms", std::string("max_wait: ") + value);
    }
    for (const char* value : {"64", "64MB", "64Mi", "64 MiB", "1KiB", "0x40MiB", "-64MiB"}) {
        pairs.emplace_back("memory_budget: 64MiB", std::string("memory_budget: ") + value);
    }
    for (const char* value :
         {"100ms..10ms", "10ms..", "..10ms", "10..100", "10ms-100ms", "0ms..1s"}) {
        pairs.emplace_back("backoff: 10ms..100ms", std::string("backoff: ") + value);
    }
    return substitutions(good, pairs);
}

Texts combinations(const EditedNames& names, const std::string& good) {
    const std::string dead = "dead_letter_queue: {topic: " + names.dead + "}";
    Texts texts = substitutions(
        good,
        {{dead, "dead_letter_queue: {topic: " + names.orders + "}"},
         {dead, "dead_letter_queue: {topic: no-such-topic}"},
         {dead, "dead_letter_queue: {topic: 'a b'}"},
         {dead, "dead_letter_queue: {}"},
         {dead, dead + "\n        parallel: {lanes: 4}"},
         {dead, dead + "\n        parallel: {by: order}"},
         {"delivery: at_least_once", "delivery: exactly_once"},
         {"consumer: Writing", "consumer: Transactional"},
         {"consumer: Writing", "consumer: writing"},
         {"consumer: Writing", "consumer: Nobody"},
         {"        consumer: Writing\n", ""},
         {"      " + names.stock + ":", "      no-such-topic:"},
         {"      " + names.stock + ":", "      'a topic/with a slash':"},
         {"  " + names.other + ":", "  'a group':"},
         {"  linger.ms: 1", "  group.id: mine"},
         {"  linger.ms: 1", "  enable.auto.commit: true"},
         {"  linger.ms: 1", "  no.such.property: 1"},
         {"  linger.ms: 1", "  linger.ms: soon"},
         {"  linger.ms: 1", "  group.protocol: consumer\n  session.timeout.ms: 6000"},
         {"  bootstrap.servers: '" + names.brokers + "'\n", ""},
         {"  reload: watch", "  reload: watch\n  membership: both"}}
    );
    texts.push_back(replaced(
        replaced(good, "  linger.ms: 1", "  group.protocol: consumer"),
        "  reload: watch",
        "  reload: watch\n  membership: static"
    ));
    // Dead letters that go round.
    texts.push_back(replaced(
        good,
        "      " + names.stock + ":\n        consumer: WritingToo\n",
        "      " + names.dead +
            ":\n        consumer: WritingToo\n        dead_letter_queue: {topic: " + names.orders +
            "}\n"
    ));
    return texts;
}

Texts sizes(const std::string& good) {
    constexpr std::size_t kMax = 256UL * 1024;
    Texts texts;
    for (std::size_t i = 0; i < 20; ++i) {
        const std::size_t over = kMax + 1 - good.size() + (i * i * 8192);
        const std::string line = i % 2 == 0 ? "#\n" : "# " + std::string(97, 'x') + "\n";
        std::string padding = repeated(line, over / line.size() + 1);
        texts.push_back(i % 3 == 0 ? padding + good : good + padding);
    }
    return texts;
}

Texts depths(const std::string& good) {
    Texts texts;
    for (const std::size_t depth : {33UL, 40UL, 64UL, 100UL, 1000UL, 10'000UL, 100'000UL}) {
        texts.push_back(good + "x: " + repeated("[", depth) + repeated("]", depth) + "\n");
        texts.push_back(good + "x: " + repeated("{a: ", depth) + "1" + repeated("}", depth) + "\n");
        texts.push_back(repeated("- ", depth) + "1\n");
    }
    return texts;
}

Texts aliases(const std::string& good) {
    std::vector<std::pair<std::string, std::string>> pairs;
    for (const char* anchor : {"&a", "&retry", "&x-1", "&1"}) {
        const std::string name = std::string(anchor).substr(1);
        pairs.emplace_back(
            "attempts: 3", std::string("attempts: ") + anchor + " 3, backoff: *" + name
        );
        pairs.emplace_back("{attempts: 3", std::string(anchor) + " {attempts: 3");
        pairs.emplace_back("  processing_threads: 4", "  processing_threads: *" + name);
    }
    Texts texts = substitutions(good, pairs);
    for (const char* tail :
         {"x: &x [*x]\n",
          "x: &x {y: *x}\n",
          "a: &a [1]\nb: [*a, *a, *a]\n",
          "<<: *kafka\n",
          "<<: &m {a: 1}\n",
          "x: *worker\n",
          "database: &d {}\nhttp: *d\n",
          "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: &d [*c,*c]\ne: [*d,*d]\n"}) {
        texts.push_back(good + tail);
    }
    return texts;
}

// The first bytes of the good file, as a writer leaves them that was killed.
Texts half_written(const std::string& good) {
    Texts texts;
    for (std::size_t i = 0; i < 24; ++i) {
        std::size_t length = good.size() * i / 24;
        while (length > 0 && good[length - 1] == '\n') {
            --length;
        }
        texts.push_back(good.substr(0, length));
    }
    return texts;
}

}  // namespace

std::string good_file(const EditedNames& names) {
    return "kafka:\n  bootstrap.servers: '" + names.brokers +
           "'\n  linger.ms: 1\n"
           "consumer_groups:\n  " +
           names.group + ":\n    topics:\n      " + names.orders +
           ":\n        consumer: Writing\n"
           "        delivery: at_least_once\n"
           "        batch: {max_messages: 100, max_wait: 5ms}\n"
           "        retry: {attempts: 3, backoff: 10ms..100ms}\n"
           "        dead_letter_queue: {topic: " +
           names.dead + "}\n      " + names.stock + ":\n        consumer: WritingToo\n  " +
           names.other + ":\n    topics:\n      " + names.mail +
           ":\n        consumer: Writing\n"
           "topics:\n  " +
           names.orders + ": {partitions: 3}\n" +
           "worker:\n  processing_threads: 4\n  memory_budget: 64MiB\n  shutdown_timeout: 10s\n"
           "  reload: watch\n  journal: '" +
           names.folder + "/journal'\n" + "log:\n  level: info\n";
}

std::vector<HostileEdit> hostile_edits(const EditedNames& names, int each) {
    const std::string good = good_file(names);
    const std::vector<std::pair<std::string, Texts>> kinds{
        {"syntax", syntax(good)},
        {"unknown key", unknown_keys(good)},
        {"duplicate", duplicates(good)},
        {"type", types(good)},
        {"unit", units(good)},
        {"combination", combinations(names, good)},
        {"size", sizes(good)},
        {"depth", depths(good)},
        {"alias", aliases(good)},
        {"half-written", half_written(good)}};
    std::vector<HostileEdit> edits;
    for (const auto& [kind, texts] : kinds) {
        if (texts.size() < 20) {
            throw std::logic_error("only " + std::to_string(texts.size()) + " of " + kind);
        }
        for (int i = 0; i < each; ++i) {
            edits.push_back({kind, texts[static_cast<std::size_t>(i) % texts.size()]});
        }
    }
    return edits;
}

}  // namespace carafe::spec
