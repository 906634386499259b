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
    const auto claims = claims_of(token);
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

// A signature costs as much as all the rest of a small request's reading.
std::optional<Claims> Authenticator::claims_of(std::string_view token) {
    const auto now = std::chrono::system_clock::now();
    {
        const std::lock_guard lock(mutex_);
        const auto known = good_tokens_.find(token);
        if (known != good_tokens_.end() && now < known->second.expires_at) {
            return known->second;
        }
    }
    auto claims = tokens_.verify(token, now);
    if (claims) {
        const std::lock_guard lock(mutex_);
        if (good_tokens_.size() >= kMostRemembered) {
            good_tokens_.clear();
        }
        good_tokens_.insert_or_assign(std::string(token), *claims);
    }
    return claims;
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
