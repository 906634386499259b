#include "app/controllers/text_checks.h"

#include <algorithm>

namespace shop {

namespace {

constexpr std::size_t kLongestEmail = 254;  // RFC 5321, 4.5.3.1.3, without the brackets
constexpr std::size_t kLongestLabel = 63;   // RFC 1035, 2.3.4

// ISO 3166-1 alpha-2, as of 2024: 249 codes.
constexpr std::string_view kCountries =
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR "
    "BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ "
    "EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW "
    "GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY "
    "KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV "
    "MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY "
    "QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG "
    "TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM "
    "ZW";

bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}

bool is_alphanumeric(char c) {
    return is_upper(c) || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_domain_label(std::string_view label) {
    return !label.empty() && label.size() <= kLongestLabel && label.front() != '-' &&
           label.back() != '-' && std::all_of(label.begin(), label.end(), [](char c) {
               return c == '-' || is_alphanumeric(c);
           });
}

}  // namespace

std::size_t count_characters(std::string_view utf8) {
    return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;  // not a continuation byte
    }));
}

bool is_line(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20U || byte == 0x7FU;
    });
}

bool has_something_to_see(std::string_view line) {
    return line.find_first_not_of(' ') != std::string_view::npos;
}

bool is_email(std::string_view text) {
    constexpr std::string_view kSpecial = ".!#$%&'*+/=?^_`{|}~-";
    const std::size_t at = text.find('@');
    if (text.size() > kLongestEmail || at == std::string_view::npos || at == 0) {
        return false;
    }
    const std::string_view local = text.substr(0, at);
    std::string_view domain = text.substr(at + 1);
    const bool is_good_local = std::all_of(local.begin(), local.end(), [&](char c) {
        return is_alphanumeric(c) || kSpecial.find(c) != std::string_view::npos;
    });
    for (std::size_t dot = domain.find('.'); dot != std::string_view::npos;
         dot = domain.find('.')) {
        if (!is_domain_label(domain.substr(0, dot))) {
            return false;
        }
        domain.remove_prefix(dot + 1);
    }
    return is_good_local && is_domain_label(domain);
}

bool is_country(std::string_view text) {
    return text.size() == 2 && std::all_of(text.begin(), text.end(), is_upper) &&
           kCountries.find(text) != std::string_view::npos;
}

bool is_currency(std::string_view text) {
    return text.size() == 3 && std::all_of(text.begin(), text.end(), is_upper);
}

}  // namespace shop
