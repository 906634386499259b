#include "app/channels/accounts.h"

#include "app/models/user.h"
#include "carafe/log.h"

namespace shop {

namespace {

// As long as a revocation may go unnoticed while PostgreSQL is away.
constexpr std::chrono::seconds kRememberedFor{60};
constexpr std::chrono::milliseconds kPause{200};  // after PostgreSQL did not answer

}  // namespace

Accounts::Accounts(Database database, Tell tell)
    : database_(database),
      tell_(std::move(tell)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void Accounts::ask(const std::string& user_id) {
    ask(std::set<std::string>{user_id});
}

void Accounts::ask(const std::set<std::string>& user_ids) {
    const std::lock_guard lock(mutex_);
    wanted_.insert(user_ids.begin(), user_ids.end());
    changed_.notify_one();
}

std::optional<Accounts::Standing> Accounts::remembered(const std::string& user_id) const {
    const std::lock_guard lock(mutex_);
    const auto found = remembered_.find(user_id);
    if (found == remembered_.end() || found->second.heard_at < Clock::now() - kRememberedFor) {
        return std::nullopt;
    }
    return found->second.standing;
}

void Accounts::run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (changed_.wait(lock, stop, [this] { return !wanted_.empty(); })) {
        const std::set<std::string> wanted = std::exchange(wanted_, {});
        lock.unlock();
        const auto standings = standings_of(wanted);
        if (standings) {
            remember(*standings);
            tell_(*standings);
        }
        lock.lock();
        if (!standings) {
            wanted_.insert(wanted.begin(), wanted.end());
            changed_.wait_for(lock, stop, kPause, [] { return false; });
        }
    }
}

std::optional<Accounts::Standings> Accounts::standings_of(const std::set<std::string>& user_ids
) const {
    try {
        Standings standings;
        for (const std::string& id : user_ids) {
            standings[id] = {};
        }
        database_.with([&](auto& tx) {
            for (const User& user : User::find_all(tx, {user_ids.begin(), user_ids.end()})) {
                standings[user.id] = {user.role, user.token_version};
            }
        });
        return standings;
    } catch (const std::exception& error) {
        carafe::log::debug("cannot look up accounts", {{"error", error.what()}});
        return std::nullopt;  // the pool has logged it louder
    }
}

void Accounts::remember(const Standings& standings) {
    const std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    std::erase_if(remembered_, [now](const auto& entry) {
        return entry.second.heard_at < now - kRememberedFor;
    });
    for (const auto& [id, standing] : standings) {
        remembered_[id] = {standing, now};
    }
}

}  // namespace shop
