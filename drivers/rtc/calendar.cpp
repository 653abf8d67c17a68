// SPDX-License-Identifier: BSD-3-Clause
// From a date to seconds.
#include <uk/rtc/calendar.hpp>

namespace uk::rtc {
namespace {

constexpr bool is_leap(unsigned year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

constexpr unsigned days_in(unsigned month, unsigned year) {
    constexpr uint8_t kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return kDays[month - 1] + (month == 2 && is_leap(year) ? 1U : 0U);
}

} // namespace

Result<uint64_t> seconds_since_1970(const Date& date) {
    if (date.year < 1970 || date.month < 1 || date.month > 12 || date.day < 1 ||
        date.day > days_in(date.month, date.year) || date.hour > 23 || date.minute > 59 ||
        date.second > 60) {
        return Errno::nodev;
    }
    uint64_t last = date.year - 1; // leap days up to its end count
    uint64_t days = (last - 1969) * 365 + (last / 4 - last / 100 + last / 400) - 477;
    for (unsigned month = 1; month < date.month; month++) {
        days += days_in(month, date.year);
    }
    days += date.day - 1;
    return ((days * 24 + date.hour) * 60 + date.minute) * 60 + date.second;
}

} // namespace uk::rtc
