#include <condition_variable>
#include <mutex>
#include <thread>

#include "carafe/cluster.h"
#include "instrumentation/repeats.h"
#include "postgres/cluster_look.h"

namespace carafe {

class ClusterWatch::Implementation {
public:
    Implementation(const Settings& settings, std::chrono::milliseconds period)
        : look_(settings), period_(period) {}
    ~Implementation() { stop(); }
    Implementation(const Implementation&) = delete;
    Implementation& operator=(const Implementation&) = delete;

    void start() {
        thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
    }
    void stop() {
        if (thread_.joinable()) {
            thread_.request_stop();
            thread_.join();
        }
    }
    [[nodiscard]] std::shared_ptr<const ClusterReport> latest() const {
        const std::lock_guard lock(mutex_);
        return latest_;
    }

private:
    void run(const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            auto report = look();
            std::unique_lock lock(mutex_);
            latest_ = std::move(report);
            wake_.wait_for(lock, stop, period_, [] { return false; });
        }
    }

    std::shared_ptr<const ClusterReport> look() {
        ClusterReport report;
        try {
            report = look_.look();
        } catch (const std::exception& error) {
            report.at = std::chrono::system_clock::now();
            report.problems.emplace_back(error.what());
            report.kafka_problem = error.what();
        }
        for (const std::string& problem : report.problems) {
            repeats_.warn("the cluster is not known completely", problem);
        }
        return std::make_shared<const ClusterReport>(std::move(report));
    }

    postgres::ClusterLook look_;
    const std::chrono::milliseconds period_;
    log::Repeats repeats_;
    mutable std::mutex mutex_;
    std::condition_variable_any wake_;
    std::shared_ptr<const ClusterReport> latest_;
    std::jthread thread_;
};

ClusterWatch::ClusterWatch(const Settings& settings, std::chrono::milliseconds period)
    : implementation_(std::make_unique<Implementation>(settings, period)) {}

ClusterWatch::~ClusterWatch() = default;

void ClusterWatch::start() {
    implementation_->start();
}
void ClusterWatch::stop() {
    implementation_->stop();
}
std::shared_ptr<const ClusterReport> ClusterWatch::latest() const {
    return implementation_->latest();
}

ClusterReport look_at_cluster(const Settings& settings) {
    postgres::ClusterLook look(settings);
    ClusterReport report = look.look();
    look.add_troubles(report);
    return report;
}

std::optional<std::vector<TopicRecord>> read_records(
    const std::map<std::string, std::string>& properties, const RecordsQuery& query
) {
    constexpr auto kTimeout = std::chrono::seconds(2);
    kafka::LogReader reader(properties, kTimeout, kafka::LogReader::Ahead::kLittle);
    for (kafka::LogRange range : reader.ranges(query.topic)) {
        if (range.partition != query.partition) {
            continue;
        }
        range.from = std::max(range.from, query.offset.value_or(range.to - query.limit));
        range.from = std::min(range.from, range.to);
        range.to = std::min(range.to, range.from + query.limit);
        std::vector<TopicRecord> records;
        reader.read({range}, [&](const Message& message) {
            TopicRecord record;
            record.partition = message.partition();
            record.offset = message.offset();
            record.timestamp = message.timestamp();
            record.key = message.key();
            record.payload = message.payload();
            for (const Header& header : message.headers()) {
                record.headers.emplace_back(header.name, header.value);
            }
            records.push_back(std::move(record));
            return true;
        });
        return records;
    }
    return std::nullopt;
}

}  // namespace carafe
