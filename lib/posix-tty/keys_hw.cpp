// SPDX-License-Identifier: BSD-3-Clause
// Keys are taken when the console says that there are some. One that says nothing is looked at:
// often while somebody types, less often otherwise.
#include "keys.hpp"

#include <uk/base/atomic.hpp>
#include <uk/base/late.hpp>
#include <uk/hal/clock.hpp>
#include <uk/log/console.hpp>
#include <uk/posix/files.hpp>
#include <uk/sched.hpp>

#include "input_wait.hpp"

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
constinit Atomic<Thread*> g_wants_room{nullptr};

// What was not taken is offered again when somebody has read. The look after we have said so is for
// who has just done so; if somebody did during that look, its locks may have taken his permit.
bool is_full(Thread& self) {
    while (g_count != 0) {
        g_wants_room.store_release(&self);
        fence_full();
        (void)look();
        if (g_count != 0 && g_wants_room.load_acquire() == &self)
            return true;
    }
    return false;
}

void look_until_the_end() {
    InputWait me;
    for (uint64_t busy_until = 0;;) {
        const uint64_t now = hal::clock_monotonic_ns();
        if (look())
            busy_until = now + kBusy;
        const bool full = is_full(sched::current());
        if (g_ended)
            return;
        const uint64_t pause = now < busy_until ? kOften : kSeldom;
        (void)sched::park(full ? kNever : InputWait::ask(kNever, pause), {"keys"});
    }
}

// Somebody may still be about to say that there is room.
void* serve(void* /*argument*/) {
    look_until_the_end();
    for (;;)
        (void)sched::park();
}
#else
constinit Late<InputWait> g_me;

uint64_t look_around(uint64_t deadline_ns) {
    (void)look();
    return g_ended || g_count != 0 ? deadline_ns : InputWait::ask(deadline_ns, kOften);
}
#endif

} // namespace

Result<> keys_start(TakeKeys take, HangUp hang_up) {
    g_take = take;
    g_hang_up = hang_up;
#ifdef CONFIG_LIBUKSCHED_THREADS
    UK_TRY(sched::create({.name = "console keys", .priority = kPriority, .service = true}, serve,
                         nullptr));
#else
    g_me.emplace();
    posix::set_look_around(look_around);
#endif
    return ok();
}

void keys_taken() {
#ifdef CONFIG_LIBUKSCHED_THREADS
    fence_full();
    if (g_wants_room.load_relaxed() == nullptr)
        return;
    if (Thread* thread = g_wants_room.exchange_acq_rel(nullptr))
        sched::unpark(*thread);
#endif
}

} // namespace uk::tty
