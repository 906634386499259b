#include "realtime_server.h"

namespace carafe::realtime {
namespace {

constexpr int kMessages = 3'000;

// More than the kernel takes at once: frames go out in part, and the rest of them later.
class LateReader : public RealtimeServer {
protected:
    LateReader() {
        Server::Options options = any_port();
        options.max_queued_messages = kMessages;
        options.max_queued_bytes = std::size_t{64} * 1024 * 1024;
        start(options);
    }

    WebSocket connect() {
        WebSocket::Options tight;
        tight.receive_buffer_bytes = 4096;
        WebSocket client(port_, tight);
        client.send("40");
        EXPECT_THAT(client.read_message().value_or(""), StartsWith("40{"));
        return client;
    }

    void emit_all() {
        for (int i = 0; i < kMessages; ++i) {
            server_->emit_to("everybody", "news", argument(i));
        }
        on_server([] {});
    }

    // Of all sizes, so that they are cut everywhere.
    static std::string argument(int number) {
        return "\"" + std::to_string(number) + std::string(1'000 + number % 2'000, 'x') + "\"";
    }
    static std::string message(int number) { return R"(42["news",)" + argument(number) + "]"; }
};

TEST_F(LateReader, gets_every_message_whole_and_in_order) {
    WebSocket client = connect();
    emit_all();
    for (int i = 0; i < kMessages; ++i) {
        ASSERT_EQ(client.read_message(), message(i));
    }
}

TEST_F(LateReader, gets_the_answer_to_its_ping_between_messages) {
    WebSocket client = connect();
    client.send_frame(0x89, "first");
    ASSERT_EQ(client.read(), "first");
    emit_all();
    client.send_frame(0x89, "second");
    int pongs = 0;
    for (int i = 0; i < kMessages; ++i) {
        auto read = client.read();
        if (read == "second") {
            ++pongs;
            read = client.read();
        }
        ASSERT_EQ(read, message(i));
    }
    EXPECT_EQ(pongs, 1);
}

TEST_F(LateReader, never_gets_an_answer_inside_a_message) {
    const std::string large = "\"" + std::string(std::size_t{16} * 1024 * 1024, 'x') + "\"";
    for (const char first_byte : {'\x89', '\x88', '\x83'}) {  // a ping, a goodbye, an error
        WebSocket client = connect();
        server_->emit_to("everybody", "large", large);
        on_server([] {});
        client.send_frame(static_cast<unsigned char>(first_byte), "");
        EXPECT_EQ(client.read().value_or(R"(42["large",)" + large + "]").size(), large.size() + 12)
            << "neither whole nor cut";
        EXPECT_TRUE(client.closes());
    }
}

}  // namespace
}  // namespace carafe::realtime
