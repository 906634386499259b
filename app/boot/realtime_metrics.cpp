#include "app/boot/realtime_metrics.h"

#include <functional>
#include <vector>

namespace shop::boot {

namespace {

constexpr std::chrono::seconds kEvery{1};

// A figure that something else counts, as a counter of the metrics.
class Mirror {
public:
    Mirror(carafe::Metrics::Counter& counter, std::function<double()> read)
        : counter_(&counter), read_(std::move(read)) {}
    void update() {
        const double value = read_();
        counter_->increment(value - last_);
        last_ = value;
    }

private:
    carafe::Metrics::Counter* counter_;
    std::function<double()> read_;
    double last_ = 0;
};

using Gauges = std::vector<std::pair<carafe::Metrics::Gauge*, std::function<double()>>>;

double number(std::uint64_t count) {
    return static_cast<double>(count);
}

Gauges gauges(carafe::Metrics& metrics, RealtimeMetrics::Watched watched) {
    const auto figure = [watched](auto member) {
        return [watched, member] { return number(watched.server.statistics().*member); };
    };
    using Statistics = carafe::realtime::Server::Statistics;
    return {
        {&metrics.gauge("carafe_realtime_sockets", "Connected Socket.IO sockets"),
         figure(&Statistics::sockets)},
        {&metrics.gauge("carafe_realtime_connections", "Open TCP connections, idle ones too"),
         figure(&Statistics::connections)},
        {&metrics.gauge("carafe_realtime_rooms", "Rooms with somebody in them"),
         figure(&Statistics::rooms)},
        {&metrics.gauge("carafe_realtime_queued_bytes", "What waits to be sent, all sockets"),
         figure(&Statistics::queued_bytes)},
        {&metrics.gauge(
             "carafe_realtime_follows_database", "1 while events come from PostgreSQL, not Kafka"
         ),
         [watched] { return watched.tail.is_following() ? 1.0 : 0.0; }},
        {&metrics.gauge(
             "carafe_realtime_lateness_seconds",
             "The longest way of an event from its cause to here within two minutes"
         ),
         [watched] { return number(watched.channel.feed().lateness().count()) / 1000; }},
    };
}

std::vector<Mirror> counters(carafe::Metrics& metrics, RealtimeMetrics::Watched watched) {
    return {
        {metrics.counter(
             "carafe_realtime_slow_clients_total", "Sockets closed because they could not keep up"
         ),
         [watched] { return number(watched.server.statistics().slow_clients_closed); }},
        {metrics.counter(
             "carafe_realtime_refused_connections_total", "Connections above the allowed number"
         ),
         [watched] { return number(watched.server.statistics().connections_refused); }},
        {metrics.counter("carafe_realtime_events_total", "Events told to the rooms"),
         [watched] { return number(watched.channel.feed().counts().told); }},
        {metrics.counter(
             "carafe_realtime_repeated_events_total", "Events that came again and were dropped"
         ),
         [watched] { return number(watched.channel.feed().counts().repeated); }},
        {metrics.counter(
             "carafe_realtime_replays_total",
             "Subscriptions that named the last event they had seen"
         ),
         [watched] { return number(watched.channel.catch_up().counts().begun); }},
        {metrics.counter("carafe_realtime_replayed_events_total", "Events told again to them"),
         [watched] { return number(watched.channel.catch_up().counts().replayed); }},
        {metrics.counter(
             "carafe_realtime_resyncs_total", "Replays that ended in the advice to load everything"
         ),
         [watched] { return number(watched.channel.catch_up().counts().resyncs); }},
    };
}

}  // namespace

RealtimeMetrics::RealtimeMetrics(carafe::Metrics& metrics, Watched watched)
    : clock_(
          kEvery,
          [all = gauges(metrics, watched), mirrored = counters(metrics, watched)]() mutable {
              for (const auto& [gauge, read] : all) {
                  gauge->set(read());
              }
              for (Mirror& mirror : mirrored) {
                  mirror.update();
              }
          }
      ) {}

}  // namespace shop::boot
