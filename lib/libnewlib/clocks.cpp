// SPDX-License-Identifier: BSD-3-Clause
// Clocks and sleep.
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <sys/time.h>
#include <sys/timeb.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

#include <uk/cancel_point.h>
#include <uk/syscall.h>

#include "abi.hpp"
#include "result.hpp"

// No longer POSIX's: programs may have their own.
#pragma weak ftime
#pragma weak ualarm

using newlib::abi;
using newlib::result;
using newlib::status;

int clock_gettime(clockid_t clock, struct timespec* now) {
    return status(uk_sys_clock_gettime(clock, abi(now)));
}

int clock_settime(clockid_t clock, const struct timespec* now) {
    return status(uk_sys_clock_settime(clock, abi(now)));
}

int clock_getres(clockid_t clock, struct timespec* resolution) {
    return status(uk_sys_clock_getres(clock, abi(resolution)));
}

// The number of the error, not errno: POSIX's way with newer functions.
int clock_nanosleep(clockid_t clock, int flags, const struct timespec* wanted,
                    struct timespec* left) {
    return static_cast<int>(
        -UK_CANCELLABLE(uk_sys_clock_nanosleep(clock, flags, abi(wanted), abi(left))));
}

int nanosleep(const struct timespec* wanted, struct timespec* left) {
    return status(UK_CANCELLABLE(uk_sys_nanosleep(abi(wanted), abi(left))));
}

// A timer_t holds the number, as in Linux's libraries.
static int number_of(timer_t timer) {
    return static_cast<int>(reinterpret_cast<intptr_t>(timer));
}

int timer_create(clockid_t clock, struct sigevent* __restrict event, timer_t* __restrict timer) {
    int number = 0;
    const long made = uk_sys_timer_create(clock, abi(event), &number);
    if (made == 0) {
        *timer = reinterpret_cast<timer_t>(static_cast<intptr_t>(number));
    }
    return status(made);
}

int timer_delete(timer_t timer) {
    return status(uk_sys_timer_delete(number_of(timer)));
}

int timer_settime(timer_t timer, int flags, const struct itimerspec* __restrict wanted,
                  struct itimerspec* __restrict before) {
    return status(uk_sys_timer_settime(number_of(timer), flags, abi(wanted), abi(before)));
}

int timer_gettime(timer_t timer, struct itimerspec* now) {
    return status(uk_sys_timer_gettime(number_of(timer), abi(now)));
}

int timer_getoverrun(timer_t timer) {
    return status(uk_sys_timer_getoverrun(number_of(timer)));
}

// What is left when a signal came, in whole seconds.
unsigned sleep(unsigned seconds) {
    const timespec wanted = {.tv_sec = seconds, .tv_nsec = 0};
    timespec left = wanted;
    return nanosleep(&wanted, &left) == 0
               ? 0
               : static_cast<unsigned>(left.tv_sec) + (left.tv_nsec > 0 ? 1U : 0U);
}

int usleep(useconds_t microseconds) {
    const timespec wanted = {.tv_sec = microseconds / 1'000'000,
                             .tv_nsec = microseconds % 1'000'000 * 1'000L};
    return nanosleep(&wanted, nullptr);
}

time_t time(time_t* now) {
    timespec wall;
    const time_t seconds = clock_gettime(CLOCK_REALTIME, &wall) == 0 ? wall.tv_sec : -1;
    if (now != nullptr) {
        *now = seconds;
    }
    return seconds;
}

int gettimeofday(struct timeval* __restrict now, void* __restrict zone) {
    return status(uk_sys_gettimeofday(abi(now), static_cast<uk_timezone*>(zone)));
}

int settimeofday(const struct timeval* now, const struct timezone* zone) {
    return status(uk_sys_settimeofday(abi(now), reinterpret_cast<const uk_timezone*>(zone)));
}

int timespec_get(struct timespec* now, int base) {
    return base == TIME_UTC && clock_gettime(CLOCK_REALTIME, now) == 0 ? base : 0;
}

clock_t clock() {
    timespec used;
    return clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) != 0
               ? -1
               : used.tv_sec * CLOCKS_PER_SEC + used.tv_nsec / (1'000'000'000 / CLOCKS_PER_SEC);
}

clock_t times(struct tms* usage) {
    return result(uk_sys_times(abi(usage)));
}

int getitimer(int which, struct itimerval* now) {
    return status(uk_sys_getitimer(which, abi(now)));
}

int setitimer(int which, const struct itimerval* __restrict wanted,
              struct itimerval* __restrict before) {
    return status(uk_sys_setitimer(which, abi(wanted), abi(before)));
}

unsigned alarm(unsigned seconds) {
    return static_cast<unsigned>(uk_sys_alarm(seconds));
}

int clock_getcpuclockid(pid_t process, clockid_t* clock) {
    if (process != 0 && process != getpid()) {
        return ESRCH;
    }
    *clock = CLOCK_PROCESS_CPUTIME_ID;
    return 0;
}

// Days from 1970-01-01 to the first of a month, 0 to 11, by the Gregorian calendar. Years begin in
// March here, so that the day that some have more comes last.
static long days_before(long year, int month) {
    const long shifted = month < 2 ? year - 1 : year;
    const int since_march = (month + 10) % 12;
    const long era = (shifted >= 0 ? shifted : shifted - 399) / 400;
    const long of_era = shifted - era * 400;
    const long in_year = (153L * since_march + 2) / 5;
    return era * 146'097 + of_era * 365 + of_era / 4 - of_era / 100 + in_year - 719'468;
}

time_t timegm(struct tm* from) {
    const int years = (from->tm_mon >= 0 ? from->tm_mon : from->tm_mon - 11) / 12;
    const long days =
        days_before(from->tm_year + 1900L + years, from->tm_mon - years * 12) + from->tm_mday - 1;
    const time_t moment = ((days * 24 + from->tm_hour) * 60 + from->tm_min) * 60 + from->tm_sec;
    constexpr time_t kYear = 31'556'952; // seconds on average: right to a year
    const time_t year = moment / kYear + 70;
    if (year <= INT_MIN || year >= INT_MAX) {
        errno = EOVERFLOW;
        return -1;
    }
    gmtime_r(&moment, from); // fields that were too large, the days of week and year
    return moment;
}

useconds_t ualarm(useconds_t first, useconds_t then) {
    const auto interval = [](useconds_t microseconds) {
        return timeval{.tv_sec = microseconds / 1'000'000, .tv_usec = microseconds % 1'000'000};
    };
    const itimerval wanted = {.it_interval = interval(then), .it_value = interval(first)};
    itimerval before = {};
    setitimer(ITIMER_REAL, &wanted, &before);
    return static_cast<useconds_t>(before.it_value.tv_sec * 1'000'000 + before.it_value.tv_usec);
}

int ftime(struct timeb* now) {
    timespec wall;
    if (clock_gettime(CLOCK_REALTIME, &wall) != 0) {
        return -1;
    }
    *now = {};
    now->time = wall.tv_sec;
    now->millitm = static_cast<unsigned short>(wall.tv_nsec / 1'000'000);
    return 0;
}
