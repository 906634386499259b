#include "app/auth/authenticator.h"

#include "app/models/user.h"

namespace shop {

namespace {

constexpr std::chrono::seconds kBelievedFor{1};
constexpr std::size_t kMostRemembered = 10'000;

}  // namespace

Authenticator::Authenticator(Database database, const Tokens& tokens)
    : database_(database), tokens_(tokens) {}

std::optional<Identity> Authenticator::identify(std::string_view token) {
    const auto claims = tokens_.verify(token, std::chrono::system_clock::now());
    const auto standing = claims ? standing_of(claims->user_id) : std::nullopt;
    if (!standing || standing->token_version != claims->token_version) {
        return std::nullopt;
    }
    return Identity{claims->user_id, standing->role, claims->token_version, claims->expires_at};
}

void Authenticator::forget(const std::string& user_id) {
    const std::lock_guard lock(mutex_);
    standings_.erase(user_id);
}

std::optional<Authenticator::Standing> Authenticator::standing_of(const std::string& user_id) {
    const auto now = std::chrono::steady_clock::now();
    {
        const std::lock_guard lock(mutex_);
        const auto known = standings_.find(user_id);
        if (known != standings_.end() && now - known->second.asked_at < kBelievedFor) {
            return known->second;
        }
    }
    const auto user = database_.with([&](auto& tx) { return User::find(tx, user_id); });
    if (!user) {
        return std::nullopt;
    }
    const Standing standing{user->role, user->token_version, now};
    const std::lock_guard lock(mutex_);
    if (standings_.size() >= kMostRemembered) {
        standings_.clear();
    }
    standings_[user_id] = standing;
    return standing;
}

}  // namespace shop
