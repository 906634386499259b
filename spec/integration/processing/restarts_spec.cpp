// A worker that is started and stopped again and again: 20 times with the suite, 500 times on
// purpose (bin/test restarts --label chaos).
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "carafe/testing/eventually.h"
#include "support/engine_under_test.h"

namespace carafe {
namespace {

using namespace std::chrono_literals;
using spec::EngineUnderTest;
using spec::Ledger;
using spec::LedgerConsumer;
using testing::eventually;

// A sanitizer keeps what was freed for a while; of leaks AddressSanitizer tells at the end.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kMemoryTellsOfLeaks = false;
#else
constexpr bool kMemoryTellsOfLeaks = true;
#endif

// What a process holds.
struct Holdings {
    std::ptrdiff_t threads = 0;
    std::ptrdiff_t descriptors = 0;
    int resident_mib = 0;
};

std::ptrdiff_t entries(const char* folder) {
    return std::distance(
        std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator()
    );
}

Holdings holdings() {
    Holdings found{entries("/proc/self/task"), entries("/proc/self/fd"), 0};
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
        if (word == "VmRSS:") {
            status >> found.resident_mib;
            found.resident_mib /= 1024;
        }
    }
    return found;
}

std::size_t restarts() {
    const char* wanted = std::getenv("CARAFE_RESTARTS");
    return wanted == nullptr ? 20 : std::stoul(wanted);
}

TEST(Restarting, a_worker_again_and_again_leaves_nothing_behind) {
    testing::KafkaFixture kafka;
    Ledger ledger;
    EngineUnderTest::Options made;
    made.group = kafka.group("restarts");
    made.topic = kafka.create_topic("restarts", 3);
    made.consumer = {[&ledger] { return std::make_unique<LedgerConsumer>(ledger); }, false};
    // The first lives fill caches and pools of the process.
    constexpr std::size_t kWarmUp = 5;
    Holdings before;
    for (std::size_t life = 1; life <= restarts(); ++life) {
        kafka.produce({{made.topic, std::to_string(life), std::to_string(life), {}}});
        {
            EngineUnderTest engine(kafka, made);
            engine.worker().start();
            ASSERT_TRUE(eventually([&] { return ledger.size() == life; }, 45s)) << life;
            ASSERT_TRUE(engine.worker().stop(5s)) << life;
        }
        if (life == kWarmUp) {
            before = holdings();
        }
    }
    EXPECT_EQ(ledger.repeated(), std::vector<std::string>());
    EXPECT_TRUE(eventually([&] { return holdings().threads <= before.threads; })) << "threads";
    const Holdings after = holdings();
    EXPECT_LE(after.descriptors, before.descriptors);
    constexpr int kSlackMib = 24;
    if (kMemoryTellsOfLeaks) {
        EXPECT_LE(after.resident_mib, before.resident_mib + kSlackMib);
    }
    std::cout << restarts() << " lives: " << before.resident_mib << " -> " << after.resident_mib
              << " MiB resident, " << after.threads << " threads, " << after.descriptors
              << " descriptors\n";
}

}  // namespace
}  // namespace carafe
