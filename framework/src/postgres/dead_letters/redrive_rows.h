#pragma once

#include <pqxx/pqxx>
#include <string>

#include "carafe/postgres/redrives.h"

namespace carafe::postgres {

// "SELECT ... FROM redrives r", to be read by redrive_of.
extern const char* const kRedriveColumns;
Redrive redrive_of(const pqxx::row& row);

const char* name_of(RedriveKind kind);
const char* name_of(RedriveRunner runner);

// `details` is JSON.
struct Audit {
    std::string actor;
    std::string action;
    std::string subject;
    std::string reason;
    std::string details = "{}";
};
void write_audit(pqxx::transaction_base& tx, const Audit& audit);

}  // namespace carafe::postgres
