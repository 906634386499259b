#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "carafe/postgres/dead_letters.h"
#include "carafe/postgres/redrives.h"
#include "cli/session.h"

namespace carafe::cli {

// True when the application has a database, and so an index of its dead letters.
bool has_dead_letter_index(Session& session);

// What the dlq commands work with: the index, brought up to now when this is made. Throws
// ConfigurationError when its tables are missing.
class DeadLetterIndex {
public:
    explicit DeadLetterIndex(Session& session);

    [[nodiscard]] const postgres::DeadLetters& dead_letters() const { return dead_letters_; }
    [[nodiscard]] postgres::Redrives& redrives() { return redrives_; }

private:
    postgres::Pool pool_;
    postgres::DeadLetters dead_letters_;
    postgres::Redrives redrives_;
};

// Who is at the keyboard, for the audit.
std::string operator_name();

struct IndexListOptions {
    postgres::DeadLetters::Query query;
    bool is_json = false;
};
int list_indexed(Session& session, const IndexListOptions& options);
int show_indexed(Session& session, const std::string& id, bool is_json);
int show_stats(Session& session, const std::string& topic, bool is_json);

}  // namespace carafe::cli
