#include "postgres/migration_file.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "carafe/errors.h"

namespace carafe::postgres {

namespace {

constexpr std::size_t kVersionDigits = 14;  // a UTC time: 20260131120000
constexpr std::uintmax_t kFileBytesMax = 4UL * 1024 * 1024;

[[noreturn]] void refuse(const std::string& file, const std::string& reason) {
    throw ConfigurationError(file + ": " + reason);
}

bool is_digit(char character) {
    return character >= '0' && character <= '9';
}

bool is_name_character(char character) {
    return is_digit(character) || character == '_' || (character >= 'a' && character <= 'z');
}

void parse_name(const std::string& file, Migration& migration) {
    const std::string stem = std::filesystem::path(file).stem().string();
    const std::string version = stem.substr(0, kVersionDigits);
    const bool numbered =
        version.size() == kVersionDigits && std::all_of(version.begin(), version.end(), is_digit);
    const bool named = stem.size() > kVersionDigits + 1 && stem[kVersionDigits] == '_' &&
                       std::all_of(stem.begin() + kVersionDigits, stem.end(), is_name_character);
    if (!numbered || !named) {
        refuse(
            file,
            "not a migration's name; expected 14 digits, '_' and a name of a-z, 0-9 and '_', as in "
            "20260131120000_create_orders.sql"
        );
    }
    migration.version = version;
    migration.name = stem.substr(kVersionDigits + 1);
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// Hands each line's text to the section it belongs to.
class Sections {
public:
    Sections(std::string file, Migration& migration)
        : file_(std::move(file)), migration_(migration) {}

    void line(int number, std::string_view text) {
        const std::string_view content = trimmed(text);
        if (content == "-- up") {
            open(number, migration_.up, up_seen_);
        } else if (content == "-- down") {
            open(number, migration_.down, down_seen_);
        } else if (section_ != nullptr) {
            section_->append(text).append("\n");
        } else if (!content.empty() && content.substr(0, 2) != "--") {
            refuse(at(number), "SQL before the line '-- up'");
        }
    }

    void finish() const {
        if (!up_seen_ || !down_seen_) {
            refuse(file_, up_seen_ ? "no line '-- down'" : "no line '-- up'");
        }
        if (trimmed(migration_.up).empty()) {
            refuse(file_, "nothing between '-- up' and '-- down'");
        }
    }

private:
    void open(int number, std::string& section, bool& seen) {
        if (seen) {
            refuse(at(number), "a second section of the same name");
        }
        seen = true;
        section_ = &section;
    }

    [[nodiscard]] std::string at(int number) const { return file_ + ":" + std::to_string(number); }

    const std::string file_;
    Migration& migration_;
    std::string* section_ = nullptr;
    bool up_seen_ = false;
    bool down_seen_ = false;
};

std::string read_file(const std::filesystem::path& path) {
    std::error_code error;
    if (std::filesystem::file_size(path, error) > kFileBytesMax || error) {
        refuse(path.string(), error ? error.message() : "larger than 4 MiB");
    }
    std::ifstream stream(path, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    if (!stream) {
        refuse(path.string(), "cannot be read");
    }
    return text.str();
}

}  // namespace

Migration parse_migration(const std::string& file_name, std::string_view text) {
    Migration migration;
    parse_name(file_name, migration);
    migration.file = file_name;
    Sections sections(file_name, migration);
    int number = 1;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        sections.line(number++, text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    sections.finish();
    return migration;
}

std::vector<Migration> read_migrations(const std::string& directory) {
    std::error_code error;
    std::vector<std::filesystem::path> files;
    for (std::filesystem::directory_iterator entry(directory, error), end; !error && entry != end;
         entry.increment(error)) {
        if (entry->path().extension() == ".sql") {
            files.push_back(entry->path());
        }
    }
    if (error) {
        refuse(directory, "the migrations cannot be read: " + error.message());
    }
    std::sort(files.begin(), files.end());
    std::vector<Migration> migrations;
    for (const auto& file : files) {
        migrations.push_back(parse_migration(file.string(), read_file(file)));
        const std::size_t count = migrations.size();
        if (count > 1 && migrations[count - 2].version == migrations[count - 1].version) {
            refuse(file.string(), "the same version as " + migrations[count - 2].file);
        }
    }
    return migrations;
}

}  // namespace carafe::postgres
