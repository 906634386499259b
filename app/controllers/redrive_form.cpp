#include "app/controllers/redrive_form.h"

#include <boost/json.hpp>

#include "app/controllers/ops_services.h"
#include "app/controllers/params.h"
#include "app/controllers/services.h"
#include "app/serializers/ops_serializers.h"
#include "carafe/http/problem.h"
#include "carafe/postgres/dead_letters.h"

namespace shop {

namespace {

using carafe::http::Problem;
using carafe::http::Response;
using carafe::postgres::RedriveKind;

constexpr int kMostIds = 1000;
constexpr int kMostRecords = 1'000'000;
constexpr std::size_t kMostShown = 100;

void read_selection(Params& params, carafe::postgres::DeadLetterSelection& selection) {
    for (const std::string& id : params.optional_texts("ids", {1, kMostIds}, {1, 300})) {
        try {
            selection.ids.push_back(carafe::parse_dead_letter_id(id));
        } catch (const carafe::ConfigurationError&) {
            params.refuse("ids", "must hold ids such as orders.dlq/0/17");
        }
    }
    selection.topic = params.optional_text("topic", {1, 249, true}).value_or("");
    selection.where = params.optional_text("where", {1, 4096}).value_or("");
    selection.limit = params.optional_integer("limit", {1, kMostRecords});
}

// Well-formed by itself, and yet it says nothing, or two things.
void check_choice(const carafe::postgres::DeadLetterSelection& selection) {
    const bool by_condition = !selection.topic.empty() || !selection.where.empty();
    if (selection.ids.empty() && !by_condition) {
        throw Problem(422, "Say which.", {{"/where", "is required, unless ids or topic is given"}});
    }
    if (!selection.ids.empty() && by_condition) {
        throw Problem(
            422, "Say which.", {{"/ids", "must not be given together with topic or where"}}
        );
    }
}

}  // namespace

RedriveForm read_redrive_form(const std::string& body, RedriveKind kind, const std::string& actor) {
    Params params(body);
    RedriveForm form;
    form.request.kind = kind;
    form.request.runner = carafe::postgres::RedriveRunner::kServer;
    form.request.actor = actor;
    read_selection(params, form.request.selection);
    if (kind == RedriveKind::kRedrive) {
        form.request.selection.force = params.flag("force");
        form.request.patch = params.optional_array("patch");
        if (const auto rate = params.optional_integer("rate", {1, kMostRecords})) {
            form.request.rate = static_cast<double>(*rate);
        }
    }
    form.request.reason = params.text("reason", {1, 1000, true});
    form.is_dry_run = params.flag("dry_run");
    params.finish();
    check_choice(form.request.selection);
    return form;
}

carafe::http::Response begin_redrive(Services& services, const RedriveForm& form) {
    carafe::postgres::Redrives& redrives = services.ops->redrives;
    try {
        if (form.is_dry_run) {
            const auto preview = redrives.preview(form.request);
            return Response::json(
                200, boost::json::serialize(serializers::redrive_preview(preview, kMostShown))
            );
        }
        const auto redrive = redrives.find(redrives.create(form.request));
        services.ops->wake_redrives();
        Response response =
            Response::json(202, boost::json::serialize(serializers::redrive(redrive.value())));
        response.headers.emplace_back("Location", "/ops/redrives/" + std::to_string(redrive->id));
        return response;
    } catch (const carafe::postgres::FilterError& error) {
        throw Problem(
            422,
            "The filter cannot be understood.",
            {{"/where", "column " + std::to_string(error.column()) + ": " + error.message()}}
        );
    } catch (const carafe::ConfigurationError& error) {
        const bool is_patch = std::string_view(error.what()).find("patch") == 0 ||
                              std::string_view(error.what()).find("the patch") == 0;
        throw Problem(422, "This cannot be done.", {{is_patch ? "/patch" : "/ids", error.what()}});
    }
}

}  // namespace shop
