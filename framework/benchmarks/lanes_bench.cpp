// bin/bench lanes: keys in parallel with a handler that waits: what share of what that many threads
// could do, by the clock and on this machine.
#include <cstdio>

#include "benches.h"
#include "topic.h"

namespace carafe::bench {

int run_lanes(Job job, int rounds) {
    constexpr double kThreads = kWaitingThreads;
    constexpr std::size_t kSize = 200;
    const Topic topic(job, kSize);
    std::vector<double> rates, alone, ratios, shares;
    for (int round = 0; round < rounds; ++round) {
        alone.push_back(waits_of_threads_alone(job));
        const Measured made = measure(waiting_lanes(), job, round);
        rates.push_back(made.messages_per_second);
        const double seconds = static_cast<double>(job.messages) / rates.back();
        shares.push_back(static_cast<double>(made.checksum) / 1e6 / (seconds * kThreads));
        ratios.push_back(rates.back() / alone.back());
        std::fprintf(
            stderr,
            "round %d of %d: %.0f/s, threads in the handler %.1f %%; threads alone %.0f/s\n",
            round + 1,
            rounds,
            rates.back(),
            shares.back() * 100,
            alone.back()
        );
    }
    const double ideal = kThreads / std::chrono::duration<double>(job.wait).count();
    std::printf(
        "key lanes, %.0f threads, %lld us a record, %d partitions, 1000 keys in order: %.0f/s of "
        "%.0f/s, %.1f %%; the threads were in the handler for %.1f %% of the time; the same "
        "threads "
        "that only wait: %.0f/s, %.1f %%; within a round x %.2f (medians of %d rounds)\n",
        kThreads,
        static_cast<long long>(job.wait.count()),
        job.partitions,
        median(rates),
        ideal,
        median(rates) / ideal * 100,
        median(shares) * 100,
        median(alone),
        median(alone) / ideal * 100,
        median(ratios),
        rounds
    );
    constexpr double kTarget = 0.95;
    if (job.wait != Job{}.wait) {  // what the target is set for
        return 0;
    }
    const bool met = median(rates) >= kTarget * ideal;
    std::printf("%s %.0f %% of the ideal by the clock\n", met ? "met" : "MISSED", kTarget * 100);
    return met ? 0 : 1;
}

}  // namespace carafe::bench
