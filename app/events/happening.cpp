#include "app/events/happening.h"

namespace shop {

Happening happening_of(const carafe::Message& message) {
    return {
        std::string(message.topic()),
        std::string(message.header("ce_id").value_or("")),
        std::string(message.header("ce_time").value_or("")),
        std::string(message.payload().value_or("")),
    };
}

}  // namespace shop
