#include "carafe/batch.h"

#include <new>
#include <stdexcept>

#include "carafe/errors.h"
#include "carafe/typed_batch.h"

namespace carafe {

void Batch::mark(const Message& message, const std::string& reason, bool is_undecodable) const {
    if (marked_ == nullptr) {
        throw std::logic_error("Batch::fail: this batch was not made by the engine");
    }
    marked_->push_back({message.offset(), reason, is_undecodable});
}

Json json_of(const Message& message) {
    if (!message.payload()) {
        throw JsonError("the record has no value (a tombstone)");
    }
    return Json::parse(*message.payload());
}

void mark_undecodable(const Batch& batch, const Message& message, const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const TransientError&) {
        throw;
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& known) {
        batch.undecodable(message, known.what());
    } catch (...) {
        batch.undecodable(message, "the deserializer threw something that is no std::exception");
    }
}

}  // namespace carafe
