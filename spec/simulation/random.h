#pragma once

#include <cstdint>

namespace carafe::simulation {

// SplitMix64 (Steele, Lea, Flood 2014): small, fast, the same everywhere for the same seed.
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() {
        std::uint64_t mixed = (state_ += 0x9e3779b97f4a7c15ULL);
        mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9ULL;
        mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebULL;
        return mixed ^ (mixed >> 31U);
    }
    // 0 <= result < limit
    std::size_t below(std::size_t limit) { return static_cast<std::size_t>(next() % limit); }
    bool one_in(std::size_t many) { return below(many) == 0; }

private:
    std::uint64_t state_;
};

}  // namespace carafe::simulation
