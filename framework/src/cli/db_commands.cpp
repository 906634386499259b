#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>

#include "carafe/errors.h"
#include "carafe/postgres/migrations.h"
#include "carafe/postgres/pool.h"
#include "cli/commands.h"
#include "cli/run_program.h"
#include "cli/text.h"
#include "config/text.h"
#include "postgres/create_database.h"

namespace carafe::cli {

namespace {

std::unique_ptr<pqxx::connection> connection(Session& session) {
    DatabaseSettings settings = session.settings().database;
    // Migrations and seeds may take their time, and nobody waits behind them.
    settings.statement_timeout = std::chrono::hours(1);
    settings.lock_timeout = std::chrono::minutes(1);
    settings.idle_in_transaction_timeout = std::chrono::minutes(5);
    return postgres::connect(settings, session.app().name + " db");
}

postgres::Migrator migrator(const Session& session) {
    return postgres::Migrator(session.file(session.app().migrations).string());
}

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file.is_open() || file.bad()) {
        throw ConfigurationError(path.string() + ": cannot be read");
    }
    return text.str();
}

int create(Session& session) {
    const std::string name =
        config::quote(postgres::database_name(session.settings().database.url));
    const bool is_new = postgres::create_database(session.settings().database);
    std::cout << "database " << name << (is_new ? " created" : " is there already") << '\n';
    return kOk;
}

int migrate(Session& session) {
    const auto applied = migrator(session).migrate(*connection(session));
    for (const postgres::Migration& migration : applied) {
        std::cout << "applied " << migration.version << ' ' << migration.name << '\n';
    }
    if (applied.empty()) {
        std::cout << "nothing to do\n";
    }
    return kOk;
}

int rollback(Session& session, int steps) {
    for (const postgres::Migration& migration :
         migrator(session).rollback(*connection(session), steps)) {
        std::cout << "took back " << migration.version << ' ' << migration.name << '\n';
    }
    return kOk;
}

int status(Session& session) {
    Table table({"VERSION", "NAME", "APPLIED"});
    for (const postgres::Migration& migration : migrator(session).status(*connection(session))) {
        table.add({migration.version, migration.name, migration.applied ? "yes" : "no"});
    }
    std::cout << table.text();
    return kOk;
}

int seed(Session& session) {
    const std::filesystem::path path = session.file(session.app().seeds);
    const std::string sql = read_file(path);
    const auto open = connection(session);
    pqxx::work tx(*open);
    tx.exec(sql);
    tx.commit();
    std::cout << "ran " << path.string() << '\n';
    return kOk;
}

// pg_dump's output without what changes from one run or version to the next.
std::string stable(const std::string& dump) {
    std::istringstream lines(dump);
    std::string result;
    std::string line;
    while (std::getline(lines, line)) {
        const bool is_noise = line.rfind("--", 0) == 0 || line.rfind("\\restrict", 0) == 0 ||
                              line.rfind("\\unrestrict", 0) == 0 || line.rfind("SET ", 0) == 0 ||
                              line.rfind("SELECT pg_catalog.set_config", 0) == 0;
        const bool is_second_blank = line.empty() && (result.empty() || result.back() == '\n') &&
                                     result.size() >= 2 && result[result.size() - 2] == '\n';
        if (!is_noise && !is_second_blank && !(line.empty() && result.empty())) {
            result += line + "\n";
        }
    }
    while (result.size() >= 2 && result[result.size() - 2] == '\n') {
        result.pop_back();
    }
    return result;
}

int structure(Session& session, bool only_check) {
    const std::filesystem::path path =
        session.file(session.app().migrations).parent_path() / "structure.sql";
    const std::string dump = stable(run_program(
        {"pg_dump",
         "--schema-only",
         "--no-owner",
         "--no-privileges",
         "--dbname=" + session.settings().database.url}
    ));
    if (only_check) {
        if (read_file(path) == dump) {
            std::cout << path.string() << " is up to date\n";
            return kOk;
        }
        std::cerr << path.string() << " differs from the database: run `" << session.app().name
                  << " db structure`\n";
        return kFailed;
    }
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << dump;
    file.close();
    if (!file) {
        throw std::runtime_error(path.string() + ": cannot be written");
    }
    std::cout << "wrote " << path.string() << '\n';
    return kOk;
}

void add_structure(CommandTable& table, Subcommand db, const std::string& app) {
    const auto only_check = std::make_shared<bool>(false);
    Subcommand command = table.add(
        db,
        "structure",
        "Write the schema as pg_dump sees it to structure.sql, beside the migrations",
        app + " db structure --check"
    );
    command.flag("--check", *only_check, "Exit 1 when the file differs, write nothing");
    table.runs(command, [only_check](Session& session) { return structure(session, *only_check); });
}

}  // namespace

void add_db_commands(CommandTable& table) {
    const std::string app = table.root().name();
    Subcommand db = table.group("db", "The database of database.url");

    table.runs(
        table.add(db, "create", "Make the database when it is missing", app + " db create"), create
    );
    table.runs(
        table.add(
            db,
            "migrate",
            "Apply the framework's migrations and those of db/migrate that are missing",
            app + " db migrate"
        ),
        migrate
    );
    const auto steps = std::make_shared<int>(1);
    Subcommand command =
        table.add(db, "rollback", "Take the last migrations back", app + " db rollback --steps 2");
    command.option("--steps", *steps, "How many").shows_default().within(1, 1000);
    table.runs(command, [steps](Session& session) { return rollback(session, *steps); });
    table.runs(
        table.add(db, "status", "Show which migrations are applied", app + " db status"), status
    );
    table.runs(
        table.add(
            db,
            "seed",
            "Run db/seeds.sql in one transaction; it is written to be run again",
            app + " db seed"
        ),
        seed
    );
    add_structure(table, db, app);
}

}  // namespace carafe::cli
