#pragma once

#include <string>

#include "carafe/http/response.h"
#include "carafe/postgres/redrives.h"

namespace shop {

struct Services;

// What a body asks to be redriven or discarded.
struct RedriveForm {
    carafe::postgres::RedriveRequest request;
    bool is_dry_run = false;
};

// Throws carafe::http::Problem.
RedriveForm read_redrive_form(
    const std::string& body, carafe::postgres::RedriveKind kind, const std::string& actor
);

// Does what the form says: shows what would be done, or begins. Throws carafe::http::Problem.
carafe::http::Response begin_redrive(Services& services, const RedriveForm& form);

}  // namespace shop
