#include "cli/live_configuration.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

#include "carafe/log.h"
#include "config/text.h"
#include "kafka/admin.h"

namespace carafe::cli {

namespace {

constexpr auto kRetry = std::chrono::seconds(3);
constexpr std::size_t kReadBytesMax = 256ULL * 1024 + 1;  // one more than is accepted
constexpr std::size_t kProblemsBytesMax = 2048;

std::optional<std::string> content_of(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    std::string text(kReadBytesMax, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!stream.is_open() || stream.bad()) {
        return std::nullopt;
    }
    text.resize(static_cast<std::size_t>(stream.gcount()));
    return text;
}

std::string one_line(std::string problems) {
    for (std::size_t at = 0; (at = problems.find('\n', at)) != std::string::npos;) {
        problems.replace(at, 1, "; ");
    }
    if (problems.size() > kProblemsBytesMax) {
        problems.resize(config::shortened(problems, kProblemsBytesMax).size());
        problems += " ...";
    }
    return problems;
}

// Longer than is accepted; of such a file only the start is known.
bool is_cut(const std::string& text) {
    return text.size() == kReadBytesMax;
}

// A file that is not written to its end can look complete; its last line does not.
void check_is_whole(const std::string& file, const std::string& text) {
    if (is_cut(text) || (!text.empty() && text.back() == '\n')) {
        return;
    }
    const auto line = static_cast<int>(std::count(text.begin(), text.end(), '\n')) + 1;
    const std::size_t start = text.rfind('\n');
    const std::size_t width = text.size() - (start == std::string::npos ? 0 : start + 1);
    throw SettingsError(
        file,
        {{{line, static_cast<int>(width) + 1},
          text.empty() ? "the file is empty"
                       : "the last line has no line end: was the file written to its end? If it "
                         "was, end the line, or send HUP"}}
    );
}

// librdkafka names the property; where that is, the settings know.
void check_properties(const config::LoadedSettings& loaded, const std::string& file) {
    try {
        kafka::check_properties(loaded.settings.kafka);
    } catch (const ConfigurationError& error) {
        std::string place = file + ":1:1";
        for (const config::EffectiveValue& value : loaded.effective) {
            const bool is_property = value.path.rfind("kafka.", 0) == 0;
            if (is_property &&
                std::string(error.what()).find(value.path.substr(6)) != std::string::npos) {
                place = value.origin.substr(0, value.origin.find(' '));
            }
        }
        throw ConfigurationError(place + ": " + error.what());
    }
}

std::string keys_text(const routing::Plan& plan) {
    std::string text;
    for (const routing::KeyChange& change : plan.restart) {
        text += (text.empty() ? "" : ", ") + change.key;
    }
    for (const routing::RouteChange& change : plan.routes) {
        if (change.kind == routing::RouteChange::Kind::kWaits) {
            text.append(text.empty() ? "" : ", ").append(change.group).append("/");
            text.append(change.topic).append(" (").append(change.reason).append(")");
        }
    }
    return text;
}

std::size_t waiting_in(const routing::Plan& plan) {
    const auto routes =
        std::count_if(plan.routes.begin(), plan.routes.end(), [](const auto& change) {
            return change.kind == routing::RouteChange::Kind::kWaits;
        });
    return plan.restart.size() + static_cast<std::size_t>(routes);
}

const routing::Route* find(
    const std::vector<routing::Route>& routes, const std::string& group, const std::string& topic
) {
    const auto found = std::find_if(routes.begin(), routes.end(), [&](const auto& route) {
        return route.group == group && route.settings.topic == topic;
    });
    return found == routes.end() ? nullptr : &*found;
}

// The new routes, but those that wait for a restart as they were.
std::vector<routing::Route> takeable(
    const std::vector<routing::Route>& before,
    std::vector<routing::Route> after,
    const routing::Plan& plan
) {
    for (const routing::RouteChange& change : plan.routes) {
        if (change.kind != routing::RouteChange::Kind::kWaits) {
            continue;
        }
        std::erase_if(after, [&](const routing::Route& route) {
            return route.group == change.group && route.settings.topic == change.topic;
        });
        if (const routing::Route* old = find(before, change.group, change.topic)) {
            after.push_back(*old);
        }
    }
    return after;
}

}  // namespace

LiveConfiguration::LiveConfiguration(
    Session& session, WorkerSelection selection, WorkerRoutes in_force, WorkerProcess& worker
)
    : session_(session),
      selection_(std::move(selection)),
      worker_(worker),
      watch_(session.config_file()),
      mode_(session.settings().worker.reload),
      in_force_(std::move(in_force)),
      running_(routing::running(in_force_.routes, session.loaded())),
      last_text_(content_of(session.config_file())) {
    for (const char* result : {"applied", "rejected", "unchanged"}) {
        worker_.metrics().counter(
            "carafe_config_reloads_total", "Edits of karafka.yml.", {{"result", result}}
        );
    }
    publish();
}

void LiveConfiguration::poll() {
    const bool is_due = again_at_ && Clock::now() >= *again_at_;
    if (watch_.changed() ? mode_ == "watch" : is_due) {
        read(false);
    }
}

void LiveConfiguration::reload() {
    if (mode_ == "off") {
        log::warn("worker.reload is off: restart to apply changes");
        return;
    }
    read(true);
}

void LiveConfiguration::read(bool is_asked) {
    again_at_.reset();
    const auto text = content_of(session_.config_file());
    if (!is_asked && text && text == last_text_ && !is_cut(*text)) {
        return;  // touched, or saved again
    }
    Result result = Result::kRejected;
    if (text) {
        result = take(*text, is_asked);
    } else {
        refuse(session_.config_file() + ":1:1: cannot be read", 1);
    }
    if (result == Result::kDeferred) {
        again_at_ = Clock::now() + kRetry;
        return;
    }
    last_text_ = text;
    is_refusing_ = result == Result::kRejected;
    count(result);
    publish();
}

LiveConfiguration::Result LiveConfiguration::take(const std::string& text, bool is_asked) {
    const std::string& file = session_.config_file();
    try {
        if (!is_asked) {
            check_is_whole(file, text);
        }
        const config::LoadedSettings loaded = config::parse(text, file, process_environment());
        check_properties(loaded, file);
        return apply(loaded, worker_routes({session_.app(), loaded, file, selection_, true}));
    } catch (const SettingsError& error) {
        refuse(error.what(), error.problems().size());
    } catch (const ConfigurationError& error) {
        const std::string problem = error.what();
        const bool has_place = problem.rfind(file + ":", 0) == 0;
        refuse((has_place ? "" : file + ":1:1: ") + problem, 1);
    } catch (const TransientError& error) {
        log::warn(
            "an edit of karafka.yml waits: its topics cannot be looked up",
            {{"error", error.what()}}
        );
        return Result::kDeferred;
    }
    return Result::kRejected;
}

LiveConfiguration::Result LiveConfiguration::apply(
    const config::LoadedSettings& loaded, WorkerRoutes next
) {
    routing::Plan plan = routing::plan(running_, routing::running(next.routes, loaded));
    add_hidden_changes(loaded, plan);
    const std::size_t waited = std::exchange(waiting_, waiting_in(plan));
    const bool only_waits = plan.live.empty() && plan.elsewhere.empty() && plan.groups.empty();
    if (plan.empty() || (only_waits && waiting_ == waited)) {
        return Result::kUnchanged;
    }
    ++generation_;
    note(plan, next);
    const Settings& settings = loaded.settings;
    mode_ = settings.worker.reload;
    log::configure({settings.log.level, session_.settings().log.format});
    worker_.set_shutdown_timeout(settings.worker.shutdown_timeout);
    next.routes = takeable(in_force_.routes, std::move(next.routes), plan);
    worker_.apply(in_force_.routes, next.routes, plan);
    in_force_ = std::move(next);
    running_.routes = routing::running(in_force_.routes, loaded).routes;
    for (const auto* taken : {&plan.live, &plan.elsewhere}) {
        for (const routing::KeyChange& change : *taken) {
            running_.settings[change.key] = change.to;
        }
    }
    return Result::kApplied;
}

// Passwords look the same in a plan, whatever they are.
void LiveConfiguration::add_hidden_changes(
    const config::LoadedSettings& loaded, routing::Plan& plan
) const {
    const Settings& started = session_.settings();
    const auto add = [&plan](const std::string& key) {
        const bool is_known =
            std::any_of(plan.restart.begin(), plan.restart.end(), [&](const auto& change) {
                return change.key == key;
            });
        if (!is_known) {
            plan.restart.push_back({key, "(hidden)", "(hidden)"});
        }
    };
    if (loaded.settings.database.url != started.database.url) {
        add("database.url");
    }
    for (const auto& [property, value] : loaded.settings.kafka) {
        const auto known = started.kafka.find(property);
        if (known != started.kafka.end() && known->second != value) {
            add("kafka." + property);
        }
    }
}

int LiveConfiguration::partitions_of(const routing::RouteChange& change, const WorkerRoutes& next)
    const {
    using Kind = routing::RouteChange::Kind;
    if (change.kind == Kind::kWaits) {
        return 0;
    }
    if (change.kind == Kind::kAdded) {
        return cli::partitions_of(next.partitions, change.topic);
    }
    return worker_.assigned(change.group, change.topic);
}

void LiveConfiguration::note(const routing::Plan& plan, const WorkerRoutes& next) {
    for (const routing::RouteChange& change : plan.routes) {
        std::string keys;
        for (const routing::KeyChange& key : change.keys) {
            keys.append(keys.empty() ? "" : ", ").append(key.key).append(" ");
            keys.append(key.from).append(" -> ").append(key.to);
        }
        const auto group = plan.groups.find(change.group);
        log::info(
            "route edited",
            {{"action", routing::name_of(change.kind)},
             {"group", change.group},
             {"topic", change.topic},
             {"keys", keys},
             {"partitions", std::to_string(partitions_of(change, next))},
             {"group_effect",
              group == plan.groups.end() ? "none" : routing::name_of(group->second)}}
        );
    }
    log::info("karafka.yml applied", {{"generation", std::to_string(generation_)}});
    if (const std::string keys = keys_text(plan); !keys.empty()) {
        log::warn("part of karafka.yml waits for a restart of this worker", {{"keys", keys}});
    }
}

void LiveConfiguration::refuse(const std::string& problems, std::size_t count) {
    log::error(
        "karafka.yml refused, the configuration in force goes on",
        {{"problem", one_line(problems)}, {"problems", std::to_string(count)}}
    );
}

void LiveConfiguration::count(Result result) {
    const char* name = result == Result::kApplied    ? "applied"
                       : result == Result::kRejected ? "rejected"
                                                     : "unchanged";
    worker_.metrics()
        .counter("carafe_config_reloads_total", "Edits of karafka.yml.", {{"result", name}})
        .increment();
}

void LiveConfiguration::publish() {
    Metrics& metrics = worker_.metrics();
    metrics.gauge("carafe_config_generation", "Edits of karafka.yml taken since the start.")
        .set(static_cast<double>(generation_));
    metrics.gauge("carafe_config_refused", "1 while karafka.yml as it is now was refused.")
        .set(is_refusing_ ? 1 : 0);
    metrics
        .gauge("carafe_config_waiting", "Keys and routes of karafka.yml that wait for a restart.")
        .set(static_cast<double>(waiting_));
    worker_.running_routes().set(
        {session_.app().name, worker_.owner(), generation_, is_refusing_, selection_, running_}
    );
}

}  // namespace carafe::cli
