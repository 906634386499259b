#include "carafe/postgres/pool.h"
#include "postgres/connection_string.h"

namespace carafe::postgres {

namespace {

// libpq's messages have several lines, some indented; logs want one.
std::string one_line(const std::string& text) {
    std::string line;
    for (const char character : text) {
        const bool space = character == '\n' || character == '\t' || character == ' ';
        if (space && (line.empty() || line.back() == ' ')) {
            continue;
        }
        line += space ? ' ' : character;
    }
    while (!line.empty() && line.back() == ' ') {
        line.pop_back();
    }
    return line;
}

}  // namespace

std::unique_ptr<pqxx::connection> connect(
    const DatabaseSettings& settings, const std::string& application_name
) {
    const std::string parameters = connection_string(settings, application_name);
    try {
        auto connection = std::make_unique<pqxx::connection>(parameters);
        connection->inhibit_reactivation(true);
        return connection;
    } catch (const pqxx::failure& error) {
        throw Unavailable(
            describe(settings.url) +
            " cannot be reached: " + without_password(settings.url, one_line(error.what()))
        );
    }
}

}  // namespace carafe::postgres
