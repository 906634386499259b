#include "app/controllers/ops_redrives_controller.h"

#include <boost/json.hpp>
#include <charconv>

#include "app/controllers/ops_services.h"
#include "app/controllers/page.h"
#include "app/controllers/params.h"
#include "app/controllers/query.h"
#include "app/controllers/redrive_form.h"
#include "app/serializers/ops_serializers.h"

namespace shop {

namespace {

using carafe::postgres::Redrive;
using carafe::postgres::RedriveKind;

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_whole = error == std::errc() && end == text.data() + text.size() && value > 0;
    return is_whole ? std::optional(value) : std::nullopt;
}

std::optional<std::int64_t> number_behind(const std::optional<std::string>& cursor) {
    const auto value = cursor ? number(*cursor) : std::nullopt;
    if (cursor && !value) {
        throw impossible_query("cursor", "is not one that was given out");
    }
    return value;
}

// It has ended, say.
carafe::http::Problem conflict(const carafe::ConfigurationError& error) {
    return {409, error.what()};
}

}  // namespace

std::int64_t OpsRedrivesController::redrive_id() const {
    const auto id = number(request().param("id"));
    if (!id || !services().ops->redrives.find(*id)) {
        throw not_found();
    }
    return *id;
}

Response OpsRedrivesController::create() {
    const std::string actor = current_admin().user_id;
    return begin_redrive(
        services(), read_redrive_form(request().body, RedriveKind::kRedrive, actor)
    );
}

Response OpsRedrivesController::index() {
    current_admin();
    check_query(request(), {"limit", "cursor"});
    const Page page(request(), Page::Ids::kText);
    boost::json::array rows;
    for (const Redrive& redrive : services().ops->redrives.list(
             static_cast<std::size_t>(page.rows_wanted()), number_behind(page.after())
         )) {
        rows.push_back(serializers::redrive(redrive));
    }
    return page.response(std::move(rows));
}

Response OpsRedrivesController::show() {
    current_admin();
    check_query(request(), {});
    return json(200, serializers::redrive(services().ops->redrives.find(redrive_id()).value()));
}

Response OpsRedrivesController::cancel() {
    const std::string actor = current_admin().user_id;
    const std::int64_t id = redrive_id();
    Params params(request().body);
    const std::string reason = params.text("reason", {1, 1000, true});
    params.finish();
    try {
        return json(200, serializers::redrive(services().ops->redrives.cancel(id, actor, reason)));
    } catch (const carafe::ConfigurationError& error) {
        throw conflict(error);
    }
}

Response OpsRedrivesController::resume() {
    const std::string actor = current_admin().user_id;
    const std::int64_t id = redrive_id();
    if (!request().body.empty()) {
        Params(request().body).finish();  // knows no field
    }
    try {
        const Redrive resumed =
            services().ops->redrives.resume(id, actor, carafe::postgres::RedriveRunner::kServer);
        services().ops->wake_redrives();
        return json(200, serializers::redrive(resumed));
    } catch (const carafe::ConfigurationError& error) {
        throw conflict(error);
    }
}

Response OpsRedrivesController::audit() {
    current_admin();
    check_query(request(), {"limit", "cursor"});
    const Page page(request(), Page::Ids::kText);
    boost::json::array rows;
    for (const auto& entry : services().ops->redrives.audit(
             static_cast<std::size_t>(page.rows_wanted()), number_behind(page.after())
         )) {
        rows.push_back(serializers::audit_entry(entry));
    }
    return page.response(std::move(rows));
}

}  // namespace shop
