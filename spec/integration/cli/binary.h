#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "carafe/application.h"

namespace carafe::spec {

// The binary's main, run in this process with a karafka.yml of the spec's own.
class Binary {
public:
    Binary()
        : directory_(
              std::filesystem::temp_directory_path() / ("carafe-binary-" + std::to_string(getpid()))
          ) {
        std::filesystem::create_directories(directory_ / "db" / "migrate");
    }
    ~Binary() { std::filesystem::remove_all(directory_); }
    Binary(const Binary&) = delete;
    Binary& operator=(const Binary&) = delete;

    void write(const std::string& file, const std::string& text) const {
        std::ofstream(directory_ / file, std::ios::trunc) << text;
    }
    [[nodiscard]] std::string path(const std::string& file) const { return directory_ / file; }
    [[nodiscard]] std::string read(const std::string& file) const {
        std::ifstream stream(directory_ / file);
        return {std::istreambuf_iterator<char>(stream), {}};
    }

    // Fills the app's registry; none by default.
    std::function<void(Consumers&)> consumers = [](Consumers&) {};

    // Without collecting the output, so that it may run on a thread of its own.
    int run_quietly(std::vector<std::string> arguments) const {
        Application app("shop");
        app.consumers(consumers);
        arguments.insert(arguments.begin(), "shop");
        arguments.emplace_back("--config");
        arguments.push_back((directory_ / "karafka.yml").string());
        std::vector<char*> argv;
        for (std::string& argument : arguments) {
            argv.push_back(argument.data());
        }
        return app.run(static_cast<int>(argv.size()), argv.data());
    }

    int run(const std::vector<std::string>& arguments) {
        ::testing::internal::CaptureStdout();
        ::testing::internal::CaptureStderr();
        const int code = run_quietly(arguments);
        out = ::testing::internal::GetCapturedStdout();
        err = ::testing::internal::GetCapturedStderr();
        return code;
    }

    std::string out;
    std::string err;

private:
    std::filesystem::path directory_;
};

}  // namespace carafe::spec
