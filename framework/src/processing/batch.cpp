#include "carafe/batch.h"

#include <stdexcept>

namespace carafe {

void Batch::fail(const Message& message, const std::string& reason) const {
    if (marked_ == nullptr) {
        throw std::logic_error("Batch::fail: this batch was not made by the engine");
    }
    marked_->push_back({message.offset(), reason});
}

}  // namespace carafe
