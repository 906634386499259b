#pragma once

#include <memory>
#include <string>

#include "realtime/frame.h"

namespace carafe::realtime {

class WebSocketLink;

// What a WebSocket tells the session it belongs to, on the server's thread.
class LinkListener {
public:
    virtual ~LinkListener() = default;
    virtual void on_frame(WebSocketLink& link, bool binary, std::string bytes) = 0;
    // What write() could not send at once is with the kernel; the next one may come.
    virtual void on_written(WebSocketLink& link) = 0;
    // The other side closed, or the connection broke. Nothing follows.
    virtual void on_lost(WebSocketLink& link) = 0;
};

// One open WebSocket. The session owns the queue; a link holds one frame at a time.
class WebSocketLink {
public:
    virtual ~WebSocketLink() = default;
    // Begins to read. The link keeps the listener, and itself, until it is lost or closed.
    virtual void start(std::shared_ptr<LinkListener> listener) = 0;
    // True: it is with the kernel already. False: the listener will hear, and until then nothing
    // more may be written.
    [[nodiscard]] virtual bool write(Frame frame) = 0;
    // The closing handshake, after the frame under way; cut when the client does not answer in
    // time. The listener hears nothing more.
    virtual void close() = 0;
    // Cuts the connection. The listener hears nothing more.
    virtual void abort() = 0;
};

}  // namespace carafe::realtime
