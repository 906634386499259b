#include "processing/suspicion.h"

#include <algorithm>

namespace carafe::processing {

std::vector<Suspicion> accuse(std::span<const InHand> hands, bool out_of_memory) {
    const bool explained =
        std::any_of(hands.begin(), hands.end(), [](const InHand& hand) { return hand.caused_it; });
    std::vector<Suspicion> accused;
    for (const InHand& hand : hands) {
        if (explained && !hand.caused_it) {
            continue;
        }
        const bool alone = hand.range.first == hand.range.last;
        const bool counts = alone && (hand.caused_it || (out_of_memory && hand.was_suspect));
        accused.push_back({hand.partition, hand.range, counts});
    }
    return accused;
}

}  // namespace carafe::processing
