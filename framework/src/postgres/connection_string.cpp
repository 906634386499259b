#include "postgres/connection_string.h"

#include <libpq-fe.h>

#include <chrono>
#include <cstdlib>
#include <map>
#include <memory>

#include "carafe/errors.h"

namespace carafe::postgres {

namespace {

using Parameters = std::map<std::string, std::string>;

struct FreeOptions {
    void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

Parameters parse(const std::string& url) {
    if (url.empty()) {
        throw ConfigurationError(
            "no database is configured: set database.url in karafka.yml, or DATABASE_URL"
        );
    }
    // libpq's own message repeats parts of the string, so it is not passed on.
    char* message = nullptr;
    const std::unique_ptr<PQconninfoOption, FreeOptions> options(
        PQconninfoParse(url.c_str(), &message)
    );
    PQfreemem(message);
    if (!options) {
        throw ConfigurationError(
            "the database URL is not a libpq connection string; expected "
            "postgresql://user:password@host:port/name or host=... dbname=..."
        );
    }
    Parameters parameters;
    for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
        if (option->val != nullptr) {
            parameters.emplace(option->keyword, option->val);
        }
    }
    return parameters;
}

std::string join(const Parameters& parameters) {
    std::string joined;
    for (const auto& [keyword, value] : parameters) {
        joined += (joined.empty() ? "" : " ") + keyword + "='";
        for (const char character : value) {
            if (character == '\'' || character == '\\') {
                joined += '\\';
            }
            joined += character;
        }
        joined += '\'';
    }
    return joined;
}

void add_option(Parameters& parameters, const std::string& name, const std::string& value) {
    std::string& options = parameters["options"];
    options += (options.empty() ? "-c " : " -c ") + name + "=" + value;
}

void add_timeouts(Parameters& parameters, const DatabaseSettings& settings) {
    const auto add = [&](const char* name, std::chrono::milliseconds value) {
        add_option(parameters, name, std::to_string(value.count()));
    };
    add("statement_timeout", settings.statement_timeout);
    add("lock_timeout", settings.lock_timeout);
    add("idle_in_transaction_session_timeout", settings.idle_in_transaction_timeout);
}

}  // namespace

std::string connection_string(
    const DatabaseSettings& settings, const std::string& application_name
) {
    Parameters parameters = parse(settings.url);
    if (parameters.count("options") == 0) {
        // Our options would hide those that libpq takes from the environment.
        const char* inherited = std::getenv("PGOPTIONS");
        if (inherited != nullptr && *inherited != '\0') {
            parameters["options"] = inherited;
        }
    }
    add_timeouts(parameters, settings);
    // A peer that vanished without a word is noticed within seconds; what the URL says wins.
    parameters.emplace("connect_timeout", "3");      // seconds
    parameters.emplace("tcp_user_timeout", "5000");  // milliseconds
    parameters.emplace("keepalives_idle", "5");      // seconds
    parameters.emplace("keepalives_interval", "2");  // seconds
    parameters.emplace("keepalives_count", "3");
    parameters["application_name"] = application_name;
    parameters["client_encoding"] = "UTF8";
    return join(parameters);
}

std::string with_search_path(const std::string& url, const std::string& schema) {
    Parameters parameters = parse(url);
    add_option(parameters, "search_path", schema);
    return join(parameters);
}

std::string describe(const std::string& url) {
    const Parameters parameters = parse(url);
    const auto value = [&](const char* name, const char* fallback) {
        const auto found = parameters.find(name);
        return found == parameters.end() ? std::string(fallback) : found->second;
    };
    return "PostgreSQL at " + value("host", "the local socket") + ":" + value("port", "5432") +
           "/" + value("dbname", "");
}

std::string without_password(const std::string& url, std::string text) {
    const Parameters parameters = parse(url);
    const auto found = parameters.find("password");
    if (found == parameters.end() || found->second.empty()) {
        return text;
    }
    const std::string& password = found->second;
    for (std::size_t at = text.find(password); at != std::string::npos; at = text.find(password)) {
        text.replace(at, password.size(), "");
    }
    return text;
}

}  // namespace carafe::postgres
