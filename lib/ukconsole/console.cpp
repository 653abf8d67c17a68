// SPDX-License-Identifier: BSD-3-Clause
// The console for libc, on the platform's console of the hal.
#include <uk/console.h>

#include <cstdint>

#include <uk/base/errno.hpp>
#include <uk/config.hpp>
#include <uk/hal/clock.hpp>
#include <uk/log/console.hpp>
#include <uk/string.h>
#ifdef CONFIG_LIBUKSCHED_THREADS
#include <uk/sched.hpp>
#endif

namespace {

constexpr uint64_t kPollNs = 1'000'000;
constexpr size_t kPiece = 1024;

// What is written at once, so that nobody tears it: a line, and of endless ones a part.
[[maybe_unused]] size_t piece(const char* data, size_t size) {
    const size_t most = size < kPiece ? size : kPiece;
    const void* newline = memchr(data, '\n', most);
    return newline != nullptr ? static_cast<size_t>(static_cast<const char*>(newline) - data) + 1
                              : most;
}

// Other threads run meanwhile, if there are any.
void wait_until(uint64_t deadline_ns) {
#ifdef CONFIG_LIBUKSCHED_THREADS
    uk::sched::sleep_until(deadline_ns);
#else
    uk::hal::clock_idle_until(deadline_ns);
#endif
}

} // namespace

extern "C" {

ptrdiff_t uk_console_out(const char* data, size_t size) {
    if constexpr (uk::console::kShared) {
        for (size_t done = 0; done < size;) {
            const size_t count = piece(data + done, size - done);
            uk::console::write(data + done, count);
            done += count;
        }
    } else {
        uk::console::write(data, size);
    }
    return static_cast<ptrdiff_t>(size);
}

ptrdiff_t uk_console_in(char* data, size_t size) {
    uk::Result<size_t> got = uk::console::read(data, size);
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
        wait_until(uk::hal::clock_monotonic_ns() + kPollNs);
    }
}

} // extern "C"
