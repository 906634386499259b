#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "measure.h"

namespace carafe::bench {

// The first two are the raw loops that the others are held against.
const std::vector<Subject>& engine_subjects();
const std::vector<Subject>& produce_subjects();
const Subject& waiting_lanes();

struct EngineOptions {
    std::string brokers;
    std::int64_t messages = 2'000'000;
    std::vector<std::size_t> sizes{200, 1024};
    std::vector<int> partitions{6, 60};
    int rounds = 9;
    std::string json;  // a file; empty: it is printed
};

// Each prints its table; the exit code is 1 when a target is missed.
int run_engine(const EngineOptions& options);
int run_lanes(Job job, int rounds);
int run_produce(Job job, int rounds);

// A line of a plot of bars.
struct Bar {
    std::string name;
    double value = 0;
};
void plot(const std::vector<Bar>& bars, const char* unit);

}  // namespace carafe::bench
