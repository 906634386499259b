#include "processing/group.h"

#include <algorithm>

namespace carafe::processing {

namespace {

constexpr auto kPoll = std::chrono::milliseconds(100);
// A look at every queue, whatever the wake-ups said; the net under a lost one.
constexpr auto kLookAround = std::chrono::milliseconds(500);
constexpr auto kRevocationDrain = std::chrono::seconds(1);
constexpr auto kCommitTimeout = std::chrono::seconds(2);
constexpr auto kOffsetsRetry = std::chrono::milliseconds(50);
constexpr auto kOffsetsTimeout = std::chrono::seconds(5);

std::string name_of(const PartitionId& id) {
    return id.topic + "/" + std::to_string(id.partition);
}

kafka::TopicPartition key_of(const PartitionId& id) {
    return {id.topic, id.partition};
}

std::uint32_t token_of(std::uint64_t assignment) {
    return static_cast<std::uint32_t>(assignment);
}

std::int64_t now_ns() {
    return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

}  // namespace

Group::Group(Options options, ClientFactory make_client, const Environment& environment)
    : options_(std::move(options)),
      environment_(environment),
      make_client_(std::move(make_client)),
      client_(make_client_()) {}

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
    for (const Route& route : options_.routes) {
        topics.push_back(route.topic);
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

Group::Status Group::status() const {
    Status status;
    status.joined = joined_;
    status.since_poll = std::chrono::milliseconds((now_ns() - last_poll_ns_) / 1'000'000);
    const std::lock_guard lock(mutex_);
    status.assigned = published_.size();
    for (const RunnerPtr& runner : published_) {
        if (runner->degraded()) {
            status.degraded.push_back(name_of(runner->id()));
        }
        if (runner->halted()) {
            status.halted.push_back(name_of(runner->id()));
        }
        for (CallStatus& call : runner->calls()) {
            if (call.age > status.longest_call) {
                status.longest_call = call.age;
                status.longest_call_partition = name_of(call.partition);
            }
            status.calls.push_back(std::move(call));
        }
    }
    return status;
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
    for (const auto& [assignment, runner] : active_) {
        runner->wake();
    }
    check_membership();
}

void Group::check_membership() {
    constexpr std::chrono::minutes kMostPatience{5};
    const auto now = Clock::now();
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
    const std::vector<RunnerPtr> runners = published_;
    release_all(runners, Runner::Reason::kShutdown);
    await_released(deadline);
    commit_positions(runners);
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

void Group::on_assigned(const std::vector<kafka::TopicPartition>& partitions) {
    joined_ = true;
    const auto positions = resolve_start(partitions);
    struct Opened {
        RunnerPtr runner;
        std::unique_ptr<kafka::PartitionQueue> queue;
        kafka::Position position;
    };
    std::vector<Opened> opened;
    for (const auto& [partition, position] : positions) {
        const std::uint64_t assignment = ++last_assignment_;
        auto runner = make_runner(
            PartitionId{options_.id, partition.topic, partition.partition},
            assignment,
            *route_of(partition.topic),
            Runner::Environment{
                *this,
                environment_.pool,
                environment_.listener,
                environment_.classifiers,
                environment_.attempts,
                environment_.journal,
                environment_.progress}
        );
        hints_[assignment] = position;
        active_.emplace(assignment, runner);
        opened.push_back(
            {std::move(runner), client_->open_queue(partition, token_of(assignment)), position}
        );
    }
    if (const auto error = client_->assign(positions)) {
        on_error("assign: " + *error, false);
    }
    publish_active();
    for (Opened& entry : opened) {
        environment_.listener.on_assigned(entry.runner->id(), entry.position.offset);
        entry.runner->start(std::move(entry.queue), entry.position);
    }
}

std::vector<kafka::PartitionPosition> Group::resolve_start(
    const std::vector<kafka::TopicPartition>& partitions
) {
    if (partitions.empty()) {
        return {};
    }
    // The coordinator has just answered, so a missing answer is a passing fault; without an
    // answer nothing may be assumed, least of all "from the beginning".
    while (true) {
        if (auto positions = client_->start_positions(partitions, kOffsetsTimeout)) {
            return *positions;
        }
        last_poll_ns_ = now_ns();
        {
            const std::lock_guard lock(mutex_);
            if (stop_deadline_) {
                return {};
            }
        }
        std::this_thread::sleep_for(kOffsetsRetry);
    }
}

void Group::on_revoked(const std::vector<kafka::TopicPartition>& partitions, bool lost) {
    std::vector<RunnerPtr> runners;
    for (const auto& [assignment, runner] : active_) {
        const auto key = key_of(runner->id());
        if (std::find(partitions.begin(), partitions.end(), key) != partitions.end()) {
            runners.push_back(runner);
        }
    }
    release_all(runners, Runner::Reason::kRevoked);
    if (options_.commits_on_revocation && !lost && !runners.empty()) {
        await_released(Clock::now() + kRevocationDrain);
        commit_positions(runners);
    }
    for (const RunnerPtr& runner : runners) {
        hints_.erase(runner->assignment());
        environment_.listener.on_revoked(runner->id(), lost);
    }
    if (const auto error = client_->unassign(partitions)) {
        on_error("unassign: " + *error, false);
    }
}

void Group::on_readable(std::uint32_t token) {
    // Assignments are numbered from 1 and far fewer than 2^32 are ever active at once.
    const auto found = std::find_if(active_.begin(), active_.end(), [token](const auto& entry) {
        return token_of(entry.first) == token;
    });
    if (found != active_.end()) {
        found->second->wake();
    }
}

void Group::on_committed(std::uint64_t request, kafka::CommitResult result) {
    if (const RunnerPtr runner = find(request)) {
        runner->proof(result);
    }
}

void Group::on_error(const std::string& error, bool fatal) {
    environment_.listener.on_client_error(options_.id, error, fatal);
}

void Group::post(std::function<void()> request) {
    const std::lock_guard lock(mutex_);
    requests_.push_back(std::move(request));
    client_->wake();
}

void Group::prove_membership(std::uint64_t assignment) {
    post([this, assignment] { prove_now(assignment); });
}

void Group::prove_now(std::uint64_t assignment) {
    if (const RunnerPtr runner = find(assignment)) {
        client_->commit_async({key_of(runner->id()), hints_[assignment]}, assignment);
    }
}

void Group::restart(std::uint64_t assignment, std::int64_t offset) {
    post([this, assignment, offset] { restart_now(assignment, offset); });
}

void Group::restart_now(std::uint64_t assignment, std::int64_t offset) {
    const RunnerPtr runner = find(assignment);
    if (!runner) {
        return;
    }
    const kafka::TopicPartition partition = key_of(runner->id());
    client_->unassign({partition});
    auto queue = client_->open_queue(partition, token_of(assignment));
    if (const auto error = client_->assign({{partition, {offset}}})) {
        on_error("assign: " + *error, false);
    }
    hints_[assignment] = {offset};
    runner->restarted(std::move(queue));
}

void Group::released(std::uint64_t assignment) {
    post([this, assignment] { releasing_.erase(assignment); });
}

Group::RunnerPtr Group::find(std::uint64_t assignment) const {
    const auto found = active_.find(assignment);
    return found == active_.end() ? nullptr : found->second;
}

const Route* Group::route_of(const std::string& topic) const {
    for (const Route& route : options_.routes) {
        if (route.topic == topic) {
            return &route;
        }
    }
    return nullptr;
}

}  // namespace carafe::processing
