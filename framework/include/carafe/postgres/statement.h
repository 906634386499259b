#pragma once

#include <pqxx/pqxx>
#include <utility>

namespace carafe::postgres {

// A statement that runs often: prepared once per connection, when first used there, so that the
// server plans it once. Two statements with one name on one connection throw pqxx::argument_error.
struct Statement {
    const char* name;  // the framework's own begin with carafe_
    const char* sql;
};

template <typename... Arguments>
pqxx::result run(pqxx::transaction_base& tx, const Statement& statement, Arguments&&... arguments) {
    tx.conn().prepare(statement.name, statement.sql);
    return tx.exec_prepared(statement.name, std::forward<Arguments>(arguments)...);
}

}  // namespace carafe::postgres
