// 20,000 connections that say something that was valid before it was mutated: as a packet in a good
// frame, as a frame, as a polling payload, as a handshake. The server neither dies nor hangs, and
// who behaves is served all the while. CARAFE_ATTACK_SCALE makes it shorter.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "integration/realtime/realtime_server.h"

namespace carafe::realtime {
namespace {

constexpr int kMutations = 20'000;
constexpr int kCheckedEvery = 250;

const std::vector<std::string> kPackets{
    "40",
    "40{\"token\":\"t\"}",
    "40/custom,{}",
    "41",
    "41/custom,",
    R"(42["echo",1,{"a":[true,null,"é"]}])",
    R"(427["echo","x"])",
    R"(42/custom,["join"])",
    R"(43["answer"])",
    R"(451-["echo",{"_placeholder":true,"num":0}])",
    R"(461-3[{"_placeholder":true,"num":0}])",
    "2",
    "3",
    "5",
    "2probe",
    "6",
};

class Mutator {
public:
    explicit Mutator(unsigned seed) : random_(seed) {}

    std::size_t below(std::size_t bound) { return random_() % bound; }
    const std::string& packet() { return kPackets[below(kPackets.size())]; }

    std::string mutated(std::string bytes) {
        for (std::size_t changes = 1 + below(4); changes > 0 && !bytes.empty(); --changes) {
            change(bytes, below(bytes.size()));
        }
        return bytes;
    }

private:
    void change(std::string& bytes, std::size_t at) {
        switch (below(6)) {
            case 0:
                bytes[at] = static_cast<char>(below(256));
                break;
            case 1:
                bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
                break;
            case 2:
                bytes.insert(at, 1 + below(3), static_cast<char>(below(256)));
                break;
            case 3:
                bytes.erase(at, 1 + below(4));
                break;
            case 4:
                bytes.insert(at, bytes.substr(at / 2, 1 + below(200)));
                break;
            default:
                bytes.resize(at);
        }
    }

    std::mt19937 random_;
};

std::string framed(const std::string& text, unsigned char first_byte) {
    std::string frame(1, static_cast<char>(first_byte));
    if (text.size() < 126) {
        frame += static_cast<char>(0x80U | text.size());
    } else {
        frame += '\xFE';
        frame += static_cast<char>(text.size() >> 8U & 0xFFU);
        frame += static_cast<char>(text.size() & 0xFFU);
    }
    return frame + std::string(4, '\0') + text;
}

class HostileFrames : public RealtimeServer {
protected:
    // One connection, one mutation; what comes back does not matter, nor whether anything does.
    void attack(Mutator& mutate) {
        switch (mutate.below(4)) {
            case 0:
                say(mutate, framed(mutate.mutated(mutate.packet()), 0x81));
                break;
            case 1:
                say(mutate,
                    mutate.mutated(framed(mutate.packet(), mutate.below(2) == 0 ? 0x81 : 0x82)));
                break;
            case 2:
                post(mutate);
                break;
            default:
                shake_hands(mutate);
        }
    }

    void say(Mutator& mutate, const std::string& bytes) {
        WebSocket socket(port_);
        if (mutate.below(4) != 0) {
            socket.send("40");
        }
        socket.connection().write(bytes);
        if (mutate.below(2) == 0) {
            socket.connection().write(framed(mutate.packet(), 0x81));
        }
        if (mutate.below(3) == 0) {
            socket.connection().reset();
        }
    }

    void post(Mutator& mutate) {
        const Polling polling(port_);
        std::string payload = mutate.packet();
        for (std::size_t more = mutate.below(4); more > 0; --more) {
            payload += "\x1e" + mutate.packet();
        }
        polling.post(mutate.mutated(
            payload +
            "\x1e"
            "bAQIDBA=="
        ));
    }

    void shake_hands(Mutator& mutate) {
        const Connection connection(port_);
        connection.write(mutate.mutated(
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        ));
    }
};

TEST_F(HostileFrames, hurt_nobody) {
    const char* scale = std::getenv("CARAFE_ATTACK_SCALE");
    const int mutations =
        static_cast<int>(kMutations * (scale == nullptr ? 1.0 : std::atof(scale)));
    Server::Options options = any_port();
    // Polling sessions are left behind without a goodbye: they are found out by their silence.
    options.ping_interval = options.ping_timeout = options.connect_timeout =
        std::chrono::seconds(4);
    start(options);
    Mutator mutate(20261121);
    WebSocket healthy = raw::connect(port_);
    for (int i = 0; i < mutations; ++i) {
        try {
            attack(mutate);
        } catch (const std::system_error&) {
            // It was cut while we still talked.
        }
        if (i % kCheckedEvery == 0) {
            const std::string number = std::to_string(i);
            healthy.send("42" + number + R"(["echo",)" + number + "]");
            ASSERT_EQ(healthy.read_message(), "43" + number + "[[" + number + "]]") << i;
        }
    }
    EXPECT_TRUE(eventually([&] { return server_->size() <= 1; }, std::chrono::seconds(30)))
        << server_->size() << " sockets are left";
}

}  // namespace
}  // namespace carafe::realtime
