#pragma once

#include <map>
#include <string>
#include <vector>

#include "app/auth/tokens.h"
#include "app/channels/backstage.h"
#include "app/channels/visitor.h"
#include "app/models/database.h"
#include "carafe/message.h"
#include "carafe/realtime/server.h"

namespace shop {

// The sockets of the shop: who may connect, which rooms they are in, what they are told. Handlers
// run on the server's thread and never wait for the database: a token is first checked by itself,
// the account behind it a moment later, and again every second, on a thread backstage. Until then
// nothing is told to the socket.
class ShopChannel {
public:
    ShopChannel(carafe::realtime::Server& server, const Tokens& tokens, Database database);

    // For routes/channels.cpp; server's thread.
    void connect(carafe::realtime::Socket& socket);
    void subscribe_to_orders(
        carafe::realtime::Socket& socket, const carafe::realtime::Event& event
    );
    void subscribe_to_inventory(
        carafe::realtime::Socket& socket, const carafe::realtime::Event& event
    );
    void subscribe_to_admin(carafe::realtime::Socket& socket, const carafe::realtime::Event& event);

    // Tells the rooms of a record from Kafka. Any thread.
    void tell(const carafe::Message& message);

private:
    struct Standing {
        Role role = Role::kUser;
        int token_version = 0;
    };
    using Standings = std::map<std::string, Standing>;  // by user id
    using Action = std::function<void(carafe::realtime::Socket&, Visitor&)>;

    // Backstage.
    void check_newcomer(const std::string& socket_id, const std::string& user_id);
    void check_everybody(const std::vector<std::string>& user_ids);
    [[nodiscard]] Standings standings_of(const std::vector<std::string>& user_ids) const;
    // Server's thread.
    void collect_everybody();
    void close_revoked(const Standings& standings);
    void judge(carafe::realtime::Socket& socket, const Standings& standings);
    void welcome(carafe::realtime::Socket& socket, Visitor& visitor);
    void send_inventory(const std::string& socket_id, const std::string& products);
    // Does it now, or once the visitor is welcome.
    void when_welcome(carafe::realtime::Socket& socket, Action action);

    carafe::realtime::Server& server_;
    const Tokens& tokens_;
    Database database_;
    Backstage backstage_;  // last: its thread uses the others
};

}  // namespace shop
