#pragma once

#include "app/auth/authenticator.h"
#include "app/auth/tokens.h"
#include "app/controllers/command_waiters.h"
#include "app/controllers/request_queue.h"
#include "app/models/database.h"
#include "app/models/gathered_lookup.h"
#include "app/models/order.h"
#include "carafe/postgres/outbox.h"

namespace shop {

struct OpsServices;

// What controllers work with. Put together in app/boot, alive as long as the server.
struct Services {
    Database database;
    carafe::postgres::RelaySignal& relay;
    const Tokens& tokens;
    Authenticator& authenticator;
    CommandWaiters& waiters;
    GatheredLookup<Order>& orders;
    RequestQueue& requests;      // those that need the database
    RequestQueue& hashing;       // those that hash a password
    int orders_per_minute = 20;  // for users without a limit of their own; 0: no limit
    OpsServices* ops = nullptr;  // null only where no operator is served
};

}  // namespace shop
