#pragma once

#include "app/channels/backstage.h"
#include "app/channels/database_tail.h"
#include "app/channels/shop_channel.h"
#include "carafe/metrics.h"
#include "carafe/realtime/server.h"

namespace shop::boot {

// Writes the figures of a realtime process into its metrics, every second. What it watches must
// outlive it.
class RealtimeMetrics {
public:
    struct Watched {
        const carafe::realtime::Server& server;
        const ShopChannel& channel;
        const DatabaseTail& tail;
    };
    RealtimeMetrics(carafe::Metrics& metrics, Watched watched);

private:
    Backstage clock_;
};

}  // namespace shop::boot
