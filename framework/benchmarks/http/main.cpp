// The C++ parts of bin/bench http, see spec/e2e/bench_http.mjs.
#include <CLI/CLI.hpp>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "http_bench.h"

int main(int argc, char** argv) {
    using namespace carafe::bench;
    CLI::App app("Servers and a steady load for bin/bench http.", "carafe_http_bench");
    app.require_subcommand(1);
    int port = 0;
    CLI::App* carafe = app.add_subcommand("carafe", "GET /hello by the framework");
    carafe->add_option("port", port)->required();
    CLI::App* pistache = app.add_subcommand("pistache", "GET /hello by Pistache alone");
    pistache->add_option("port", port)->required();
    SteadyLoad load;
    std::vector<std::string> files;
    CLI::App* steady = app.add_subcommand("load", "Requests at a fixed rate");
    steady->add_option("port", load.port)->required();
    steady->add_option("files", files, "A request's bytes each; the connections take them in turn")
        ->required();
    steady->add_option("--rate", load.per_second, "Requests a second")->required();
    steady->add_option("--connections", load.connections)->capture_default_str();
    steady->add_option("--seconds", load.seconds)->capture_default_str();
    CLI11_PARSE(app, argc, argv);
    if (*carafe) {
        serve_with_carafe(port);
    } else if (*pistache) {
        serve_with_pistache(port);
    } else {
        for (const std::string& file : files) {
            std::ifstream input(file, std::ios::binary);
            load.requests.emplace_back(
                std::istreambuf_iterator<char>(input), std::istreambuf_iterator<char>()
            );
        }
        return run_steady_load(load);
    }
    return 0;
}
