#include "realtime_server.h"

namespace carafe::realtime {
namespace {

class ShortTimeouts : public RealtimeServer {
protected:
    ShortTimeouts() {
        server_->stop();
        Server::Options options = any_port();
        options.ping_interval = milliseconds(100);
        options.ping_timeout = milliseconds(100);
        options.connect_timeout = milliseconds(150);
        options.max_connections = 4;
        start(options);
    }
};

TEST_F(ShortTimeouts, keep_a_client_that_answers_its_pings) {
    WebSocket client = raw::connect(port_);
    for (int i = 0; i < 4; ++i) {
        ASSERT_EQ(client.read(), "2");
        client.send("3");
    }
    EXPECT_EQ(server_->size(), 1U);
}

TEST_F(ShortTimeouts, close_a_client_that_does_not) {
    WebSocket client = raw::connect(port_);
    EXPECT_EQ(client.read(), "2");
    EXPECT_TRUE(client.closes());
    EXPECT_TRUE(eventually([&] { return server_->size() == 0; }));
}

TEST_F(ShortTimeouts, close_a_client_that_never_connects) {
    WebSocket client(port_);
    EXPECT_EQ(client.read_message(), std::nullopt);
}

TEST_F(ShortTimeouts, turn_away_connections_above_the_cap) {
    std::vector<Connection> connections;
    for (int i = 0; i < 4; ++i) {
        connections.emplace_back(port_);
    }
    Connection fifth(port_);
    EXPECT_TRUE(fifth.closes());
    EXPECT_EQ(server_->statistics().connections_refused, 1U);
    connections.pop_back();
    EXPECT_TRUE(eventually([&] { return server_->statistics().connections < 4; }));
    EXPECT_EQ(
        raw::request(port_, {"GET", "/socket.io/?EIO=4&transport=polling", {}, {}}).status, 200
    );
}

}  // namespace
}  // namespace carafe::realtime
