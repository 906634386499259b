#include "kafka/properties.h"

namespace carafe::kafka {

Properties merged(Properties base, const Properties& over) {
    for (const auto& [name, value] : over) {
        base.insert_or_assign(name, value);
    }
    return base;
}

const Properties& common_properties() {
    static const Properties properties{
        {"log.queue", "true"},
        {"socket.nagle.disable", "true"},
        {"socket.keepalive.enable", "true"},
        // A broker that comes back is found within two seconds.
        {"reconnect.backoff.ms", "50"},
        {"reconnect.backoff.max.ms", "2000"},
        {"topic.metadata.refresh.fast.interval.ms", "100"},
        {"allow.auto.create.topics", "false"},
    };
    return properties;
}

const Properties& consumer_properties() {
    static const Properties properties = merged(
        common_properties(),
        {
            {"enable.auto.offset.store", "false"},
            {"enable.auto.commit", "true"},
            {"auto.commit.interval.ms", "1000"},
            // An offset out of range must stop the partition, not silently jump.
            {"auto.offset.reset", "error"},
            {"isolation.level", "read_committed"},
            {"partition.assignment.strategy", "cooperative-sticky"},
            {"session.timeout.ms", "6000"},
            {"heartbeat.interval.ms", "1000"},
            // The default of 1000 stalls a consumer whenever its prefetch is full.
            {"fetch.queue.backoff.ms", "5"},
            // A partition that is missing in the fetch under way (it was just assigned, or emptied)
            // waits until the broker answers that one: at the default of 500, one order in a
            // thousand took half a second.
            {"fetch.wait.max.ms", "50"},
        }
    );
    return properties;
}

const Properties& producer_properties() {
    static const Properties properties = merged(
        common_properties(),
        {
            {"enable.idempotence", "true"},
            {"acks", "all"},
            {"linger.ms", "1"},
            // As Java's default partitioner, so that all producers agree on a key's partition.
            {"partitioner", "murmur2_random"},
            // Never time a record out: a finite value inverted one key's records over an outage.
            {"message.timeout.ms", "0"},
            // What waits for the broker; the default would be a gigabyte.
            {"queue.buffering.max.kbytes", "65536"},
        }
    );
    return properties;
}

}  // namespace carafe::kafka
