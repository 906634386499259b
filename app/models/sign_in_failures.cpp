#include "app/models/sign_in_failures.h"

#include <algorithm>
#include <cctype>

#include "app/models/database.h"

namespace shop::sign_in_failures {

namespace {

// A subject's last five failures, the oldest first.
constexpr Statement kWait{"sign_in_wait", R"(
    SELECT ceil(extract(epoch FROM max(failed_at[1]) + interval '1 minute' - now()))::int
    FROM sign_in_failures
    WHERE subject = ANY ($1::text[]) AND cardinality(failed_at) = 5
      AND failed_at[1] > now() - interval '1 minute'
)"};

constexpr Statement kRecord{"record_sign_in_failure", R"(
    INSERT INTO sign_in_failures AS known (subject, failed_at, forget_at)
    SELECT subject, ARRAY[now()], now() + interval '1 minute'
    FROM unnest($1::text[]) AS subject ORDER BY subject
    ON CONFLICT (subject) DO UPDATE
    SET failed_at = (known.failed_at || excluded.failed_at)
                        [greatest(1, cardinality(known.failed_at) - 3):],
        forget_at = excluded.forget_at
    WHERE cardinality(known.failed_at) < 5
       OR known.failed_at[1] <= now() - interval '1 minute'
    RETURNING 1
)"};

// A little with each failure, so that the table stays as small as a minute's failures.
constexpr Statement kForget{"forget_sign_in_failures", R"(
    DELETE FROM sign_in_failures WHERE subject IN (
        SELECT subject FROM sign_in_failures WHERE forget_at < now()
        LIMIT 100 FOR UPDATE SKIP LOCKED)
)"};

std::string subjects(const SignInAttempt& attempt) {
    std::string email = attempt.email;
    std::transform(email.begin(), email.end(), email.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    return SqlArray().add("account:" + email).add("address:" + attempt.address).text();
}

}  // namespace

std::optional<std::chrono::seconds> wait_before(
    pqxx::transaction_base& tx, const SignInAttempt& attempt
) {
    const pqxx::result rows = run(tx, kWait, subjects(attempt));
    if (rows[0][0].is_null()) {
        return std::nullopt;
    }
    return std::chrono::seconds(std::max(1, rows[0][0].as<int>()));
}

bool record(pqxx::transaction_base& tx, const SignInAttempt& attempt) {
    run(tx, kForget);
    return run(tx, kRecord, subjects(attempt)).size() == 2;
}

}  // namespace shop::sign_in_failures
