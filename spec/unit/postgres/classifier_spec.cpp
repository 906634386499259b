#include <gmock/gmock.h>

#include <pqxx/pqxx>

#include "carafe/postgres/pool.h"
#include "postgres/classifier.h"
#include "postgres/exactly_once_delivery.h"

using namespace carafe;
using namespace carafe::postgres;
using processing::FailureKind;

namespace {

std::optional<FailureKind> kind_of(const char* state) {
    return classify_postgres(pqxx::sql_error("message", "query", state));
}

}  // namespace

TEST(PostgresClassifier, knows_contention) {
    for (const char* state : {"40001", "40P01", "55P03"}) {
        EXPECT_EQ(kind_of(state), FailureKind::kContention) << state;
    }
    EXPECT_EQ(classify_postgres(pqxx::deadlock_detected("d")), FailureKind::kContention);
    EXPECT_EQ(classify_postgres(pqxx::serialization_failure("s")), FailureKind::kContention);
}

TEST(PostgresClassifier, knows_outages) {
    for (const char* state : {"08006", "53300", "53100", "57P01", "57P03", "25006"}) {
        EXPECT_EQ(kind_of(state), FailureKind::kSystemic) << state;
    }
    EXPECT_EQ(classify_postgres(pqxx::broken_connection("gone")), FailureKind::kSystemic);
    EXPECT_EQ(classify_postgres(pqxx::in_doubt_error("who knows")), FailureKind::kSystemic);
}

TEST(PostgresClassifier, does_not_blame_records_for_a_missing_migration_or_a_sick_server) {
    for (const char* state : {"42P01", "42703", "28000", "3D000", "3F000", "58030", "XX001"}) {
        EXPECT_EQ(kind_of(state), FailureKind::kSystemic) << state;
    }
}

TEST(PostgresClassifier, counts_an_attempt_for_bad_data) {
    for (const char* state : {"22001", "22P02", "23505", "23514", "25P02", "P0001"}) {
        EXPECT_EQ(kind_of(state), FailureKind::kPermanent) << state;
    }
    EXPECT_EQ(classify_postgres(IdleTransaction("slow")), FailureKind::kPermanent);
}

TEST(PostgresClassifier, leaves_open_whose_fault_a_cancelled_statement_is) {
    EXPECT_EQ(kind_of("57014"), FailureKind::kOverdue);
}

TEST(PostgresClassifier, leaves_errors_of_others_to_others) {
    EXPECT_EQ(classify_postgres(std::runtime_error("mine")), std::nullopt);
    EXPECT_EQ(classify_postgres(Unavailable("no connection")), std::nullopt);  // a TransientError
    EXPECT_EQ(classify_postgres(pqxx::usage_error("misuse")), std::nullopt);
}
