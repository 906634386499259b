#pragma once

#include <cstdio>
#include <cstdlib>

namespace carafe::fuzz {

// What must hold of every input; says what did not and dies, so that the fuzzer keeps the input.
inline void check(bool holds, const char* what) {
    if (!holds) {
        std::fprintf(stderr, "does not hold: %s\n", what);
        std::abort();
    }
}

}  // namespace carafe::fuzz
