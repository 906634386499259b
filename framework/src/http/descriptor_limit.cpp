#include "http/descriptor_limit.h"

#include <sys/resource.h>

#include <string>

#include "carafe/errors.h"

namespace carafe::http {
namespace {

// Threads' epolls and timers, databases, brokers, logs, and connections that still take their 503.
constexpr rlim_t kOwnDescriptors = 256;

}  // namespace

void allow_descriptors(int connections) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return;  // no such limit on this system
    }
    const rlim_t wanted = static_cast<rlim_t>(connections) + kOwnDescriptors;
    if (limit.rlim_cur >= wanted) {
        return;
    }
    if (limit.rlim_max >= wanted) {
        limit.rlim_cur = wanted;
        if (::setrlimit(RLIMIT_NOFILE, &limit) == 0) {
            return;
        }
    }
    const auto most = limit.rlim_max > kOwnDescriptors ? limit.rlim_max - kOwnDescriptors : 1;
    throw ConfigurationError(
        "http: " + std::to_string(connections) + " connections need " + std::to_string(wanted) +
        " open files, but this process may have " + std::to_string(limit.rlim_max) +
        ": set http.max_connections to " + std::to_string(most) +
        " or less, or raise the limit (ulimit -Hn, LimitNOFILE= of systemd)"
    );
}

}  // namespace carafe::http
