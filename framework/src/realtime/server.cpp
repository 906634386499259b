#include "carafe/realtime/server.h"

#include <algorithm>
#include <cctype>
#include <future>
#include <thread>
#include <utility>

#include "carafe/errors.h"
#include "realtime/engine_server.h"
#include "realtime/http_front.h"
#include "realtime/hub.h"
#include "realtime/loop.h"
#include "realtime/socket_client.h"
#include "realtime/socket_packet.h"

namespace carafe::realtime {
namespace {

constexpr std::chrono::seconds kStopDeadline{2};
// Five hundred orders that waited for Kafka are twice as many messages to an administrator.
constexpr std::size_t kBurst = 4;
constexpr std::chrono::milliseconds kStopPoll{10};
// Few clients are closed at once, many within half a second: all of them coming back in the same
// moment would be too much for the next server.
constexpr std::size_t kClosedAtOnce = 100;
constexpr std::size_t kClosedInSteps = 50;

// It goes into JSON and URLs.
const std::string& checked_instance(const std::string& instance) {
    const bool is_plain = std::all_of(instance.begin(), instance.end(), [](unsigned char letter) {
        return std::isalnum(letter) != 0 || letter == '-' || letter == '_';
    });
    if (!is_plain || instance.size() > 64) {
        throw ConfigurationError(
            "the realtime instance '" + instance +
            "' may consist of letters, digits, '-' and '_' only, 64 at most: set CARAFE_INSTANCE"
        );
    }
    return instance;
}

EngineServer::Options engine_options(const Server::Options& options) {
    EngineServer::Options engine;
    engine.path = options.path;
    engine.instance = checked_instance(options.instance);
    engine.engine.ping_interval = options.ping_interval;
    engine.engine.ping_timeout = options.ping_timeout;
    engine.engine.max_payload_bytes = options.max_payload_bytes;
    engine.engine.queue = {options.max_queued_messages, options.max_queued_bytes, kBurst};
    engine.engine.budget = std::make_shared<QueueBudget>(options.max_total_queued_bytes);
    engine.max_sessions = options.max_connections;
    engine.origins = OriginPolicy(options.allowed_origins);
    return engine;
}

HttpFront::Options front_options(const Server::Options& options) {
    HttpFront::Options front;
    front.bind = options.bind;
    front.port = options.port;
    front.limits.max_payload_bytes = options.max_payload_bytes;
    front.max_connections = options.max_connections;
    return front;
}

}  // namespace

class Server::Implementation {
public:
    explicit Implementation(const Options& options)
        : hub(options.namespaces,
              loop.timers(),
              {options.connect_timeout, options.max_payload_bytes}),
          reconnect_spread(options.reconnect_spread),
          engine_setup(engine_options(options)),
          engine(
              engine_setup,
              loop.timers(),
              [this](EngineSession& session, HttpRequest request) {
                  return std::make_unique<SocketClient>(hub, session, std::move(request));
              }
          ),
          front(front_options(options), loop, engine),
          stop_check(loop.timers()) {}

    void start() {
        front.listen();
        thread = std::thread([this] { loop.run(); });
    }

    void stop() {
        if (!thread.joinable()) {
            return;
        }
        loop.post([this] {
            front.close();
            engine.refuse();
            leaving = engine.size();
            stop_when_empty(Timers::Clock::now() + kStopDeadline);
        });
        thread.join();
    }

    void stop_when_empty(Timers::Clock::time_point deadline) {
        engine.close(
            std::max(kClosedAtOnce, leaving / kClosedInSteps + 1), reconnect_spread, leaving
        );
        if (front.connections() == 0 || Timers::Clock::now() >= deadline) {
            engine.abort();
            loop.stop();
            return;
        }
        stop_check.arm(kStopPoll, [this, deadline] { stop_when_empty(deadline); });
    }

    // The order matters: sockets die before the loop that serves them.
    Loop loop;
    Hub hub;
    const std::chrono::milliseconds reconnect_spread;
    const EngineServer::Options engine_setup;
    EngineServer engine;
    HttpFront front;
    Timer stop_check;
    std::size_t leaving = 0;  // sessions when the stop began
    std::thread thread;
};

Server::Server(const Options& options)
    : implementation_(std::make_unique<Implementation>(options)) {}

Server::~Server() {
    stop();
}

void Server::use(ConnectHandler middleware) {
    implementation_->hub.handlers().use(std::move(middleware));
}

void Server::on_connect(ConnectHandler handler) {
    implementation_->hub.handlers().on_connect(std::move(handler));
}

void Server::on(const std::string& event, EventHandler handler) {
    implementation_->hub.handlers().on(event, std::move(handler));
}

void Server::on_disconnect(DisconnectHandler handler) {
    implementation_->hub.handlers().on_disconnect(std::move(handler));
}

void Server::start() {
    implementation_->start();
}

int Server::port() const {
    return implementation_->front.port();
}

void Server::stop() {
    implementation_->stop();
}

void Server::post(std::function<void()> task) {
    implementation_->loop.post([task = std::move(task)] { UserHandlers::task(task); });
}

void Server::emit_to(const std::string& room, std::string_view event, std::string_view arguments) {
    Frame frame = message_frame(encode_event({"/", event, arguments}));
    implementation_->loop.post([hub = &implementation_->hub, room, frame = std::move(frame)] {
        hub->emit_to(room, frame);
    });
}

void Server::emit(const Audience& audience, std::string_view event, std::string_view arguments) {
    Frame frame = message_frame(encode_event({audience.name_space, event, arguments}));
    implementation_->loop.post([hub = &implementation_->hub, audience, frame = std::move(frame)] {
        hub->emit(audience, frame);
    });
}

void Server::for_each(const std::function<void(Socket&)>& visit) {
    implementation_->hub.for_each(visit);
}

Socket* Server::find(const std::string& id) const {
    return implementation_->hub.find(id);
}

std::size_t Server::size() const {
    return implementation_->hub.size();
}

Server::Statistics Server::statistics() const {
    const Implementation& own = *implementation_;
    return {
        own.hub.size(),
        own.front.connections(),
        own.hub.slow_clients(),
        own.front.refused(),
        own.hub.rooms(),
        own.engine_setup.engine.budget->used_bytes()};
}

}  // namespace carafe::realtime
