#include "app/models/order_command.h"

namespace shop {

std::string_view to_string(CommandOutcome outcome) {
    switch (outcome) {
        case CommandOutcome::kApplied:
            return "applied";
        case CommandOutcome::kUnchanged:
            return "unchanged";
        case CommandOutcome::kRefused:
            return "refused";
    }
    return {};
}

}  // namespace shop
