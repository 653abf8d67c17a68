// SPDX-License-Identifier: BSD-3-Clause
// Dates of header fields.
#include <uk/http/file.hpp>

namespace uk::http {

namespace {

constexpr std::string_view kDays = "SunMonTueWedThuFriSat";
constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
constexpr int64_t kDay = 86'400;

struct Date {
    int64_t year;
    unsigned month, day; // from 1
};

// Years that begin in March end in the leap day, which makes both ways short.
constexpr Date date_of(int64_t days) {
    const int64_t shifted = days + 719'468; // since 0000-03-01
    const int64_t era = shifted / 146'097;
    const int64_t of_era = shifted % 146'097;
    const int64_t year = (of_era - of_era / 1460 + of_era / 36'524 - of_era / 146'096) / 365;
    const int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    const int64_t month = (5 * of_year + 2) / 153;
    const auto day = static_cast<unsigned>(of_year - (153 * month + 2) / 5 + 1);
    return {year + era * 400 + (month >= 10 ? 1 : 0),
            static_cast<unsigned>(month < 10 ? month + 3 : month - 9), day};
}
constexpr int64_t days_of(const Date& date) {
    const int64_t year = date.year - (date.month <= 2 ? 1 : 0);
    const int64_t of_era = year % 400;
    const int64_t month = date.month > 2 ? date.month - 3 : date.month + 9;
    const int64_t of_year = (153 * month + 2) / 5 + date.day - 1;
    return year / 400 * 146'097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719'468;
}
static_assert(days_of({1970, 1, 1}) == 0 && days_of({2000, 2, 29}) == 11'016);

// "Sun, 06 Nov 1994 08:49:37 GMT"
constexpr std::string_view kForm = "www, dd mmm yyyy hh:mm:ss GMT";

} // namespace

void format_date(int64_t seconds, std::span<char, kDateSize> room) {
    const int64_t days = seconds / kDay;
    const int64_t of_day = seconds % kDay;
    const Date date = date_of(days);
    const auto text = [&](size_t at, std::string_view piece) {
        for (size_t i = 0; i < piece.size(); i++)
            room[at + i] = piece[i];
    };
    const auto number = [&](size_t at, size_t digits, int64_t value) {
        for (size_t i = digits; i-- > 0; value /= 10)
            room[at + i] = static_cast<char>('0' + value % 10);
    };
    text(0, kForm);
    text(0, kDays.substr(static_cast<size_t>((days + 4) % 7) * 3, 3));
    number(5, 2, date.day);
    text(8, kMonths.substr((date.month - 1) * 3, 3));
    number(12, 4, date.year);
    number(17, 2, of_day / 3600);
    number(20, 2, of_day / 60 % 60);
    number(23, 2, of_day % 60);
}

bool parse_date(std::string_view text, int64_t& seconds) {
    if (text.size() != kDateSize)
        return false;
    bool good = true;
    const auto number = [&](size_t at, size_t digits) {
        int64_t value = 0;
        for (size_t i = at; i < at + digits; i++) {
            good = good && text[i] >= '0' && text[i] <= '9';
            value = value * 10 + (text[i] - '0');
        }
        return value;
    };
    const size_t month = kMonths.find(text.substr(8, 3));
    const int64_t day = number(5, 2), year = number(12, 4);
    const int64_t hour = number(17, 2), minute = number(20, 2), second = number(23, 2);
    if (!good || month == std::string_view::npos || month % 3 != 0 || day < 1 || day > 31 ||
        year < 1970 || hour > 23 || minute > 59 || second > 60)
        return false;
    seconds =
        days_of({year, static_cast<unsigned>(month / 3 + 1), static_cast<unsigned>(day)}) * kDay +
        hour * 3600 + minute * 60 + second;
    // Whatever else stands there, it must be what would be written for this moment.
    char again[kDateSize];
    format_date(second == 60 ? seconds - 1 : seconds, again);
    return second == 60 || std::string_view(again, kDateSize) == text;
}

} // namespace uk::http
