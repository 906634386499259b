#include "processing/last_failures.h"

#include "config/text.h"

namespace carafe::processing {

namespace {

constexpr std::size_t kLongest = 512;  // of a message that somebody is to read at a glance

}  // namespace

void LastFailures::keep(const PartitionId& id, std::string text) {
    text.resize(config::shortened(text, kLongest).size());
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) {
        text.pop_back();
    }
    const std::lock_guard lock(mutex_);
    texts_[id] = std::move(text);
}

void LastFailures::on_revoked(const PartitionId& id, bool /*lost*/) {
    const std::lock_guard lock(mutex_);
    texts_.erase(id);
}

void LastFailures::on_failed(
    const PartitionId& id, const Offsets& offsets, int /*attempt*/, const Failure& failure
) {
    keep(
        id,
        failure.error_class + " at offset " + std::to_string(offsets.first) + ": " +
            failure.error_message
    );
}

void LastFailures::on_halted(const PartitionId& id, const std::string& reason) {
    keep(id, reason);
}

std::string LastFailures::of(const PartitionId& id) const {
    const std::lock_guard lock(mutex_);
    const auto found = texts_.find(id);
    return found == texts_.end() ? "" : found->second;
}

}  // namespace carafe::processing
