#include <gtest/gtest.h>

#include <random>

#include "realtime/base64.h"
#include "realtime/engine_packet.h"

namespace carafe::realtime {
namespace {

std::string encoded(const std::string& bytes) {
    std::string text;
    append_base64(text, bytes);
    return text;
}

TEST(Base64, encodes_the_vectors_of_the_rfc) {
    EXPECT_EQ(encoded(""), "");
    EXPECT_EQ(encoded("f"), "Zg==");
    EXPECT_EQ(encoded("fo"), "Zm8=");
    EXPECT_EQ(encoded("foo"), "Zm9v");
    EXPECT_EQ(encoded("foob"), "Zm9vYg==");
    EXPECT_EQ(encoded("fooba"), "Zm9vYmE=");
    EXPECT_EQ(encoded("foobar"), "Zm9vYmFy");
}

TEST(Base64, gives_back_any_bytes) {
    std::mt19937 random(7);
    for (std::size_t size = 0; size < 200; ++size) {
        std::string bytes(size, '\0');
        for (char& byte : bytes) {
            byte = static_cast<char>(random());
        }
        EXPECT_EQ(decode_base64(encoded(bytes)), bytes);
    }
}

TEST(Base64, reads_the_lines_of_the_java_client) {
    EXPECT_EQ(decode_base64("CQkJ\nCQk=\n"), "\t\t\t\t\t");
    EXPECT_EQ(decode_base64("CQkJ\r\n"), "\t\t\t");
    EXPECT_EQ(decode_base64("\n"), "");
}

TEST(Base64, refuses_what_no_encoder_writes) {
    for (const char* text :
         {"A",
          "AA",
          "AAA",
          "=",
          "====",
          "A===",
          "AA=A",
          "AAA=AAAA",
          "AA A",
          "AA-_",
          "AAA\n",
          "Zh==",
          "Zm9=",
          "AAAAA",
          "\xff\xff\xff\xff"}) {
        EXPECT_FALSE(decode_base64(text)) << text;
    }
}

TEST(EnginePacket, knows_the_seven_types) {
    for (char type = '0'; type <= '6'; ++type) {
        const auto packet = decode_engine_packet(std::string(1, type) + "data");
        ASSERT_TRUE(packet) << type;
        EXPECT_EQ(static_cast<char>(packet->type), type);
        EXPECT_EQ(packet->data, "data");
        EXPECT_FALSE(packet->binary);
    }
}

TEST(EnginePacket, refuses_other_types) {
    for (const char* text : {"", "7", "9abc", "a", " 4", "-1", "b", "\x1e", "\xff"}) {
        EXPECT_FALSE(decode_engine_packet(text)) << text;
    }
    EXPECT_FALSE(decode_engine_packet(std::string_view(
        "\0"
        "4",
        2
    )));
}

TEST(EnginePayload, splits_packets_and_decodes_binary_ones) {
    const auto packets = decode_engine_payload(
        "4hello\x1e"
        "2\x1e"
        "bAQIDBA=="
    );
    ASSERT_TRUE(packets);
    ASSERT_EQ(packets->size(), 3U);
    EXPECT_EQ((*packets)[0].data, "hello");
    EXPECT_EQ((*packets)[1].type, EngineType::ping);
    EXPECT_TRUE((*packets)[2].binary);
    EXPECT_EQ((*packets)[2].data, "\x01\x02\x03\x04");
}

TEST(EnginePayload, refuses_a_payload_with_one_bad_packet) {
    for (const char* body :
         {"",
          "\x1e",
          "4a\x1e",
          "\x1e"
          "4a",
          "4a\x1e\x1e"
          "4b",
          "4a\x1e"
          "abc",
          "bA",
          "b!!!!",
          "4a\x1e"
          "bAQI"}) {
        EXPECT_FALSE(decode_engine_payload(body)) << body;
    }
}

TEST(EnginePayload, refuses_more_packets_than_a_client_batches) {
    std::string body = "4";
    for (int i = 0; i < 1023; ++i) {
        body +=
            "\x1e"
            "4";
    }
    EXPECT_TRUE(decode_engine_payload(body));
    EXPECT_FALSE(decode_engine_payload(
        body +
        "\x1e"
        "4"
    ));
}

TEST(EnginePayload, gives_back_the_frames_put_into_it) {
    std::string payload;
    append_to_payload(payload, message_frame("one"));
    append_to_payload(payload, binary_frame(std::string("\0\xff", 2)));
    append_to_payload(payload, text_frame("2"));
    EXPECT_EQ(
        payload,
        "4one\x1e"
        "bAP8=\x1e"
        "2"
    );
    const auto packets = decode_engine_payload(payload);
    ASSERT_TRUE(packets);
    EXPECT_EQ((*packets)[1].data, std::string("\0\xff", 2));
}

TEST(EnginePayload, survives_random_bytes) {
    std::mt19937 random(11);
    const std::string likely = "0123456b=AQI\x1e\x1e{}\"";
    for (int round = 0; round < 20'000; ++round) {
        std::string body(random() % 64, '\0');
        for (char& byte : body) {
            byte =
                random() % 4 == 0 ? static_cast<char>(random()) : likely[random() % likely.size()];
        }
        const auto packets = decode_engine_payload(body);
        if (packets) {
            EXPECT_FALSE(packets->empty());
        }
    }
}

TEST(EngineOpening, names_what_the_protocol_asks_for) {
    EXPECT_EQ(
        encode_opening(
            {"abc", true, std::chrono::milliseconds(300), std::chrono::milliseconds(200), 1000}
        ),
        R"(0{"sid":"abc","upgrades":["websocket"],"pingInterval":300,"pingTimeout":200,"maxPayload":1000})"
    );
    EXPECT_NE(
        encode_opening({"abc", false, {}, {}, 1}).find(R"("upgrades":[])"), std::string::npos
    );
}

}  // namespace
}  // namespace carafe::realtime
