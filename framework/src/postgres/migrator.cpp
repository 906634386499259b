#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <map>

#include "carafe/errors.h"
#include "carafe/postgres/migrations.h"
#include "postgres/framework_migrations.h"
#include "postgres/migration_file.h"

namespace carafe::postgres {

namespace {

// How long to wait for another process that is migrating.
constexpr const char* kLockPatience = "SET LOCAL lock_timeout = '60s'";

// FNV-1a (64 bit, Fowler/Noll/Vo) of both sections: a change by accident is found, a forger is not.
std::string checksum(const Migration& migration) {
    std::uint64_t hash = 14695981039346656037ULL;
    for (const char character : migration.up + '\0' + migration.down) {
        hash = (hash ^ static_cast<unsigned char>(character)) * 1099511628211ULL;
    }
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
    return text;
}

std::string described(const Migration& migration) {
    return migration.file.empty() ? migration.version + "_" + migration.name : migration.file;
}

using Applied = std::map<std::string, std::string>;  // version -> checksum

Applied read_applied(pqxx::transaction_base& tx) {
    Applied applied;
    if (tx.exec("SELECT to_regclass('schema_migrations') IS NULL")[0][0].as<bool>()) {
        return applied;
    }
    for (const auto& row : tx.exec("SELECT version, checksum FROM schema_migrations")) {
        applied.emplace(row[0].as<std::string>(), row[1].as<std::string>());
    }
    return applied;
}

void check(const Migration& migration, const Applied& applied) {
    const auto found = applied.find(migration.version);
    if (found != applied.end() && found->second != checksum(migration)) {
        throw ConfigurationError(
            described(migration) +
            ": changed since it was applied; put the old text back and write the change as a new "
            "migration"
        );
    }
}

// A transaction that nobody else migrates in; the lock goes with it, so a stopped process never
// keeps it. One lock per schema.
class ExclusiveTransaction {
public:
    explicit ExclusiveTransaction(pqxx::connection& connection) : tx_(connection) {
        tx_.exec(kLockPatience);
        tx_.exec(
            "SELECT pg_advisory_xact_lock(hashtextextended('carafe.migrations.' || "
            "current_schema(), 0))"
        );
        tx_.exec("SET LOCAL lock_timeout TO DEFAULT");
        tx_.exec("SET LOCAL statement_timeout = 0");
        tx_.exec("SET LOCAL client_min_messages = warning");
        tx_.exec(
            "CREATE TABLE IF NOT EXISTS schema_migrations (version text PRIMARY KEY, name text NOT "
            "NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())"
        );
    }

    pqxx::work& operator*() { return tx_; }
    pqxx::work* operator->() { return &tx_; }

private:
    pqxx::work tx_;
};

void run(pqxx::work& tx, const Migration& migration, const std::string& sql) {
    try {
        tx.exec(sql);
    } catch (const pqxx::sql_error& error) {
        throw ConfigurationError(described(migration) + ": " + error.what());
    }
}

void apply(pqxx::work& tx, const Migration& migration) {
    run(tx, migration, migration.up);
    tx.exec_params(
        "INSERT INTO schema_migrations (version, name, checksum) VALUES ($1, $2, $3)",
        migration.version,
        migration.name,
        checksum(migration)
    );
}

}  // namespace

Migrator::Migrator(const std::string& directory) : migrations_(framework_migrations()) {
    if (directory.empty()) {
        return;
    }
    for (Migration& migration : read_migrations(directory)) {
        const auto clash =
            std::find_if(migrations_.begin(), migrations_.end(), [&](const Migration& known) {
                return known.version == migration.version;
            });
        if (clash != migrations_.end()) {
            throw ConfigurationError(migration.file + ": the same version as " + described(*clash));
        }
        migrations_.push_back(std::move(migration));
    }
}

std::vector<Migration> Migrator::status(pqxx::connection& connection) const {
    pqxx::work tx(connection);
    const Applied applied = read_applied(tx);
    std::vector<Migration> migrations = migrations_;
    for (Migration& migration : migrations) {
        migration.applied = applied.count(migration.version) > 0;
    }
    return migrations;
}

std::vector<Migration> Migrator::migrate(pqxx::connection& connection) const {
    std::vector<Migration> done;
    while (true) {
        ExclusiveTransaction tx(connection);
        const Applied applied = read_applied(*tx);
        for (const Migration& migration : migrations_) {
            check(migration, applied);
        }
        const auto next =
            std::find_if(migrations_.begin(), migrations_.end(), [&](const Migration& migration) {
                return applied.count(migration.version) == 0;
            });
        if (next == migrations_.end()) {
            return done;
        }
        apply(*tx, *next);
        tx->commit();
        done.push_back(*next);
        done.back().applied = true;
    }
}

std::vector<Migration> Migrator::rollback(pqxx::connection& connection, int steps) const {
    std::vector<Migration> done;
    while (static_cast<int>(done.size()) < steps) {
        ExclusiveTransaction tx(connection);
        const Applied applied = read_applied(*tx);
        if (applied.empty()) {
            break;
        }
        const std::string& last = applied.rbegin()->first;
        const auto found =
            std::find_if(migrations_.begin(), migrations_.end(), [&](const Migration& known) {
                return known.version == last;
            });
        if (found == migrations_.end()) {
            throw ConfigurationError("migration " + last + " was applied, but its file is missing");
        }
        if (found->framework) {
            break;
        }
        check(*found, applied);
        run(*tx, *found, found->down);
        tx->exec_params("DELETE FROM schema_migrations WHERE version = $1", last);
        tx->commit();
        done.push_back(*found);
    }
    return done;
}

}  // namespace carafe::postgres
