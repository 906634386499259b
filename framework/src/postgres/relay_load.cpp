#include "postgres/relay_load.h"

#include <cmath>

namespace carafe::postgres {

namespace {

using Seconds = std::chrono::duration<double>;

// Time constants of exponential smoothing. Help comes within seconds and stays for a minute, so
// that work at the limit of one relay does not move shards all the time.
constexpr Seconds kRise{2};
constexpr Seconds kFall{30};
// A worker writes nothing while the broker is away for a moment: that is no reason either.
constexpr Seconds kWrites{60};

void approach(double& figure, double value, Seconds time, Seconds constant) {
    figure += (value - figure) * (1 - std::exp(-time / constant));
}

}  // namespace

void RelayLoad::looked(Clock::time_point now, bool full) {
    if (full_) {
        full_for_ += now - looked_at_;
    }
    looked_at_ = now;
    full_ = full;
}

RelayFigures RelayLoad::measure(Clock::time_point now) {
    looked(now, full_);
    const Seconds time = now - measured_at_;
    if (time > Seconds(0)) {
        const double busy = acknowledged_ ? full_for_ / time : 0;
        approach(figures_.busy, busy, time, busy > figures_.busy ? kRise : kFall);
        approach(figures_.writes, static_cast<double>(writes_) / time.count(), time, kWrites);
        measured_at_ = now;
        full_for_ = {};
        writes_ = 0;
        acknowledged_ = false;
    }
    return figures_;
}

}  // namespace carafe::postgres
