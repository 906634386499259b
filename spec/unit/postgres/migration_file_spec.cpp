#include <gmock/gmock.h>

#include "carafe/errors.h"
#include "postgres/migration_file.h"

using namespace carafe;
using namespace carafe::postgres;
using ::testing::HasSubstr;

namespace {

constexpr const char* kName = "db/migrate/20260131120000_create_orders.sql";

std::string refusal(const std::string& name, const std::string& text) {
    try {
        parse_migration(name, text);
        return "accepted";
    } catch (const ConfigurationError& error) {
        return error.what();
    }
}

}  // namespace

TEST(MigrationFile, has_a_version_a_name_and_two_sections) {
    const Migration migration = parse_migration(
        kName, "-- Orders.\n\n-- up\nCREATE TABLE a ();\n-- note\n-- down\r\nDROP TABLE a;"
    );
    EXPECT_EQ(migration.version, "20260131120000");
    EXPECT_EQ(migration.name, "create_orders");
    EXPECT_EQ(migration.up, "CREATE TABLE a ();\n-- note\n");
    EXPECT_EQ(migration.down, "DROP TABLE a;\n");
    EXPECT_FALSE(migration.framework);
}

TEST(MigrationFile, is_refused_by_name_when_the_name_is_malformed) {
    for (const char* name :
         {"create.sql", "2026_a.sql", "20260131120000.sql", "20260131120000_A.sql"}) {
        EXPECT_THAT(refusal(name, "-- up\nSELECT 1;\n-- down\n"), HasSubstr(name)) << name;
        EXPECT_THAT(refusal(name, "-- up\nSELECT 1;\n-- down\n"), HasSubstr("14 digits")) << name;
    }
}

TEST(MigrationFile, is_refused_when_a_section_is_missing_empty_or_double) {
    EXPECT_THAT(refusal(kName, "-- up\nSELECT 1;\n"), HasSubstr("no line '-- down'"));
    EXPECT_THAT(refusal(kName, "-- down\nSELECT 1;\n"), HasSubstr("no line '-- up'"));
    EXPECT_THAT(refusal(kName, "-- up\n \n-- down\n"), HasSubstr("nothing between"));
    EXPECT_THAT(
        refusal(kName, "-- up\nSELECT 1;\n-- up\n-- down\n"), HasSubstr(".sql:3: a second")
    );
    EXPECT_THAT(refusal(kName, "SELECT 1;\n-- up\n-- down\n"), HasSubstr(".sql:1: SQL before"));
}

TEST(MigrationFile, names_the_directory_that_cannot_be_read) {
    EXPECT_THROW(read_migrations("/nowhere/at/all"), ConfigurationError);
}
