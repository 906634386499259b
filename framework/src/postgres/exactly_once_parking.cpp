// order: park. What exactly_once does with records that are set aside: they move to parked_records
// in the step that moves the position past them, and leave it in the transaction of their effects.
// That one moves no position, but is fenced as all are.
#include <algorithm>
#include <iterator>

#include "carafe/postgres/outbox.h"
#include "postgres/dead_letters/redriven_records.h"
#include "postgres/exactly_once_delivery.h"
#include "postgres/parked_records.h"
#include "processing/dead_letter_record.h"

namespace carafe::postgres {

std::vector<processing::ParkedRecord> ExactlyOnceDelivery::parked() {
    const Pool::Lease lease = shared_.pool.acquire();
    pqxx::read_transaction tx(*lease, "take_up_parked");
    return ParkedRecords(partition_).list(tx);
}

void ExactlyOnceDelivery::deliver_and_park(
    const Batch& batch, const processing::Parking& parking, std::int64_t next_offset
) {
    settle_doubt();
    if (next_offset <= position_) {
        return;
    }
    const auto is_new = [this](const Message& message) { return message.offset() >= position_; };
    std::vector<Message> rest;
    std::copy_if(batch.begin(), batch.end(), std::back_inserter(rest), is_new);
    std::vector<Message> aside;
    std::copy_if(parking.records.begin(), parking.records.end(), std::back_inserter(aside), is_new);
    transact(next_offset, [&](pqxx::work& tx) {
        if (!aside.empty()) {
            ParkedRecords(partition_).add(tx, aside, parking);
        }
        handle(batch.part(rest), tx);
    });
}

std::unique_ptr<processing::ParkedMessage> ExactlyOnceDelivery::find_parked(std::int64_t offset) {
    settle_doubt();
    const Pool::Lease lease = shared_.pool.acquire();
    pqxx::read_transaction tx(*lease, "find_parked");
    return ParkedRecords(partition_).find(tx, offset);
}

void ExactlyOnceDelivery::retry_parked(const Batch& alone) {
    const Message& message = alone.front();
    transact(position_, [&](pqxx::work& tx) {
        if (ParkedRecords(partition_).remove(tx, message.offset())) {
            handle(alone, tx);
        }
    });
}

void ExactlyOnceDelivery::dead_letter_parked(const processing::DeadLetter& dead_letter) {
    const Record record = processing::dead_letter_record(dead_letter, partition_.group);
    transact(position_, [&](pqxx::work& tx) {
        const Batch alone({&dead_letter.message, 1});
        if (ParkedRecords(partition_).remove(tx, dead_letter.message.offset()) &&
            !RedrivenRecords(tx, alone, partition_.group, "dead").empty()) {
            enqueue(tx, {record});
        }
    });
}

}  // namespace carafe::postgres
