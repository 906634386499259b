#include "carafe/message.h"

namespace carafe {

std::chrono::system_clock::time_point Message::timestamp() const {
    return fields_.source == nullptr ? std::chrono::system_clock::time_point{}
                                     : fields_.source->timestamp(fields_.record);
}

std::vector<Header> Message::headers() const {
    return fields_.source == nullptr ? std::vector<Header>{}
                                     : fields_.source->headers(fields_.record);
}

std::optional<std::string_view> Message::header(std::string_view name) const {
    const std::vector<Header> all = headers();
    for (auto header = all.rbegin(); header != all.rend(); ++header) {
        if (header->name == name) {
            return header->value;
        }
    }
    return std::nullopt;
}

}  // namespace carafe
