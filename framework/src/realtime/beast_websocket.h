#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstddef>
#include <functional>
#include <memory>

#include "realtime/beast_stream.h"
#include "realtime/timers.h"
#include "realtime/websocket_link.h"

namespace carafe::realtime {

using BeastRequest = boost::beast::http::request<boost::beast::http::string_body>;

struct WebSocketOffer {
    TcpStream stream;
    ConnectionTicket ticket;
    BeastRequest request;  // the client's half of the handshake
    std::size_t max_message_bytes;
};

// Answers the handshake and hands over the open WebSocket; nobody hears of one that failed or took
// more than 10 seconds.
void accept_websocket(
    WebSocketOffer offer,
    Timers& timers,
    std::function<void(std::shared_ptr<WebSocketLink>)> on_open
);

}  // namespace carafe::realtime
