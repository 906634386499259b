#pragma once

#include <string>
#include <vector>

#include "app/auth/tokens.h"
#include "app/channels/accounts.h"
#include "app/channels/backstage.h"
#include "app/channels/catch_up.h"
#include "app/channels/feed.h"
#include "app/channels/visitor.h"
#include "app/models/database.h"
#include "carafe/message.h"
#include "carafe/realtime/server.h"

namespace shop {

// The sockets of the shop: who may connect, which rooms they are in, what they are told. Handlers
// run on the server's thread and never wait for the database: a token is first checked by itself,
// the account behind it a moment later, and again every second, on other threads. Until then
// nothing is told to the socket. While PostgreSQL is away sockets stay as they are, and who was
// known a minute ago is let in.
class ShopChannel {
public:
    ShopChannel(carafe::realtime::Server& server, const Tokens& tokens, Database database);

    // For routes/channels.cpp; server's thread.
    void connect(carafe::realtime::Socket& socket);
    void disconnect(carafe::realtime::Socket& socket);
    void subscribe_to_orders(
        carafe::realtime::Socket& socket, const carafe::realtime::Event& event
    );
    void subscribe_to_inventory(
        carafe::realtime::Socket& socket, const carafe::realtime::Event& event
    );
    void subscribe_to_admin(carafe::realtime::Socket& socket, const carafe::realtime::Event& event);

    // Tells the rooms of a record from Kafka, or of an event from domain_events; once, when it
    // comes both ways. Any thread.
    void tell(const carafe::Message& message);
    void tell(const Happening& happening) { feed_.offer(happening); }

    [[nodiscard]] const Feed& feed() const { return feed_; }
    [[nodiscard]] const CatchUp& catch_up() const { return catch_up_; }

private:
    using Action = std::function<void(carafe::realtime::Socket&, Visitor&)>;
    struct Subscription;

    // Any thread.
    void announce(const std::vector<Announcement>& all);
    // Server's thread.
    void follow(
        carafe::realtime::Socket& socket,
        const carafe::realtime::Event& event,
        const Subscription& subscription
    );
    void check_everybody();
    void judge_all(const Accounts::Standings& standings);
    void judge(carafe::realtime::Socket& socket, const Accounts::Standing& standing);
    void welcome(carafe::realtime::Socket& socket, Visitor& visitor);
    void send_inventory(const std::string& socket_id);
    // Does it now, or once the visitor is welcome.
    void when_welcome(carafe::realtime::Socket& socket, Action action);

    carafe::realtime::Server& server_;
    const Tokens& tokens_;
    Database database_;
    Feed feed_;
    // Last: their threads use the others.
    CatchUp catch_up_;
    Accounts accounts_;
    Questions snapshots_;
    Backstage clock_;
};

}  // namespace shop
