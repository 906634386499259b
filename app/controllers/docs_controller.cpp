#include "app/controllers/docs_controller.h"

#include "app/api/docs_page.h"
#include "app/api/openapi_document.h"

namespace shop {

using carafe::http::Request;
using carafe::http::Response;

Response show_openapi(const Request& /*request*/) {
    return Response::json(200, std::string(openapi_document()));
}

Response show_docs(const Request& /*request*/) {
    static const std::string page = docs_page(openapi_document());
    // Nothing but the page's own style: it loads nothing, whatever the document says.
    return Response::text(200, page, "text/html; charset=utf-8")
        .with("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
}

}  // namespace shop
