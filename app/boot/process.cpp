#include "app/boot/process.h"

#include <unistd.h>

#include <array>
#include <csignal>

#include "carafe/application.h"
#include "carafe/log.h"
#include "carafe/spans.h"

namespace shop::boot {

namespace {

constexpr std::chrono::seconds kDatabaseAskedEvery{1};

std::optional<std::string> unless(bool is_well, const char* reason) {
    return is_well ? std::nullopt : std::optional<std::string>(reason);
}

}  // namespace

Process::Process(Database database, int ops_port)
    : ops_(ops_port, health_, metrics_), probe_(kDatabaseAskedEvery, [this, database] {
          try {
              database.with([](auto& tx) { tx.exec("SELECT 1"); });
              database_answers_ = true;
          } catch (const std::exception&) {
              database_answers_ = false;
          }
      }) {
    carafe::spans::publish_totals(metrics_);
    health_.readiness("process", [this] { return unless(is_running_, "starting or stopping"); });
    health_.readiness("database", [this] {
        return unless(database_answers_, "PostgreSQL does not answer");
    });
}

void Process::run_until_stopped() {
    is_running_ = true;
    carafe::log::info("ready", {{"ops_port", std::to_string(ops_.port())}});
    carafe::Signals signals;
    int signal = 0;
    while (signal != SIGTERM && signal != SIGINT) {
        signal = signals.wait(std::chrono::hours(1));
    }
    is_running_ = false;
    carafe::log::info("stopping", {{"signal", std::to_string(signal)}});
}

std::string process_name() {
    std::array<char, 256> host{};
    gethostname(host.data(), host.size() - 1);
    return std::string(host.data()) + ":" + std::to_string(getpid());
}

}  // namespace shop::boot
