// The sections that configure a process: worker, database, http, realtime, log.

#include <algorithm>

#include "config/sections.h"
#include "config/values.h"

namespace carafe::config {

namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::int64_t kKiB = 1024;
constexpr std::int64_t kMiB = kKiB * kKiB;
constexpr Bounds<std::int64_t> kPorts{0, 65'535};  // 0: any free one

// Rather hides too much than too little: everything from the user's colon to the last '@'.
std::string hide_password(std::string url) {
    const std::size_t authority = url.find("://");
    if (authority != std::string::npos) {
        const std::size_t colon = url.find(':', authority + 3);
        const std::size_t at = url.rfind('@');
        if (at != std::string::npos && colon < at) {
            url.replace(colon + 1, at - colon - 1, "***");
        }
    }
    const std::size_t parameter = url.find("password");
    return parameter == std::string::npos ? url : url.substr(0, parameter) + "password=***";
}

std::string joined(const std::vector<std::string>& values) {
    std::string text = "[";
    for (const std::string& value : values) {
        text += (text.size() > 1 ? ", " : "") + value;
    }
    return text + "]";
}

using ReadItem = std::function<std::optional<std::string>(const YamlNode&, Problems&)>;

std::vector<std::string> read_list(const YamlNode& node, const ReadItem& read, Problems& problems) {
    std::vector<std::string> values;
    if (node.kind != YamlNode::Kind::kList) {
        if (node.kind != YamlNode::Kind::kNull) {
            problems.add(node.location, "expected a list, got " + describe(node));
        }
        return values;
    }
    for (const YamlNode& item : node.items) {
        const auto value = read(item, problems);
        if (!value) {
            continue;
        }
        if (std::find(values.begin(), values.end(), *value) != values.end()) {
            problems.add(item.location, quote(*value) + " is in the list twice");
            continue;
        }
        values.push_back(*value);
    }
    return values;
}

template <typename Section>
Key<Section> list(
    std::string name,
    std::vector<std::string> Section::*member,
    const ReadItem& read,
    std::string description
) {
    return {
        std::move(name),
        "list of strings",
        std::move(description),
        [member, read](const YamlNode& node, Section& section, Problems& problems) {
            section.*member = read_list(node, read, problems);
        },
        [member](const Section& section) { return joined(section.*member); }};
}

std::optional<std::string> read_origin(const YamlNode& node, Problems& problems) {
    auto text = read_string(node, problems);
    if (!text) {
        return std::nullopt;
    }
    const std::size_t scheme = text->find("://");
    const bool is_web = text->substr(0, scheme) == "http" || text->substr(0, scheme) == "https";
    if (!is_web || scheme + 3 == text->size() ||
        text->find_first_of("/?#@*", scheme + 3) != std::string::npos) {
        problems.add(
            node.location,
            "expected an origin such as https://shop.example or http://127.0.0.1:3008 (no path), "
            "got " +
                quote(*text)
        );
        return std::nullopt;
    }
    return text;
}

Key<DatabaseSettings> database_url() {
    Key<DatabaseSettings> key = string(
        "url",
        &DatabaseSettings::url,
        "libpq connection string or URI. Needed by exactly_once routes, the outbox and the "
        "database commands."
    );
    key.show = [](const DatabaseSettings& section) { return hide_password(section.url); };
    return key;
}

}  // namespace

const std::vector<Key<WorkerSettings>>& worker_keys() {
    static const std::vector<Key<WorkerSettings>> keys{
        integer(
            "processing_threads",
            &WorkerSettings::processing_threads,
            {1, 256},
            "Threads that run handlers, shared by all partitions of all groups."
        ),
        size(
            "memory_budget",
            &WorkerSettings::memory_budget_bytes,
            {kMiB, kMiB * kMiB},
            "Memory for records fetched ahead, divided among all partitions."
        ),
        duration(
            "shutdown_timeout",
            &WorkerSettings::shutdown_timeout,
            {milliseconds(100), hours(1)},
            "How long a stop may take to finish what is in flight; past it the process exits 3."
        ),
        string(
            "journal",
            &WorkerSettings::journal,
            "Folder in which a worker notes what it has in its hands, so that the next one knows "
            "which record a crash was about. On a local disk; one folder per machine."
        ),
        choice(
            "membership",
            &WorkerSettings::membership,
            {"dynamic", "static"},
            "static: a restart shorter than session.timeout.ms moves no partition. Each worker of "
            "a "
            "machine has a slot of its own in the journal's folder. Not with group.protocol "
            "consumer."
        ),
        string(
            "dead_letter_group",
            &WorkerSettings::dead_letter_group,
            "Consumer group that keeps the index of dead letters up to date (with a database); "
            "default: the application's name with -dead-letters."
        ),
        choice(
            "reload",
            &WorkerSettings::reload,
            {"watch", "hup", "off"},
            "When a running worker reads an edited karafka.yml: watch: when the file has changed, "
            "and on HUP; hup: on HUP; off: never."
        ),
        duration(
            "slow_call",
            &WorkerSettings::slow_call,
            {milliseconds(100), hours(24)},
            "A call of a handler that lasts longer is named: in the log, by lag, among the "
            "warnings "
            "of /readyz."
        ),
        duration(
            "stuck_call",
            &WorkerSettings::stuck_call,
            {milliseconds(100), hours(24)},
            "A call of a handler that lasts longer turns /livez red: the process is to be "
            "restarted."
        ),
    };
    return keys;
}

const std::vector<Key<DatabaseSettings>>& database_keys() {
    static const std::vector<Key<DatabaseSettings>> keys{
        database_url(),
        integer(
            "pool_size",
            &DatabaseSettings::pool_size,
            {1, 1000},
            "Connections of one process at most."
        ),
        duration(
            "pool_timeout",
            &DatabaseSettings::pool_timeout,
            {milliseconds(1), minutes(5)},
            "How long to wait for a free connection before the database counts as unavailable."
        ),
        duration(
            "statement_timeout",
            &DatabaseSettings::statement_timeout,
            {milliseconds(1), hours(24)},
            "PostgreSQL's statement_timeout on every connection."
        ),
        duration(
            "lock_timeout",
            &DatabaseSettings::lock_timeout,
            {milliseconds(1), hours(24)},
            "PostgreSQL's lock_timeout on every connection."
        ),
        duration(
            "idle_in_transaction_timeout",
            &DatabaseSettings::idle_in_transaction_timeout,
            {milliseconds(1), hours(24)},
            "PostgreSQL's idle_in_transaction_session_timeout: frees the locks of a process that "
            "stopped inside a transaction."
        ),
    };
    return keys;
}

const std::vector<Key<HttpSettings>>& http_keys() {
    static const std::vector<Key<HttpSettings>> keys{
        string("bind", &HttpSettings::bind, "Address to listen on."),
        integer("port", &HttpSettings::port, kPorts, "Port to listen on; 0 takes any free one."),
        integer("threads", &HttpSettings::threads, {1, 256}, "Threads that serve requests."),
        integer(
            "max_connections",
            &HttpSettings::max_connections,
            {1, 1'000'000},
            "Open connections at most; more are refused."
        ),
        integer(
            "max_connections_per_address",
            &HttpSettings::max_connections_per_address,
            {0, 1'000'000},
            "Open connections from one address at most, a gateway's excepted; 0: no such limit."
        ),
    };
    return keys;
}

const std::vector<Key<RealtimeSettings>>& realtime_keys() {
    static const std::vector<Key<RealtimeSettings>> keys{
        string("bind", &RealtimeSettings::bind, "Address to listen on."),
        integer(
            "port", &RealtimeSettings::port, kPorts, "Port to listen on; 0 takes any free one."
        ),
        duration(
            "ping_interval",
            &RealtimeSettings::ping_interval,
            {milliseconds(10), hours(1)},
            "How often the server pings a socket (Engine.IO pingInterval)."
        ),
        duration(
            "ping_timeout",
            &RealtimeSettings::ping_timeout,
            {milliseconds(10), hours(1)},
            "How long it waits for the answer before it closes the socket (Engine.IO pingTimeout)."
        ),
        list(
            "allowed_origins",
            &RealtimeSettings::allowed_origins,
            read_origin,
            "Browser origins that may connect; empty: the server's own only."
        ),
        list(
            "topics",
            &RealtimeSettings::topics,
            read_topic_name,
            "Topics of events that every realtime process reads, all partitions, without a group."
        ),
    };
    return keys;
}

const std::vector<Key<LogSettings>>& log_keys() {
    static const std::vector<Key<LogSettings>> keys{
        choice(
            "level",
            &LogSettings::level,
            {"trace", "debug", "info", "warn", "error"},
            "What is logged: this level and above."
        ),
        choice(
            "format", &LogSettings::format, {"text", "json"}, "One line per entry, as text or JSON."
        ),
    };
    return keys;
}

}  // namespace carafe::config
