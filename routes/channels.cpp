#include "routes/channels.h"

namespace shop::routes {

void channels(carafe::realtime::Server& server, ShopChannel& channel) {
    using carafe::realtime::Event;
    using carafe::realtime::Socket;
    const auto to = [&channel](void (ShopChannel::*action)(Socket&, const Event&)) {
        return [&channel, action](Socket& socket, const Event& event) {
            (channel.*action)(socket, event);
        };
    };
    server.on_connect([&channel](Socket& socket) { channel.connect(socket); });
    server.on_disconnect([&channel](Socket& socket) { channel.disconnect(socket); });
    server.on("subscribe:orders", to(&ShopChannel::subscribe_to_orders));
    server.on("subscribe:inventory", to(&ShopChannel::subscribe_to_inventory));
    server.on("subscribe:admin", to(&ShopChannel::subscribe_to_admin));
}

}  // namespace shop::routes
