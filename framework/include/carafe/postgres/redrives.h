#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "carafe/dead_letter.h"
#include "carafe/postgres/pool.h"

namespace carafe::postgres {

// What an application does when a dead letter is discarded, in the same transaction: tell whoever
// waits for it that it will never be done. Throwing keeps the dead letter.
using OnDiscard = std::function<void(pqxx::transaction_base& tx, const DeadLetter& dead_letter)>;

enum class RedriveKind { kRedrive, kDiscard };
// Who works on it: a command, until it is done or killed, or a server's background thread.
enum class RedriveRunner { kCommand, kServer };

// Which dead letters. Those already handled are never among them.
struct DeadLetterSelection {
    std::vector<DeadLetterId> ids;  // or:
    std::string topic;              // empty: all dead letter topics
    std::string where;              // a filter; empty: all
    std::optional<std::int64_t> limit;
    bool force = false;  // also what was redriven more than kRedrivesMax times
};
// A record that comes back more often than that is parked: something is wrong with it.
constexpr int kRedrivesMax = 3;

struct RedriveRequest {
    RedriveKind kind = RedriveKind::kRedrive;
    RedriveRunner runner = RedriveRunner::kCommand;
    DeadLetterSelection selection;
    std::string patch;           // RFC 6902, as JSON; empty: none
    std::optional<double> rate;  // records per second
    std::string actor;
    std::string reason;
};

// What a request would do.
struct RedrivePreview {
    struct Item {
        DeadLetterId id;
        std::string source_topic;
        std::int32_t source_partition = 0;
        std::int64_t source_offset = 0;
        std::string error_class;
        std::string problem;  // why the patch does not fit; empty: it goes
    };
    std::vector<Item> items;   // in the order in which they would go
    std::int64_t foreign = 0;  // left out: they do not say where they came from
    std::int64_t parked = 0;   // left out: redriven too often
    std::int64_t refused = 0;  // of items: the patch does not fit
};

struct Redrive {
    std::int64_t id = 0;
    RedriveKind kind = RedriveKind::kRedrive;
    std::string state;  // preparing running cancelled completed failed
    RedriveRunner runner = RedriveRunner::kCommand;
    std::string actor;
    std::string reason;
    std::string selection;  // JSON
    std::string patch;      // JSON, empty: none
    std::optional<double> rate;
    std::int64_t total = 0;
    std::int64_t done = 0;     // the refused included
    std::int64_t refused = 0;  // the patch did not fit, or the application refused the discard
    std::string error;         // why it failed
    std::chrono::system_clock::time_point created_at;
    std::chrono::system_clock::time_point updated_at;
    std::optional<std::chrono::system_clock::time_point> finished_at;

    [[nodiscard]] bool is_open() const { return state == "preparing" || state == "running"; }
};

struct AuditEntry {
    std::int64_t id = 0;
    std::chrono::system_clock::time_point at;
    std::string actor;
    std::string action;
    std::string subject;
    std::string reason;
    std::string details;  // JSON
};

// Sends dead letters back to where they came from, or discards them. Everything it does is one
// transaction of the database: copies go through the outbox together with the bookkeeping, so a
// death at any instant loses and repeats nothing. Thread-safe; any number of processes may work on
// the same redrive. All throw Unavailable while the database is away.
class Redrives {
public:
    // `on_discard` may be empty.
    Redrives(Pool& pool, OnDiscard on_discard);

    // Throws FilterError, and ConfigurationError for a patch or an ID that is wrong.
    [[nodiscard]] RedrivePreview preview(const RedriveRequest& request) const;
    // Writes the request down, with an audit entry. Selects nothing yet. Throws as preview().
    std::int64_t create(const RedriveRequest& request);
    // Freezes the selection: bring the index up to now before. Does nothing when that was done.
    void prepare(std::int64_t id);
    // Handles the next records, at most `max`, and returns how it stands afterwards.
    Redrive step(std::int64_t id, std::size_t max);
    // What is left stays waiting. Throws ConfigurationError when it has ended already.
    Redrive cancel(std::int64_t id, const std::string& actor, const std::string& reason);
    // Takes up what is left, also after cancel(). Throws ConfigurationError when it is complete.
    Redrive resume(std::int64_t id, const std::string& actor, RedriveRunner runner);
    void fail(std::int64_t id, const std::string& error);

    [[nodiscard]] std::optional<Redrive> find(std::int64_t id) const;
    // The newest first; those with a lower id than `before`.
    [[nodiscard]] std::vector<Redrive> list(
        std::size_t limit, std::optional<std::int64_t> before = std::nullopt
    ) const;
    // Open ones for a server's thread, oldest first.
    [[nodiscard]] std::vector<Redrive> open_for_server() const;
    [[nodiscard]] std::vector<AuditEntry> audit(
        std::size_t limit, std::optional<std::int64_t> before = std::nullopt
    ) const;

private:
    Pool& pool_;
    OnDiscard on_discard_;
};

}  // namespace carafe::postgres
