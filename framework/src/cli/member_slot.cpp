#include "cli/member_slot.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace carafe::cli {

MemberSlot::MemberSlot(const std::string& directory) {
    std::filesystem::create_directories(directory);
    for (;; ++number_) {
        const std::string path = directory + "/slot-" + std::to_string(number_) + ".lock";
        constexpr int kMode = 0644;
        file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kMode);
        if (file_ < 0) {
            throw std::system_error(errno, std::generic_category(), "cannot open " + path);
        }
        if (::flock(file_, LOCK_EX | LOCK_NB) == 0) {
            return;
        }
        const int error = errno;
        ::close(file_);
        if (error != EWOULDBLOCK) {
            throw std::system_error(error, std::generic_category(), "cannot lock " + path);
        }
    }
}

MemberSlot::~MemberSlot() {
    ::close(file_);
}

}  // namespace carafe::cli
