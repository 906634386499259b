#pragma once

#include "carafe/batch.h"
#include "carafe/consumer_log.h"
#include "carafe/consumer_services.h"
#include "carafe/producer.h"

namespace carafe {

// What every consumer has in common, whatever its delivery. The framework makes one instance per
// assigned partition (with `parallel`: one per lane), on a processing thread, and never calls two
// of its methods at once; it destroys the instance after the partition is revoked. Consecutive
// calls may come from different threads. Derive from Consumer or from
// postgres::TransactionalConsumer, not from this.
class BaseConsumer {
public:
    BaseConsumer() = default;
    BaseConsumer(const BaseConsumer&) = delete;
    BaseConsumer& operator=(const BaseConsumer&) = delete;
    virtual ~BaseConsumer() = default;

    // Hooks, all on processing threads. What they throw is logged and goes no further, except for
    // initialized(): then the partition backs off, and another instance is made.

    // Before the first consume; from here on the services below can be used.
    virtual void initialized() {}
    // The partition has run out of records: each that has arrived is done, or dead-lettered. Once
    // each time.
    virtual void idle() {}
    // Every `tick` of karafka.yml, between two calls, whether records come or not; also while the
    // partition is paused or backs off. Late when a call takes longer; what is late is not made up.
    virtual void tick() {}
    // The partition went to another member of the group. No consume follows.
    virtual void revoked() {}
    // The process is stopping. No consume follows.
    virtual void shutdown() {}

    // By the framework or a test kit, before initialized(). `services` must outlive the consumer.
    void bind(ConsumerServices& services) { services_ = &services; }

protected:
    // What the framework does for its consumers: to be used on the thread of a call, from
    // initialized() on. Before (in the constructor, say) each throws std::logic_error.

    // Records that go out with what is done. In exactly_once they go through the outbox: within
    // consume they are part of its transaction, in a hook they have one of their own. In
    // at_least_once they are acknowledged by the broker when this returns. Throws TransientError
    // while what it needs is away, and std::runtime_error for a record that the broker refuses.
    void produce(const std::vector<Record>& records) const;
    // The worker's producer, for records that must not wait for the transaction.
    [[nodiscard]] Producer& producer() const;
    // The worker's connections, also in at_least_once. Throws std::logic_error when karafka.yml has
    // no section database.
    [[nodiscard]] postgres::Pool& database() const;
    [[nodiscard]] std::chrono::system_clock::time_point now() const;

    // Nothing is handed out from this partition for so long (more than nothing, at most 24 h), from
    // now on and whatever becomes of the call under way; not even what is to be tried again. Asked
    // again, it counts from then. Another owner of the partition knows nothing of it, and an
    // operator's pause is another one. Also in hooks: tick() runs on, and may resume().
    void pause(std::chrono::milliseconds time) const;
    void resume() const;
    // What is handed out next is the record at this offset, or the first one after it, and the
    // position moves there: what is skipped counts as done, what lies behind is handed out again.
    // Takes effect when consume returns, with the whole batch done (in exactly_once in its
    // transaction); a call that throws, or says Batch::fail, seeks nothing. Outside the log, the
    // partition stops with an alert. In at_least_once it is as durable as any position: a crash a
    // moment later may forget it. What `deduplicate` knows stays passed over. Throws
    // std::logic_error in a hook, with `parallel`, and for a record that was parked.
    void seek(std::int64_t offset) const;
    // This record of the batch and those before it are done: should consume throw later on, only
    // the rest is tried again, and a crash repeats only the rest (with `parallel`, all of the
    // call). Up to the first record that Batch::fail has named. Throws std::logic_error in
    // exactly_once, where a batch takes effect as a whole, in a hook, and for other records.
    void mark_as_consumed(const Message& message) const;

    // With group, topic and partition; and with the record's offset and trace_id.
    [[nodiscard]] ConsumerLog log() const { return ConsumerLog(services()); }
    [[nodiscard]] ConsumerLog log(const Message& message) const {
        return ConsumerLog(services(), message);
    }
    [[nodiscard]] ConsumerServices& services() const;

private:
    ConsumerServices* services_ = nullptr;
};

// The base of an at_least_once consumer. Returning from consume marks the whole batch as done;
// throwing marks none of it (see errors.h). A record can be delivered again after a crash, so
// consume must be idempotent. For effects in PostgreSQL that happen exactly once, derive from
// carafe::postgres::TransactionalConsumer.
class Consumer : public BaseConsumer {
public:
    virtual void consume(const Batch& batch) = 0;
};

}  // namespace carafe
