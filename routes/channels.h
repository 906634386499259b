#pragma once

#include "app/channels/shop_channel.h"
#include "carafe/realtime/server.h"

namespace shop::routes {

// Before server.start(); `channel` must outlive the server's thread.
void channels(carafe::realtime::Server& server, ShopChannel& channel);

}  // namespace shop::routes
