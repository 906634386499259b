#include "http/utf8.h"

#include <cstddef>

namespace carafe::http {
namespace {

struct Lead {
    std::size_t length;  // of the whole sequence; 0: not a lead byte
    unsigned char low;   // bounds of the second byte: they exclude overlong forms,
    unsigned char high;  // surrogates and what lies above U+10FFFF
};

Lead lead_of(unsigned char byte) {
    if (byte < 0x80) {
        return {1, 0, 0};
    }
    if (byte >= 0xC2 && byte <= 0xDF) {
        return {2, 0x80, 0xBF};
    }
    if (byte >= 0xE0 && byte <= 0xEF) {
        return {
            3,
            static_cast<unsigned char>(byte == 0xE0 ? 0xA0 : 0x80),
            static_cast<unsigned char>(byte == 0xED ? 0x9F : 0xBF)};
    }
    if (byte >= 0xF0 && byte <= 0xF4) {
        return {
            4,
            static_cast<unsigned char>(byte == 0xF0 ? 0x90 : 0x80),
            static_cast<unsigned char>(byte == 0xF4 ? 0x8F : 0xBF)};
    }
    return {0, 0, 0};
}

}  // namespace

bool is_utf8(std::string_view bytes) {
    std::size_t at = 0;
    while (at < bytes.size()) {
        const auto lead = lead_of(static_cast<unsigned char>(bytes[at]));
        if (lead.length == 0 || lead.length > bytes.size() - at) {
            return false;
        }
        for (std::size_t i = 1; i < lead.length; ++i) {
            const auto byte = static_cast<unsigned char>(bytes[at + i]);
            const unsigned char low = i == 1 ? lead.low : 0x80;
            const unsigned char high = i == 1 ? lead.high : 0xBF;
            if (byte < low || byte > high) {
                return false;
            }
        }
        at += lead.length;
    }
    return true;
}

}  // namespace carafe::http
