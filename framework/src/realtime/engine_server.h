#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "realtime/engine_session.h"
#include "realtime/http_message.h"
#include "realtime/origin_policy.h"

namespace carafe::realtime {

// All Engine.IO sessions of a server: answers the polling requests, opens sessions, hands
// WebSockets to them.
class EngineServer final : public HttpHandler {
public:
    // Makes the layer above for a new session; `request` is the one that opened it.
    using ListenerFactory =
        std::function<std::unique_ptr<SessionListener>(EngineSession&, HttpRequest request)>;

    struct Options {
        std::string path;
        std::string instance;  // in front of session ids, see Server::Options
        EngineOptions engine;
        std::size_t max_sessions = 20'000;
        OriginPolicy origins{{}};
    };

    EngineServer(Options options, Timers& timers, ListenerFactory make_listener);

    void on_request(HttpRequest request, std::shared_ptr<HttpExchange> exchange) override;
    std::optional<HttpResponse> refuse_upgrade(const HttpRequest& request) override;
    void on_websocket(HttpRequest request, std::shared_ptr<WebSocketLink> link) override;

    // Opens no more sessions.
    void refuse() { closed_ = true; }
    // Closes up to `most` of the open sessions; what waits for clients still goes out. Of `all`
    // that there are to close, each is asked to come back at another moment of `spread`.
    void close(std::size_t most, std::chrono::milliseconds spread, std::size_t all);
    // Cuts the sessions that are left.
    void abort();
    [[nodiscard]] std::size_t size() const { return sessions_.size(); }

private:
    struct Refusal;

    [[nodiscard]] std::vector<std::shared_ptr<EngineSession>> sessions() const;
    [[nodiscard]] bool is_mine(std::string_view path) const;
    [[nodiscard]] const Refusal* find_fault(const HttpRequest& request) const;
    [[nodiscard]] std::shared_ptr<EngineSession> find(const HttpRequest& request) const;
    std::shared_ptr<EngineSession> open(HttpRequest request);
    [[nodiscard]] std::string opening(const EngineSession& session, bool may_upgrade) const;
    HttpResponse answer(const HttpRequest& request, std::string body) const;
    HttpResponse refuse(const HttpRequest& request, const Refusal& refusal) const;
    HttpResponse preflight(const HttpRequest& request) const;
    void poll(
        const HttpRequest& request,
        EngineSession& session,
        const std::shared_ptr<HttpExchange>& exchange
    );
    HttpResponse post(const HttpRequest& request, EngineSession& session) const;

    const Options options_;
    Timers& timers_;
    ListenerFactory make_listener_;
    std::unordered_map<std::string, std::shared_ptr<EngineSession>> sessions_;
    bool closed_ = false;
    std::size_t sent_away_ = 0;
};

}  // namespace carafe::realtime
