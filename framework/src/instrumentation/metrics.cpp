#include "carafe/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <mutex>
#include <vector>

namespace carafe {

namespace {

class PrometheusCounter final : public Metrics::Counter {
public:
    explicit PrometheusCounter(prometheus::Counter& counter) : counter_(counter) {}
    void increment(double by) override { counter_.Increment(by); }

private:
    prometheus::Counter& counter_;
};

class PrometheusGauge final : public Metrics::Gauge {
public:
    explicit PrometheusGauge(prometheus::Gauge& gauge) : gauge_(gauge) {}
    void set(double value) override { gauge_.Set(value); }

private:
    prometheus::Gauge& gauge_;
};

class PrometheusHistogram final : public Metrics::Histogram {
public:
    explicit PrometheusHistogram(prometheus::Histogram& histogram) : histogram_(histogram) {}
    void observe(double seconds) override { histogram_.Observe(seconds); }

private:
    prometheus::Histogram& histogram_;
};

const prometheus::Histogram::BucketBoundaries& seconds_buckets() {
    static const prometheus::Histogram::BucketBoundaries boundaries{
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};
    return boundaries;
}

}  // namespace

class Metrics::Implementation {
public:
    prometheus::Registry registry;
    std::mutex mutex;
    std::mutex updates_mutex;  // taken before the other one
    std::vector<std::function<void()>> updates;
    // Keyed by the prometheus object, which the registry makes once per name and labels.
    std::map<const void*, std::unique_ptr<Counter>> counters;
    std::map<const void*, std::unique_ptr<Gauge>> gauges;
    std::map<const void*, std::unique_ptr<Histogram>> histograms;

    template <typename Wrapper, typename Interface, typename Metric>
    Interface& wrap(std::map<const void*, std::unique_ptr<Interface>>& known, Metric& metric) {
        auto& slot = known[&metric];
        if (!slot) {
            slot = std::make_unique<Wrapper>(metric);
        }
        return *slot;
    }
};

Metrics::Metrics() : implementation_(std::make_unique<Implementation>()) {}
Metrics::~Metrics() = default;

Metrics::Counter& Metrics::counter(
    const std::string& name, const std::string& help, const Labels& labels
) {
    const std::lock_guard lock(implementation_->mutex);
    auto& family =
        prometheus::BuildCounter().Name(name).Help(help).Register(implementation_->registry);
    return implementation_->wrap<PrometheusCounter>(implementation_->counters, family.Add(labels));
}

Metrics::Gauge& Metrics::gauge(
    const std::string& name, const std::string& help, const Labels& labels
) {
    const std::lock_guard lock(implementation_->mutex);
    auto& family =
        prometheus::BuildGauge().Name(name).Help(help).Register(implementation_->registry);
    return implementation_->wrap<PrometheusGauge>(implementation_->gauges, family.Add(labels));
}

Metrics::Histogram& Metrics::histogram(
    const std::string& name, const std::string& help, const Labels& labels
) {
    const std::lock_guard lock(implementation_->mutex);
    auto& family =
        prometheus::BuildHistogram().Name(name).Help(help).Register(implementation_->registry);
    return implementation_->wrap<PrometheusHistogram>(
        implementation_->histograms, family.Add(labels, seconds_buckets())
    );
}

void Metrics::before_expose(std::function<void()> update) {
    const std::lock_guard lock(implementation_->updates_mutex);
    implementation_->updates.push_back(std::move(update));
}

std::string Metrics::expose() const {
    const std::lock_guard lock(implementation_->updates_mutex);
    for (const auto& update : implementation_->updates) {
        update();
    }
    return prometheus::TextSerializer().Serialize(implementation_->registry.Collect());
}

}  // namespace carafe
