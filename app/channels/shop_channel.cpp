#include "app/channels/shop_channel.h"

#include <boost/json.hpp>
#include <set>

#include "app/channels/announcements.h"
#include "app/channels/inventory_snapshot.h"
#include "app/models/user.h"

namespace shop {

namespace {

namespace json = boost::json;
using carafe::realtime::Event;
using carafe::realtime::Socket;

constexpr std::chrono::seconds kAccountsCheckedEvery{1};

void accept(const Event& event) {
    event.acknowledge(json::serialize(json::object{{"ok", true}}));
}

void decline(const Event& event, const char* error) {
    event.acknowledge(json::serialize(json::object{{"ok", false}, {"error", error}}));
}

// What a client missed is not replayed yet: it is told to load everything again.
void resync_if_asked(Socket& socket, const Event& event, const char* type) {
    if (event.arguments.find("\"last_event_id\"") != std::string::npos) {
        socket.emit("resync", json::serialize(json::object{{"type", type}}));
    }
}

void confirm(Socket& socket, const Event& event, const char* type) {
    accept(event);
    resync_if_asked(socket, event, type);
    socket.emit("subscribed", json::serialize(json::object{{"type", type}}));
}

}  // namespace

ShopChannel::ShopChannel(carafe::realtime::Server& server, const Tokens& tokens, Database database)
    : server_(server),
      tokens_(tokens),
      database_(database),
      backstage_(kAccountsCheckedEvery, [this] { server_.post([this] { collect_everybody(); }); }) {
}

void ShopChannel::connect(Socket& socket) {
    auto visitor = std::make_shared<Visitor>(admit(socket.handshake(), tokens_));
    socket.data = visitor;
    if (visitor->is_guest()) {
        welcome(socket, *visitor);
        return;
    }
    backstage_.run([this, id = socket.id(), user_id = visitor->claims->user_id] {
        check_newcomer(id, user_id);
    });
}

void ShopChannel::subscribe_to_orders(Socket& socket, const Event& event) {
    when_welcome(socket, [event](Socket& ready, Visitor& visitor) {
        if (visitor.is_guest()) {
            decline(event, "Sign in to follow your orders.");
        } else {
            confirm(ready, event, "orders");
        }
    });
}

void ShopChannel::subscribe_to_admin(Socket& socket, const Event& event) {
    when_welcome(socket, [event](Socket& ready, Visitor& visitor) {
        if (visitor.is_admin()) {
            confirm(ready, event, "admin");
        } else {
            decline(event, "This is for administrators.");
        }
    });
}

void ShopChannel::subscribe_to_inventory(Socket& socket, const Event& event) {
    when_welcome(socket, [this, event](Socket& ready, Visitor& /*visitor*/) {
        ready.join(kInventoryRoom);
        accept(event);
        resync_if_asked(ready, event, "inventory");
        // Joined first: what changes in between comes as an event of a higher stock_version.
        backstage_.run([this, id = ready.id()] {
            const auto products = database_.with([](auto& tx) { return inventory_snapshot(tx); });
            server_.post([this, id, products] { send_inventory(id, products); });
        });
    });
}

void ShopChannel::tell(const carafe::Message& message) {
    for (const Announcement& each : announcements(message)) {
        server_.emit_to(each.room, each.event, each.payload);
    }
}

void ShopChannel::check_newcomer(const std::string& socket_id, const std::string& user_id) {
    const Standings standings = standings_of({user_id});
    server_.post([this, socket_id, standings] {
        if (Socket* socket = server_.find(socket_id)) {
            judge(*socket, standings);
        }
    });
}

void ShopChannel::collect_everybody() {
    close_revoked({});  // expired tokens, whatever the database does
    std::set<std::string> users;
    server_.for_each([&users](Socket& socket) {
        if (!visitor_at(socket).is_guest()) {
            users.insert(visitor_at(socket).claims->user_id);
        }
    });
    if (!users.empty()) {
        backstage_.run([this, ids = std::vector<std::string>(users.begin(), users.end())] {
            check_everybody(ids);
        });
    }
}

void ShopChannel::check_everybody(const std::vector<std::string>& user_ids) {
    // An error leaves everybody where they are: events go on while PostgreSQL is away.
    const Standings standings = standings_of(user_ids);
    server_.post([this, standings] { close_revoked(standings); });
}

ShopChannel::Standings ShopChannel::standings_of(const std::vector<std::string>& user_ids) const {
    Standings standings;
    for (const std::string& id : user_ids) {
        standings[id].token_version = -1;  // no such user any more
    }
    database_.with([&](auto& tx) {
        for (const User& user : User::find_all(tx, user_ids)) {
            standings[user.id] = {user.role, user.token_version};
        }
    });
    return standings;
}

void ShopChannel::close_revoked(const Standings& standings) {
    std::vector<Socket*> sockets;  // closing one while visiting them would disturb the visit
    server_.for_each([&sockets](Socket& socket) {
        if (!visitor_at(socket).is_guest()) {
            sockets.push_back(&socket);
        }
    });
    for (Socket* socket : sockets) {
        judge(*socket, standings);
    }
}

void ShopChannel::judge(Socket& socket, const Standings& standings) {
    Visitor& visitor = visitor_at(socket);
    if (visitor.claims->expires_at <= std::chrono::system_clock::now()) {
        socket.disconnect(true);
        return;
    }
    const auto standing = standings.find(visitor.claims->user_id);
    if (standing == standings.end()) {
        return;
    }
    const bool is_revoked = standing->second.token_version != visitor.claims->token_version;
    const bool has_another_role = standing->second.role != visitor.role;
    if (is_revoked || (visitor.is_welcome && has_another_role)) {
        socket.disconnect(true);
    } else if (!visitor.is_welcome) {
        visitor.role = standing->second.role;
        welcome(socket, visitor);
    }
}

void ShopChannel::welcome(Socket& socket, Visitor& visitor) {
    visitor.is_welcome = true;
    json::object greeting{{"role", "guest"}, {"user_id", nullptr}};
    if (!visitor.is_guest()) {
        greeting = {{"role", to_string(visitor.role)}, {"user_id", visitor.claims->user_id}};
        socket.join(room_of_user(visitor.claims->user_id));
    }
    if (visitor.is_admin()) {
        socket.join(kAdminRoom);
    }
    socket.emit("connection:success", json::serialize(greeting));
    for (const auto& action : std::exchange(visitor.held, {})) {
        action();
    }
}

void ShopChannel::send_inventory(const std::string& socket_id, const std::string& products) {
    if (Socket* socket = server_.find(socket_id)) {
        socket->emit("subscribed", R"({"type":"inventory","products":)" + products + "}");
    }
}

void ShopChannel::when_welcome(Socket& socket, Action action) {
    Visitor& visitor = visitor_at(socket);
    if (visitor.is_welcome) {
        action(socket, visitor);
    } else if (visitor.held.size() < Visitor::kMostHeld) {
        // The visitor is held by its socket: while it lives, so does the socket.
        visitor.held.push_back([&socket, action = std::move(action)] {
            action(socket, visitor_at(socket));
        });
    }
}

}  // namespace shop
