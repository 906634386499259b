#include <gmock/gmock.h>

#include "postgres/connection_string.h"

using namespace carafe;
using namespace carafe::postgres;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

namespace {

DatabaseSettings settings_for(const std::string& url) {
    DatabaseSettings settings;
    settings.url = url;
    return settings;
}

}  // namespace

TEST(ConnectionString, puts_the_timeouts_of_the_settings_in_force) {
    DatabaseSettings settings = settings_for("postgresql://u@h:5433/shop");
    settings.statement_timeout = std::chrono::milliseconds(1234);
    const std::string text = connection_string(settings, "web");
    EXPECT_THAT(
        text,
        AllOf(
            HasSubstr("-c statement_timeout=1234"),
            HasSubstr("-c lock_timeout=2000"),
            HasSubstr("-c idle_in_transaction_session_timeout=2000"),
            HasSubstr("connect_timeout='3'"),
            HasSubstr("tcp_user_timeout='5000'"),
            HasSubstr("keepalives_idle='5'"),
            HasSubstr("application_name='web'")
        )
    );
}

TEST(ConnectionString, keeps_the_options_of_a_uri) {
    const std::string text = connection_string(
        settings_for("postgresql://u@h:5433/shop?options=-csearch_path%3Dmine&connect_timeout=7"),
        "web"
    );
    EXPECT_THAT(text, HasSubstr("options='-csearch_path=mine -c statement_timeout=5000"));
    EXPECT_THAT(text, AllOf(HasSubstr("connect_timeout='7'"), HasSubstr("port='5433'")));
}

TEST(ConnectionString, keeps_the_options_of_the_keyword_form) {
    const std::string text = connection_string(
        settings_for("host=h dbname=shop password='it\\'s' options='-csearch_path=mine'"), "web"
    );
    EXPECT_THAT(text, HasSubstr("options='-csearch_path=mine -c statement_timeout=5000"));
    EXPECT_THAT(text, HasSubstr("host='h'"));
}

TEST(ConnectionString, escapes_quotes_and_backslashes) {
    const std::string text =
        connection_string(settings_for("postgresql://u:a%27b%5Cc@h/shop"), "web");
    EXPECT_THAT(text, HasSubstr("password='a\\'b\\\\c'"));
}

TEST(ConnectionString, can_live_in_a_schema) {
    const std::string url = with_search_path("postgresql://u@h/shop", "spec_1");
    EXPECT_THAT(url, HasSubstr("options='-c search_path=spec_1'"));
    EXPECT_THAT(
        connection_string(settings_for(url), "web"),
        HasSubstr("-c search_path=spec_1 -c statement_timeout")
    );
}

TEST(ConnectionString, refuses_a_malformed_url_without_repeating_it) {
    try {
        connection_string(settings_for("host=h password=hush oops"), "web");
        FAIL() << "accepted";
    } catch (const ConfigurationError& error) {
        EXPECT_THAT(error.what(), AllOf(HasSubstr("not a libpq"), Not(HasSubstr("hush"))));
    }
}

TEST(ConnectionString, says_what_to_do_when_there_is_no_database) {
    EXPECT_THROW(connection_string(settings_for(""), "web"), ConfigurationError);
}

TEST(ConnectionString, describes_the_server_without_user_or_password) {
    EXPECT_EQ(describe("postgresql://me:hush@h:5433/shop"), "PostgreSQL at h:5433/shop");
    EXPECT_EQ(without_password("postgresql://me:hush@h/shop", "no hush here, hush"), "no  here, ");
}

TEST(ConnectionString, takes_the_folder_of_a_unix_socket_for_a_host) {
    const std::string url = "postgresql://me:hush@%2Fvar%2Frun%2Fmine:5433/shop";
    EXPECT_NE(
        connection_string(settings_for(url), "web").find("host='/var/run/mine'"), std::string::npos
    );
    EXPECT_EQ(describe(url), "PostgreSQL at /var/run/mine:5433/shop");
}
