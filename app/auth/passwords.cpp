#include "app/auth/passwords.h"

#include <sodium.h>

#include <array>
#include <new>

namespace shop {

namespace {

// Of a random password that nobody knows, at libsodium's interactive limits like all others.
constexpr const char* kNobody =
    "$argon2id$v=19$m=65536,t=2,p=1$ZCNVhIu55laDEfJpGHl50w$"
    "Xl/5PavFlFQVulDy2ly9N+qP2P071Q/jidSuvjmZJUs";

}  // namespace

bool password_matches(const std::string& hash, const std::string& password) {
    const bool is_known = !hash.empty();
    const char* checked = is_known ? hash.c_str() : kNobody;
    const bool matches = crypto_pwhash_str_verify(checked, password.data(), password.size()) == 0;
    return matches && is_known;
}

std::string password_hash(const std::string& password) {
    std::array<char, crypto_pwhash_STRBYTES> hash{};
    if (crypto_pwhash_str_alg(
            hash.data(),
            password.data(),
            password.size(),
            crypto_pwhash_OPSLIMIT_INTERACTIVE,
            crypto_pwhash_MEMLIMIT_INTERACTIVE,
            crypto_pwhash_ALG_ARGON2ID13
        ) != 0) {
        throw std::bad_alloc();
    }
    return hash.data();
}

}  // namespace shop
