#include <gmock/gmock.h>

#include <pqxx/pqxx>

#include "integration/cli/binary.h"
#include "postgres/create_database.h"

namespace carafe::spec {

namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// A database of its own, made by the command and dropped at the end.
class DbCommand : public ::testing::Test {
protected:
    DbCommand() {
        const char* url = std::getenv("DATABASE_URL");
        if (url == nullptr) {
            throw std::runtime_error("set DATABASE_URL or run bin/test");
        }
        server_ = url;
        name_ = "carafe_cli_spec \"" + std::to_string(getpid());
        binary_.write(
            "karafka.yml",
            "database: {url: '" + server_ + "?dbname=carafe_cli_spec%20%22" +
                std::to_string(getpid()) + "'}\n"
        );
    }
    ~DbCommand() override {
        pqxx::connection connection(server_);
        pqxx::nontransaction tx(connection);
        tx.exec("DROP DATABASE IF EXISTS " + tx.quote_name(name_));
    }

    std::string server_;
    std::string name_;
    Binary binary_;
};

TEST_F(DbCommand, creates_migrates_seeds_and_goes_back) {
    EXPECT_EQ(binary_.run({"db", "create"}), 0) << binary_.err;
    EXPECT_EQ(binary_.out, "database '" + name_ + "' created\n");
    EXPECT_EQ(binary_.run({"db", "create"}), 0) << binary_.err;
    EXPECT_EQ(binary_.out, "database '" + name_ + "' is there already\n");

    binary_.write(
        "db/migrate/20250101000000_things.sql",
        "-- up\nCREATE TABLE things (id int PRIMARY KEY);\n-- down\nDROP TABLE things;\n"
    );
    EXPECT_EQ(binary_.run({"db", "status"}), 0) << binary_.err;
    EXPECT_THAT(binary_.out, HasSubstr("20250101000000  things"));
    EXPECT_EQ(binary_.run({"db", "migrate"}), 0) << binary_.err;
    EXPECT_THAT(binary_.out, HasSubstr("applied 20250101000000 things"));
    EXPECT_EQ(binary_.run({"db", "migrate"}), 0) << binary_.err;
    EXPECT_EQ(binary_.out, "nothing to do\n");

    binary_.write("db/seeds.sql", "INSERT INTO things VALUES (1) ON CONFLICT DO NOTHING;\n");
    EXPECT_EQ(binary_.run({"db", "seed"}), 0) << binary_.err;
    EXPECT_EQ(binary_.run({"db", "seed"}), 0) << binary_.err;

    EXPECT_EQ(binary_.run({"db", "structure"}), 0) << binary_.err;
    EXPECT_THAT(binary_.read("db/structure.sql"), HasSubstr("CREATE TABLE public.things ("));
    EXPECT_EQ(binary_.run({"db", "structure", "--check"}), 0) << binary_.err;

    EXPECT_EQ(binary_.run({"db", "rollback"}), 0) << binary_.err;
    EXPECT_EQ(binary_.out, "took back 20250101000000 things\n");
    EXPECT_EQ(binary_.run({"db", "structure", "--check"}), 1);
    EXPECT_THAT(binary_.err, HasSubstr("run `shop db structure`"));
}

TEST_F(DbCommand, undoes_seeds_that_fail) {
    ASSERT_EQ(binary_.run({"db", "create"}), 0) << binary_.err;
    binary_.write("db/seeds.sql", "CREATE TABLE half (id int);\nSELECT nonsense;\n");
    EXPECT_EQ(binary_.run({"db", "seed"}), 1);
    EXPECT_THAT(binary_.err, HasSubstr("nonsense"));
    binary_.write("db/seeds.sql", "CREATE TABLE half (id int);\n");
    EXPECT_EQ(binary_.run({"db", "seed"}), 0) << binary_.err;
}

TEST(DatabaseName, follows_libpq) {
    EXPECT_EQ(postgres::database_name("postgresql://u@h:1/shop"), "shop");
    EXPECT_EQ(postgres::database_name("postgresql://u@h/a%20b"), "a b");
    EXPECT_EQ(postgres::database_name("host=h dbname='a b'"), "a b");
    EXPECT_EQ(postgres::database_name("postgresql://u@h"), "u");
}

}  // namespace

}  // namespace carafe::spec
