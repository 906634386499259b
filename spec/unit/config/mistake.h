#pragma once

#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "unit/config/settings_support.h"

namespace carafe::config::spec {

// One mistake, and the exact line it is reported with.
struct Mistake {
    const char* name;
    std::string yaml;
    std::string expected;
};

inline void PrintTo(const Mistake& mistake, std::ostream* out) {
    *out << mistake.yaml;
}

class Mistaken : public testing::TestWithParam<Mistake> {};

inline std::string name_of(const testing::TestParamInfo<Mistake>& info) {
    return info.param.name;
}

// A route of one key, at line 8, column 9.
inline std::string route(const std::string& lines) {
    return "kafka: {bootstrap.servers: 'a:1'}\n"
           "database: {url: x}\n"
           "consumer_groups:\n"
           "  g:\n"
           "    topics:\n"
           "      t:\n"
           "        consumer: C\n"
           "        " +
           lines + "\n";
}

}  // namespace carafe::config::spec
