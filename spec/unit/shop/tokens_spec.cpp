#include <gtest/gtest.h>

#include "app/auth/tokens.h"
#include "carafe/errors.h"
#include "support/shop/forged_tokens.h"

namespace {

using namespace shop;
using shop::specs::signed_with;

const std::string kSecret = "a secret of at least thirty-two bytes, really";
const std::string kUser = "01930000-0000-7000-8000-0000000000a1";

class TokensSpec : public ::testing::Test {
protected:
    [[nodiscard]] std::string claims(long expires_in_seconds) const {
        const long now = std::chrono::system_clock::to_time_t(now_);
        return R"({"exp":)" + std::to_string(now + expires_in_seconds) + R"(,"sub":")" + kUser +
               R"(","ver":3})";
    }
    [[nodiscard]] bool accepts(const std::string& token) const {
        return tokens_.verify(token, now_).has_value();
    }

    Tokens tokens_{kSecret};
    Tokens::Time now_ = std::chrono::system_clock::now();
    std::string header_ = R"({"alg":"HS256","typ":"JWT"})";
};

TEST_F(TokensSpec, takes_its_own_tokens_until_they_expire) {
    const std::string token =
        tokens_.issue({kUser, 3, Role::kAdmin, now_ + Tokens::kLifetime}, now_);
    const auto claims = tokens_.verify(token, now_);
    ASSERT_TRUE(claims);
    EXPECT_EQ(claims->user_id, kUser);
    EXPECT_EQ(claims->token_version, 3);
    EXPECT_EQ(claims->role, Role::kAdmin);
    EXPECT_TRUE(tokens_.verify(token, now_ + Tokens::kLifetime - std::chrono::seconds(2)));
    EXPECT_FALSE(tokens_.verify(token, now_ + Tokens::kLifetime));
}

TEST_F(TokensSpec, would_take_a_token_signed_by_hand_with_the_right_key) {
    EXPECT_TRUE(accepts(signed_with(kSecret, header_, claims(60))));
}

TEST_F(TokensSpec, refuses_every_other_header) {
    for (const char* header :
         {R"({"alg":"none","typ":"JWT"})",
          R"({"alg":"None"})",
          R"({"alg":"NONE","typ":"JWT"})",
          R"({"typ":"JWT"})",
          R"({"alg":"HS384","typ":"JWT"})",
          R"({"alg":"HS512","typ":"JWT"})",
          R"({"alg":"RS256","typ":"JWT"})",
          R"({"alg":"ES256","typ":"JWT"})",
          R"({"alg":"hs256","typ":"JWT"})",
          R"({"alg":"HS256","typ":"JWT","kid":"../../dev/null"})",
          R"({"alg":"HS256","typ":"JWT","kid":"' OR 1=1 --"})",
          R"({"alg":"HS256","typ":"JWT","jku":"http://evil.example/keys"})",
          R"({"alg":"HS256","typ":"JWT","crit":["exp"]})",
          R"({"typ":"JWT","alg":"HS256"})",
          R"({ "alg":"HS256","typ":"JWT"})",
          R"({"alg":"HS256"})",
          R"([])",
          R"({})",
          ""}) {
        EXPECT_FALSE(accepts(signed_with(kSecret, header, claims(60)))) << header;
    }
}

TEST_F(TokensSpec, refuses_signatures_that_are_not_of_its_key) {
    const std::string good = signed_with(kSecret, header_, claims(60));
    const std::string unsigned_part = good.substr(0, good.rfind('.'));
    for (const std::string& key :
         {std::string(),
          std::string("secret"),
          kSecret + "x",
          kSecret.substr(1),
          std::string(32, '\0')}) {
        EXPECT_FALSE(accepts(signed_with(key, header_, claims(60)))) << key;
    }
    EXPECT_FALSE(accepts(unsigned_part));
    EXPECT_FALSE(accepts(unsigned_part + "."));
    EXPECT_FALSE(accepts(unsigned_part + ".AAAA"));
    EXPECT_FALSE(accepts(good + "A"));
    EXPECT_FALSE(accepts(good + "="));
    EXPECT_FALSE(accepts(good + ".more"));
    EXPECT_FALSE(accepts(" " + good));
}

TEST_F(TokensSpec, refuses_a_token_changed_in_any_one_place) {
    const std::string good = signed_with(kSecret, header_, claims(60));
    for (std::size_t i = 0; i < good.size(); ++i) {
        std::string changed = good;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(accepts(changed)) << i;
    }
}

TEST_F(TokensSpec, refuses_claims_that_are_missing_or_wrong) {
    const std::string sub = R"("sub":")" + kUser + R"(")";
    for (const std::string& body :
         {std::string("{}"),
          "{" + sub + "}",
          "{" + sub + R"(,"exp":0})",
          "{" + sub + R"(,"exp":-1})",
          "{" + sub + R"(,"exp":"9999999999"})",
          std::string(R"({"exp":9999999999})"),
          std::string(R"({"exp":9999999999,"sub":7})"),
          std::string(R"({"exp":9999999999,"sub":"admin"})"),
          std::string("null"),
          std::string()}) {
        EXPECT_FALSE(accepts(signed_with(kSecret, header_, body))) << body;
    }
    EXPECT_FALSE(accepts(signed_with(kSecret, header_, claims(0))));
    EXPECT_FALSE(accepts(signed_with(kSecret, header_, claims(-60))));
}

TEST_F(TokensSpec, survives_garbage) {
    for (const std::string& garbage :
         {std::string(),
          std::string("."),
          std::string(".."),
          std::string("..."),
          std::string(5000, 'A'),
          std::string("\0\0\0", 3),
          std::string("\xff\xfe.\xff.\xff")}) {
        EXPECT_FALSE(accepts(garbage));
    }
}

TEST(Tokens, need_a_secret_of_32_bytes) {
    EXPECT_THROW(Tokens("short"), carafe::ConfigurationError);
    EXPECT_NO_THROW(Tokens(std::string(32, 'x')));
}

}  // namespace
