#include <gmock/gmock.h>

#include "integration/cli/binary.h"
#include "integration/kafka/topic_support.h"
#include "kafka/log_reader.h"

namespace carafe::spec {

namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Headers = std::vector<std::pair<std::string, std::string>>;

struct Stored {
    std::optional<std::string> key;
    std::optional<std::string> payload;
    Headers headers;
};

class DlqCommand : public ::testing::Test {
protected:
    DlqCommand() : source_(topics_.create("cli-source")), dead_(topics_.create("cli-source.dlq")) {
        binary_.write(
            "karafka.yml",
            "kafka: {bootstrap.servers: '" + broker().at("bootstrap.servers") +
                "'}\nconsumer_groups: {g: {topics: {" + source_ +
                ": {consumer: C, dead_letter_queue: {topic: " + dead_ + "}}}}}\n"
        );
    }

    [[nodiscard]] Record dead_letter(
        const std::string& key, const std::string& payload, int offset, const std::string& error
    ) const {
        Record record;
        record.topic = dead_;
        record.key = key;
        record.payload = payload;
        record.headers = {
            {"ce_type", "TEST"},
            {"dlq_source_topic", source_},
            {"dlq_source_partition", "0"},
            {"dlq_source_offset", std::to_string(offset)},
            {"dlq_source_timestamp", "1700000000000"},
            {"dlq_consumer_group", "g"},
            {"dlq_attempts", "3"},
            {"dlq_error_class", "shop::UnknownOrder"},
            {"dlq_error_message", error},
            {"dlq_fingerprint", "0011223344556677"},
            {"dlq_redrives", "0"}};
        return record;
    }

    [[nodiscard]] Record foreign() const {
        Record record;
        record.topic = dead_;
        record.payload = std::string("\xff\x00\x1b[2J", 6);
        return record;
    }

    [[nodiscard]] std::string id(int offset) const {
        return dead_ + "/0/" + std::to_string(offset);
    }

    static std::vector<Stored> stored(const std::string& topic) {
        std::vector<Stored> all;
        kafka::LogReader reader(broker());
        reader.read(reader.ranges(topic), [&](const Message& message) {
            Stored each;
            each.key = message.key() ? std::optional(std::string(*message.key())) : std::nullopt;
            each.payload =
                message.payload() ? std::optional(std::string(*message.payload())) : std::nullopt;
            for (const Header& header : message.headers()) {
                each.headers.emplace_back(header.name, header.value);
            }
            all.push_back(std::move(each));
            return true;
        });
        return all;
    }

    Topics topics_;
    std::string source_;
    std::string dead_;
    Binary binary_;
};

TEST_F(DlqCommand, lists_dead_letters_with_their_reason_and_foreign_records_too) {
    EXPECT_EQ(binary_.run({"dlq", "list"}), 0) << binary_.err;
    EXPECT_EQ(binary_.out, "no dead letters\n");
    topics_.produce({dead_letter("k", "p", 5, "no \x1b[31morder"), foreign()});
    EXPECT_EQ(binary_.run({"dlq", "list"}), 0) << binary_.err;
    EXPECT_THAT(
        binary_.out,
        AllOf(
            HasSubstr(id(0)),
            HasSubstr(source_ + "/0/5"),
            HasSubstr("shop::UnknownOrder: no \\x1b[31morder"),
            HasSubstr(id(1)),
            HasSubstr("foreign record"),
            Not(HasSubstr("\x1b"))
        )
    );
    EXPECT_EQ(binary_.run({"dlq", "list", "--limit", "1", "--topic", dead_}), 0);
    EXPECT_THAT(binary_.out, AllOf(HasSubstr(id(1)), Not(HasSubstr(id(0)))));
    EXPECT_THAT(binary_.err, HasSubstr("the newest 1 of 2"));
    EXPECT_EQ(binary_.run({"dlq", "list", "--json"}), 0);
    EXPECT_THAT(binary_.out, HasSubstr("\"foreign\":true"));
    EXPECT_THAT(binary_.out, HasSubstr("\"error_class\":\"shop::UnknownOrder\""));
}

TEST_F(DlqCommand, shows_why_with_headers_and_payload) {
    topics_.produce({dead_letter("key-1", "{\"a\":1}", 5, "no order"), foreign()});
    EXPECT_EQ(binary_.run({"dlq", "show", id(0)}), 0) << binary_.err;
    EXPECT_THAT(
        binary_.out,
        AllOf(
            HasSubstr("key-1"),
            HasSubstr("shop::UnknownOrder: no order"),
            HasSubstr("ce_type: TEST"),
            HasSubstr("{\"a\":1}")
        )
    );
    EXPECT_EQ(binary_.run({"dlq", "show", id(1)}), 0) << binary_.err;
    EXPECT_THAT(binary_.out, AllOf(HasSubstr("a foreign record"), HasSubstr("ff 00 1b")));
    EXPECT_EQ(binary_.run({"dlq", "show", id(1), "--json"}), 0);
    EXPECT_THAT(binary_.out, HasSubstr("\"payload_base64\":\"/wAbWzJK\""));
}

TEST_F(DlqCommand, says_what_there_is_when_the_id_is_unknown) {
    topics_.produce({dead_letter("k", "p", 5, "e")});
    EXPECT_EQ(binary_.run({"dlq", "show", id(9)}), 1);
    EXPECT_EQ(
        binary_.err, "shop: no dead letter '" + id(9) + "': partition 0 holds offsets 0..0\n"
    );
    EXPECT_EQ(binary_.run({"dlq", "show", dead_ + "/7/0"}), 1);
    EXPECT_THAT(binary_.err, HasSubstr("the topic has partitions 0..0"));
    EXPECT_EQ(binary_.run({"dlq", "show", "nowhere.dlq/0/0"}), 1);
    EXPECT_THAT(binary_.err, HasSubstr("there is no topic 'nowhere.dlq'"));
    EXPECT_EQ(binary_.run({"dlq", "list", "--topic", "nowhere.dlq"}), 1);
    EXPECT_EQ(binary_.run({"dlq", "redrive", id(0), id(9), "--reason", "r", "--yes"}), 1);
    EXPECT_TRUE(stored(source_).empty());
}

TEST_F(DlqCommand, redrives_the_original_record_with_one_more_redrive) {
    topics_.produce({dead_letter("k", "p", 5, "e")});
    EXPECT_EQ(binary_.run({"dlq", "redrive", id(0), "--reason", "fixed", "--yes"}), 0)
        << binary_.err;
    EXPECT_EQ(binary_.out, "redriven 1 dead letter to " + source_ + "\n");
    const std::vector<Stored> sent = stored(source_);
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(sent[0].key, "k");
    EXPECT_EQ(sent[0].payload, "p");
    EXPECT_EQ(sent[0].headers, (Headers{{"ce_type", "TEST"}, {"dlq_redrives", "1"}}));
}

TEST_F(DlqCommand, redrives_dead_letters_of_a_key_in_their_original_order) {
    topics_.produce(
        {dead_letter("k", "third", 30, "e"),
         dead_letter("k", "first", 10, "e"),
         foreign(),
         dead_letter("k", "second", 20, "e")}
    );
    EXPECT_EQ(binary_.run({"dlq", "redrive", "--topic", dead_, "--reason", "r", "--yes"}), 0)
        << binary_.err;
    EXPECT_THAT(binary_.err, HasSubstr("1 foreign records without dlq_source_topic are left out"));
    const std::vector<Stored> sent = stored(source_);
    ASSERT_EQ(sent.size(), 3U);
    EXPECT_EQ(sent[0].payload, "first");
    EXPECT_EQ(sent[1].payload, "second");
    EXPECT_EQ(sent[2].payload, "third");
}

TEST_F(DlqCommand, sends_nothing_on_a_dry_run_or_when_nobody_can_be_asked) {
    topics_.produce({dead_letter("k", "p", 5, "e"), foreign()});
    EXPECT_EQ(binary_.run({"dlq", "redrive", id(0), "--reason", "r", "--dry-run"}), 0);
    EXPECT_THAT(binary_.out, HasSubstr("would redrive 1 dead letter to " + source_));
    EXPECT_EQ(binary_.run({"dlq", "redrive", id(1), "--reason", "r", "--yes"}), 1);
    EXPECT_THAT(binary_.err, HasSubstr("cannot be redriven: it has no dlq_source_topic header"));
    if (isatty(STDIN_FILENO) == 0) {
        EXPECT_EQ(binary_.run({"dlq", "redrive", id(0), "--reason", "r"}), 2);
        EXPECT_THAT(binary_.err, HasSubstr("add --yes"));
    }
    EXPECT_TRUE(stored(source_).empty());
}

TEST_F(DlqCommand, refuses_to_redrive_to_a_topic_that_is_gone) {
    Record lost = dead_letter("k", "p", 5, "e");
    lost.headers[1].second = "gone-for-ever";
    topics_.produce({lost});
    EXPECT_EQ(binary_.run({"dlq", "redrive", id(0), "--reason", "r", "--yes"}), 1);
    EXPECT_THAT(binary_.err, HasSubstr("'gone-for-ever', which does not exist any more"));
}

}  // namespace

}  // namespace carafe::spec
