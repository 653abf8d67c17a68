// SPDX-License-Identifier: BSD-3-Clause
// The console has no interrupt of its own on most platforms, so it is looked at: often while
// somebody types, less often otherwise.
#include "keys.hpp"

#include <uk/hal/clock.hpp>
#include <uk/log/console.hpp>
#include <uk/posix/files.hpp>
#include <uk/sched.hpp>

namespace uk::tty {

namespace {

constexpr uint64_t kMillisecond = 1'000'000;
constexpr uint64_t kOften = kMillisecond;
constexpr uint64_t kSeldom = 8 * kMillisecond; // a finger takes longer for a key
constexpr uint64_t kBusy = 500 * kMillisecond; // after a key
// Before the program's threads, or one that never waits would keep Ctrl-C out.
constexpr unsigned kPriority = kDefaultPriority + 1;
static_assert(kPriority < kThreadPriorities);

constinit TakeKeys g_take = nullptr;
constinit HangUp g_hang_up = nullptr;
constinit bool g_ended = false;
constinit size_t g_count = 0; // keys that came and were not taken
constinit char g_keys[64] = {};

// Gives on what there is; whether there was something.
bool look() {
    bool any = false;
    while (!g_ended) {
        if (g_count == 0) {
            Result<size_t> got = console::read(g_keys, sizeof(g_keys));
            g_count = got.ok() ? got.value() : 0;
            g_ended = !got.ok();
            if (g_ended)
                g_hang_up();
            if (g_count == 0)
                break;
        }
        const size_t taken = g_take(g_keys, g_count);
        any = any || taken != 0;
        g_count -= taken;
        if (g_count != 0) {
            __builtin_memmove(g_keys, g_keys + taken, g_count);
            break;
        }
    }
    return any;
}

#ifdef CONFIG_LIBUKSCHED_THREADS
void* look_for_ever(void* /*argument*/) {
    for (uint64_t busy_until = 0; !g_ended;) {
        const uint64_t now = hal::clock_monotonic_ns();
        if (look())
            busy_until = now + kBusy;
        sched::sleep_until(now + (now < busy_until ? kOften : kSeldom));
    }
    return nullptr;
}
#endif

} // namespace

Result<> keys_start(TakeKeys take, HangUp hang_up) {
    g_take = take;
    g_hang_up = hang_up;
#ifdef CONFIG_LIBUKSCHED_THREADS
    UK_TRY(sched::create({.name = "console keys", .priority = kPriority, .service = true},
                         look_for_ever, nullptr));
#else
    posix::set_look_around([] { (void)look(); });
#endif
    return ok();
}

void keys_wait(uint64_t deadline_ns) {
    if constexpr (cfg::libuksched_threads) {
        (void)sched::park(deadline_ns, {"keys"});
    } else {
        (void)look();
        const uint64_t soon = hal::clock_monotonic_ns() + kOften;
        hal::clock_idle_until(soon < deadline_ns ? soon : deadline_ns);
    }
}

} // namespace uk::tty
