#include "app/auth/tokens.h"

#include <jwt.h>

#include <cstdlib>
#include <memory>
#include <new>

#include "app/models/uuid.h"
#include "carafe/errors.h"

namespace shop {

namespace {

constexpr std::size_t kMinimumSecretBytes = 32;
constexpr std::size_t kLongestToken = 1024;

using Jwt = std::unique_ptr<jwt_t, decltype(&jwt_free)>;

const unsigned char* bytes(const std::string& text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

long seconds(Tokens::Time time) {
    return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

std::string encode(const std::string& secret, const Claims& claims, Tokens::Time now) {
    jwt_t* raw = nullptr;
    if (jwt_new(&raw) != 0) {
        throw std::bad_alloc();
    }
    const Jwt jwt(raw, jwt_free);
    jwt_add_grant(raw, "sub", claims.user_id.c_str());
    jwt_add_grant(raw, "role", std::string(to_string(claims.role)).c_str());
    jwt_add_grant_int(raw, "ver", claims.token_version);
    jwt_add_grant_int(raw, "iat", seconds(now));
    jwt_add_grant_int(raw, "exp", seconds(claims.expires_at));
    jwt_set_alg(raw, JWT_ALG_HS256, bytes(secret), static_cast<int>(secret.size()));
    const std::unique_ptr<char, decltype(&std::free)> text(jwt_encode_str(raw), std::free);
    if (!text) {
        throw std::bad_alloc();
    }
    return text.get();
}

}  // namespace

Tokens::Tokens(std::string secret) : secret_(std::move(secret)) {
    if (secret_.size() < kMinimumSecretBytes) {
        throw carafe::ConfigurationError(
            "SECRET_KEY_BASE must have at least 32 bytes; make one with: openssl rand -base64 48"
        );
    }
    const std::string specimen = encode(secret_, {}, {});
    header_ = specimen.substr(0, specimen.find('.') + 1);
}

std::string Tokens::issue(const Claims& claims, Time now) const {
    return encode(secret_, claims, now);
}

std::optional<Claims> Tokens::verify(std::string_view token, Time now) const {
    // The very header we write: no other algorithm, no key id, no second way to spell it.
    if (token.size() > kLongestToken || token.substr(0, header_.size()) != header_) {
        return std::nullopt;
    }
    jwt_t* raw = nullptr;
    const int size = static_cast<int>(secret_.size());
    if (jwt_decode(&raw, std::string(token).c_str(), bytes(secret_), size) != 0) {
        return std::nullopt;
    }
    const Jwt jwt(raw, jwt_free);
    const char* subject = jwt_get_grant(raw, "sub");
    const long expires = jwt_get_grant_int(raw, "exp");
    if (jwt_get_alg(raw) != JWT_ALG_HS256 || subject == nullptr || !is_uuid(subject) ||
        seconds(now) >= expires) {
        return std::nullopt;
    }
    const char* role = jwt_get_grant(raw, "role");
    return Claims{
        subject,
        static_cast<int>(jwt_get_grant_int(raw, "ver")),
        role != nullptr && role == to_string(Role::kAdmin) ? Role::kAdmin : Role::kUser,
        Time(std::chrono::seconds(expires))};
}

std::string secret_key_base() {
    const char* secret = std::getenv("SECRET_KEY_BASE");
    if (secret == nullptr) {
        throw carafe::ConfigurationError(
            "SECRET_KEY_BASE is not set (at least 32 bytes; bin/up makes one under tmp/)"
        );
    }
    return secret;
}

}  // namespace shop
