#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "app/models/database.h"

namespace shop {

// Finds things by their id for many threads. Who comes while as many statements as are allowed are
// under way waits for one of them to end, and the next one finds for all who wait by then. So a
// lookup costs its share of a statement under load, and a statement of its own without. A lookup
// never joins a statement that had begun before: it sees whatever was committed before the call.
// Thread-safe. Values are shared and do not change; `Value` has a member `id`.
template <typename Value>
class GatheredLookup {
public:
    // Reads those of `ids` (each once) that there are, in any order.
    using Load = std::function<std::vector<Value>(const std::vector<std::string>& ids)>;

    GatheredLookup(Load load, int statements_at_once)
        : load_(std::move(load)), free_(statements_at_once) {}

    // Null when there is none. Throws what `load` throws, to all who were in that statement.
    std::shared_ptr<const Value> find(const std::string& id) {
        Caller caller{id};
        std::unique_lock lock(mutex_);
        if (free_ > 0) {
            --free_;
            lead(caller, lock);
        } else {
            waiting_.push_back(&caller);
            caller.woken.wait(lock, [&] { return caller.is_answered || caller.leads; });
            if (!caller.is_answered) {
                lead(caller, lock);
            }
        }
        if (caller.error) {
            std::rethrow_exception(caller.error);
        }
        return caller.found;
    }

    // Callers who wait for a statement to begin.
    [[nodiscard]] std::size_t waiting() const {
        const std::lock_guard lock(mutex_);
        return waiting_.size();
    }

private:
    struct Caller {
        const std::string& id;
        std::shared_ptr<const Value> found{};
        std::exception_ptr error{};
        bool is_answered = false;
        bool leads = false;
        std::condition_variable woken{};
    };
    using Callers = std::vector<Caller*>;

    // Finds for the caller and for all who wait, then lets the longest waiting of those who came
    // meanwhile do the same.
    void lead(Caller& caller, std::unique_lock<std::mutex>& lock) {
        Callers callers{&caller};
        callers.insert(callers.end(), waiting_.begin(), waiting_.end());
        waiting_.clear();
        lock.unlock();
        answer(callers);
        lock.lock();
        for (Caller* each : callers) {
            each->is_answered = true;
            each->woken.notify_one();
        }
        if (waiting_.empty()) {
            ++free_;
            return;
        }
        Caller* next = waiting_.front();
        waiting_.pop_front();
        next->leads = true;
        next->woken.notify_one();
    }

    void answer(const Callers& callers) const {
        try {
            std::unordered_map<std::string_view, std::shared_ptr<const Value>> found;
            std::vector<std::string> ids;
            for (const Caller* caller : callers) {
                if (found.try_emplace(caller->id).second) {
                    ids.push_back(caller->id);
                }
            }
            for (Value& value : load_(ids)) {
                if (const auto wanted = found.find(value.id); wanted != found.end()) {
                    wanted->second = std::make_shared<const Value>(std::move(value));
                }
            }
            for (Caller* caller : callers) {
                caller->found = found.at(caller->id);
            }
        } catch (...) {
            for (Caller* caller : callers) {
                caller->error = std::current_exception();
            }
        }
    }

    const Load load_;
    mutable std::mutex mutex_;
    std::deque<Caller*> waiting_;
    int free_;  // statements that may begin
};

// A GatheredLookup's load: Value::find_all, in a transaction of its own.
template <typename Value>
typename GatheredLookup<Value>::Load find_all_in(Database database) {
    return [database](const std::vector<std::string>& ids) {
        return database.with([&](auto& tx) { return Value::find_all(tx, ids); });
    };
}

}  // namespace shop
