#pragma once

#include <pqxx/pqxx>
#include <string>
#include <vector>

namespace carafe::postgres {

// One schema change. The framework's own come first; an application's are files
// db/migrate/<timestamp>_<name>.sql with the sections `-- up` and `-- down`.
struct Migration {
    std::string version;  // 14 digits, unique
    std::string name;
    std::string up;
    std::string down;
    std::string file;  // where it was read from; empty for the framework's own
    bool framework = false;
    bool applied = false;
};

// Applies and rolls back migrations, each in a transaction of its own, under an advisory lock, so
// that two processes may start at once. Versions and checksums are kept in schema_migrations: an
// applied file that was changed since is a ConfigurationError naming it, as is a failing statement.
class Migrator {
public:
    // `directory` holds the application's files; empty for the framework's own only. Throws
    // ConfigurationError, naming the file, for a malformed name, section or duplicate version.
    explicit Migrator(const std::string& directory);

    // All known migrations in order, with what is applied.
    std::vector<Migration> status(pqxx::connection& connection) const;
    // Applies what is missing; returns what it applied.
    std::vector<Migration> migrate(pqxx::connection& connection) const;
    // Takes the last `steps` applied migrations back; returns them. Refuses the framework's own.
    std::vector<Migration> rollback(pqxx::connection& connection, int steps) const;

private:
    std::vector<Migration> migrations_;
};

}  // namespace carafe::postgres
