#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "carafe/testing/eventually.h"
#include "cli/file_watch.h"

namespace carafe::cli::spec {

namespace {

using carafe::testing::eventually;
using namespace std::chrono_literals;

class Watch : public ::testing::Test {
protected:
    Watch()
        : folder_(
              std::filesystem::temp_directory_path() / ("file-watch-" + std::to_string(getpid()))
          ) {
        std::filesystem::create_directories(folder_);
        write("one\n");
    }
    ~Watch() override { std::filesystem::remove_all(folder_); }

    [[nodiscard]] std::string file() const { return folder_ / "karafka.yml"; }
    void write(const std::string& text) const { std::ofstream(file(), std::ios::trunc) << text; }

    std::filesystem::path folder_;
};

TEST_F(Watch, tells_of_a_change_once) {
    FileWatch watch(file());
    EXPECT_FALSE(watch.changed());
    write("two\n");
    EXPECT_TRUE(eventually([&] { return watch.changed(); }));
    EXPECT_FALSE(eventually([&] { return watch.changed(); }, 400ms));
}

TEST_F(Watch, sees_a_file_that_takes_the_place_of_the_other) {
    FileWatch watch(file());
    std::ofstream(file() + ".new") << "two\n";
    std::filesystem::rename(file() + ".new", file());
    EXPECT_TRUE(eventually([&] { return watch.changed(); }));
}

TEST_F(Watch, sees_a_link_that_is_switched) {
    std::filesystem::create_directory(folder_ / "v1");
    std::filesystem::create_directory(folder_ / "v2");
    std::ofstream(folder_ / "v1" / "karafka.yml") << "one\n";
    std::ofstream(folder_ / "v2" / "karafka.yml") << "two\n";
    std::filesystem::create_directory_symlink("v1", folder_ / "now");
    FileWatch watch(folder_ / "now" / "karafka.yml");
    std::filesystem::create_directory_symlink("v2", folder_ / "next");
    std::filesystem::rename(folder_ / "next", folder_ / "now");
    EXPECT_TRUE(eventually([&] { return watch.changed(); }));
}

TEST_F(Watch, waits_for_a_writer_that_is_in_the_middle_of_it) {
    FileWatch watch(file());
    const int writer = open(file().c_str(), O_WRONLY | O_TRUNC);
    ASSERT_EQ(::write(writer, "tw", 2), 2);
    EXPECT_FALSE(eventually([&] { return watch.changed(); }, 700ms));
    ASSERT_EQ(::write(writer, "o\n", 2), 2);
    close(writer);
    EXPECT_TRUE(eventually([&] { return watch.changed(); }));
}

TEST_F(Watch, tells_of_a_file_that_is_gone) {
    FileWatch watch(file());
    std::filesystem::remove(file());
    EXPECT_TRUE(eventually([&] { return watch.changed(); }));
}

}  // namespace

}  // namespace carafe::cli::spec
