#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace carafe {

// The process's Prometheus metrics. Thread-safe; names start with carafe_, units are base units.
// Looking a metric up takes a lock: keep the reference that the calls return.
class Metrics {
public:
    using Labels = std::map<std::string, std::string>;

    class Counter {
    public:
        virtual ~Counter() = default;
        virtual void increment(double by = 1) = 0;
    };
    class Gauge {
    public:
        virtual ~Gauge() = default;
        virtual void set(double value) = 0;
    };
    class Histogram {  // of seconds, 1 ms to 30 s
    public:
        virtual ~Histogram() = default;
        virtual void observe(double seconds) = 0;
    };

    Metrics();
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    Counter& counter(const std::string& name, const std::string& help, const Labels& labels = {});
    Gauge& gauge(const std::string& name, const std::string& help, const Labels& labels = {});
    Histogram& histogram(
        const std::string& name, const std::string& help, const Labels& labels = {}
    );

    // Called by each expose() before it reads, in the order they were added and one exposition at a
    // time: for gauges that are only worth setting when somebody looks. Must be quick and must not
    // throw; what it uses must outlive the metrics' last exposition.
    void before_expose(std::function<void()> update);
    // The text exposition format of GET /metrics.
    [[nodiscard]] std::string expose() const;

    class Implementation;

private:
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace carafe
