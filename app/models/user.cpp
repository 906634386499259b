#include "app/models/user.h"

#include "app/models/database.h"
#include "app/models/uuid.h"

namespace shop {

namespace {

constexpr Statement kFindAll{"find_users", R"(
    SELECT id, email, name, role, token_version, password_hash
    FROM users WHERE id = ANY ($1::uuid[])
)"};

constexpr Statement kFindByEmail{"find_user_by_email", R"(
    SELECT id, email, name, role, token_version, password_hash FROM users WHERE email = lower($1)
)"};

constexpr Statement kInsert{"insert_user", R"(
    INSERT INTO users (id, email, name, password_hash) VALUES ($1, lower($2), $3, $4)
    ON CONFLICT (email) DO NOTHING
    RETURNING id, email, name, role, token_version, password_hash
)"};

constexpr Statement kRevokeTokens{"revoke_tokens", R"(
    UPDATE users SET token_version = token_version + 1, updated_at = now() WHERE id = $1
)"};

User read(const pqxx::row& row) {
    const bool is_admin = row[3].as<std::string>() == "admin";
    return {
        row[0].c_str(),
        row[1].c_str(),
        row[2].c_str(),
        is_admin ? Role::kAdmin : Role::kUser,
        row[4].as<int>(),
        row[5].c_str()};
}

}  // namespace

std::vector<User> User::find_all(pqxx::transaction_base& tx, const std::vector<std::string>& ids) {
    SqlArray wanted;
    for (const std::string& id : ids) {
        wanted.add(id);
    }
    std::vector<User> users;
    for (const auto& row : run(tx, kFindAll, wanted.text())) {
        users.push_back(read(row));
    }
    return users;
}

std::optional<User> User::find(pqxx::transaction_base& tx, const std::string& id) {
    std::vector<User> users = find_all(tx, {id});
    return users.empty() ? std::nullopt : std::optional(std::move(users.front()));
}

std::optional<User> User::find_by_email(pqxx::transaction_base& tx, const std::string& email) {
    const pqxx::result rows = run(tx, kFindByEmail, email);
    return rows.empty() ? std::nullopt : std::optional(read(rows[0]));
}

std::optional<User> User::create(pqxx::transaction_base& tx, const Draft& draft) {
    const pqxx::result rows =
        run(tx, kInsert, new_uuid(), draft.email, draft.name, draft.password_hash);
    return rows.empty() ? std::nullopt : std::optional(read(rows[0]));
}

void User::revoke_tokens(pqxx::transaction_base& tx, const std::string& id) {
    run(tx, kRevokeTokens, id);
}

}  // namespace shop
