#pragma once

#include <pqxx/pqxx>
#include <string>
#include <vector>

namespace carafe::postgres {

// The values of a statement that is put together at run time: nothing a user wrote gets into its
// text.
class Parameters {
public:
    // The placeholder that stands for the value: "$3::bigint".
    std::string add(const std::string& value, const std::string& type) {
        values_.push_back(value);
        return "$" + std::to_string(values_.size()) + "::" + type;
    }
    [[nodiscard]] pqxx::result exec(pqxx::transaction_base& tx, const std::string& sql) const {
        return tx.exec_params(sql, pqxx::prepare::make_dynamic_params(values_));
    }

private:
    std::vector<std::string> values_;
};

}  // namespace carafe::postgres
