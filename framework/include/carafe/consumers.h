#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "carafe/consumer.h"

namespace carafe {

namespace postgres {
class TransactionalConsumer;
}

// The registry that routes/consumers.cpp fills: consumer name in karafka.yml -> class. Filled once
// at start-up, read-only afterwards; not synchronised.
class Consumers {
public:
    struct Entry {
        std::function<std::unique_ptr<BaseConsumer>()> make;
        bool transactional = false;  // derives from postgres::TransactionalConsumer
    };

    // Extra arguments are kept and passed to the constructor of each instance; pass collaborators
    // with std::ref and keep them alive as long as the worker. Throws std::logic_error for a name
    // that is already taken.
    template <typename T, typename... Args>
    void add(const std::string& name, Args... args) {
        static_assert(
            std::is_base_of_v<BaseConsumer, T>, "a consumer derives from carafe::Consumer"
        );
        insert(
            name,
            Entry{
                [args...] { return std::make_unique<T>(args...); },
                std::is_base_of_v<postgres::TransactionalConsumer, T>}
        );
    }

    [[nodiscard]] const Entry* find(const std::string& name) const;
    // In alphabetical order, for error messages.
    [[nodiscard]] std::vector<std::string> names() const;

private:
    void insert(const std::string& name, Entry entry);

    std::map<std::string, Entry> entries_;
};

}  // namespace carafe
