#pragma once

#include <string>
#include <vector>

namespace carafe::bench {

// Serve GET /hello on 127.0.0.1 until the standard input ends.
void serve_with_carafe(int port);
void serve_with_pistache(int port);

struct SteadyLoad {
    int port = 0;
    std::vector<std::string> requests;  // their bytes; the connections take them in turn
    int per_second = 0;
    int connections = 8;
    int seconds = 5;
};

// Sends requests at a fixed rate, evenly spaced, whatever the answers do: a request's time counts
// from when it was due, so waiting behind a slow answer is not forgotten. Prints the figures as
// JSON; returns 0.
int run_steady_load(const SteadyLoad& load);

}  // namespace carafe::bench
