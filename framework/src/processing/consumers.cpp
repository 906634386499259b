#include "carafe/consumers.h"

#include <stdexcept>

namespace carafe {

const Consumers::Entry* Consumers::find(const std::string& name) const {
    const auto found = entries_.find(name);
    return found == entries_.end() ? nullptr : &found->second;
}

std::vector<std::string> Consumers::names() const {
    std::vector<std::string> names;
    names.reserve(entries_.size());
    for (const auto& [name, entry] : entries_) {
        names.push_back(name);
    }
    return names;
}

void Consumers::insert(const std::string& name, Entry entry) {
    if (!entries_.emplace(name, std::move(entry)).second) {
        throw std::logic_error("consumer '" + name + "' is registered twice");
    }
}

}  // namespace carafe
