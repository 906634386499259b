#include <poll.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <future>

#include "integration/cli/binary.h"
#include "integration/kafka/topic_support.h"

namespace carafe::spec {

namespace {

class Pipe {
public:
    Pipe() {
        if (pipe(ends_.data()) != 0) {
            throw std::runtime_error("no pipe");
        }
    }
    ~Pipe() {
        close(ends_[0]);
        close(ends_[1]);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;

    void put(const std::string& text) const {
        ASSERT_EQ(write(ends_[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
    }
    // What was put, or nothing after half a minute.
    [[nodiscard]] std::string get() const {
        pollfd waiting{ends_[0], POLLIN, 0};
        std::array<char, 512> buffer{};
        if (poll(&waiting, 1, 30'000) <= 0) {
            return "";
        }
        const ssize_t count = read(ends_[0], buffer.data(), buffer.size());
        return {buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0))};
    }

private:
    std::array<int, 2> ends_{};
};

// Tells that it was called, and never comes back.
class Stuck final : public Consumer {
public:
    explicit Stuck(const Pipe* called) : called_(called) {}
    void consume(const Batch&) override {
        called_->put("called");
        std::promise<void>().get_future().wait();
    }

private:
    const Pipe* called_;
};

int run_worker(const std::string& topic, const Pipe& called) {
    setenv("OPS_PORT", "0", 1);
    Binary binary;
    binary.consumers = [&](Consumers& consumers) { consumers.add<Stuck>("Stuck", &called); };
    binary.write(
        "karafka.yml",
        "kafka: {bootstrap.servers: '" + broker().at("bootstrap.servers") +
            "'}\nconsumer_groups: {" + topic + "-group: {topics: {" + topic +
            ": {consumer: Stuck}}}}\nworker: {shutdown_timeout: 200ms}\n"
    );
    return binary.run_quietly({"worker"});
}

// The worker gets a process of its own, because it ends it; forked before this one has threads.
TEST(StuckWorker, exits_3_when_a_handler_outlasts_the_shutdown_timeout) {
    const Pipe topic_name;
    const Pipe called;
    const pid_t child = fork();
    if (child == 0) {
        _exit(run_worker(topic_name.get(), called));
    }
    Topics topics;
    const std::string topic = topics.create("cli-stuck");
    Record record;
    record.topic = topic;
    record.payload = "a";
    topics.produce({record});
    topic_name.put(topic);
    EXPECT_EQ(called.get(), "called");
    kill(child, SIGTERM);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    std::filesystem::remove_all(  // what an ended process cannot tidy up itself
        std::filesystem::temp_directory_path() / ("carafe-binary-" + std::to_string(child))
    );
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 3);
}

}  // namespace

}  // namespace carafe::spec
