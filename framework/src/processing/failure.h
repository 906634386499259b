#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace carafe::processing {

enum class FailureKind {
    kPermanent,    // counts an attempt
    kUndecodable,  // straight to the dead letter queue
    kContention,   // a lock or serialisation conflict: again soon, with half the batch
    kOverdue,      // waited too long: permanent when others got on meanwhile, else an outage
    kSystemic,     // an outage: again for as long as it takes, no attempt counted
    kFenced,       // another owner has the partition
};

struct Failure {
    FailureKind kind = FailureKind::kPermanent;
    std::string error_class;
    std::string error_message;
    std::optional<std::int64_t> offset;  // the culprit, when the exception named it
    // Others got on during the call: what it waited for in vain is not an outage.
    bool others_progress = false;
};

// Gives the kind of an exception it knows, else nothing. Asked in order, before the built-in rules
// (errors.h); how an application or the PostgreSQL part teaches the engine what is transient.
using Classifier = std::function<std::optional<FailureKind>(const std::exception& error)>;

// Never throws. Unknown exceptions, and what is not a std::exception, are permanent.
Failure classify(std::exception_ptr error, const std::vector<Classifier>& classifiers);

// 16 hex digits over error class and message with numbers, UUIDs and quoted parts taken out, so
// that one cause has one fingerprint. FNV-1a 64, Fowler/Noll/Vo.
std::string fingerprint(const Failure& failure);

}  // namespace carafe::processing
