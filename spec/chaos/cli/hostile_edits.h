#pragma once

#include <string>
#include <vector>

namespace carafe::spec {

// The names that occur in the file that is edited.
struct EditedNames {
    std::string brokers;
    std::string folder;  // of the journal
    std::string group;   // reads orders and stock
    std::string other;   // reads mail
    std::string orders;  // topics
    std::string stock;
    std::string mail;
    std::string dead;  // dead letters of orders
};

// A whole file, as somebody would write it.
std::string good_file(const EditedNames& names);

struct HostileEdit {
    std::string kind;
    std::string text;  // of the whole file
};

// Broken in every way that is known, `each` of a kind.
std::vector<HostileEdit> hostile_edits(const EditedNames& names, int each);

}  // namespace carafe::spec
