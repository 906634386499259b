#include "app/controllers/product_form.h"

#include "app/controllers/params.h"
#include "app/controllers/text_checks.h"

namespace shop {

namespace {

// So bounded that no order can overflow its total; the database holds the same bound.
constexpr std::int64_t kMostPrice = 1'000'000'000'000;
constexpr std::int64_t kMostStock = 1'000'000'000;
constexpr Params::Length kSku{1, 64, true};
constexpr Params::Length kName{1, 200, true};
constexpr Params::Length kCategory{0, 100, true};
constexpr Params::Length kDescription{0, 5000};

Money read_price(Params& params) {
    Money price;
    if (auto fields = params.object("price")) {
        price.amount_minor = fields->integer("amount_minor", {0, kMostPrice});
        price.currency = fields->text("currency", {1, 200});
        if (!price.currency.empty() && !is_currency(price.currency)) {
            fields->refuse("currency", "must be a currency code of ISO 4217, such as USD");
        }
    }
    return price;
}

}  // namespace

ProductDraft read_product_draft(std::string_view body) {
    Params params(body);
    ProductDraft draft;
    draft.sku = params.text("sku", kSku);
    draft.name = params.text("name", kName);
    draft.price = read_price(params);
    draft.stock = static_cast<int>(params.integer("stock", {0, kMostStock}));
    draft.description = params.optional_text("description", kDescription).value_or("");
    draft.category = params.optional_text("category", kCategory).value_or("");
    params.finish();
    return draft;
}

ProductChange read_product_change(std::string_view body) {
    Params params(body);
    ProductChange change;
    if (params.has("name")) {
        change.name = params.text("name", kName);
    }
    if (params.has("description")) {
        change.description = params.text("description", kDescription);
    }
    if (params.has("category")) {
        change.category = params.text("category", kCategory);
    }
    if (params.has("price")) {
        change.price = read_price(params);
    }
    for (const char* fixed : {"sku", "stock"}) {
        if (params.has(fixed)) {
            params.refuse(fixed, "cannot be changed here");
        }
    }
    params.finish();
    if (!change.name && !change.description && !change.category && !change.price) {
        throw carafe::http::Problem(
            400, "The body is not acceptable.", {{"", "must name something to change"}}
        );
    }
    return change;
}

}  // namespace shop
