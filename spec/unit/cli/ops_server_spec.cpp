#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "carafe/errors.h"
#include "carafe/ops.h"

namespace carafe::spec {

namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// The whole response to one GET.
std::string get(int port, const std::string& path) {
    const int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        close(descriptor);
        return "cannot connect";
    }
    const std::string request =
        "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    EXPECT_EQ(
        send(descriptor, request.data(), request.size(), 0), static_cast<ssize_t>(request.size())
    );
    std::string response;
    std::array<char, 4096> buffer{};
    for (ssize_t count = 1; count > 0;) {
        count = recv(descriptor, buffer.data(), buffer.size(), 0);
        response.append(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    }
    close(descriptor);
    return response;
}

class Ops : public ::testing::Test {
protected:
    Health health_;
    Metrics metrics_;
};

TEST_F(Ops, answers_200_while_all_is_well) {
    health_.liveness("engine", [] { return std::nullopt; });
    const OpsServer server(0, health_, metrics_);
    EXPECT_THAT(get(server.port(), "/livez"), StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(get(server.port(), "/readyz"), HasSubstr(R"({"status":"ok","failing":{}})"));
}

TEST_F(Ops, answers_503_naming_each_red_check_and_its_reason) {
    health_.readiness("kafka", [] { return std::optional<std::string>("no \"broker\""); });
    health_.readiness("database", [] { return std::optional<std::string>("away"); });
    const OpsServer server(0, health_, metrics_);
    const std::string ready = get(server.port(), "/readyz");
    EXPECT_THAT(ready, StartsWith("HTTP/1.1 503"));
    EXPECT_THAT(ready, HasSubstr(R"("failing":{"database":"away","kafka":"no \"broker\""})"));
    EXPECT_THAT(get(server.port(), "/livez"), StartsWith("HTTP/1.1 200"));
}

TEST_F(Ops, exposes_metrics_as_text) {
    metrics_.counter("carafe_spec_total", "Counts").increment(3);
    const OpsServer server(0, health_, metrics_);
    const std::string response = get(server.port(), "/metrics");
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
