#include "carafe/http/request_metrics.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <unordered_map>

namespace carafe::http {
namespace {

struct Cell {
    Metrics::Counter* requests = nullptr;
    Metrics::Histogram* seconds = nullptr;
};

// A route is known by where the router keeps its pattern, and a method of a route by its first
// letter and length (GET, HEAD, POST, PUT, PATCH, DELETE).
struct Key {
    std::uint64_t owner;
    const char* route;
    unsigned method;
    int status;
    bool operator==(const Key&) const = default;
};

struct KeyHash {
    std::size_t operator()(const Key& key) const {
        constexpr std::size_t kOdd = 0x9E3779B97F4A7C15U;
        std::size_t hash = key.owner;
        hash = hash * kOdd + reinterpret_cast<std::uintptr_t>(key.route);
        hash = hash * kOdd + key.method;
        return hash * kOdd + static_cast<std::size_t>(key.status);
    }
};

std::uint64_t next_owner() {
    static std::atomic<std::uint64_t> last{0};
    return ++last;
}

}  // namespace

class RequestMetrics::Cells {
public:
    explicit Cells(Metrics& metrics) : metrics_(metrics) {}

    // Metrics looks names and labels up under a lock; each thread remembers what it was given.
    [[nodiscard]] const Cell& cell(const Server::Access& access) const {
        thread_local std::unordered_map<Key, Cell, KeyHash> known;
        const bool is_routed = !access.route.empty();
        const unsigned method = is_routed ? static_cast<unsigned>(access.method.size()) << 8U |
                                                static_cast<unsigned char>(access.method.front())
                                          : 0;
        const char* route = is_routed ? access.route.data() : nullptr;
        Cell& cell = known[Key{owner_, route, method, access.status}];
        if (cell.requests == nullptr) {
            cell = look_up(access);
        }
        return cell;
    }

private:
    [[nodiscard]] Cell look_up(const Server::Access& access) const {
        const std::string route(access.route);
        const std::string method(route.empty() ? std::string_view() : access.method);
        return {
            &metrics_.counter(
                "carafe_http_requests_total",
                "Requests answered",
                {{"method", method}, {"route", route}, {"status", std::to_string(access.status)}}
            ),
            &metrics_.histogram(
                "carafe_http_request_seconds",
                "From a request's last byte to its response",
                {{"route", route}}
            )};
    }

    Metrics& metrics_;
    const std::uint64_t owner_ = next_owner();  // never used again, unlike an address
};

RequestMetrics::RequestMetrics(Metrics& metrics) : cells_(std::make_shared<Cells>(metrics)) {}

void RequestMetrics::operator()(const Server::Access& access) const {
    const Cell& cell = cells_->cell(access);
    cell.requests->increment();
    cell.seconds->observe(std::chrono::duration<double>(access.duration).count());
}

}  // namespace carafe::http
