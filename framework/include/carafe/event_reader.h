#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "carafe/message.h"

namespace carafe {

// Reads all partitions of some topics from their current end, as a broadcast: each reader sees
// every record, joins no group, commits nothing. For fan-out to sockets, caches and the like.
class EventReader {
public:
    using Handler = std::function<void(const Message&)>;

    // `properties` are librdkafka's. Topics that do not exist yet are picked up when they appear.
    EventReader(
        const std::map<std::string, std::string>& properties,
        std::vector<std::string> topics,
        Handler handler
    );
    ~EventReader();
    EventReader(const EventReader&) = delete;
    EventReader& operator=(const EventReader&) = delete;

    // Starts the reader's threads, one of which calls the handler; an exception it throws is
    // logged, and reading goes on.
    void start();
    // Idempotent; joins the thread.
    void stop();
    // True once the reader has a position on every partition. Thread-safe.
    [[nodiscard]] bool ready() const;
    // How long ago a broker answered for the last time: it is asked twice a second, on a thread of
    // its own. The age of the reader when none ever did. Thread-safe.
    [[nodiscard]] std::chrono::milliseconds silence() const;

    class Implementation;

private:
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace carafe
