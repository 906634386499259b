// Runs the deciding core through histories drawn by seed; see --help.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "simulation/lane_world.h"
#include "simulation/world.h"

namespace {

using namespace carafe::simulation;

constexpr const char* kUsage =
    "Usage: simulate [--histories N] [--seed S] [--replay SEED]\n"
    "\n"
    "Each history: 3 or 4 partitions, 2 or 3 workers, 200 events of trouble, then peace until all "
    "is\n"
    "done; every second one with keys in parallel. The first violation ends the run with its seed, "
    "which --replay tells in full.\n"
    "\n"
    "  --histories N  how many (100000)\n"
    "  --seed S       of the first one; the others follow from it (1)\n"
    "  --replay SEED  that history alone, event by event\n"
    "\n"
    "Example: simulate --histories 1000000 --seed 7\n";

constexpr std::size_t kTroubledEvents = 200;

struct Options {
    std::uint64_t histories = 100'000;
    std::uint64_t seed = 1;
    bool replays = false;
};

bool read_options(int argc, char** argv, Options& options) {
    for (int index = 1; index + 1 < argc; index += 2) {
        const std::string name = argv[index];
        char* end = nullptr;
        const std::uint64_t value = std::strtoull(argv[index + 1], &end, 10);
        if (*end != '\0') {
            return false;
        }
        if (name == "--histories") {
            options.histories = value;
        } else if (name == "--seed") {
            options.seed = value;
        } else if (name == "--replay") {
            options = {1, value, true};
        } else {
            return false;
        }
    }
    return argc % 2 == 1;
}

template <typename Transition, typename Coverage>
int print_coverage(const Coverage& coverage) {
    int missing = 0;
    for (std::size_t index = 0; index < coverage.seen.size(); ++index) {
        std::printf(
            "  %-36s %12llu\n",
            name_of(static_cast<Transition>(index)),
            static_cast<unsigned long long>(coverage.seen[index])
        );
        missing += coverage.seen[index] == 0 ? 1 : 0;
    }
    return missing;
}

// What all histories together have seen.
struct Seen {
    Coverage batches;
    LaneCoverage lanes;
    std::uint64_t events = 0;
};

void run_history(std::uint64_t seed, Seen& seen, bool prints) {
    if (seed % 2 == 0) {
        seen.events += LaneWorld(seed, seen.lanes, prints).run(kTroubledEvents);
    } else {
        seen.events += World(seed, seen.batches, prints).run(kTroubledEvents);
    }
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    if (argc > 1 && std::strcmp(argv[1], "--help") == 0) {
        std::fputs(kUsage, stdout);
        return 0;
    }
    if (!read_options(argc, argv, options)) {
        std::fputs(kUsage, stderr);
        return 2;
    }
    Seen seen;
    const auto began = std::chrono::steady_clock::now();
    for (std::uint64_t count = 0; count < options.histories; ++count) {
        const std::uint64_t seed = options.seed + count;
        try {
            run_history(seed, seen, options.replays);
        } catch (const Violation& violation) {
            std::printf(
                "VIOLATION in history %llu: %s\nagain: simulate --replay %llu\n",
                static_cast<unsigned long long>(count + 1),
                violation.what(),
                static_cast<unsigned long long>(seed)
            );
            return 1;
        }
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    std::printf(
        "%llu histories, %llu events, no violation, %.1f s\n",
        static_cast<unsigned long long>(options.histories),
        static_cast<unsigned long long>(seen.events),
        took.count()
    );
    std::puts("one call at a time:");
    int missing = print_coverage<Transition>(seen.batches);
    std::puts("keys in parallel:");
    missing += print_coverage<LaneTransition>(seen.lanes);
    if (missing > 0 && !options.replays && options.histories >= 10'000) {
        std::printf("%d transitions were never seen\n", missing);
        return 1;
    }
    return 0;
}
