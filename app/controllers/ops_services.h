#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "carafe/cluster.h"
#include "carafe/postgres/dead_letters.h"
#include "carafe/postgres/pauses.h"
#include "carafe/postgres/redrives.h"
#include "carafe/trace.h"

namespace shop {

// What the controllers for operators work with; alive as long as the server.
struct OpsServices {
    carafe::postgres::DeadLetters dead_letters;
    carafe::postgres::Redrives redrives;
    carafe::postgres::Pauses pauses;
    std::function<void()> wake_redrives = [] {};  // there is a new one
    // The last report; null while there is none.
    std::function<std::shared_ptr<const carafe::ClusterReport>()> cluster = [] { return nullptr; };
    std::map<std::string, std::string> kafka{};  // properties, to read records with
    // Everything that carries an order's id.
    std::function<carafe::Trace(const std::string& order_id)> trace = [](const std::string&) {
        return carafe::Trace{};
    };
    std::vector<std::string> groups{};  // of karafka.yml
};

}  // namespace shop
