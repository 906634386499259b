// bin/bench realtime: our Socket.IO server and the official one, measured by the same clients in
// the same run: memory of idle connections, connecting, a broadcast, a message to each, stalled
// clients.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "crowd.h"
#include "measured_server.h"

namespace carafe::bench {
namespace {

struct Settings {
    std::string carafe;
    std::string node;
    int port = 13400;
    std::size_t connections = 10'000;
    int rounds = 3;
    int repeats = 20;
};

// Name of a figure -> its values, one for each round.
using Figures = std::map<std::string, std::vector<double>>;

const std::vector<std::pair<std::string, std::string>> kTitles{
    {"idle_kib", "memory of an idle connection, KiB"},
    {"connects", "connections made, per second"},
    {"broadcast_last", "broadcast to one room: the last has it after, ms"},
    {"broadcast_p50", "  half of them after, ms"},
    {"broadcast_cpu", "  CPU, ms"},
    {"each_last", "a message to each: the last has it after, ms"},
    {"each_cpu", "  CPU, ms"},
    {"calm_p99", "20 messages/s to 1,000 clients: p99, ms"},
    {"stalled_p99", "  with 1,000 more that read nothing: p99, ms"},
    {"stalled_peak", "  and peak memory, MiB"},
};

double percentile(std::vector<double> values, double share) {
    if (values.empty()) {
        return 0;
    }
    std::sort(values.begin(), values.end());
    const auto rank = static_cast<std::size_t>(share * static_cast<double>(values.size() - 1));
    return values[rank];
}

double median(const std::vector<double>& values) {
    return percentile(values, 0.5);
}

void settle(Crowd& crowd, std::chrono::milliseconds time) {
    std::vector<double> ignored;
    crowd.collect(1, time, ignored);
}

struct Told {
    std::vector<double> last_ms;
    std::vector<double> half_ms;
    double cpu_ms = 0;
};

// `repeats` times: emits, and waits until all have it.
Told tell(Crowd& crowd, const MeasuredServer& server, const Settings& settings, const char* event) {
    Told told;
    const double cpu = server.cpu_seconds();
    for (int i = 0; i < settings.repeats; ++i) {
        std::vector<double> arrived;
        crowd.emit(event, 200);
        crowd.collect(settings.connections, std::chrono::seconds(20), arrived);
        if (arrived.size() != settings.connections) {
            throw std::runtime_error(
                "of " + std::to_string(settings.connections) + " only " +
                std::to_string(arrived.size()) + " were told"
            );
        }
        told.last_ms.push_back(*std::max_element(arrived.begin(), arrived.end()));
        told.half_ms.push_back(median(arrived));
    }
    told.cpu_ms = (server.cpu_seconds() - cpu) * 1000 / settings.repeats;
    return told;
}

void measure_many(
    const std::vector<std::string>& command, const Settings& settings, Figures& figures
) {
    const MeasuredServer server(command, settings.port);
    {
        Crowd warm_up(settings.port);
        warm_up.connect(200);
        warm_up.emit("broadcast", 200);
        settle(warm_up, std::chrono::milliseconds(500));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    const double before = server.resident_kib();
    Crowd crowd(settings.port);
    const auto count = static_cast<double>(settings.connections);
    figures["connects"].push_back(count / crowd.connect(settings.connections).count());
    settle(crowd, std::chrono::seconds(3));
    figures["idle_kib"].push_back((server.resident_kib() - before) / count);
    const Told all = tell(crowd, server, settings, "broadcast");
    figures["broadcast_last"].push_back(median(all.last_ms));
    figures["broadcast_p50"].push_back(median(all.half_ms));
    figures["broadcast_cpu"].push_back(all.cpu_ms);
    const Told each = tell(crowd, server, settings, "each");
    figures["each_last"].push_back(median(each.last_ms));
    figures["each_cpu"].push_back(each.cpu_ms);
}

// 1 KB twenty times a second for `seconds`; how long each message was under way.
std::vector<double> steady(Crowd& crowd, int seconds) {
    std::vector<double> arrived;
    auto due = Crowd::Clock::now();
    for (int i = 0; i < seconds * 20; ++i) {
        due += std::chrono::milliseconds(50);
        crowd.emit("broadcast", 1000);
        while (Crowd::Clock::now() < due) {
            const auto left =
                std::chrono::duration_cast<std::chrono::milliseconds>(due - Crowd::Clock::now());
            crowd.collect(~std::size_t{0}, std::max(left, std::chrono::milliseconds(1)), arrived);
        }
    }
    crowd.collect(~std::size_t{0}, std::chrono::milliseconds(500), arrived);
    return arrived;
}

void measure_stalled(
    const std::vector<std::string>& command, const Settings& settings, Figures& figures
) {
    const MeasuredServer server(command, settings.port);
    Crowd crowd(settings.port);
    crowd.connect(1'000);
    steady(crowd, 1);
    figures["calm_p99"].push_back(percentile(steady(crowd, 5), 0.99));
    Crowd stalled(settings.port);
    stalled.connect(1'000, {true});
    // Long enough for more than a queue holds.
    figures["stalled_p99"].push_back(percentile(steady(crowd, 20), 0.99));
    figures["stalled_peak"].push_back(server.peak_kib() / 1024);
}

int print(const Settings& settings, const Figures& ours, const Figures& node) {
    std::printf(
        "\n%zu connections, %d rounds, medians %28s %9s %9s %7s\n",
        settings.connections,
        settings.rounds,
        "",
        "carafe",
        "socket.io",
        "ratio"
    );
    for (const auto& [name, title] : kTitles) {
        const double a = median(ours.at(name));
        const double b = median(node.at(name));
        std::printf("%-60s %9.1f %9.1f %7.2f\n", title.c_str(), a, b, a / b);
    }
    const auto figure = [](const Figures& figures, const char* name) {
        return median(figures.at(name));
    };
    const std::vector<std::pair<const char*, bool>> claims{
        {"an idle connection costs at most 12 KB", figure(ours, "idle_kib") * 1.024 <= 12},
        {"and at most 0.7 of the official server's",
         figure(ours, "idle_kib") <= 0.7 * figure(node, "idle_kib")},
        {"a broadcast is through sooner",
         figure(ours, "broadcast_last") < figure(node, "broadcast_last")},
        {"stalled clients move the others' p99 by less than 2 times",
         figure(ours, "stalled_p99") <= 2 * figure(ours, "calm_p99")},
    };
    bool all = true;
    std::printf("\n");
    for (const auto& [claim, holds] : claims) {
        std::printf("%s %s\n", holds ? "holds:" : "DOES NOT HOLD:", claim);
        all = all && holds;
    }
    return all ? 0 : 1;
}

int run(const Settings& settings) {
    Figures ours;
    Figures node;
    const std::vector<std::pair<std::vector<std::string>, Figures*>> servers{
        {{settings.carafe}, &ours}, {{"node", settings.node}, &node}};
    for (int round = 0; round < settings.rounds; ++round) {
        for (const auto& [command, figures] : servers) {
            measure_many(command, settings, *figures);
            std::printf(
                "round %d, %s: %.1f KiB each, a broadcast takes %.0f ms\n",
                round + 1,
                command.back().c_str(),
                figures->at("idle_kib").back(),
                figures->at("broadcast_last").back()
            );
            std::fflush(stdout);
            measure_stalled(command, settings, *figures);
        }
    }
    return print(settings, ours, node);
}

}  // namespace
}  // namespace carafe::bench

int main(int argc, char** argv) {
    carafe::bench::Settings settings;
    CLI::App app("Measures our Socket.IO server beside the official one.");
    app.add_option("--carafe", settings.carafe, "Our server's program")->required();
    app.add_option("--node", settings.node, "The official server's script")->required();
    app.add_option("--port", settings.port, "A free port")->capture_default_str();
    app.add_option("--connections", settings.connections, "Idle clients")->capture_default_str();
    app.add_option("--rounds", settings.rounds, "Of each server")->capture_default_str();
    app.add_option("--repeats", settings.repeats, "Messages of each kind a round")
        ->capture_default_str();
    CLI11_PARSE(app, argc, argv);
    try {
        return carafe::bench::run(settings);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench realtime: %s\n", error.what());
        return 1;
    }
}
