#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "realtime/socket_packet.h"

namespace carafe::realtime {
namespace {

std::string nested(std::size_t depth) {
    return R"(2["e",)" + std::string(depth, '[') + std::string(depth, ']') + "]";
}

TEST(SocketPacket, reads_a_connect_with_and_without_auth) {
    auto packet = decode_socket_packet("0");
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->type, SocketType::connect);
    EXPECT_EQ(packet->name_space, "/");
    EXPECT_EQ(packet->payload, "{}");
    packet = decode_socket_packet(R"(0/admin,{"token":"t"})");
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->name_space, "/admin");
    EXPECT_EQ(packet->payload, R"({"token":"t"})");
}

TEST(SocketPacket, leaves_a_query_out_of_the_namespace) {
    EXPECT_EQ(decode_socket_packet("0/admin?a=b,")->name_space, "/admin");
    EXPECT_EQ(decode_socket_packet("0/admin?a=b")->name_space, "/admin");
}

TEST(SocketPacket, splits_an_event_from_its_arguments_as_they_were_written) {
    const auto packet = decode_socket_packet(R"(2/n,12[ "a\"b" , 1.10,{"k":[true]} ] )");
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->type, SocketType::event);
    EXPECT_EQ(packet->name_space, "/n");
    EXPECT_EQ(packet->id, 12U);
    EXPECT_EQ(packet->event, "a\"b");
    EXPECT_EQ(packet->payload, R"([ 1.10,{"k":[true]} ])");
}

TEST(SocketPacket, reads_events_without_arguments_and_with_numbers_for_names) {
    EXPECT_EQ(decode_socket_packet(R"(2["e"])")->payload, "[]");
    EXPECT_EQ(decode_socket_packet(R"(2["\\"])")->event, "\\");
    EXPECT_EQ(decode_socket_packet("2[42 ,1]")->event, "42");
    EXPECT_EQ(decode_socket_packet("2[42 ,1]")->payload, "[1]");
    EXPECT_EQ(decode_socket_packet("2[-1.5]")->event, "-1.5");
}

TEST(SocketPacket, reads_binary_events_and_answers) {
    auto packet = decode_socket_packet(R"(52-/n,7["e",{"_placeholder":true,"num":1}])");
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->type, SocketType::binary_event);
    EXPECT_EQ(packet->attachments, 2U);
    EXPECT_EQ(packet->id, 7U);
    packet = decode_socket_packet(R"(61-7[{"_placeholder":true,"num":0}])");
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->type, SocketType::binary_ack);
    EXPECT_EQ(packet->payload, R"([{"_placeholder":true,"num":0}])");
}

TEST(SocketPacket, takes_32_levels_of_json_and_no_more) {
    EXPECT_TRUE(decode_socket_packet(nested(31)));
    EXPECT_FALSE(decode_socket_packet(nested(32)));
    EXPECT_FALSE(decode_socket_packet(nested(100'000)));
}

TEST(SocketPacket, refuses_hostile_packets) {
    const std::vector<std::string> hostile{
        "",
        " ",
        "7",
        "9",
        "a",
        "abc",
        "-1",
        "\xff",
        "\x1e",
        std::string("\0", 1),
        // connect
        "0null",
        "0[]",
        "01",
        "0\"x\"",
        "0{",
        "0{}}",
        "0{\"a\"}",
        "0/n",
        "0/n,[]",
        "0/n,{",
        "0{\"a\":\xff}",
        "0{\"a\":\"\xc3\x28\"}",
        // disconnect, connect_error
        "1{}",
        "1[]",
        "1x",
        "1/n,0x",
        "4",
        "4{}",
        R"(4{"message":"x"})",
        // events
        "2",
        "2{}",
        "2[]",
        "2null",
        "2true",
        "2\"e\"",
        "2[null]",
        "2[true]",
        "2[[]]",
        "2[{}]",
        R"(2["e")",
        R"(2["e",])",
        R"(2["e"]])",
        R"(2["e"],1)",
        R"(2["e" 1])",
        R"(2['e'])",
        R"(2abc["e"])",
        R"(2-1["e"])",
        R"(2 1["e"])",
        R"(21.5["e"])",
        R"(2/n["e"])",
        R"(2,["e"])",
        R"(29999999999999999["e"])",
        R"(2["connect"])",
        R"(2["connect_error"])",
        R"(2["disconnect"])",
        R"(2["disconnecting"])",
        R"(2["newListener"])",
        R"(2["removeListener"])",
        "2[\"\x01\"]",
        "2[\"\xed\xa0\x80\"]",
        R"(2["\ud800"])",
        "2[\"e\",NaN]",
        "2[\"e\",01]",
        "2[\"e\",1e]",
        "2[\"e\",+1]",
        "2[\"e\"//c\n]",
        "2[\"e\",1e999999x]",
        // acknowledgements
        "3",
        "3[]",
        "31",
        "31{}",
        "31null",
        "31[",
        "3a[]",
        "3/n,[]",
        // binary
        "5",
        "5-",
        R"(5["e"])",
        R"(51["e"])",
        R"(5x-["e"])",
        R"(5-1["e"])",
        R"(511-["e"])",
        R"(5999999999999999999-["e"])",
        "51-",
        "51-{}",
        "51-[]",
        R"(51-["e",{"_placeholder":true,"num":1}])",
        R"(51-["e",{"_placeholder":true,"num":-1}])",
        R"(51-["e",{"_placeholder":true,"num":"0"}])",
        R"(51-["e",{"_placeholder":true}])",
        R"(51-["e",{"_placeholder":true,"num":1e99}])",
        R"(51-["e",[[{"_placeholder":true,"num":5}]]])",
        "6",
        "61-[]",
        "61-1{}",
        "61-1",
        R"(61-1[{"_placeholder":true,"num":9}])",
        "0/" + std::string(300, 'n'),
    };
    EXPECT_GE(hostile.size(), 60U);
    for (const std::string& text : hostile) {
        // "0/n" alone is a fine connect to /n.
        EXPECT_EQ(decode_socket_packet(text).has_value(), text == "0/n") << text;
    }
}

TEST(SocketPacket, survives_random_bytes_and_mutations) {
    std::mt19937 random(13);
    const std::vector<std::string> seeds{
        R"(2/n,12["e",1.5,{"k":[true,null,"\u00e9"]}])",
        R"(51-["e",{"_placeholder":true,"num":0}])",
        R"(0{"token":"t"})",
        "3456[1]",
        "1/n,"};
    std::size_t accepted = 0;
    for (int round = 0; round < 30'000; ++round) {
        std::string text = seeds[random() % seeds.size()];
        for (unsigned change = random() % 4; change > 0; --change) {
            const std::size_t at = random() % (text.size() + 1);
            if (random() % 2 == 0 && at < text.size()) {
                text[at] = static_cast<char>(random());
            } else if (random() % 2 == 0) {
                text.insert(at, 1, "[]{}\",:0129-/\\e"[random() % 15]);
            } else {
                text.erase(at, random() % 4);
            }
        }
        if (const auto packet = decode_socket_packet(text)) {
            ++accepted;
            if (packet->type == SocketType::event) {
                EXPECT_EQ(packet->payload.front(), '[') << text;
                EXPECT_EQ(packet->payload.back(), ']') << text;
            }
        }
    }
    EXPECT_GT(accepted, 1'000U);
    EXPECT_LT(accepted, 29'000U);
}

TEST(SocketPacket, reads_back_the_events_it_writes) {
    for (const char* event : {"e", "with \"quotes\"", "line\nbreak", "z\xc3\xbc", ""}) {
        for (const char* name_space : {"/", "/custom"}) {
            const std::string text = encode_event({name_space, event, R"({"a":1},2)", 3});
            const auto packet = decode_socket_packet(text);
            ASSERT_TRUE(packet) << text;
            EXPECT_EQ(packet->event, event);
            EXPECT_EQ(packet->name_space, name_space);
            EXPECT_EQ(packet->id, 3U);
            EXPECT_EQ(packet->payload, R"([{"a":1},2])");
        }
    }
    EXPECT_EQ(encode_event({"/", "e", ""}), R"(2["e"])");
    EXPECT_EQ(encode_event({"/", "e", "1", std::nullopt, 2}), R"(52-["e",1])");
}

TEST(SocketPacket, writes_what_only_a_server_says) {
    EXPECT_EQ(encode_ack("/", 7, "1,2", 0), "37[1,2]");
    EXPECT_EQ(encode_ack("/n", 7, "", 1), "61-/n,7[]");
    EXPECT_EQ(encode_connected("/", "abc"), R"(0{"sid":"abc"})");
    EXPECT_EQ(encode_connected("/n", "abc"), R"(0/n,{"sid":"abc"})");
    EXPECT_EQ(encode_connect_error("/n", "no \"entry\"", ""), R"(4/n,{"message":"no \"entry\""})");
    EXPECT_EQ(
        encode_connect_error("/", "no", R"({"code":1})"), R"(4{"message":"no","data":{"code":1}})"
    );
    EXPECT_EQ(encode_disconnect("/"), "1");
    EXPECT_EQ(encode_disconnect("/n"), "1/n,");
}

}  // namespace
}  // namespace carafe::realtime
