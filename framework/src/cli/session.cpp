#include "cli/session.h"

#include "carafe/log.h"

namespace carafe::cli {

const config::LoadedSettings& Session::loaded() {
    if (!loaded_) {
        loaded_ = config::load(config_file_, process_environment());
        log::configure(loaded_->settings.log);
    }
    return *loaded_;
}

std::vector<routing::Route> Session::routes() {
    return routing::bind(settings(), app_.consumers, config_file_);
}

std::filesystem::path Session::file(const std::string& relative) const {
    return std::filesystem::path(config_file_).parent_path() / relative;
}

}  // namespace carafe::cli
