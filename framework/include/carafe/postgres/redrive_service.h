#pragma once

#include <memory>

#include "carafe/postgres/redrives.h"
#include "carafe/settings.h"

namespace carafe::postgres {

// Works on the redrives and discards that were asked for over HTTP, on a thread of its own with two
// connections of its own. Any number of processes may run one.
class RedriveService {
public:
    // `settings` must outlive the service.
    RedriveService(const Settings& settings, OnDiscard on_discard);
    // Stops if still running.
    ~RedriveService();
    RedriveService(const RedriveService&) = delete;
    RedriveService& operator=(const RedriveService&) = delete;

    void start();
    // Ends after the transaction under way. Idempotent.
    void stop();
    // There is something new to do. Thread-safe; forgetting it costs up to a second.
    void wake();

    class Implementation;

private:
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace carafe::postgres
