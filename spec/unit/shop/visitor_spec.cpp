#include <gtest/gtest.h>

#include "app/channels/visitor.h"
#include "carafe/realtime/server.h"

namespace {

using namespace shop;
using carafe::realtime::ConnectRefused;
using carafe::realtime::Handshake;

const std::string kUser = "01930000-0000-7000-8000-0000000000a1";

class VisitorSpec : public ::testing::Test {
protected:
    [[nodiscard]] std::string token(Role role, std::chrono::hours lifetime) const {
        const auto now = std::chrono::system_clock::now();
        return tokens_.issue({kUser, 1, role, now + lifetime}, now);
    }
    static Handshake with_auth(const std::string& auth) { return {auth, {}, {}, ""}; }
    [[nodiscard]] std::string refusal(const Handshake& handshake) const {
        try {
            admit(handshake, tokens_);
            return "";
        } catch (const ConnectRefused& refused) {
            return refused.data();
        }
    }

    Tokens tokens_{std::string(32, 's')};
    std::string good_ = token(Role::kUser, std::chrono::hours(1));
    Handshake signed_in_ = with_auth(R"({"token":")" + good_ + R"("})");
};

TEST_F(VisitorSpec, is_who_the_token_says) {
    const Visitor visitor = admit(signed_in_, tokens_);
    EXPECT_EQ(visitor.claims->user_id, kUser);
    EXPECT_FALSE(visitor.is_welcome) << "the database has not been asked yet";
}

TEST_F(VisitorSpec, may_come_with_the_cookie) {
    Handshake handshake = with_auth("{}");
    handshake.headers.add("cookie", "a=b; shop_session=" + good_);
    EXPECT_EQ(admit(handshake, tokens_).claims->user_id, kUser);
}

TEST_F(VisitorSpec, is_a_guest_without_a_token) {
    for (const char* auth : {"{}", R"({"token":null})", "", "[]", "nonsense"}) {
        EXPECT_TRUE(admit(with_auth(auth), tokens_).is_guest()) << auth;
    }
}

TEST_F(VisitorSpec, is_refused_with_a_bad_token) {
    const std::string expired = token(Role::kUser, std::chrono::hours(-1));
    for (const std::string& auth :
         {std::string(R"({"token":"nonsense"})"),
          std::string(R"({"token":""})"),
          std::string(R"({"token":7})"),
          R"({"token":")" + expired + R"("})"}) {
        EXPECT_EQ(refusal(with_auth(auth)), R"({"code":"invalid_token"})") << auth;
    }
}

TEST_F(VisitorSpec, is_refused_when_the_query_claims_another_identity) {
    const auto claiming = [&](Handshake handshake, const char* name, const std::string& value) {
        handshake.query.add(name, value);
        return refusal(handshake);
    };
    const std::string mismatch = R"({"code":"identity_mismatch"})";
    EXPECT_EQ(claiming(signed_in_, "userId", kUser), "");
    EXPECT_EQ(claiming(signed_in_, "role", "user"), "");
    EXPECT_EQ(claiming(signed_in_, "userId", "somebody"), mismatch);
    EXPECT_EQ(claiming(signed_in_, "role", "admin"), mismatch);
    EXPECT_EQ(claiming(with_auth("{}"), "userId", kUser), mismatch);
    EXPECT_EQ(claiming(with_auth("{}"), "role", "admin"), mismatch);
    EXPECT_EQ(claiming(with_auth("{}"), "role", "guest"), "");
}

}  // namespace
