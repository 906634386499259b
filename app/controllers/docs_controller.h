#pragma once

#include "carafe/http/request.h"
#include "carafe/http/response.h"

namespace shop {

// What the API says of itself; the same for everybody, made once.
carafe::http::Response show_openapi(const carafe::http::Request& request);  // GET /openapi.json
carafe::http::Response show_docs(const carafe::http::Request& request);     // GET /docs

}  // namespace shop
