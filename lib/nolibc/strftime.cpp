// SPDX-License-Identifier: BSD-3-Clause
// strftime in the C locale.
#include <stdio.h>
#include <string.h>
#include <time.h>

namespace {

constexpr const char kDays[][10] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                    "Thursday", "Friday", "Saturday"};
constexpr const char kMonths[][10] = {"January",   "February", "March",    "April",
                                      "May",       "June",     "July",     "August",
                                      "September", "October",  "November", "December"};

constexpr long long floor_div(long long a, long long b) {
    return a / b - (a % b < 0 ? 1 : 0);
}

constexpr bool leap(long long year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

// Days since Monday. Fields may hold anything, so sums are taken with room.
long long from_monday(const struct tm& t) {
    return (t.tm_wday + 6LL) % 7;
}

// The year and week of ISO 8601: weeks begin on Monday, the first has the year's first Thursday.
struct IsoWeek {
    long long year;
    long long week;

    explicit IsoWeek(const struct tm& t) : year(t.tm_year + 1900LL) {
        long long monday = t.tm_yday - from_monday(t); // of this week, as a day of the year
        week = (monday + 10) / 7;
        if (week < 1) {
            year--;
            week = (monday + (leap(year) ? 366 : 365) + 10) / 7;
        } else if (week == 53 && monday + 3 >= (leap(year) ? 366 : 365)) {
            year++;
            week = 1;
        }
    }
};

// The text so far; what does not fit makes the whole fail.
class Text {
    char* buffer_;
    size_t size_;
    size_t length_ = 0;
    bool full_ = false;

  public:
    Text(char* buffer, size_t size) : buffer_(buffer), size_(size) {}

    void add(const char* text, size_t length) {
        if (full_ || length >= size_ - length_) {
            full_ = true;
            return;
        }
        memcpy(buffer_ + length_, text, length);
        length_ += length;
    }
    void add(const char* text) { add(text, strlen(text)); }

    void number(const char* format, long long value) {
        char digits[24];
        int length = snprintf(digits, sizeof(digits), format, value);
        add(digits, static_cast<size_t>(length));
    }

    size_t finish() {
        if (full_ || size_ == 0) {
            return 0;
        }
        buffer_[length_] = '\0';
        return length_;
    }
};

constexpr char kTwo[] = "%02lld";
constexpr char kBlankTwo[] = "%2lld";
constexpr char kPlain[] = "%lld";

template <size_t kCount>
void name(Text& out, const char (&names)[kCount][10], int index, bool whole) {
    if (index < 0 || index >= static_cast<int>(kCount)) {
        return out.add("?");
    }
    out.add(names[index], whole ? strlen(names[index]) : 3);
}

int hour_of_12(int hour) {
    int rest = hour % 12;
    return rest == 0 ? 12 : rest;
}

void format_into(Text& out, const char* format, const struct tm& t);

// Conversions that are an abbreviation of others; nullptr for the rest.
const char* abbreviation(char conversion) {
    switch (conversion) {
    case 'c':
        return "%a %b %e %H:%M:%S %Y";
    case 'D':
    case 'x':
        return "%m/%d/%y";
    case 'F':
        return "%Y-%m-%d";
    case 'r':
        return "%I:%M:%S %p";
    case 'R':
        return "%H:%M";
    case 'T':
    case 'X':
        return "%H:%M:%S";
    default:
        return nullptr;
    }
}

bool time_of_day(Text& out, char conversion, const struct tm& t) {
    switch (conversion) {
    case 'H':
        out.number(kTwo, t.tm_hour);
        return true;
    case 'I':
        out.number(kTwo, hour_of_12(t.tm_hour));
        return true;
    case 'k':
        out.number(kBlankTwo, t.tm_hour);
        return true;
    case 'l':
        out.number(kBlankTwo, hour_of_12(t.tm_hour));
        return true;
    case 'M':
        out.number(kTwo, t.tm_min);
        return true;
    case 'p':
        out.add(t.tm_hour >= 12 ? "PM" : "AM");
        return true;
    case 'P':
        out.add(t.tm_hour >= 12 ? "pm" : "am");
        return true;
    case 's': {
        struct tm copy = t;
        out.number(kPlain, timegm(&copy));
        return true;
    }
    case 'S':
        out.number(kTwo, t.tm_sec);
        return true;
    case 'z':
        out.add(t.tm_isdst < 0 ? "" : "+0000");
        return true;
    case 'Z':
        out.add("UTC");
        return true;
    default:
        return false;
    }
}

bool week_and_year(Text& out, char conversion, const struct tm& t) {
    long long year = t.tm_year + 1900LL;
    switch (conversion) {
    case 'C':
        out.number(kTwo, floor_div(year, 100));
        return true;
    case 'g':
        year = IsoWeek(t).year;
        out.number(kTwo, year - floor_div(year, 100) * 100);
        return true;
    case 'G':
        out.number(kPlain, IsoWeek(t).year);
        return true;
    case 'U':
        out.number(kTwo, (t.tm_yday + 7LL - t.tm_wday) / 7);
        return true;
    case 'V':
        out.number(kTwo, IsoWeek(t).week);
        return true;
    case 'W':
        out.number(kTwo, (t.tm_yday + 7LL - from_monday(t)) / 7);
        return true;
    case 'y':
        out.number(kTwo, year - floor_div(year, 100) * 100);
        return true;
    case 'Y':
        out.number(kPlain, year);
        return true;
    default:
        return false;
    }
}

bool date(Text& out, char conversion, const struct tm& t) {
    switch (conversion) {
    case 'a':
    case 'A':
        name(out, kDays, t.tm_wday, conversion == 'A');
        return true;
    case 'b':
    case 'h':
    case 'B':
        name(out, kMonths, t.tm_mon, conversion == 'B');
        return true;
    case 'd':
        out.number(kTwo, t.tm_mday);
        return true;
    case 'e':
        out.number(kBlankTwo, t.tm_mday);
        return true;
    case 'j':
        out.number("%03lld", t.tm_yday + 1LL);
        return true;
    case 'm':
        out.number(kTwo, t.tm_mon + 1LL);
        return true;
    case 'u':
        out.number(kPlain, from_monday(t) + 1);
        return true;
    case 'w':
        out.number(kPlain, t.tm_wday);
        return true;
    case 'n':
        out.add("\n");
        return true;
    case 't':
        out.add("\t");
        return true;
    case '%':
        out.add("%");
        return true;
    default:
        return week_and_year(out, conversion, t) || time_of_day(out, conversion, t);
    }
}

void format_into(Text& out, const char* format, const struct tm& t) {
    while (*format != '\0') {
        const char* start = format;
        size_t plain = strcspn(format, "%");
        if (plain > 0) {
            out.add(format, plain);
            format += plain;
            continue;
        }
        format++;
        format += *format == 'E' || *format == 'O' ? 1 : 0;
        char conversion = *format;
        format += conversion != '\0' ? 1 : 0;
        if (const char* meaning = abbreviation(conversion)) {
            format_into(out, meaning, t);
        } else if (!date(out, conversion, t)) { // unknown: as it stands
            out.add(start, static_cast<size_t>(format - start));
        }
    }
}

} // namespace

size_t strftime(char* buffer, size_t size, const char* format, const struct tm* fields) {
    Text out(buffer, size);
    format_into(out, format, *fields);
    return out.finish();
}
