#include "app/channels/shop_channel.h"

#include <boost/json.hpp>
#include <set>

#include "app/channels/alerts.h"
#include "app/channels/announcements.h"
#include "app/channels/inventory_snapshot.h"

namespace shop {

namespace {

namespace json = boost::json;
using carafe::realtime::Event;
using carafe::realtime::Socket;

constexpr std::chrono::seconds kAccountsCheckedEvery{1};
// So long a newcomer waits for the database before what was known of the account counts.
constexpr std::chrono::seconds kAnswerExpected{1};

void accept(const Event& event) {
    event.acknowledge(json::serialize(json::object{{"ok", true}}));
}

void decline(const Event& event, const char* error) {
    event.acknowledge(json::serialize(json::object{{"ok", false}, {"error", error}}));
}

// What the first argument of a subscription says, if anything. An alert has the id of its cause and
// what it warns of behind it.
std::optional<std::string> last_event_id(const Event& event) {
    boost::system::error_code error;
    const json::value arguments = json::parse(event.arguments, error);
    if (error || !arguments.is_array() || arguments.get_array().empty() ||
        !arguments.get_array().front().is_object()) {
        return std::nullopt;
    }
    const json::value* id = arguments.get_array().front().get_object().if_contains("last_event_id");
    if (id == nullptr || id->is_null()) {
        return std::nullopt;
    }
    const std::string text = id->is_string() ? std::string(id->get_string()) : std::string();
    return text.substr(0, text.find(':'));
}

void say_subscribed(Socket& socket, const char* type) {
    socket.emit("subscribed", json::serialize(json::object{{"type", type}}));
}

}  // namespace

struct ShopChannel::Subscription {
    const char* type;
    std::string room;
    Readership readers;
    std::function<void(Socket&)> done;
};

ShopChannel::ShopChannel(carafe::realtime::Server& server, const Tokens& tokens, Database database)
    : server_(server),
      tokens_(tokens),
      database_(database),
      feed_([this](const Happening& happening) { announce(announcements(happening)); }),
      catch_up_(server, database, feed_),
      accounts_(
          database,
          [this](const Accounts::Standings& standings) {
              server_.post([this, standings] { judge_all(standings); });
          }
      ),
      clock_(kAccountsCheckedEvery, [this] { server_.post([this] { check_everybody(); }); }) {}

void ShopChannel::connect(Socket& socket) {
    auto visitor = std::make_shared<Visitor>(admit(socket.handshake(), tokens_));
    socket.data = visitor;
    if (visitor->is_guest()) {
        welcome(socket, *visitor);
    } else {
        accounts_.ask(visitor->claims->user_id);
    }
}

void ShopChannel::disconnect(Socket& socket) {
    catch_up_.forget(socket.id());
}

void ShopChannel::subscribe_to_orders(Socket& socket, const Event& event) {
    when_welcome(socket, [this, event](Socket& ready, Visitor& visitor) {
        if (visitor.is_guest()) {
            decline(event, "Sign in to follow your orders.");
            return;
        }
        const std::string& user_id = visitor.claims->user_id;
        follow(
            ready,
            event,
            {"orders",
             room_of_user(user_id),
             {Readership::Kind::kOwnOrders, user_id},
             [](Socket& done) { say_subscribed(done, "orders"); }}
        );
    });
}

void ShopChannel::subscribe_to_admin(Socket& socket, const Event& event) {
    when_welcome(socket, [this, event](Socket& ready, Visitor& visitor) {
        if (!visitor.is_admin()) {
            decline(event, "This is for administrators.");
            return;
        }
        follow(
            ready,
            event,
            {"admin",
             kAdminRoom,
             {Readership::Kind::kEverything, visitor.claims->user_id},
             [](Socket& done) { say_subscribed(done, "admin"); }}
        );
    });
}

void ShopChannel::subscribe_to_inventory(Socket& socket, const Event& event) {
    when_welcome(socket, [this, event](Socket& ready, Visitor& visitor) {
        auto user_id =
            visitor.is_guest() ? std::nullopt : std::optional<std::string>(visitor.claims->user_id);
        // Joined first: what changes before the snapshot is taken comes as an event of a
        // stock_version that the snapshot has, or a higher one.
        follow(
            ready,
            event,
            {"inventory",
             kInventoryRoom,
             {Readership::Kind::kInventory, std::move(user_id)},
             [this](Socket& done) { send_inventory(done.id()); }}
        );
    });
}

void ShopChannel::follow(Socket& socket, const Event& event, const Subscription& subscription) {
    accept(event);
    if (const auto last = last_event_id(event)) {
        catch_up_.begin(
            socket,
            {subscription.type, subscription.room, subscription.readers, *last, subscription.done}
        );
        return;
    }
    socket.join(subscription.room);
    subscription.done(socket);
}

void ShopChannel::tell(const carafe::Message& message) {
    if (is_dead_letter_topic(std::string(message.topic()))) {
        announce(announcements(message));
    } else {
        feed_.offer(happening_of(message));
    }
}

void ShopChannel::announce(const std::vector<Announcement>& all) {
    if (catch_up_.has_any()) {
        server_.post([this, all] { catch_up_.note(all); });
    }
    for (const Announcement& each : all) {
        server_.emit_to(each.room, each.event, each.payload);
    }
}

void ShopChannel::check_everybody() {
    std::set<std::string> users;
    std::vector<Socket*> expired;  // closing one while visiting them would disturb the visit
    std::vector<std::pair<Socket*, Accounts::Standing>> waiting;
    const auto expected_since = std::chrono::steady_clock::now() - kAnswerExpected;
    server_.for_each([&](Socket& socket) {
        const Visitor& visitor = visitor_at(socket);
        if (visitor.is_guest()) {
            return;
        }
        users.insert(visitor.claims->user_id);
        if (visitor.claims->expires_at <= std::chrono::system_clock::now()) {
            expired.push_back(&socket);
        } else if (!visitor.is_welcome && visitor.came_at <= expected_since) {
            if (const auto known = accounts_.remembered(visitor.claims->user_id)) {
                waiting.emplace_back(&socket, *known);
            }
        }
    });
    for (Socket* socket : expired) {
        socket->disconnect(true);
    }
    for (const auto& [socket, standing] : waiting) {
        judge(*socket, standing);
    }
    accounts_.ask(users);
    catch_up_.let_in_whoever_waits();
}

void ShopChannel::judge_all(const Accounts::Standings& standings) {
    std::vector<std::pair<Socket*, Accounts::Standing>> judged;
    server_.for_each([&](Socket& socket) {
        const Visitor& visitor = visitor_at(socket);
        const auto standing =
            visitor.is_guest() ? standings.end() : standings.find(visitor.claims->user_id);
        if (standing != standings.end()) {
            judged.emplace_back(&socket, standing->second);
        }
    });
    for (const auto& [socket, standing] : judged) {
        judge(*socket, standing);
    }
}

void ShopChannel::judge(Socket& socket, const Accounts::Standing& standing) {
    Visitor& visitor = visitor_at(socket);
    const bool is_revoked = standing.token_version != visitor.claims->token_version;
    const bool has_another_role = standing.role != visitor.role;
    if (is_revoked || (visitor.is_welcome && has_another_role)) {
        socket.disconnect(true);
    } else if (!visitor.is_welcome) {
        visitor.role = standing.role;
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

void ShopChannel::send_inventory(const std::string& socket_id) {
    snapshots_.ask([this, socket_id] {
        const auto products = database_.with([](auto& tx) { return inventory_snapshot(tx); });
        server_.post([this, socket_id, products] {
            if (Socket* socket = server_.find(socket_id)) {
                socket->emit("subscribed", R"({"type":"inventory","products":)" + products + "}");
            }
        });
    });
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
