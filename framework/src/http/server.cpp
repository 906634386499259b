#include "carafe/http/server.h"

#include <atomic>
#include <mutex>
#include <stdexcept>

#include "carafe/log.h"
#include "http/acceptor.h"
#include "http/descriptor_limit.h"
#include "http/server_state.h"

namespace carafe::http {

class Server::Implementation {
public:
    Implementation(Options options, const Router& router)
        : state_(std::make_shared<ServerState>(std::move(options), router)) {}

    void start() {
        const std::lock_guard lock(mutex_);
        if (acceptor_ || is_stopped_) {
            throw std::logic_error("http: a Server starts once");
        }
        allow_descriptors(state_->options().max_connections);
        acceptor_ = std::make_unique<Acceptor>(state_);
        port_ = acceptor_->port();
        acceptor_->run();
        log::info(
            "http server listens",
            {{"address", state_->options().bind}, {"port", std::to_string(port_)}}
        );
    }

    void stop(std::chrono::milliseconds deadline) {
        const std::lock_guard lock(mutex_);
        is_stopped_ = true;
        if (!acceptor_) {
            return;
        }
        acceptor_->stop_accepting();
        state_->enter(ServerState::Stage::draining);
        if (!state_->wait_until_empty(deadline)) {
            if (deadline.count() > 0) {
                log::warn(
                    "http server cuts off what did not finish in time",
                    {{"connections", std::to_string(state_->connections())}}
                );
            }
            state_->enter(ServerState::Stage::closing);
            state_->wait_until_empty(std::chrono::hours(24));
        }
        acceptor_.reset();
    }

    [[nodiscard]] int port() const { return port_; }
    [[nodiscard]] int connections() const { return state_->connections(); }

private:
    std::shared_ptr<ServerState> state_;
    std::mutex mutex_;
    std::unique_ptr<Acceptor> acceptor_;
    std::atomic<int> port_{0};
    bool is_stopped_ = false;
};

Server::Server(Options options, const Router& router)
    : implementation_(std::make_unique<Implementation>(std::move(options), router)) {}

Server::~Server() {
    implementation_->stop(std::chrono::milliseconds(0));
}

void Server::start() {
    implementation_->start();
}

int Server::port() const {
    return implementation_->port();
}

int Server::connections() const {
    return implementation_->connections();
}

void Server::stop(std::chrono::milliseconds deadline) {
    implementation_->stop(deadline);
}

}  // namespace carafe::http
