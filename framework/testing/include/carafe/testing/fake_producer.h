#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "carafe/producer.h"

namespace carafe::testing {

// A broker in memory, for specs of what produces: keeps what was produced, and refuses or is away
// when told to. Thread-safe; must outlive the producers it connects.
class FakeBroker {
public:
    // A producer of its own, as carafe::make_producer gives one.
    std::unique_ptr<Producer> connect();

    // Everything acknowledged so far, in order.
    [[nodiscard]] std::vector<Record> records() const;
    // The payloads of one key, in order.
    [[nodiscard]] std::vector<std::string> payloads_of(const std::string& key) const;
    [[nodiscard]] std::size_t size() const;
    // How many producers were made, and how many calls they had.
    [[nodiscard]] int producers() const;
    [[nodiscard]] int calls() const;

    // While away, every record is reported as retriable, at once.
    void set_away(bool away);
    // Records for which `refused` holds are refused for their own sake; an empty function: none.
    void refuse(std::function<bool(const Record&)> refused);
    // Records for which `failing` holds are reported as retriable, others go through.
    void fail(std::function<bool(const Record&)> failing);
    // Called at the start of every produce, without locks; may block, or throw as a fatal error.
    void on_produce(std::function<void(const std::vector<Record>&)> hook);

private:
    class Connection;

    std::vector<DeliveryReport> produce(const std::vector<Record>& records);
    DeliveryReport accept(const Record& record);

    mutable std::mutex mutex_;
    std::vector<Record> records_;
    std::function<bool(const Record&)> refused_;
    std::function<bool(const Record&)> failing_;
    std::function<void(const std::vector<Record>&)> hook_;
    bool away_ = false;
    int producers_ = 0;
    int calls_ = 0;
};

}  // namespace carafe::testing
