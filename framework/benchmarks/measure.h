#pragma once

#include <string>
#include <vector>

#include "subject.h"

namespace carafe::bench {

// Something to measure, as tables and JSON name it.
struct Subject {
    std::string name;
    Outcome (*run)(const Job&);
};

// What one run of a subject in a process of its own took.
struct Measured {
    double messages_per_second = 0;
    double cpu_seconds_per_million = 0;
    double rss_mib = 0;                  // at most
    double allocations_per_million = 0;  // of malloc and its kin, when they were counted
    std::uint64_t checksum = 0;
};

enum class Count { kNothing, kAllocations };

// Runs the subject in a process of its own: librdkafka does not survive a fork without exec, and
// memory and CPU time are to be the subject's alone. Its consumer group is new with every round.
// Throws std::runtime_error when it fails.
Measured measure(const Subject& subject, Job job, int round, Count count = Count::kNothing);

// The other side, for main(): does what `arguments` say and ends with an exit code, or returns -1
// when they are not measure()'s.
int run_measured(const std::vector<std::string>& arguments, const std::vector<Subject>& subjects);

double median(std::vector<double> values);

}  // namespace carafe::bench
