// The life of a history: what happens when. What a command does is world_commands.cpp; what must
// hold is oracle.cpp.
#include "simulation/world.h"

#include <algorithm>
#include <cstdio>

namespace carafe::simulation {

using std::chrono::milliseconds;

namespace {

constexpr int kKeys = 3;
constexpr std::size_t kPeacefulRounds = 20'000;

Setting draw_setting(Random& random) {
    Setting setting;
    setting.exactly_once = random.one_in(2);
    setting.crashes = random.one_in(2);
    setting.rebalances = random.one_in(2);
    setting.outages = random.one_in(2);
    setting.delays = random.one_in(3);
    setting.partitions = 3 + random.below(2);
    setting.workers = 2 + random.below(2);
    PartitionCore::Policy& policy = setting.policy;
    policy.max_messages = 1 + random.below(8);
    policy.drain_at_least = 1 + random.below(8);
    policy.max_wait = milliseconds(random.below(2) * 5);
    policy.proves_membership = setting.exactly_once;
    policy.retry.attempts = static_cast<int>(1 + random.below(4));
    policy.retry.backoff_min = milliseconds(100);
    policy.retry.backoff_max = milliseconds(400);
    policy.retry.has_dead_letter_topic = true;
    policy.retry.writes_attempts = true;
    policy.retry.contention_tries = 4;
    policy.retry.contention_time = milliseconds(1'000);
    policy.retry.parks = setting.exactly_once && random.one_in(2);
    policy.retry.parked_max = 2 + random.below(8);
    return setting;
}

Behaviour draw_behaviour(Random& random, const Setting& setting) {
    switch (random.below(20)) {
        case 0:
        case 1:
            return setting.policy.retry.attempts > 1 ? Behaviour::kFlaky : Behaviour::kGood;
        case 2:
            return Behaviour::kPoison;
        case 3:
            return Behaviour::kUndecodable;
        case 4:
            return Behaviour::kMarked;
        case 5:
            return setting.crashes && random.one_in(2) ? Behaviour::kKiller : Behaviour::kGood;
        default:
            return Behaviour::kGood;
    }
}

Partition draw_partition(Random& random, const Setting& setting, std::size_t number) {
    Partition partition;
    partition.id = {"group", "topic", static_cast<std::int32_t>(number)};
    const std::size_t size = 8 + random.below(16);
    std::int64_t offset = 0;
    for (std::size_t count = 0; count < size; ++count) {
        Record record;
        // Transactional and compacted logs have gaps.
        offset += random.one_in(6) ? 3 : 1;
        record.offset = offset;
        record.key = static_cast<int>(random.below(kKeys));
        record.behaviour = draw_behaviour(random, setting);
        record.names_itself = random.one_in(2);
        record.flaky_calls = 1;
        if (setting.delays && random.one_in(3)) {
            record.ready_at = Time{milliseconds(random.below(4'000))};
        }
        partition.log.push_back(record);
    }
    partition.published = size / 2;
    return partition;
}

}  // namespace

World::World(std::uint64_t seed, Coverage& coverage, bool prints)
    : random_(seed), coverage_(coverage), prints_(prints), setting_(draw_setting(random_)) {
    for (std::size_t number = 0; number < setting_.partitions; ++number) {
        partitions_.push_back(draw_partition(random_, setting_, number));
        assign(number, static_cast<int>(random_.below(setting_.workers)));
    }
}

std::size_t World::run(std::size_t troubled_events) {
    for (std::size_t count = 0; count < troubled_events; ++count) {
        event();
    }
    troubled_ = false;
    database_away_ = false;
    for (Partition& partition : partitions_) {
        partition.published = partition.log.size();
    }
    std::size_t events = troubled_events;
    for (std::size_t round = 0; round < kPeacefulRounds && !all_done(); ++round) {
        now_ += milliseconds(5);
        finish_rebalances();
        // A step may end assignments, so each is looked up anew.
        for (std::size_t index = 0; index < assignments_.size(); ++index) {
            assignments_[index]->core.hold(false);
            step(*assignments_[index]);
            ++events;
        }
    }
    check_end();
    return events;
}

void World::event() {
    const std::size_t kind = random_.below(40);
    if (kind < 2) {
        publish();
    } else if (kind < 6) {
        pass_time();
    } else if (kind == 6 && setting_.rebalances) {
        rebalance();
    } else if (kind == 7) {
        finish_rebalances();
    } else if (kind == 8 && setting_.crashes && random_.one_in(2)) {
        crash(static_cast<int>(random_.below(setting_.workers)), std::nullopt);
    } else if (kind == 9 && setting_.outages) {
        database_away_ = !database_away_ && random_.one_in(2);
    } else if (kind == 10) {
        toggle_hold();
    } else if (kind == 11) {
        toggle_pause();
    } else if (!assignments_.empty()) {
        step(*assignments_[random_.below(assignments_.size())]);
    }
}

void World::step(Assignment& assignment) {
    if (assignment.under_way) {
        complete(assignment);
    } else {
        begin(assignment);
    }
}

void World::publish() {
    Partition& partition = partitions_[random_.below(partitions_.size())];
    partition.published = std::min(partition.log.size(), partition.published + random_.below(5));
}

void World::pass_time() {
    now_ += milliseconds(random_.below(300));
}

void World::toggle_hold() {
    if (!assignments_.empty()) {
        coverage_.count(Transition::kHeld);
        assignments_[random_.below(assignments_.size())]->core.hold(random_.one_in(2));
    }
}

// A partition goes to another member: gracefully, or because its owner was thought dead and does
// not know it yet.
void World::rebalance() {
    const std::size_t number = random_.below(partitions_.size());
    Partition& partition = partitions_[number];
    const int to = static_cast<int>(random_.below(setting_.workers));
    Assignment* from = find(partition.owner, number);
    if (to == partition.owner || from == nullptr || find(to, number) != nullptr) {
        return;
    }
    if (random_.one_in(2)) {
        if (from->under_way) {
            coverage_.count(Transition::kReleasedUnderWay);
        }
        from->released = true;
        from->core.release();
    } else {
        say(*from, "is thought dead");
        partition.zombies += setting_.exactly_once ? 0 : 1;
        assign(number, to);
    }
}

// Who has lost a partition without knowing it learns of it.
void World::finish_rebalances() {
    for (const Held& held : assignments_) {
        if (!owns(*held) && !held->released) {
            held->released = true;
            held->core.release();
        }
    }
}

// `guilty`: the partition whose handler killed the process; none: it was killed from outside.
void World::crash(int worker, std::optional<std::size_t> guilty) {
    std::vector<processing::InHand> in_hand;
    const bool leaves_mark = guilty.has_value() && random_.one_in(2);
    for (const Held& held : assignments_) {
        if (held->worker != worker || !held->under_way) {
            continue;
        }
        processing::InHand hand;
        hand.partition = partitions_[held->partition].id;
        if (const auto* deliver = std::get_if<PartitionCore::Deliver>(&*held->under_way)) {
            const auto handed = handed_out(*held, deliver->begin, deliver->end);
            hand.range = {
                record(*held, handed.front()).offset, record(*held, handed.back()).offset};
            hand.was_suspect = deliver->is_suspect;
        } else if (const auto* retry = std::get_if<PartitionCore::RetryParked>(&*held->under_way)) {
            hand.range = {retry->offset, retry->offset};
            hand.was_suspect = retry->is_suspect;
        } else {
            continue;
        }
        hand.caused_it = guilty == held->partition && leaves_mark;
        in_hand.push_back(hand);
    }
    // A killer that leaves no mark ate the memory; the kernel has counted it.
    const bool out_of_memory = guilty.has_value() && !leaves_mark;
    count_deaths(in_hand, guilty, out_of_memory);
    attempts_.suspect(processing::accuse(in_hand, out_of_memory));
    std::erase_if(assignments_, [worker](const Held& held) { return held->worker == worker; });
    for (std::size_t number = 0; number < partitions_.size(); ++number) {
        if (partitions_[number].owner == worker) {
            const auto other = static_cast<int>(random_.below(setting_.workers));
            assign(number, find(other, number) == nullptr ? other : worker);
        }
    }
}

// By the promise, and not by what accuse() says: only a death while alone counts, and one for want
// of memory only for a record that was alone as a suspect.
void World::count_deaths(
    const std::vector<processing::InHand>& in_hand,
    std::optional<std::size_t> guilty,
    bool out_of_memory
) {
    for (const processing::InHand& hand : in_hand) {
        const auto number = static_cast<std::size_t>(hand.partition.partition);
        const bool counts = out_of_memory ? hand.was_suspect : guilty == number;
        if (hand.range.first != hand.range.last || !counts) {
            continue;
        }
        for (Record& one : partitions_[number].log) {
            one.counted_deaths += one.offset == hand.range.first ? 1 : 0;
        }
    }
}

void World::assign(std::size_t number, int worker) {
    Partition& partition = partitions_[number];
    partition.owner = worker;
    ++partition.generation;
    auto made = std::make_unique<Assignment>(worker, number, partition.generation, setting_.policy);
    // With a row in PostgreSQL, Kafka's offset is only a hint, and may be anything.
    made->start_offset = partition.row && random_.one_in(3)
                             ? partition.log[random_.below(partition.log.size())].offset
                             : partition.committed;
    made->position = made->start_offset;
    while (made->fetched < partition.log.size() &&
           partition.log[made->fetched].offset < made->start_offset) {
        ++made->fetched;
    }
    say(*made, "assigned");
    assignments_.push_back(std::move(made));
}

void World::remove(const Assignment& assignment) {
    std::erase_if(assignments_, [&assignment](const Held& held) {
        return held.get() == &assignment;
    });
}

Assignment* World::find(int worker, std::size_t partition) {
    for (const Held& held : assignments_) {
        if (held->worker == worker && held->partition == partition) {
            return held.get();
        }
    }
    return nullptr;
}

bool World::owns(const Assignment& assignment) const {
    const Partition& partition = partitions_[assignment.partition];
    return partition.owner == assignment.worker && partition.generation == assignment.generation;
}

Record& World::record(Assignment& assignment, std::size_t index) {
    return partitions_[assignment.partition].log[assignment.chunk.at(index)];
}

void World::say(const Assignment& assignment, const char* what) const {
    if (prints_) {
        std::printf(
            "%8lld ms  worker %d  partition %zu: %s\n",
            static_cast<long long>(now_.time_since_epoch() / milliseconds(1)),
            assignment.worker,
            assignment.partition,
            what
        );
    }
}

}  // namespace carafe::simulation
