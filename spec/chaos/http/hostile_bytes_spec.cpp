#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <random>
#include <thread>

#include "attack.h"
#include "http/request_parser.h"
#include "unit/http/accepted_requests.h"
#include "unit/http/refused_requests.h"

namespace carafe::http::spec {
namespace {

constexpr int kProcesses = 4;
constexpr int kSegmentations = 10'000;
constexpr int kMutations = 20'000;

struct Counters {
    std::atomic<long> done;
    std::atomic<long> answers;
    std::atomic<long> refused;
};

// Sends the stream in pieces of random size, some of them after a moment.
void send_in_pieces(const RawClient& client, std::string_view bytes, std::mt19937& random) {
    const auto longest = 1 + random() % 60;
    while (!bytes.empty()) {
        const auto length = std::min<std::size_t>(1 + random() % longest, bytes.size());
        if (!client.send(bytes.substr(0, length))) {
            return;
        }
        bytes.remove_prefix(length);
        if (random() % 8 == 0) {
            std::this_thread::sleep_for(std::chrono::microseconds(random() % 50));
        }
    }
}

struct Stream {
    std::string bytes;
    std::vector<std::string> answers;
};

std::string chunked(std::string_view body, std::mt19937& random) {
    std::string bytes;
    while (!body.empty()) {
        const auto length = std::min<std::size_t>(1 + random() % 20, body.size());
        std::array<char, 20> size{};
        (void)std::snprintf(size.data(), size.size(), "%zx\r\n", length);
        bytes.append(size.data()).append(body.substr(0, length)).append("\r\n");
        body.remove_prefix(length);
    }
    return bytes + "0\r\n\r\n";
}

// One to five requests, the last of which closes.
Stream make_stream(std::mt19937& random) {
    Stream stream;
    for (auto left = 1 + random() % 5; left > 0; --left) {
        const std::string fields = left == 1 ? "Connection: close\r\n" : "";
        const auto id = std::to_string(random());
        const std::string body(random() % 300, static_cast<char>('a' + random() % 26));
        switch (random() % 3) {
            case 0:
                stream.bytes += "GET /id/" + id + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
                stream.answers.push_back(id + ";");
                break;
            case 1:
                stream.bytes += "POST /echo HTTP/1.1\r\nHost: a\r\n" + fields +
                                "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
                                body;
                stream.answers.push_back(body);
                break;
            default:
                stream.bytes += "POST /echo HTTP/1.1\r\nHost: a\r\n" + fields +
                                "Transfer-Encoding: chunked\r\n\r\n" + chunked(body, random);
                stream.answers.push_back(body);
        }
    }
    return stream;
}

int send_segmented(int port, int count, unsigned seed, Counters& counters) {
    std::mt19937 random(seed);
    for (int i = 0; i < count; ++i) {
        const auto stream = make_stream(random);
        RawClient client(port);
        send_in_pieces(client, stream.bytes, random);
        Answer answer;
        for (const auto& expected : stream.answers) {
            if (!client.receive(answer) || answer.status != 200 || answer.body != expected) {
                std::fprintf(
                    stderr,
                    "no right answer (hung: %d) to:\n%s\n",
                    client.hung(),
                    stream.bytes.c_str()
                );
                return 1;
            }
            ++counters.answers;
        }
        if (client.receive(answer) || client.hung() || client.left_over() > 0) {
            std::fprintf(stderr, "a second answer, or no end, to:\n%s\n", stream.bytes.c_str());
            return 1;
        }
        ++counters.done;
    }
    return 0;
}

std::string mutated(std::string bytes, std::mt19937& random) {
    constexpr std::string_view kInteresting(
        "\r\n\0 :;%/,\t5a\x80\xFF"
        "bcdE09_-.",
        24
    );
    for (auto changes = 1 + random() % 2; changes > 0 && !bytes.empty(); --changes) {
        const auto at = random() % bytes.size();
        const char byte = kInteresting[random() % kInteresting.size()];
        switch (random() % 4) {
            case 0:
                bytes[at] = byte;
                break;
            case 1:
                bytes.insert(at, 1, byte);
                break;
            case 2:
                bytes.erase(at, 1 + random() % 3);
                break;
            default:
                bytes.insert(at, bytes.substr(random() % bytes.size(), random() % 20));
        }
    }
    return bytes;
}

// How many answers the stream deserves: one per request, one more for the first that is refused.
struct Deserved {
    std::size_t answers = 0;
    bool is_refused = false;
    bool is_for_head = false;  // has a length but no body, which our client could not know
};
Deserved deserved(const std::string& bytes) {
    using Event = RequestParser::Event;
    RequestParser parser({});
    parser.append(bytes);
    Deserved result;
    for (;;) {
        const auto event = parser.next();
        if (event == Event::request) {
            ++result.answers;
            const auto head = parser.take();
            result.is_for_head = result.is_for_head || head.request.method == "HEAD";
            if (!head.keep_alive) {
                return result;
            }
        } else if (event == Event::refused) {
            ++result.answers;
            result.is_refused = true;
            return result;
        } else if (event == Event::need_input) {
            return result;
        }
    }
}

// Behind each mutated request comes a good one: where the first is refused, nobody may answer it.
int send_mutated(int port, int count, unsigned seed, Counters& counters) {
    std::mt19937 random(seed);
    std::vector<std::string> originals;
    for (const auto& request : accepted_requests()) {
        if (request.bytes.size() < 2'000) {
            // Four times: most mutations of a request that is refused already are refused too.
            originals.insert(originals.end(), 4, request.bytes);
        }
    }
    for (const auto& request : refused_requests()) {
        if (request.bytes.size() < 2'000) {
            originals.push_back(request.bytes);
        }
    }
    for (int i = 0; i < count; ++i) {
        const auto bytes = mutated(originals[random() % originals.size()], random) +
                           "GET /id/canary HTTP/1.1\r\nHost: a\r\n\r\n";
        const auto expected = deserved(bytes);
        if (expected.is_for_head) {
            ++counters.done;
            continue;
        }
        RawClient client(port);
        send_in_pieces(client, bytes, random);
        client.finish_sending();
        Answer answer;
        std::size_t answers = 0;
        bool was_last = false;
        while (client.receive(answer)) {
            ++answers;
            if (was_last) {
                std::fprintf(stderr, "an answer after the last one to:\n%s\n", bytes.c_str());
                return 1;
            }
            was_last = answer.says_close;
        }
        if (client.hung() || client.left_over() > 0 || answers != expected.answers ||
            (expected.is_refused && (answer.status < 400 || !answer.says_close))) {
            std::fprintf(
                stderr,
                "%zu answers instead of %zu (hung: %d, last %d) to:\n%s\n",
                answers,
                expected.answers,
                client.hung(),
                answer.status,
                bytes.c_str()
            );
            return 1;
        }
        counters.answers += static_cast<long>(answers);
        counters.refused += expected.is_refused ? 1 : 0;
        ++counters.done;
    }
    return 0;
}

using Sender = int (*)(int port, int count, unsigned seed, Counters& counters);

void attack_with(Sender sender, int count, const char* what) {
    const unsigned seed = std::random_device{}();
    auto& counters = shared<Counters>();
    ServerProcess server;
    ClientProcesses clients;
    clients.start(kProcesses, [&](int index) {
        const auto own_seed = seed + static_cast<unsigned>(index);
        return sender(server.port(), (count + kProcesses - 1) / kProcesses, own_seed, counters);
    });
    EXPECT_EQ(clients.wait(), 0) << "seed " << seed;
    EXPECT_GE(counters.done, count);
    std::printf(
        "%ld %s (seed %u): %ld answers, %ld refused; 0 hangs, 0 second answers\n",
        counters.done.load(),
        what,
        seed,
        counters.answers.load(),
        counters.refused.load()
    );
    EXPECT_EQ(server.stop(), 0);
}

TEST(HttpUnderAttack, answers_the_same_however_requests_are_cut) {
    attack_with(send_segmented, scaled(kSegmentations), "random segmentations");
}

TEST(HttpUnderAttack, answers_mutated_requests_at_most_once_and_never_hangs) {
    attack_with(send_mutated, scaled(kMutations), "mutated requests");
}

}  // namespace
}  // namespace carafe::http::spec
