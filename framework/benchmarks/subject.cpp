#include "subject.h"

namespace carafe::bench {

std::map<std::string, std::string> consumer_properties(const Job& job) {
    return {
        {"bootstrap.servers", job.brokers},
        {"group.id", job.group},
        {"enable.auto.offset.store", "false"},
        {"auto.offset.reset", "earliest"},
        {"fetch.queue.backoff.ms", "5"},
        {"queued.max.messages.kbytes", "16384"},
        {"socket.nagle.disable", "true"},
    };
}

}  // namespace carafe::bench
