#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "carafe/errors.h"
#include "carafe/ops.h"
#include "support/http_get.h"

namespace carafe::spec {

namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class Ops : public ::testing::Test {
protected:
    Health health_;
    Metrics metrics_;
};

TEST_F(Ops, answers_200_while_all_is_well) {
    health_.liveness("engine", [] { return std::nullopt; });
    const OpsServer server(0, health_, metrics_);
    EXPECT_THAT(http_get(server.port(), "/livez"), StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(http_get(server.port(), "/readyz"), HasSubstr(R"({"status":"ok","failing":{}})"));
}

TEST_F(Ops, answers_503_naming_each_red_check_and_its_reason) {
    health_.readiness("kafka", [] { return std::optional<std::string>("no \"broker\""); });
    health_.readiness("database", [] { return std::optional<std::string>("away"); });
    const OpsServer server(0, health_, metrics_);
    const std::string ready = http_get(server.port(), "/readyz");
    EXPECT_THAT(ready, StartsWith("HTTP/1.1 503"));
    EXPECT_THAT(ready, HasSubstr(R"("failing":{"database":"away","kafka":"no \"broker\""})"));
    EXPECT_THAT(http_get(server.port(), "/livez"), StartsWith("HTTP/1.1 200"));
}

TEST_F(Ops, tells_what_deserves_a_look_without_being_red) {
    health_.warning("engine", [] {
        return std::optional<std::string>("a topic takes no records");
    });
    health_.warning("relay", [] { return std::nullopt; });
    const OpsServer server(0, health_, metrics_);
    const std::string ready = http_get(server.port(), "/readyz");
    EXPECT_THAT(ready, StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(ready, HasSubstr(R"("warnings":{"engine":"a topic takes no records"})"));
    EXPECT_THAT(http_get(server.port(), "/livez"), HasSubstr(R"({"status":"ok","failing":{}})"));
}

TEST_F(Ops, exposes_metrics_as_text) {
    metrics_.counter("carafe_spec_total", "Counts").increment(3);
    const OpsServer server(0, health_, metrics_);
    const std::string response = http_get(server.port(), "/metrics");
    EXPECT_THAT(response, HasSubstr("text/plain"));
    EXPECT_THAT(response, HasSubstr("carafe_spec_total 3"));
}

TEST_F(Ops, names_its_variable_when_the_port_is_taken) {
    const OpsServer first(0, health_, metrics_);
    try {
        const OpsServer second(first.port(), health_, metrics_);
        FAIL() << "two servers on one port";
    } catch (const ConfigurationError& error) {
        EXPECT_THAT(error.what(), HasSubstr(std::to_string(first.port())));
        EXPECT_THAT(error.what(), HasSubstr("OPS_PORT"));
    }
}

TEST(OpsPort, comes_from_the_environment) {
    unsetenv("OPS_PORT");
    EXPECT_EQ(ops_port(9300), 9300);
    setenv("OPS_PORT", "9400", 1);
    EXPECT_EQ(ops_port(9300), 9400);
    for (const char* wrong : {"x", "-1", "65536", "80 ", "8o"}) {
        setenv("OPS_PORT", wrong, 1);
        EXPECT_THROW(ops_port(9300), ConfigurationError) << wrong;
    }
    unsetenv("OPS_PORT");
}

}  // namespace

}  // namespace carafe::spec
