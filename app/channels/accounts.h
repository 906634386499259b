#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "app/auth/identity.h"
#include "app/models/database.h"

namespace shop {

// What the database says of the users behind the sockets, asked on a thread of its own: everybody
// who was asked for since the last answer, in one statement. While PostgreSQL is away nothing is
// told, but what was heard within the last minute is still known. Thread-safe.
class Accounts {
public:
    struct Standing {
        Role role = Role::kUser;
        int token_version = -1;  // -1: there is no such user (any more)
    };
    using Standings = std::map<std::string, Standing>;  // by user id
    using Tell = std::function<void(const Standings&)>;

    // `tell` hears every answer, on the thread of Accounts.
    Accounts(Database database, Tell tell);
    ~Accounts() = default;
    Accounts(const Accounts&) = delete;
    Accounts& operator=(const Accounts&) = delete;

    void ask(const std::string& user_id);
    void ask(const std::set<std::string>& user_ids);
    [[nodiscard]] std::optional<Standing> remembered(const std::string& user_id) const;

private:
    using Clock = std::chrono::steady_clock;
    struct Remembered {
        Standing standing;
        Clock::time_point heard_at;
    };

    void run(const std::stop_token& stop);
    [[nodiscard]] std::optional<Standings> standings_of(const std::set<std::string>& user_ids
    ) const;
    void remember(const Standings& standings);

    Database database_;
    const Tell tell_;
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::set<std::string> wanted_;
    std::map<std::string, Remembered> remembered_;
    std::jthread thread_;  // last: it uses the others
};

}  // namespace shop
