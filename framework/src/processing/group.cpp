#include "processing/group.h"

#include <algorithm>

namespace carafe::processing {

namespace {

constexpr auto kPoll = std::chrono::milliseconds(100);
// A look at every queue, whatever the wake-ups said; the net under a lost one.
constexpr auto kLookAround = std::chrono::milliseconds(500);
constexpr auto kCommitTimeout = std::chrono::seconds(2);

std::int64_t now_ns() {
    return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

}  // namespace

Group::Group(Options options, ClientFactory make_client, const Environment& environment)
    : options_(std::move(options)),
      environment_(environment),
      make_client_(std::move(make_client)),
      client_(make_client_()),
      commits_on_revocation_(options_.commits_on_revocation) {
    for (const Route& route : options_.routes) {
        routes_.push_back({config::TopicPattern(route.topic), std::make_shared<const Route>(route)}
        );
    }
}

Group::~Group() {
    if (thread_.joinable()) {
        request_stop(Clock::now());
        thread_.join();
    }
}

void Group::start() {
    subscribe();
    last_poll_ns_ = now_ns();
    last_member_ = Clock::now();
    patience_ = options_.rejoin_timeout;
    thread_ = std::jthread([this] { run(); });
}

void Group::subscribe() {
    std::vector<std::string> topics;
    for (const Routed& routed : routes_) {
        topics.push_back(routed.pattern.subscription());
    }
    client_->subscribe(topics);
}

void Group::request_stop(Clock::time_point deadline) {
    const std::lock_guard lock(mutex_);
    stop_deadline_ = deadline;
    client_->wake();
}

bool Group::join(Clock::time_point deadline) {
    while (!ended_) {
        if (Clock::now() >= deadline) {
            return false;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    if (thread_.joinable()) {
        thread_.join();
    }
    return clean_;
}

void Group::run() {
    while (true) {
        client_->poll(*this, kPoll);
        last_poll_ns_ = now_ns();
        serve_requests();
        store_positions();
        if (Clock::now() >= next_look_around_) {
            next_look_around_ = Clock::now() + kLookAround;
            look_around();
        }
        const std::lock_guard lock(mutex_);
        if (stop_deadline_) {
            break;
        }
    }
    shut_down();
    ended_ = true;
}

void Group::look_around() {
    apply_holds();
    for (const auto& [assignment, runner] : active_) {
        runner->wake();
    }
    check_membership();
}

void Group::check_membership() {
    constexpr std::chrono::minutes kMostPatience{5};
    const auto now = Clock::now();
    generation_ = client_->generation();
    if (client_->is_member()) {
        last_member_ = now;
        patience_ = options_.rejoin_timeout;
        return;
    }
    joined_ = false;
    if (now - last_member_ >= patience_ && active_.empty() && releasing_.empty()) {
        renew_client();
        last_member_ = now;
        patience_ = std::min<std::chrono::milliseconds>(patience_ * 2, kMostPatience);
    }
}

// Nothing of the old one may be in use any more: no runner, no queue.
void Group::renew_client() {
    on_error("outside the group for too long: joining it with a new client", false);
    auto client = make_client_();
    {
        const std::lock_guard lock(mutex_);
        client_.swap(client);
    }
    subscribe();
}

void Group::apply_holds() {
    for (const auto& [assignment, runner] : active_) {
        const bool is_held =
            environment_.holds != nullptr && environment_.holds->is_held(runner->id());
        const RoutePtr route = route_of(runner->id().topic);  // none: it is about to be revoked
        runner->hold(is_held || (route && route->paused));
    }
}

void Group::serve_requests() {
    std::vector<std::function<void()>> requests;
    {
        const std::lock_guard lock(mutex_);
        requests.swap(requests_);
    }
    for (const auto& request : requests) {
        request();
    }
}

void Group::store_positions() {
    const auto positions = take_positions(published_, false);  // only this thread changes it
    if (!positions.empty()) {
        client_->store_offsets(positions);
    }
}

std::vector<kafka::PartitionPosition> Group::take_positions(
    const std::vector<RunnerPtr>& runners, bool last
) {
    std::vector<kafka::PartitionPosition> positions;
    for (const RunnerPtr& runner : runners) {
        if (auto position = runner->take_position(last)) {
            hints_[runner->assignment()] = *position;
            positions.push_back({key_of(runner->id()), std::move(*position)});
        }
    }
    return positions;
}

// Also what has been stored already: the background commit may not have come to it yet, and the
// next owner of the partition asks for the committed offset right away.
void Group::commit_positions(const std::vector<RunnerPtr>& runners) {
    take_positions(runners, true);
    std::vector<kafka::PartitionPosition> positions;
    positions.reserve(runners.size());
    for (const RunnerPtr& runner : runners) {
        positions.push_back({key_of(runner->id()), hints_[runner->assignment()]});
    }
    // Stored too: unassign commits what was stored last, and an older position would win.
    client_->store_offsets(positions);
    if (!positions.empty() &&
        client_->commit(positions, kCommitTimeout) != kafka::CommitResult::kCommitted) {
        on_error("the last positions could not be committed: their records may come again", false);
    }
}

void Group::shut_down() {
    Clock::time_point deadline;
    {
        const std::lock_guard lock(mutex_);
        deadline = *stop_deadline_;
    }
    std::vector<RunnerPtr> runners = published_;
    for (const auto& [assignment, runner] : replaced_) {
        runners.push_back(runner);
    }
    replaced_.clear();
    release_all(runners, Runner::Reason::kShutdown);
    await_released(deadline);
    commit_positions(runners);
    for (const RunnerPtr& runner : runners) {
        environment_.listener.on_revoked(runner->id(), false);
    }
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::max(deadline, Clock::now() + kCommitTimeout) - Clock::now()
    );
    const bool closed = client_->close(*this, left);
    clean_ = closed && releasing_.empty();
}

void Group::release_all(const std::vector<RunnerPtr>& runners, Runner::Reason reason) {
    for (const RunnerPtr& runner : runners) {
        active_.erase(runner->assignment());
        releasing_.emplace(runner->assignment(), runner);
        runner->release(reason);
    }
    publish_active();
}

void Group::publish_active() {
    const std::lock_guard lock(mutex_);
    published_.clear();
    for (const auto& [assignment, runner] : active_) {
        published_.push_back(runner);
    }
}

// The client's events wait meanwhile, so this must be short.
void Group::await_released(Clock::time_point deadline) {
    const auto all_finished = [this] {
        return std::all_of(releasing_.begin(), releasing_.end(), [](const auto& entry) {
            return entry.second->finished();
        });
    };
    while (!all_finished() && Clock::now() < deadline) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        last_poll_ns_ = now_ns();
    }
    std::erase_if(releasing_, [](const auto& entry) { return entry.second->finished(); });
}

}  // namespace carafe::processing
