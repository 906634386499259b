#pragma once

#include <optional>
#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "app/auth/identity.h"

namespace shop {

struct User {
    std::string id;
    std::string email;
    std::string name;
    Role role = Role::kUser;
    int token_version = 1;
    std::string password_hash;

    static std::optional<User> find(pqxx::transaction_base& tx, const std::string& id);
    static std::vector<User> find_all(
        pqxx::transaction_base& tx, const std::vector<std::string>& ids
    );
    static std::optional<User> find_by_email(pqxx::transaction_base& tx, const std::string& email);

    // A new customer; nothing when the e-mail address is taken. It is kept in lower case.
    struct Draft {
        std::string email;
        std::string name;
        std::string password_hash;
    };
    static std::optional<User> create(pqxx::transaction_base& tx, const Draft& draft);

    // Revokes every token the user was given so far.
    static void revoke_tokens(pqxx::transaction_base& tx, const std::string& id);
};

}  // namespace shop
