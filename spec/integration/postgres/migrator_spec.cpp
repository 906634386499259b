#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "carafe/errors.h"
#include "carafe/postgres/migrations.h"
#include "carafe/testing/postgres_fixture.h"

using namespace carafe;
using namespace carafe::postgres;
using carafe::testing::PostgresFixture;
using ::testing::AllOf;
using ::testing::HasSubstr;

namespace {

// A directory of migrations that goes away with the spec.
class Directory {
public:
    Directory() {
        std::string pattern = (std::filesystem::temp_directory_path() / "migrate.XXXXXX").string();
        path_ = ::mkdtemp(pattern.data());
    }
    ~Directory() { std::filesystem::remove_all(path_); }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;

    void write(const std::string& name, const std::string& up, const std::string& down) const {
        std::ofstream(path_ / name) << "-- up\n" << up << "\n-- down\n" << down << "\n";
    }
    [[nodiscard]] std::string path() const { return path_.string(); }

private:
    std::filesystem::path path_;
};

std::string failure_of_migrate(const Directory& directory, const PostgresFixture& database) {
    try {
        Migrator(directory.path()).migrate(*database.connect());
        return "accepted";
    } catch (const ConfigurationError& error) {
        return error.what();
    }
}

}  // namespace

TEST(Migrator, applies_what_is_missing_and_only_once) {
    const PostgresFixture database;
    const Directory directory;
    directory.write("20260101000000_cups.sql", "CREATE TABLE cups (id int);", "DROP TABLE cups;");
    const Migrator migrator(directory.path());
    const auto connection = database.connect();
    const auto applied = migrator.migrate(*connection);
    ASSERT_EQ(applied.size(), 1U);
    EXPECT_EQ(applied[0].name, "cups");
    EXPECT_TRUE(migrator.migrate(*connection).empty());
    for (const Migration& migration : migrator.status(*connection)) {
        EXPECT_TRUE(migration.applied) << migration.name;
    }
    EXPECT_EQ(database.value("SELECT count(*) FROM cups"), "0");
}

TEST(Migrator, may_run_in_several_processes_at_once) {
    const PostgresFixture database;
    const Directory directory;
    directory.write("20260101000000_cups.sql", "CREATE TABLE cups (id int);", "DROP TABLE cups;");
    directory.write("20260102000000_pots.sql", "CREATE TABLE pots (id int);", "DROP TABLE pots;");
    std::atomic<std::size_t> applied{0};
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&] {
            applied += Migrator(directory.path()).migrate(*database.connect()).size();
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(applied, 2U);
}

TEST(Migrator, refuses_a_file_that_changed_since_it_was_applied) {
    const PostgresFixture database;
    const Directory directory;
    directory.write("20260101000000_cups.sql", "CREATE TABLE cups (id int);", "DROP TABLE cups;");
    EXPECT_EQ(failure_of_migrate(directory, database), "accepted");
    directory.write("20260101000000_cups.sql", "CREATE TABLE cups (no int);", "DROP TABLE cups;");
    EXPECT_THAT(
        failure_of_migrate(directory, database),
        AllOf(HasSubstr("20260101000000_cups.sql"), HasSubstr("changed since it was applied"))
    );
}

TEST(Migrator, leaves_nothing_of_a_migration_that_fails) {
    const PostgresFixture database;
    const Directory directory;
    directory.write("20260101000000_cups.sql", "CREATE TABLE cups (id int); SELECT 1/0;", "");
    EXPECT_THAT(
        failure_of_migrate(directory, database),
        AllOf(HasSubstr("20260101000000_cups.sql"), HasSubstr("division by zero"))
    );
    EXPECT_EQ(database.value("SELECT to_regclass('cups') IS NULL"), "t");
    EXPECT_EQ(database.value("SELECT count(*) FROM schema_migrations WHERE name = 'cups'"), "0");
}

TEST(Migrator, takes_back_the_applications_migrations_but_not_the_frameworks) {
    const PostgresFixture database;
    const Directory directory;
    directory.write("20260101000000_cups.sql", "CREATE TABLE cups (id int);", "DROP TABLE cups;");
    const Migrator migrator(directory.path());
    const auto connection = database.connect();
    migrator.migrate(*connection);
    const auto undone = migrator.rollback(*connection, 5);
    ASSERT_EQ(undone.size(), 1U);
    EXPECT_EQ(undone[0].name, "cups");
    EXPECT_EQ(database.value("SELECT to_regclass('cups') IS NULL"), "t");
    EXPECT_EQ(database.value("SELECT to_regclass('outbox') IS NOT NULL"), "t");
    EXPECT_EQ(migrator.migrate(*connection).size(), 1U);
}

TEST(Migrator, refuses_two_files_of_one_version) {
    const Directory directory;
    directory.write("20260101000000_cups.sql", "SELECT 1;", "");
    directory.write("20260101000000_pots.sql", "SELECT 1;", "");
    EXPECT_THROW(
        Migrator(directory.path()).status(*PostgresFixture().connect()), ConfigurationError
    );
}

TEST(Migrator, gives_shard_rows_and_a_churn_proof_outbox) {
    const PostgresFixture database;
    EXPECT_EQ(database.value("SELECT count(*) FROM outbox_shards"), "16");
    EXPECT_THAT(
        database.value("SELECT reloptions::text FROM pg_class WHERE oid = 'outbox'::regclass"),
        HasSubstr("autovacuum_vacuum_scale_factor=0")
    );
}
