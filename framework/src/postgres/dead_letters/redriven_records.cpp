#include "postgres/dead_letters/redriven_records.h"

#include <charconv>
#include <optional>
#include <set>
#include <utility>

#include "postgres/array_literal.h"
#include "processing/own_records.h"

namespace carafe::postgres {

namespace {

using ItemId = std::pair<std::int64_t, std::int64_t>;  // redrive, position

// "12-345"; anything else did not come from a redrive of ours.
std::optional<ItemId> item_of(const Message& message) {
    const std::string_view text = message.header("dlq_redrive_id").value_or("");
    ItemId item;
    const char* const last = text.data() + text.size();
    const auto first = std::from_chars(text.data(), last, item.first);
    if (text.empty() || first.ec != std::errc() || first.ptr == last || *first.ptr != '-') {
        return std::nullopt;
    }
    const auto second = std::from_chars(first.ptr + 1, last, item.second);
    if (second.ec != std::errc() || second.ptr != last) {
        return std::nullopt;
    }
    return item;
}

// Those of the items that had their effect before. An item that this database does not know (of
// another one, or long forgotten) counts as new. FOR NO KEY UPDATE of the same row makes a second
// copy in another partition wait for the first one's commit.
std::set<ItemId> handled_before(
    pqxx::work& tx, const std::set<ItemId>& items, const std::string& effect
) {
    ArrayLiteral redrives;
    ArrayLiteral positions;
    for (const auto& [redrive, position] : items) {
        redrives.add_number(redrive);
        positions.add_number(position);
    }
    const pqxx::result rows = tx.exec_params(
        "WITH wanted AS (SELECT * FROM unnest($1::bigint[], $2::bigint[]) AS w (redrive_id,"
        " position)), marked AS (UPDATE redrive_items i SET effect = $3, effect_at = now()"
        " FROM wanted w WHERE (i.redrive_id, i.position) = (w.redrive_id, w.position)"
        " AND i.effect IS NULL RETURNING i.redrive_id, i.position)"
        " SELECT redrive_id, position FROM redrive_items JOIN wanted USING (redrive_id, position)"
        " EXCEPT SELECT redrive_id, position FROM marked",
        redrives.finish(),
        positions.finish(),
        effect
    );
    std::set<ItemId> handled;
    for (const auto& row : rows) {
        handled.emplace(row[0].as<std::int64_t>(), row[1].as<std::int64_t>());
    }
    return handled;
}

}  // namespace

RedrivenRecords::RedrivenRecords(
    pqxx::work& tx, const Batch& batch, const std::string& group, const std::string& effect
)
    : batch_(batch) {
    std::set<ItemId> items;
    bool all_ours = true;
    for (const Message& message : batch) {
        const bool ours = processing::is_for_group(message, group);
        all_ours &= ours;
        if (const auto item = ours ? item_of(message) : std::nullopt) {
            items.insert(*item);
        }
    }
    if (items.empty() && all_ours) {
        return;
    }
    std::set<ItemId> seen = items.empty() ? items : handled_before(tx, items, effect);
    for (const Message& message : batch) {
        const auto item = item_of(message);
        if (processing::is_for_group(message, group) && (!item || seen.insert(*item).second)) {
            kept_.push_back(message);
        }
    }
    batch_ = batch.part(kept_);
}

}  // namespace carafe::postgres
