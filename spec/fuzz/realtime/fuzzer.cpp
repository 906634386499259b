// Any bytes: the packet parsers neither crash nor hang, read back what the encoders write of what
// they read, and a whole session that is fed with them as frames ends in good order.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "fuzz/check.h"
#include "realtime/base64.h"
#include "realtime/engine_packet.h"
#include "realtime/http_message.h"
#include "realtime/json_check.h"
#include "realtime/socket_client.h"
#include "realtime/socket_packet.h"
#include "unit/realtime/fakes.h"

namespace carafe::realtime {
namespace {

using fuzz::check;

void check_base64(std::string_view bytes) {
    std::string encoded;
    append_base64(encoded, bytes);
    check(decode_base64(encoded) == bytes, "base64 gives back what was put in");
    if (const auto decoded = decode_base64(bytes)) {
        check(decoded->size() <= bytes.size(), "base64 does not grow when decoded");
    }
}

void check_payload(std::string_view bytes) {
    const auto packets = decode_engine_payload(bytes);
    if (!packets) {
        return;
    }
    std::string again;
    for (const EnginePacket& packet : *packets) {
        const std::string text = static_cast<char>(packet.type) + packet.data;
        append_to_payload(again, packet.binary ? binary_frame(packet.data) : text_frame(text));
    }
    const auto twice = decode_engine_payload(again);
    check(twice && twice->size() == packets->size(), "a payload survives its encoding");
    for (std::size_t i = 0; i < packets->size(); ++i) {
        check((*twice)[i].data == (*packets)[i].data, "and so does each packet");
    }
}

void check_packet(std::string_view bytes) {
    const auto packet = decode_socket_packet(bytes);
    if (!packet) {
        return;
    }
    check(packet->attachments <= 10, "no more attachments than clients may send");
    const bool is_event =
        packet->type == SocketType::event || packet->type == SocketType::binary_event;
    if (is_event) {
        check(is_json_array(packet->payload, packet->attachments), "arguments are an array");
        const std::string_view arguments(packet->payload);
        const auto again = decode_socket_packet(encode_event(
            {packet->name_space,
             packet->event,
             arguments.substr(1, arguments.size() - 2),
             packet->id,
             packet->attachments}
        ));
        check(again && again->event == packet->event, "an event survives its encoding");
        check(again->payload == packet->payload && again->id == packet->id, "with its arguments");
    } else if (packet->type == SocketType::connect) {
        check(is_json_object(packet->payload), "auth is an object");
    }
}

// Frames are separated by 0xff, which is in no text; a frame that begins with 0xfe is binary.
void check_session(std::string_view bytes) {
    fakes::ManualTime time;
    Hub hub({"/", "/other"}, time.timers(), {std::chrono::milliseconds(1000), 200});
    hub.handlers().on("e", [](Socket& socket, const Event& event) {
        event.acknowledge("1");
        socket.emit_with_ack("q", "", std::chrono::milliseconds(10), [](const auto&) {});
    });
    EngineOptions options;
    const auto link = std::make_shared<fakes::FakeLink>();
    const auto session = std::make_shared<EngineSession>("id", options, time.timers());
    bool has_ended = false;
    session->begin(std::make_unique<SocketClient>(hub, *session, HttpRequest{}), [&] {
        has_ended = true;
    });
    session->open_on(link);
    while (!bytes.empty() && link->listener) {
        const std::size_t end = bytes.find('\xff');
        const std::string frame(bytes.substr(0, end));
        bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
        if (!frame.empty() && frame.front() == '\xfe') {
            link->receive_binary(frame.substr(1));
        } else {
            link->receive(frame);
        }
    }
    session->abort();
    check(has_ended && hub.size() == 0, "a session leaves nothing behind");
    check(hub.rooms() == 0, "and no room");
}

void check_all(std::string_view bytes) {
    check_base64(bytes);
    check_payload(bytes);
    check_packet(bytes);
    check_session(bytes);
    HttpRequest request;
    parse_target(bytes, request);
    check(request.query.size() <= 64, "a query is bounded");
}

}  // namespace
}  // namespace carafe::realtime

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    carafe::realtime::check_all({reinterpret_cast<const char*>(data), size});
    return 0;
}
