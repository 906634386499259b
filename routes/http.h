#pragma once

#include "app/controllers/services.h"
#include "carafe/http/router.h"

namespace shop::routes {

// `services` must outlive the router.
void http(carafe::http::Router& router, Services& services);

}  // namespace shop::routes
