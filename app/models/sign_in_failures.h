#pragma once

#include <chrono>
#include <optional>
#include <pqxx/pqxx>
#include <string>

namespace shop {

// Who tries to sign in: failures count for the account, whether it exists or not, and for the
// client's address.
struct SignInAttempt {
    std::string email;
    std::string address;
};

// Kept in the database, so that all web processes count together: five failures a minute.
namespace sign_in_failures {

// How long the next attempt has to wait; nothing when it need not.
std::optional<std::chrono::seconds> wait_before(
    pqxx::transaction_base& tx, const SignInAttempt& attempt
);

// Counts a failure. False when there were five already, which another attempt made meanwhile: then
// the caller must not tell that this one failed.
bool record(pqxx::transaction_base& tx, const SignInAttempt& attempt);

}  // namespace sign_in_failures

}  // namespace shop
