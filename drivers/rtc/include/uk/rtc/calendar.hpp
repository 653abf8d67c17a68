// SPDX-License-Identifier: BSD-3-Clause
// From a date to seconds.
#pragma once

#include <cstdint>

#include <uk/base/result.hpp>

namespace uk::rtc {

struct Date {
    unsigned year;  // 1970 and later
    unsigned month; // 1 to 12
    unsigned day;   // 1 to 31
    unsigned hour;
    unsigned minute;
    unsigned second; // 60 = a leap second, counted as the next minute's first
};

// Seconds since 1970-01-01T00:00:00, proleptic Gregorian. Pure; from anywhere. Errors: ENODEV for
// what is no date (what a chip with an empty battery holds).
[[nodiscard]] Result<uint64_t> seconds_since_1970(const Date& date);

} // namespace uk::rtc
