#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace carafe::realtime {

// Names with values, as in the headers or the query of a request: in the order they came, names may
// repeat. All of them lie in one piece of memory, because every open socket keeps its own; looking
// one up walks over it. Views are valid until something is added.
class Fields {
public:
    // Both are cut at 64 KiB - 1.
    void add(std::string_view name, std::string_view value);

    // The first value of that name.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
    [[nodiscard]] std::vector<std::string_view> find_all(std::string_view name) const;
    [[nodiscard]] std::size_t size() const { return count_; }
    // Gives back memory that is kept for more.
    void shrink() { bytes_.shrink_to_fit(); }

private:
    // Calls `visit` with each name and value until it returns false.
    template <typename Visit>
    void walk(Visit visit) const;

    std::string bytes_;  // of each: the two lengths, the name, the value
    std::uint32_t count_ = 0;
};

}  // namespace carafe::realtime
