#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "processing/crash_journal.h"

namespace carafe::processing {
namespace {

const PartitionId kOrders{"shop", "orders", 2};
const PartitionId kStock{"shop", "inventory", 0};

class CrashJournalSpec : public ::testing::Test {
protected:
    CrashJournalSpec()
        : folder_(
              std::filesystem::temp_directory_path() /
              ("crash_journal_spec_" + std::to_string(getpid()))
          ) {
        std::filesystem::remove_all(folder_);
    }
    ~CrashJournalSpec() override { std::filesystem::remove_all(folder_); }

    // Runs `life` in a process of its own, which dies at its end.
    void live_and_die(const std::function<void(CrashJournal&)>& life, int signal) {
        const pid_t child = fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            CrashJournal journal(folder_, 4);
            CrashJournal::mark_on_fatal_signals();
            life(journal);
            raise(signal);
            _exit(1);
        }
        int status = 0;
        ASSERT_EQ(waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFSIGNALED(status));
        EXPECT_EQ(WTERMSIG(status), signal);
    }

    std::vector<Suspicion> adopt() {
        std::vector<Suspicion> all;
        CrashJournal::adopt(folder_, [&all](const std::vector<Suspicion>& some) {
            all.insert(all.end(), some.begin(), some.end());
        });
        return all;
    }

    [[nodiscard]] bool empty() const { return std::filesystem::is_empty(folder_); }

    const std::string folder_;
};

TEST_F(CrashJournalSpec, tells_what_a_killed_process_had_in_hand) {
    live_and_die(
        [](CrashJournal& journal) {
            journal.begin({kOrders, {17, 516}, false});
        },
        SIGKILL
    );
    const auto found = adopt();
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].partition.group, "shop");
    EXPECT_EQ(found[0].partition.topic, "orders");
    EXPECT_EQ(found[0].partition.partition, 2);
    EXPECT_EQ(found[0].range.first, 17);
    EXPECT_EQ(found[0].range.last, 516);
    EXPECT_FALSE(found[0].counts);
    EXPECT_TRUE(empty());
    EXPECT_TRUE(adopt().empty());
}

TEST_F(CrashJournalSpec, forgets_what_was_finished) {
    live_and_die(
        [](CrashJournal& journal) {
            journal.begin({kOrders, {17, 516}, false});
            journal.end();
        },
        SIGKILL
    );
    EXPECT_TRUE(adopt().empty());
    EXPECT_TRUE(empty());
}

TEST_F(CrashJournalSpec, blames_the_thread_that_the_signal_hit) {
    live_and_die(
        [](CrashJournal& journal) {
            std::thread([&journal] { journal.begin({kStock, {1, 9}, false}); }).join();
            journal.begin({kOrders, {17, 17}, false});
        },
        SIGSEGV
    );
    const auto found = adopt();
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].partition.topic, "orders");
    EXPECT_TRUE(found[0].counts);
}

TEST_F(CrashJournalSpec, leaves_the_journal_of_a_living_process_alone) {
    CrashJournal living(folder_, 2);
    living.begin({kOrders, {1, 2}, false});
    EXPECT_TRUE(adopt().empty());
    EXPECT_FALSE(empty());
}

TEST_F(CrashJournalSpec, keeps_the_file_when_what_it_says_could_not_be_written_down) {
    live_and_die([](CrashJournal& journal) { journal.begin({kOrders, {3, 3}, true}); }, SIGKILL);
    EXPECT_THROW(
        CrashJournal::adopt(
            folder_,
            [](const std::vector<Suspicion>&) { throw std::runtime_error("database away"); }
        ),
        std::runtime_error
    );
    EXPECT_EQ(adopt().size(), 1U);
}

TEST_F(CrashJournalSpec, survives_a_file_that_is_cut_short_or_foreign) {
    std::filesystem::create_directories(folder_);
    std::ofstream(folder_ + "/1-1.journal") << "not a journal";
    std::ofstream(folder_ + "/notes.txt") << "somebody's";
    EXPECT_TRUE(adopt().empty());
    EXPECT_FALSE(std::filesystem::exists(folder_ + "/1-1.journal"));
    EXPECT_TRUE(std::filesystem::exists(folder_ + "/notes.txt"));
}

TEST_F(CrashJournalSpec, journals_no_more_threads_than_it_has_slots) {
    CrashJournal journal(folder_, 1);
    journal.begin({kOrders, {1, 1}, false});
    std::thread([&journal] {
        journal.begin({kStock, {2, 2}, false});
        journal.end();
    }).join();
    journal.end();
    EXPECT_TRUE(adopt().empty());
}

}  // namespace
}  // namespace carafe::processing
