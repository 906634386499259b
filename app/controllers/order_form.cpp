#include "app/controllers/order_form.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "app/controllers/params.h"
#include "app/controllers/query.h"
#include "app/controllers/text_checks.h"

namespace shop {

namespace {

using carafe::http::Problem;
using carafe::http::Request;

constexpr int kMaxItems = 100;
constexpr int kMaxQuantity = 10'000;
constexpr std::size_t kLongestKey = 255;

std::string read_address(Params& params) {
    boost::json::object address;
    for (const char* field : {"name", "line1", "city", "postal_code"}) {
        address[field] = params.text(field, {1, 200, true});
    }
    if (const auto line2 = params.optional_text("line2", {0, 200, true})) {
        address["line2"] = *line2;
    }
    const std::string country = params.text("country", {1, 200});
    if (!country.empty() && !is_country(country)) {
        params.refuse("country", "must be a country code of ISO 3166-1, such as DE");
    }
    address["country"] = country;
    return boost::json::serialize(address);
}

std::string fingerprint_of(const std::string& body) {
    std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
    crypto_hash_sha256(
        hash.data(), reinterpret_cast<const unsigned char*>(body.data()), body.size()
    );
    std::array<char, crypto_hash_sha256_BYTES * 2 + 1> hex{};
    return sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
}

std::optional<IdempotencyKey> read_key(const Request& request) {
    const auto key = request.header("idempotency-key");
    if (!key) {
        return std::nullopt;
    }
    const bool printable =
        std::all_of(key->begin(), key->end(), [](char c) { return c >= ' ' && c <= '~'; });
    if (key->empty() || key->size() > kLongestKey || !printable) {
        throw bad_header("Idempotency-Key", "must have 1 to 255 printable ASCII characters");
    }
    return IdempotencyKey{std::string(*key), fingerprint_of(request.body)};
}

}  // namespace

OrderForm::OrderForm(const Request& request) : key_(read_key(request)) {
    Params params(request.body);
    std::size_t index = 0;
    for (Params& item : params.objects("items", {1, kMaxItems})) {
        const std::string product_id = item.uuid("product_id");
        const int quantity = static_cast<int>(item.integer("quantity", {1, kMaxQuantity}));
        const auto same =
            std::find_if(draft_.lines.begin(), draft_.lines.end(), [&](const auto& line) {
                return line.product_id == product_id;
            });
        if (same == draft_.lines.end()) {
            draft_.lines.push_back({product_id, quantity});
            item_of_line_.push_back(index);
        } else if ((same->quantity += quantity) > kMaxQuantity) {
            item.refuse("quantity", "makes more than 10000 of this product in one order");
        }
        ++index;
    }
    if (auto address = params.optional_object("shipping_address")) {
        draft_.shipping_address = read_address(*address);
    }
    user_id_ = params.optional_uuid("user_id");
    params.finish();
    if (const auto traceparent = request.header("traceparent")) {
        draft_.traceparent = std::string(*traceparent);
    }
}

OrderDraft OrderForm::draft_for(const std::string& user_id) const {
    OrderDraft draft = draft_;
    draft.user_id = user_id;
    return draft;
}

Problem OrderForm::problem(const OrderRefused& refused) const {
    std::vector<Problem::Error> errors;
    for (const auto& [line, message] : refused.problems()) {
        const std::string item = std::to_string(item_of_line_.at(line));
        errors.push_back({"/items/" + item + "/product_id", message});
    }
    return {422, "The order cannot be placed.", std::move(errors)};
}

}  // namespace shop
