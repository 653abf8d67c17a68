// SPDX-License-Identifier: BSD-3-Clause
// Seconds to calendar and back, in UTC and the Gregorian calendar without end in either direction.
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include "ret.hpp"

namespace {

constexpr int64_t kDaySeconds = 86400;
// The calendar repeats every 400 years. Years are counted from 1 March, so that the leap day is
// the last of its year.
constexpr int64_t kEraDays = 146097;
constexpr int64_t kMarch0000ToEpoch = 719468;

constexpr int64_t floor_div(int64_t a, int64_t b) {
    return a / b - (a % b < 0 ? 1 : 0);
}

// Days from 1970-01-01 to the first of a month (0 = January).
constexpr int64_t days_to(int64_t year, int64_t month) {
    int64_t from_march = (month + 10) % 12;
    year -= from_march >= 10 ? 1 : 0;
    int64_t era = floor_div(year, 400);
    int64_t of_era = year - era * 400;
    return era * kEraDays + of_era * 365 + of_era / 4 - of_era / 100 + (153 * from_march + 2) / 5 -
           kMarch0000ToEpoch;
}
static_assert(days_to(1970, 0) == 0 && days_to(2000, 2) == 11017 && days_to(1969, 11) == -31);

// Fills the date fields. False: the year does not fit.
bool split_days(int64_t days, struct tm& out) {
    int64_t shifted = days + kMarch0000ToEpoch;
    int64_t era = floor_div(shifted, kEraDays);
    int64_t day = shifted - era * kEraDays; // 0..146096
    int64_t of_era = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    day -= of_era * 365 + of_era / 4 - of_era / 100; // of the year from March
    int64_t from_march = (5 * day + 2) / 153;
    int64_t month = (from_march + 2) % 12;
    int64_t year = era * 400 + of_era + (month <= 1 ? 1 : 0);
    if (year - 1900 < INT_MIN || year - 1900 > INT_MAX) {
        return false;
    }
    out.tm_year = static_cast<int>(year - 1900);
    out.tm_mon = static_cast<int>(month);
    out.tm_mday = static_cast<int>(day - (153 * from_march + 2) / 5 + 1);
    out.tm_yday = static_cast<int>(days - days_to(year, 0));
    out.tm_wday = static_cast<int>(((days + 4) % 7 + 7) % 7);
    return true;
}

} // namespace

struct tm* gmtime_r(const time_t* when, struct tm* result) {
    int64_t days = floor_div(*when, kDaySeconds);
    int second = static_cast<int>(*when % kDaySeconds);
    second += second < 0 ? static_cast<int>(kDaySeconds) : 0;
    struct tm fields = {};
    if (!split_days(days, fields)) {
        errno = EOVERFLOW;
        return nullptr;
    }
    fields.tm_hour = second / 3600;
    fields.tm_min = second / 60 % 60;
    fields.tm_sec = second % 60;
    fields.tm_zone = "UTC";
    *result = fields;
    return result;
}

time_t timegm(struct tm* fields) {
    // Every field is an int, so nothing here comes near the limits of 64 bits.
    int64_t year = int64_t{fields->tm_year} + 1900 + floor_div(fields->tm_mon, 12);
    int64_t month = fields->tm_mon - floor_div(fields->tm_mon, 12) * 12;
    int64_t days = days_to(year, month) + fields->tm_mday - 1;
    time_t when = days * kDaySeconds + int64_t{fields->tm_hour} * 3600 +
                  int64_t{fields->tm_min} * 60 + fields->tm_sec;
    return gmtime_r(&when, fields) != nullptr ? when : -1;
}

time_t mktime(struct tm* fields) {
    return timegm(fields);
}

struct tm* localtime_r(const time_t* when, struct tm* result) {
    return gmtime_r(when, result);
}

struct tm* gmtime(const time_t* when) {
    static struct tm result;
    return gmtime_r(when, &result);
}

struct tm* localtime(const time_t* when) {
    return gmtime(when);
}

double difftime(time_t end, time_t start) {
    return end >= start
               ? static_cast<double>(static_cast<uint64_t>(end) - static_cast<uint64_t>(start))
               : -static_cast<double>(static_cast<uint64_t>(start) - static_cast<uint64_t>(end));
}

char* asctime_r(const struct tm* fields, char* buffer) {
    constexpr size_t kSize = 26;
    char text[kSize];
    char day[8];
    char month[8];
    strftime(day, sizeof(day), "%a", fields);
    strftime(month, sizeof(month), "%b", fields);
    int length =
        snprintf(text, kSize, "%.3s %.3s%3d %.2d:%.2d:%.2d %lld\n", day, month, fields->tm_mday,
                 fields->tm_hour, fields->tm_min, fields->tm_sec, fields->tm_year + 1900LL);
    if (length < 0 || static_cast<size_t>(length) >= kSize) {
        errno = EOVERFLOW;
        return nullptr;
    }
    __builtin_memcpy(buffer, text, static_cast<size_t>(length) + 1);
    return buffer;
}

char* asctime(const struct tm* fields) {
    static char text[26];
    return asctime_r(fields, text);
}

char* ctime_r(const time_t* when, char* buffer) {
    struct tm fields;
    return gmtime_r(when, &fields) != nullptr ? asctime_r(&fields, buffer) : nullptr;
}

char* ctime(const time_t* when) {
    struct tm fields;
    return gmtime_r(when, &fields) != nullptr ? asctime(&fields) : nullptr;
}
