// The connection goes while COMMIT is under way: a deferred trigger holds the commit at a gate (an
// advisory lock) until the spec has cut it, from the server's side or from the client's.
#include <gmock/gmock.h>
#include <sys/socket.h>

#include <atomic>
#include <thread>

#include "exactly_once_support.h"

using namespace std::chrono_literals;

namespace {

class CommitInDoubtSpec : public ExactlyOnceSpec {
protected:
    CommitInDoubtSpec() {
        database_.execute(
            "CREATE FUNCTION pass_gate() RETURNS trigger LANGUAGE plpgsql SET lock_timeout = '60s' "
            "AS $$ BEGIN PERFORM pg_advisory_xact_lock_shared(" +
            gate() +
            "); RETURN NULL; END $$;"
            "CREATE CONSTRAINT TRIGGER gate AFTER INSERT ON effects DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION pass_gate()"
        );
        delivery_->claim(0);
        after_effects_ = [this](pqxx::work& tx) {
            socket_ = tx.conn().sock();
            pid_ = tx.conn().backendpid();
        };
    }

    std::string gate() const { return "hashtextextended('" + database_.schema() + "', 0)"; }

    void close_gate() {
        pqxx::nontransaction tx(*keeper_);
        tx.exec("SELECT pg_advisory_lock(" + gate() + ")");
    }
    void open_gate() {
        pqxx::nontransaction tx(*keeper_);
        tx.exec("SELECT pg_advisory_unlock(" + gate() + ")");
    }

    // Runs `action` once the delivery's COMMIT stands at the gate.
    template <typename Action>
    std::thread at_the_gate(Action action) {
        return std::thread([this, action] {
            EXPECT_TRUE(eventually([&] {
                return value(
                           "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT "
                           "granted AND pid = " +
                           std::to_string(pid_)
                       ) == "1";
            }));
            action();
        });
    }

    std::unique_ptr<pqxx::connection> keeper_ = database_.connect();
    std::atomic<int> socket_{-1};
    std::atomic<int> pid_{0};
};

}  // namespace

TEST_F(CommitInDoubtSpec, finds_that_a_commit_whose_answer_was_lost_took_effect) {
    close_gate();
    std::thread cutter = at_the_gate([this] {
        ::shutdown(socket_, SHUT_RDWR);  // the server goes on with the commit
        EXPECT_TRUE(eventually([&] {
            return value(
                       "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid <> " +
                       std::to_string(pid_) +
                       " AND pid IN (SELECT pid FROM pg_stat_activity "
                       "WHERE query LIKE '%FOR UPDATE%')"
                   ) != "0";
        }));
        open_gate();
    });
    deliver(*delivery_, 0, 2);
    cutter.join();
    EXPECT_EQ(effects(), "0,1");
    deliver(*delivery_, 2, 1);
    EXPECT_EQ(effects(), "0,1,2");
}

TEST_F(CommitInDoubtSpec, does_it_again_when_the_lost_commit_took_no_effect) {
    close_gate();
    std::thread cutter = at_the_gate([this] {
        terminate(pid_);
        open_gate();
    });
    EXPECT_THROW(deliver(*delivery_, 0, 2), carafe::TransientError);
    cutter.join();
    EXPECT_EQ(effects(), "");
    deliver(*delivery_, 0, 2);
    EXPECT_EQ(effects(), "0,1");
}

TEST_F(CommitInDoubtSpec, remembers_the_doubt_until_the_database_answers) {
    close_gate();
    std::thread cutter = at_the_gate([this] { ::shutdown(socket_, SHUT_RDWR); });
    EXPECT_THROW(deliver(*delivery_, 0, 2), carafe::TransientError);
    cutter.join();
    open_gate();
    // The next call may bring more records: those that took effect are not handled again.
    EXPECT_TRUE(eventually([&] {
        try {
            deliver(*delivery_, 0, 4);
            return true;
        } catch (const carafe::TransientError&) {
            return false;
        }
    }));
    EXPECT_EQ(effects(), "0,1,2,3");
}

TEST_F(CommitInDoubtSpec, is_fenced_when_another_claimed_meanwhile) {
    close_gate();
    std::thread cutter = at_the_gate([this] { ::shutdown(socket_, SHUT_RDWR); });
    EXPECT_THROW(deliver(*delivery_, 0, 2), carafe::TransientError);
    cutter.join();
    open_gate();
    const auto successor = make_delivery();
    EXPECT_EQ(claim_patiently(*successor), 2);
    EXPECT_THROW(deliver(*delivery_, 0, 2), Fenced);
    EXPECT_EQ(effects(), "0,1");
}
