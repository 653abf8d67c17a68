// SPDX-License-Identifier: BSD-3-Clause
// The timers of this image.
#include <uk/config.hpp>
#include <uk/hal/clock.hpp>
#include <uk/sched.hpp>
#include <uk/sched/kernel_machine.hpp>
#include <uk/timer/timers.hpp>

namespace uk {
namespace {

static_assert(cfg::libuksched_threads || !cfg::libuktimer,
              "LIBUKTIMER runs functions in a thread: choose a scheduler other than UKSCHED_NONE");

struct KernelFace : sched::Face {
    static uint64_t now() { return hal::clock_monotonic_ns(); }
    static bool may_block() { return KernelMachine::may_switch() && !KernelMachine::irqs_held(); }
    static constexpr bool stopping() { return false; }
    static Result<Ref<Thread>> create(ThreadEntry entry, void* argument) {
        // Above all that only computes; who must not wait for the timers has one more.
        return sched::create({.name = "timers", .priority = kThreadPriorities - 2, .service = true},
                             entry, argument);
    }
};

constinit BasicTimers<KernelFace> g_timers;

} // namespace

Result<> Timer::start_at(uint64_t deadline_ns) {
    return g_timers.start(*this, deadline_ns);
}
Result<> Timer::start_after(uint64_t ns) {
    return g_timers.start_after(*this, ns);
}
bool Timer::cancel() {
    return g_timers.cancel(*this);
}
bool Timer::try_cancel() {
    return g_timers.try_cancel(*this);
}
bool Timer::is_armed() const {
    return g_timers.is_armed(*this);
}
Result<> timers_prepare() {
    return g_timers.prepare();
}

} // namespace uk
