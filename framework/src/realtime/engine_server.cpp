#include "realtime/engine_server.h"

#include <utility>

#include "realtime/random_id.h"

namespace carafe::realtime {

// The codes and sentences are those of the official server; clients show them.
struct EngineServer::Refusal {
    int status;
    int code;
    std::string_view message;
};

namespace {

constexpr auto kJson = "application/json";
constexpr auto kText = "text/plain; charset=UTF-8";

}  // namespace

EngineServer::EngineServer(Options options, Timers& timers, ListenerFactory make_listener)
    : options_(std::move(options)), timers_(timers), make_listener_(std::move(make_listener)) {}

bool EngineServer::is_mine(std::string_view path) const {
    // Clients may leave the last slash out.
    const std::string_view mine = options_.path;
    return path == mine || (mine.ends_with('/') && path == mine.substr(0, mine.size() - 1));
}

const EngineServer::Refusal* EngineServer::find_fault(const HttpRequest& request) const {
    static constexpr Refusal kNotFound{404, 0, "Not found"};
    static constexpr Refusal kForbidden{403, 4, "Forbidden"};
    static constexpr Refusal kTransport{400, 0, "Transport unknown"};
    static constexpr Refusal kVersion{400, 5, "Unsupported protocol version"};
    static constexpr Refusal kUnknown{400, 1, "Session ID unknown"};
    static constexpr Refusal kFull{503, 3, "Too many connections"};
    static constexpr Refusal kMethod{400, 2, "Bad handshake method"};

    const std::string_view transport = request.query_value("transport");
    if (!is_mine(request.path)) {
        return &kNotFound;
    }
    if (!options_.origins.allows(request)) {
        return &kForbidden;
    }
    if (transport != "polling" && transport != "websocket") {
        return &kTransport;
    }
    if (request.query_value("EIO") != "4") {
        return &kVersion;
    }
    if (!request.query_value("sid").empty()) {
        return find(request) ? nullptr : &kUnknown;
    }
    if (request.method != "GET") {
        return &kMethod;
    }
    return closed_ || sessions_.size() >= options_.max_sessions ? &kFull : nullptr;
}

std::shared_ptr<EngineSession> EngineServer::find(const HttpRequest& request) const {
    const auto found = sessions_.find(std::string(request.query_value("sid")));
    return found == sessions_.end() ? nullptr : found->second;
}

std::shared_ptr<EngineSession> EngineServer::open(HttpRequest request) {
    std::string id =
        options_.instance.empty() ? random_id() : options_.instance + "." + random_id();
    auto session = std::make_shared<EngineSession>(std::move(id), options_.engine, timers_);
    sessions_.emplace(session->id(), session);
    auto listener = make_listener_(*session, std::move(request));
    session->begin(std::move(listener), [this, id = session->id()] { sessions_.erase(id); });
    return session;
}

std::string EngineServer::opening(const EngineSession& session, bool may_upgrade) const {
    const EngineOptions& engine = options_.engine;
    return encode_opening(
        {session.id(),
         may_upgrade,
         engine.ping_interval,
         engine.ping_timeout,
         engine.max_payload_bytes}
    );
}

void EngineServer::on_request(HttpRequest request, std::shared_ptr<HttpExchange> exchange) {
    static constexpr Refusal kBadRequest{400, 3, "Bad request"};
    if (request.method == "OPTIONS" && is_mine(request.path)) {
        exchange->respond(preflight(request));
        return;
    }
    if (const Refusal* fault = find_fault(request)) {
        exchange->respond(refuse(request, *fault));
        return;
    }
    const auto session = find(request);
    const bool polling = request.query_value("transport") == "polling";
    const bool known_method = request.method == "GET" || request.method == "POST";
    if (!polling || (session && !(session->takes_polling() && known_method))) {
        exchange->respond(refuse(request, kBadRequest));
    } else if (!session) {
        HttpResponse response = answer(request, {});
        response.body = opening(*open(std::move(request)), true);
        exchange->respond(std::move(response));
    } else if (request.method == "GET") {
        poll(request, *session, exchange);
    } else {
        exchange->respond(post(request, *session));
    }
}

void EngineServer::poll(
    const HttpRequest& request,
    EngineSession& session,
    const std::shared_ptr<HttpExchange>& exchange
) {
    static constexpr Refusal kOverlap{400, 3, "Bad request: another GET of this session waits"};
    exchange->on_abort([weak = session.weak_from_this()] {
        if (const auto alive = weak.lock()) {
            alive->poll_aborted();
        }
    });
    auto reply = [exchange, response = answer(request, {})](std::string payload) mutable {
        response.body = std::move(payload);
        exchange->respond(std::move(response));
    };
    if (!session.poll(std::move(reply))) {
        exchange->respond(refuse(request, kOverlap));
    }
}

HttpResponse EngineServer::post(const HttpRequest& request, EngineSession& session) const {
    static constexpr Refusal kMalformed{400, 3, "Bad request: not an Engine.IO payload"};
    const auto packets = decode_engine_payload(request.body);
    if (!packets) {
        // The session cannot know what it missed.
        session.fail();
        return refuse(request, kMalformed);
    }
    for (const EnginePacket& packet : *packets) {
        if (!session.receive(packet)) {
            return refuse(request, kMalformed);
        }
    }
    return answer(request, "ok");
}

std::optional<HttpResponse> EngineServer::refuse_upgrade(const HttpRequest& request) {
    static constexpr Refusal kTransport{400, 3, "Bad request: not the websocket transport"};
    if (const Refusal* fault = find_fault(request)) {
        return refuse(request, *fault);
    }
    if (request.query_value("transport") != "websocket") {
        return refuse(request, kTransport);
    }
    return std::nullopt;
}

void EngineServer::on_websocket(HttpRequest request, std::shared_ptr<WebSocketLink> link) {
    // The handshake took its time: what was true before it may have changed.
    if (find_fault(request) != nullptr) {
        link->close();
        return;
    }
    if (const auto session = find(request)) {
        session->probe_with(std::move(link));
        return;
    }
    const auto session = open(std::move(request));
    session->send(text_frame(opening(*session, false)));
    session->open_on(std::move(link));
}

// A copy, to walk over while sessions end.
std::vector<std::shared_ptr<EngineSession>> EngineServer::sessions() const {
    std::vector<std::shared_ptr<EngineSession>> sessions;
    sessions.reserve(sessions_.size());
    for (const auto& [id, session] : sessions_) {
        sessions.push_back(session);
    }
    return sessions;
}

void EngineServer::close(std::size_t most, std::chrono::milliseconds spread, std::size_t all) {
    const std::size_t last = sent_away_ + most;
    for (const auto& session : sessions()) {
        if (sent_away_ == last) {
            return;
        }
        if (session->is_open()) {
            session->send_away(spread * sent_away_++ / all);
        }
    }
}

void EngineServer::abort() {
    for (const auto& session : sessions()) {
        session->abort();
    }
}

HttpResponse EngineServer::answer(const HttpRequest& request, std::string body) const {
    HttpResponse response{200, kText, std::move(body), options_.origins.headers(request)};
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
}

HttpResponse EngineServer::refuse(const HttpRequest& request, const Refusal& refusal) const {
    std::string body = R"({"code":)" + std::to_string(refusal.code) + R"(,"message":")" +
                       std::string(refusal.message) + R"("})";
    HttpResponse response{refusal.status, kJson, std::move(body), {}};
    if (options_.origins.allows(request)) {
        response.headers = options_.origins.headers(request);
    }
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
}

HttpResponse EngineServer::preflight(const HttpRequest& request) const {
    static constexpr Refusal kForbidden{403, 4, "Forbidden"};
    if (!options_.origins.allows(request)) {
        return refuse(request, kForbidden);
    }
    HttpResponse response{204, {}, {}, options_.origins.headers(request)};
    response.headers.emplace_back("Access-Control-Allow-Methods", "GET, POST, OPTIONS");
    response.headers.emplace_back("Access-Control-Allow-Headers", "content-type, authorization");
    response.headers.emplace_back("Access-Control-Max-Age", "600");
    return response;
}

}  // namespace carafe::realtime
