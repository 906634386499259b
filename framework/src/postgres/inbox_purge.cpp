#include "postgres/inbox_purge.h"

#include <pqxx/pqxx>

namespace carafe::postgres {

InboxPurge::InboxPurge(Pool& pool, std::vector<Rule> rules, Pace pace)
    : pool_(pool), rules_(std::move(rules)), pace_(pace) {}

void InboxPurge::start() {
    if (!rules_.empty()) {
        thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
    }
}

void InboxPurge::stop() {
    if (thread_.joinable()) {
        thread_.request_stop();
        thread_.join();
    }
}

void InboxPurge::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        try {
            for (const Rule& rule : rules_) {
                apply(rule, stop);
            }
        } catch (const std::exception& error) {
            repeats_.warn("old ids stay in the inbox for now", error.what());
        }
        pause(stop, pace_.period);
    }
}

void InboxPurge::apply(const Rule& rule, const std::stop_token& stop) {
    while (!stop.stop_requested() && step(rule) == pace_.rows) {
        pause(stop, pace_.pause);
    }
}

void InboxPurge::pause(const std::stop_token& stop, std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stop, time, [] { return false; });
}

std::size_t InboxPurge::step(const Rule& rule) {
    const Pool::Lease lease = pool_.acquire();
    pqxx::work tx(*lease, "purge_inbox");
    const pqxx::result gone = tx.exec_params(
        std::string("DELETE FROM consumer_inbox WHERE (grp, topic, ce_id) IN (SELECT grp, topic,"
                    " ce_id FROM consumer_inbox WHERE grp = $1 AND topic ") +
            (rule.is_pattern ? "~" : "=") +
            " $2 AND seen_at < now() - $3::bigint * interval '1 millisecond'"
            " ORDER BY seen_at LIMIT $4 FOR UPDATE SKIP LOCKED)",
        rule.group,
        rule.topic,
        rule.age.count(),
        pace_.rows
    );
    tx.commit();
    return gone.affected_rows();
}

}  // namespace carafe::postgres
