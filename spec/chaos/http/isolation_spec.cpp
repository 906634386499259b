#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <random>
#include <thread>

#include "attack.h"

namespace carafe::http::spec {
namespace {

constexpr int kAborting = 6;
constexpr int kChecking = 3;
constexpr int kAnswers = 500'000;  // checked ones
// Without a limit, clients outrun a server that a sanitizer slows down: its queue of connections to
// accept overflows with ones that are reset already, and those who wait for answers hardly get one.
constexpr long kAbortsForAnAnswer = 4;

struct Counters {
    std::atomic<bool> is_over;
    std::atomic<long> right;
    std::atomic<long> wrong;
    std::atomic<long> missing;
    std::atomic<long> aborts;
};

std::string get(const std::string& target) {
    return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
}

bool is_signed_by(const std::string& body, const std::string& id, std::size_t size) {
    std::string expected;
    do {
        expected += id + ";";
    } while (expected.size() < size);
    return body == expected;
}

// Asks for answers of all sizes and leaves with a reset, at any moment of the exchange.
int abort_for_ever(int port, int index, Counters& counters) {
    std::mt19937 random(static_cast<unsigned>(index) + std::random_device{}());
    for (long i = 0; !counters.is_over; ++i) {
        if (counters.aborts > kAbortsForAnAnswer * (counters.right + 100)) {
            std::this_thread::sleep_for(std::chrono::microseconds(200));
            continue;
        }
        RawClient client(port);
        const auto id = "aborted-" + std::to_string(index) + "-" + std::to_string(i);
        const auto size = std::to_string(random() % 4 == 0 ? random() % 500'000 : random() % 2'000);
        const auto target = (random() % 2 == 0 ? "/slow/" : "/id/") + id + "?bytes=" + size;
        for (auto requests = 1 + random() % 3; requests > 0; --requests) {
            client.send(get(target));
        }
        if (random() % 2 == 0) {
            std::this_thread::sleep_for(std::chrono::microseconds(random() % 600));
        }
        if (client.is_open()) {
            client.abort();
            ++counters.aborts;
        }
    }
    return 0;
}

// Late and lost are two different faults of a server.
const char* why_there_is_none(RawClient& client) {
    if (!client.is_open()) {
        return "not connected";
    }
    if (!client.hung()) {
        return "the connection was closed";
    }
    Answer answer;
    return client.receive(answer) ? "it came after more than 10 s" : "nothing came for 20 s";
}

// Four requests at a time on one connection, each answer to be this client's own, and in order.
int check_for_ever(int port, int index, Counters& counters) {
    std::mt19937 random(static_cast<unsigned>(index) + std::random_device{}());
    long number = 0;
    while (!counters.is_over) {
        RawClient client(port);
        for (int round = 0; round < 50 && !counters.is_over; ++round) {
            std::array<std::pair<std::string, std::size_t>, 4> asked;
            std::string bytes;
            for (auto& [id, size] : asked) {
                id = "mine-" + std::to_string(index) + "-" + std::to_string(++number);
                size = random() % 200 == 0 ? random() % 100'000 : random() % 300;
                bytes += get("/id/" + id + "?bytes=" + std::to_string(size));
            }
            client.send(bytes);
            for (const auto& [id, size] : asked) {
                Answer answer;
                if (!client.receive(answer)) {
                    std::fprintf(stderr, "no answer: %s\n", why_there_is_none(client));
                    ++counters.missing;
                    return 1;
                }
                const bool is_right = answer.status == 200 && is_signed_by(answer.body, id, size);
                ++(is_right ? counters.right : counters.wrong);
            }
        }
    }
    return 0;
}

TEST(HttpUnderAttack, gives_nobody_the_answer_of_another_while_clients_abort) {
    auto& counters = shared<Counters>();
    ServerProcess server;
    ClientProcesses clients;
    clients.start(kAborting, [&](int i) { return abort_for_ever(server.port(), i, counters); });
    clients.start(kChecking, [&](int i) { return check_for_ever(server.port(), i, counters); });
    while (counters.right < scaled(kAnswers) && counters.wrong + counters.missing == 0) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    counters.is_over = true;
    EXPECT_EQ(clients.wait(), 0);
    EXPECT_EQ(counters.wrong, 0);
    EXPECT_EQ(counters.missing, 0);
    EXPECT_GT(counters.aborts, scaled(10'000));
    std::printf(
        "%ld answers checked, %ld wrong, %ld missing; %ld connections aborted meanwhile\n",
        counters.right.load(),
        counters.wrong.load(),
        counters.missing.load(),
        counters.aborts.load()
    );
    EXPECT_EQ(server.stop(), 0);
}

}  // namespace
}  // namespace carafe::http::spec
