// SPDX-License-Identifier: BSD-3-Clause
// The console for libc, on the platform's console of the hal.
#include <uk/console.h>

#include <cstdint>

#include <uk/base/errno.hpp>
#include <uk/hal/clock.hpp>
#include <uk/hal/console.hpp>

namespace {

constexpr uint64_t kPollNs = 1'000'000;

} // namespace

extern "C" {

ptrdiff_t uk_console_out(const char* data, size_t size) {
    uk::hal::console_write(data, size);
    return static_cast<ptrdiff_t>(size);
}

ptrdiff_t uk_console_in(char* data, size_t size) {
    uk::Result<size_t> got = uk::hal::console_read(data, size);
    return got.ok() ? static_cast<ptrdiff_t>(got.take()) : got.error().neg();
}

ptrdiff_t uk_console_in_wait(char* data, size_t size) {
    if (size == 0) {
        return 0;
    }
    for (;;) {
        ptrdiff_t got = uk_console_in(data, size);
        if (got == -static_cast<ptrdiff_t>(uk::Errno::pipe)) {
            return 0;
        }
        if (got != 0) {
            return got;
        }
        uk::hal::clock_idle_until(uk::hal::clock_monotonic_ns() + kPollNs);
    }
}

} // extern "C"
