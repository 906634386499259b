#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace carafe::spec {

// A program that runs beside the spec, its output in a file. Killed at the end.
class ChildProcess {
public:
    // `arguments` start with the program's path.
    ChildProcess(std::vector<std::string> arguments, std::string output)
        : output_(std::move(output)) {
        std::vector<char*> argv;
        for (std::string& argument : arguments) {
            argv.push_back(argument.data());
        }
        argv.push_back(nullptr);
        pid_ = fork();
        if (pid_ == 0) {
            const int file = open(output_.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600);
            dup2(file, STDOUT_FILENO);
            dup2(file, STDERR_FILENO);
            execv(argv[0], argv.data());
            _exit(127);
        }
    }
    ~ChildProcess() { end(SIGKILL); }
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    // Sends the signal and waits; the exit code, or -1 when a signal ended it.
    int end(int signal) {
        if (pid_ > 0) {
            kill(pid_, signal);
        }
        return wait();
    }
    // Waits for its own end.
    int wait() {
        if (pid_ > 0) {
            int status = 0;
            waitpid(pid_, &status, 0);
            pid_ = 0;
            code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        }
        return code_;
    }
    [[nodiscard]] std::string output() const {
        std::ifstream stream(output_);
        return {std::istreambuf_iterator<char>(stream), {}};
    }
    [[nodiscard]] pid_t pid() const { return pid_; }
    // Whether it has ended by itself; then wait() has its exit code.
    [[nodiscard]] bool has_ended() const {
        siginfo_t info{};
        return pid_ <= 0 ||
               (waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
                info.si_pid == pid_);
    }

private:
    std::string output_;
    pid_t pid_ = 0;
    int code_ = -1;
};

}  // namespace carafe::spec
