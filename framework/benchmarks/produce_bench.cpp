// bin/bench produce: with every acknowledgement, beside a raw librdkafka loop of the same round.
#include <cstdio>

#include "benches.h"
#include "topic.h"

namespace carafe::bench {

int run_produce(Job job, int rounds) {
    const std::vector<Subject>& subjects = produce_subjects();
    std::vector<std::vector<double>> rates(subjects.size());
    std::vector<std::vector<double>> ratios(subjects.size());
    std::vector<std::vector<double>> cpu(subjects.size());
    for (int round = 0; round < rounds; ++round) {
        const Topic topic(job, 0);
        for (std::size_t subject = 0; subject < subjects.size(); ++subject) {
            const Measured made = measure(subjects[subject], job, round);
            rates[subject].push_back(made.messages_per_second);
            ratios[subject].push_back(made.messages_per_second / rates[0].back());
            cpu[subject].push_back(made.cpu_seconds_per_million);
        }
        std::fprintf(stderr, "round %d of %d\n", round + 1, rounds);
    }
    std::printf(
        "%lld records of 200 bytes produced, acks=all, idempotent; medians of %d rounds\n",
        static_cast<long long>(job.messages),
        rounds
    );
    std::printf("%-34s %12s %8s %12s\n", "", "records/s", "x plain", "CPU-s/mill.");
    std::vector<Bar> bars;
    for (std::size_t subject = 0; subject < subjects.size(); ++subject) {
        std::printf(
            "%-34s %12.0f %8.2f %12.3f\n",
            subjects[subject].name.c_str(),
            median(rates[subject]),
            median(ratios[subject]),
            median(cpu[subject])
        );
        bars.push_back({subjects[subject].name, median(rates[subject])});
    }
    std::printf("\n");
    plot(bars, "records/s");
    return 0;
}

}  // namespace carafe::bench
