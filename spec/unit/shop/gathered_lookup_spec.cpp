#include <gmock/gmock.h>

#include <atomic>
#include <future>
#include <stdexcept>

#include "app/models/gathered_lookup.h"
#include "carafe/testing/eventually.h"

namespace {

using namespace shop;
using namespace std::chrono_literals;
using carafe::testing::eventually;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

struct Thing {
    std::string id;
    int version = 0;
};
using Ids = std::vector<std::string>;
using Found = std::shared_ptr<const Thing>;

// A table whose statements end when the spec says so.
class Table {
public:
    std::vector<Thing> load(const Ids& ids) {
        std::unique_lock lock(mutex_);
        statements_.push_back(ids);
        changed_.notify_all();
        const std::size_t number = statements_.size();
        std::vector<Thing> rows;
        for (const std::string& id : ids) {
            if (id != "missing") {
                rows.push_back({id, version});
            }
        }
        changed_.wait(lock, [&] { return let_go_ >= number; });
        if (fails) {
            throw std::runtime_error("the table is away");
        }
        return rows;
    }

    // The statements so far, once there are `count`.
    std::vector<Ids> statements(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, 10s, [&] { return statements_.size() >= count; });
        return statements_;
    }
    // Lets the first `count` statements end.
    void let_go(std::size_t count) {
        const std::lock_guard lock(mutex_);
        let_go_ = count;
        changed_.notify_all();
    }

    std::atomic<int> version{1};
    std::atomic<bool> fails{false};

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Ids> statements_;
    std::size_t let_go_ = 0;
};

class GatheredLookupSpec : public testing::Test {
protected:
    ~GatheredLookupSpec() override { table.let_go(1'000'000); }

    std::future<Found> ask(const std::string& id) {
        return std::async(std::launch::async, [this, id] { return lookup.find(id); });
    }
    // Asks while a statement is under way, and returns when all these callers wait for the next.
    std::vector<std::future<Found>> ask_all(const Ids& ids) {
        std::vector<std::future<Found>> answers;
        for (const std::string& id : ids) {
            answers.push_back(ask(id));
        }
        EXPECT_TRUE(eventually([&] { return lookup.waiting() == ids.size(); }));
        return answers;
    }

    Table table;
    GatheredLookup<Thing> lookup{[this](const Ids& ids) { return table.load(ids); }, 1};
};

TEST_F(GatheredLookupSpec, finds_one_that_there_is_and_none_that_there_is_not) {
    table.let_go(2);

    EXPECT_EQ(lookup.find("a")->id, "a");
    EXPECT_EQ(lookup.find("missing"), nullptr);
    EXPECT_THAT(table.statements(2), ElementsAre(ElementsAre("a"), ElementsAre("missing")));
}

TEST_F(GatheredLookupSpec, looks_up_in_one_statement_for_all_who_came_during_another) {
    auto first = ask("a");
    table.statements(1);
    auto others = ask_all({"b", "c", "missing", "b"});

    table.let_go(2);

    EXPECT_EQ(first.get()->id, "a");
    EXPECT_EQ(others[0].get()->id, "b");
    EXPECT_EQ(others[1].get()->id, "c");
    EXPECT_EQ(others[2].get(), nullptr);
    EXPECT_EQ(others[3].get()->id, "b");
    const auto statements = table.statements(2);
    ASSERT_EQ(statements.size(), 2U);
    EXPECT_THAT(statements[1], UnorderedElementsAre("b", "c", "missing"));
}

TEST_F(GatheredLookupSpec, never_answers_from_a_statement_that_began_before_the_question) {
    auto first = ask("a");
    table.statements(1);
    table.version = 2;
    auto second = ask_all({"a"});

    table.let_go(2);

    EXPECT_EQ(first.get()->version, 1);
    EXPECT_EQ(second.front().get()->version, 2);
}

TEST_F(GatheredLookupSpec, tells_everybody_in_a_statement_that_it_failed_and_goes_on) {
    auto first = ask("a");
    table.statements(1);
    auto others = ask_all({"b", "c"});
    table.fails = true;

    table.let_go(2);

    EXPECT_THROW(first.get(), std::runtime_error);
    EXPECT_THROW(others[0].get(), std::runtime_error);
    EXPECT_THROW(others[1].get(), std::runtime_error);
    table.fails = false;
    table.let_go(3);
    EXPECT_EQ(lookup.find("d")->id, "d");
}

TEST_F(GatheredLookupSpec, has_as_many_statements_under_way_as_it_may) {
    GatheredLookup<Thing> two{[this](const Ids& ids) { return table.load(ids); }, 2};
    const auto find = [&](const char* id) {
        return std::async(std::launch::async, [&two, id] { return two.find(id); });
    };
    auto first = find("a");
    table.statements(1);
    auto second = find("b");
    table.statements(2);
    auto third = find("c");
    ASSERT_TRUE(eventually([&] { return two.waiting() == 1; }));

    EXPECT_THAT(table.statements(2), ElementsAre(ElementsAre("a"), ElementsAre("b")));
    table.let_go(3);
    EXPECT_EQ(third.get()->id, "c");
    EXPECT_EQ(first.get()->id, "a");
    EXPECT_EQ(second.get()->id, "b");
}

// Many threads at once: each gets its own, nobody is forgotten. A race is for ThreadSanitizer to
// see.
TEST_F(GatheredLookupSpec, serves_many_threads) {
    table.let_go(1'000'000);
    std::vector<std::future<int>> threads;
    for (int thread = 0; thread < 8; ++thread) {
        threads.push_back(std::async(std::launch::async, [this, thread] {
            int right = 0;
            for (int i = 0; i < 500; ++i) {
                const std::string id = std::to_string(thread) + "-" + std::to_string(i % 7);
                const Found found = lookup.find(id);
                right += found && found->id == id ? 1 : 0;
            }
            return right;
        }));
    }
    for (auto& thread : threads) {
        EXPECT_EQ(thread.get(), 500);
    }
}

}  // namespace
