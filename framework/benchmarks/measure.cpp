#include "measure.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "allocations.h"

namespace carafe::bench {

namespace {

// What comes through the pipe.
struct Report {
    Outcome outcome;
    std::uint64_t allocations = 0;
};

constexpr const char* kRun = "run";
constexpr std::size_t kRunWords = 9;

pid_t spawn(const Subject& subject, const Job& job, Count count, int output) {
    std::vector<std::string> words{
        "carafe_bench",
        kRun,
        subject.name,
        job.brokers,
        job.topic,
        job.group,
        std::to_string(job.partitions),
        std::to_string(job.messages),
        std::to_string(job.wait.count()),
        count == Count::kAllocations ? "allocations" : "nothing"};
    std::vector<char*> arguments;
    for (std::string& word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    const pid_t child = ::fork();
    if (child == 0) {
        ::dup2(output, STDOUT_FILENO);
        ::execv("/proc/self/exe", arguments.data());
        ::_exit(127);
    }
    return child;
}

}  // namespace

int run_measured(const std::vector<std::string>& arguments, const std::vector<Subject>& subjects) {
    if (arguments.size() != kRunWords || arguments[0] != kRun) {
        return -1;
    }
    const auto subject = std::find_if(subjects.begin(), subjects.end(), [&](const Subject& each) {
        return each.name == arguments[1];
    });
    if (subject == subjects.end()) {
        return 1;
    }
    Job job;
    job.brokers = arguments[2];
    job.topic = arguments[3];
    job.group = arguments[4];
    job.partitions = std::stoi(arguments[5]);
    job.messages = std::stoll(arguments[6]);
    job.wait = std::chrono::microseconds(std::stoll(arguments[7]));
    if (arguments[8] == "allocations") {
        count_allocations();
    }
    const Outcome outcome = subject->run(job);
    const Report report{outcome, allocations()};
    return ::write(STDOUT_FILENO, &report, sizeof report) == sizeof report ? 0 : 1;
}

Measured measure(const Subject& subject, Job job, int round, Count count) {
    job.group = job.topic + "-" + std::to_string(round) + "-" + subject.name;
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) {
        throw std::runtime_error("pipe");
    }
    const pid_t child = spawn(subject, job, count, ends[1]);
    ::close(ends[1]);
    Report report;
    const bool complete = ::read(ends[0], &report, sizeof report) == sizeof report;
    ::close(ends[0]);
    rusage usage{};
    int status = 0;
    ::wait4(child, &status, 0, &usage);
    if (!complete) {
        throw std::runtime_error("a run of '" + subject.name + "' failed");
    }
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    const auto messages = static_cast<double>(job.messages);
    return {
        messages / report.outcome.seconds,
        (seconds(usage.ru_utime) + seconds(usage.ru_stime)) / messages * 1e6,
        static_cast<double>(usage.ru_maxrss) / 1024,
        static_cast<double>(report.allocations) / messages * 1e6,
        report.outcome.checksum};
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

}  // namespace carafe::bench
