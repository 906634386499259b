#pragma once

#include <boost/json/array.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "carafe/http/request.h"
#include "carafe/http/response.h"

namespace shop {

// One page of a list: `limit` (1..100, 20) and an opaque `cursor` in the query; the answer is
// {data, next_cursor} with a Link to the next page. Throws Problem 400 for a query out of range.
class Page {
public:
    // What a cursor stands for: the UUID of a row, or another text that identifies it.
    enum class Ids { kUuid, kText };

    explicit Page(const carafe::http::Request& request, Ids ids = Ids::kUuid);

    // One more than the page shows: that one tells whether there is a next page.
    [[nodiscard]] int rows_wanted() const { return limit_ + 1; }
    // The id the page starts behind.
    [[nodiscard]] const std::optional<std::string>& after() const { return after_; }

    // At most rows_wanted() objects; the field `id` is what the next page starts behind.
    [[nodiscard]] carafe::http::Response response(
        boost::json::array rows, std::string_view id = "id"
    ) const;

private:
    [[nodiscard]] std::string next_link(const std::string& cursor) const;

    const carafe::http::Request& request_;
    const Ids ids_;
    int limit_ = 20;
    std::optional<std::string> after_;
};

}  // namespace shop
