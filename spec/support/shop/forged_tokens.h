#pragma once

#include <sodium.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

// Tokens made by hand: what somebody would send who has no token, or not this one.
namespace shop::specs {

inline std::string base64url(const std::string& bytes) {
    std::string text(
        sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING), '\0'
    );
    sodium_bin2base64(
        text.data(),
        text.size(),
        reinterpret_cast<const unsigned char*>(bytes.data()),
        bytes.size(),
        sodium_base64_VARIANT_URLSAFE_NO_PADDING
    );
    text.pop_back();  // the terminating NUL
    return text;
}

inline std::string signed_with(
    const std::string& secret, const std::string& header, const std::string& claims
) {
    const std::string text = base64url(header) + "." + base64url(claims);
    std::string mac(crypto_auth_hmacsha256_BYTES, '\0');
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(
        &state, reinterpret_cast<const unsigned char*>(secret.data()), secret.size()
    );
    crypto_auth_hmacsha256_update(
        &state, reinterpret_cast<const unsigned char*>(text.data()), text.size()
    );
    crypto_auth_hmacsha256_final(&state, reinterpret_cast<unsigned char*>(mac.data()));
    return text + "." + base64url(mac);
}

// What stands behind `Authorization: `, with the reason why nobody must believe it. `secret` is the
// server's own, for those that are signed well and wrong all the same; `admin` is an admin's id.
inline std::vector<std::pair<std::string, std::string>> forged_credentials(
    const std::string& secret, const std::string& admin
) {
    const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    const std::string later = std::to_string(now + 3600);
    const std::string header = R"({"alg":"HS256","typ":"JWT"})";
    const auto claims = [&](const std::string& subject, const std::string& rest) {
        return R"({"sub":")" + subject + R"(",)" + rest + "}";
    };
    const std::string good = claims(admin, R"("role":"admin","ver":1,"iat":1,"exp":)" + later);
    const std::string token = signed_with(secret, header, good);
    const std::string body = token.substr(0, token.rfind('.'));
    const std::string signature = token.substr(token.rfind('.') + 1);
    std::vector<std::pair<std::string, std::string>> all;
    const auto add = [&all](const std::string& why, const std::string& forged) {
        all.emplace_back(why, "Bearer " + forged);
    };
    for (const char* other :
         {R"({"alg":"none"})",
          R"({"alg":"none","typ":"JWT"})",
          R"({"alg":"None","typ":"JWT"})",
          R"({"alg":"NONE","typ":"JWT"})",
          R"({"alg":"nOnE","typ":"JWT"})",
          R"({"alg":"","typ":"JWT"})",
          R"({"alg":null,"typ":"JWT"})"}) {
        add(std::string("no signature, ") + other, base64url(other) + "." + base64url(good) + ".");
        add(std::string("signed, ") + other, signed_with(secret, other, good));
    }
    for (const char* other :
         {R"({"alg":"HS384","typ":"JWT"})",
          R"({"alg":"HS512","typ":"JWT"})",
          R"({"alg":"RS256","typ":"JWT"})",
          R"({"alg":"ES256","typ":"JWT"})",
          R"({"alg":"PS256","typ":"JWT"})",
          R"({"alg":"EdDSA","typ":"JWT"})",
          R"({"alg":"hs256","typ":"JWT"})",
          R"({"alg":"HS256","typ":"JWT","kid":"../../../../dev/null"})",
          R"({"alg":"HS256","typ":"JWT","kid":"x' UNION SELECT 'secret' --"})",
          R"({"alg":"HS256","typ":"JWT","kid":"0"})",
          R"({"alg":"HS256","typ":"JWT","jku":"http://127.0.0.1:1/keys"})",
          R"({"alg":"HS256","typ":"JWT","x5u":"http://127.0.0.1:1/cert"})",
          R"({"alg":"HS256","typ":"JWT","jwk":{"kty":"oct","k":"c2VjcmV0"}})",
          R"({"alg":"HS256","typ":"JWT","crit":["b64"],"b64":false})",
          R"({"alg":"HS256","alg":"none","typ":"JWT"})",
          R"({"typ":"JWT","alg":"HS256"})",
          R"({"alg":"HS256","typ":"at+jwt"})",
          R"([])",
          R"()"}) {
        add(std::string("another header, ") + other, signed_with(secret, other, good));
    }
    for (const std::string& key :
         {std::string(),
          std::string("secret"),
          std::string(32, '\0'),
          secret + "x",
          secret.substr(1),
          base64url(secret)}) {
        add("another key, of " + std::to_string(key.size()) + " bytes",
            signed_with(key, header, good));
    }
    add("kid names an empty file",
        signed_with("", R"({"alg":"HS256","typ":"JWT","kid":"/dev/null"})", good));
    add("expired",
        signed_with(secret, header, claims(admin, R"("ver":1,"exp":)" + std::to_string(now - 1))));
    add("never expires", signed_with(secret, header, claims(admin, R"("ver":1)")));
    add("expires in words", signed_with(secret, header, claims(admin, R"("ver":1,"exp":"never")")));
    add("expires before time", signed_with(secret, header, claims(admin, R"("ver":1,"exp":-1)")));
    add("another version", signed_with(secret, header, claims(admin, R"("ver":2,"exp":)" + later)));
    add("no version", signed_with(secret, header, claims(admin, R"("exp":)" + later)));
    add("no subject", signed_with(secret, header, R"({"ver":1,"exp":)" + later + "}"));
    add("nobody",
        signed_with(
            secret,
            header,
            claims("01930000-0000-7000-8000-00000000ffff", R"("ver":1,"exp":)" + later)
        ));
    add("subject is SQL",
        signed_with(secret, header, claims("' OR '1'='1", R"("ver":1,"exp":)" + later)));
    add("subject is a number",
        signed_with(secret, header, R"({"sub":1,"ver":1,"exp":)" + later + "}"));
    add("claims are no object", signed_with(secret, header, "[]"));
    add("no claims", signed_with(secret, header, ""));
    add("signature cut off", body + ".");
    add("no signature at all", body);
    add("signature of another token",
        base64url(header) + "." +
            base64url(claims(admin, R"("role":"admin","ver":1,"exp":)" + later + "0")) + "." +
            signature);
    add("signature shortened", body + "." + signature.substr(0, signature.size() - 1));
    add("signature with a tail", token + "A");
    add("a fourth part", token + ".more");
    add("padded", token + "=");
    add("in quotes", "\"" + token + "\"");
    add("twice", token + "," + token);
    add("two of them", token + " " + token);
    add("empty", "");
    add("dots", "..");
    add("very long", std::string(6000, 'A'));
    add("not ASCII", "\xc3\xa9.\xc3\xa9.\xc3\xa9");
    add("no token but a password", "YWRhOnBhc3N3b3Jk");
    all.emplace_back("another scheme", "Basic " + token);
    all.emplace_back("another scheme", "Token " + token);
    all.emplace_back("no scheme", token);
    all.emplace_back("nothing", "");
    return all;
}

}  // namespace shop::specs
