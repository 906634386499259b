#include "support/own_brokers.h"

#include <chrono>
#include <cstdlib>
#include <stdexcept>

#include "carafe/testing/eventually.h"
#include "support/free_port.h"

namespace carafe::spec {

namespace {

void await_start(const ChildProcess& broker) {
    const auto is_up = [&] {
        return broker.output().find("Kafka Server started") != std::string::npos;
    };
    if (!testing::eventually(is_up, std::chrono::seconds(120))) {
        throw std::runtime_error("no broker: " + broker.output());
    }
}

}  // namespace

OwnBrokers::OwnBrokers(std::string folder, int count)
    : folder_(std::move(folder)),
      count_(count),
      port_(free_ports(2 * count)),
      controller_(port_ + count) {
    if (count_ > 1) {
        const auto preparation = run(0);
        if (preparation->wait() != 0) {
            throw std::runtime_error("no brokers: " + preparation->output());
        }
    }
    for (int number = 0; number < count_; ++number) {
        processes_.push_back(run(number + 1));
    }
    for (const auto& process : processes_) {
        await_start(*process);
    }
}

void OwnBrokers::start(int number) {
    auto& process = processes_[static_cast<std::size_t>(number)];
    process = run(number + 1);
    await_start(*process);
}

std::unique_ptr<ChildProcess> OwnBrokers::run(int node) const {
    return std::make_unique<ChildProcess>(
        std::vector<std::string>{
            "/bin/bash",
            "spec/support/own_broker.sh",
            folder_,
            std::to_string(port_),
            std::to_string(controller_),
            std::to_string(count_),
            std::to_string(node)},
        folder_ + "-" + std::to_string(node) + ".log"
    );
}

std::string OwnBrokers::address() const {
    std::string all;
    for (int number = 0; number < count_; ++number) {
        all += (all.empty() ? "127.0.0.1:" : ",127.0.0.1:") + std::to_string(port_ + number);
    }
    return all;
}

NamedBrokers::NamedBrokers(const std::string& brokers)
    : before_(std::getenv("KAFKA_BROKERS") == nullptr ? "" : std::getenv("KAFKA_BROKERS")) {
    setenv("KAFKA_BROKERS", brokers.c_str(), 1);
}

NamedBrokers::~NamedBrokers() {
    setenv("KAFKA_BROKERS", before_.c_str(), 1);
}

}  // namespace carafe::spec
