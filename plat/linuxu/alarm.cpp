// SPDX-License-Identifier: BSD-3-Clause
// Timer interrupts on linuxu: SIGALRM from a timer of the host. The handler runs on the alternate
// stack; when threads shall be switched, the interrupted state moves to the thread's kernel stack.
#include <uk/assert.h>
#include <uk/base/bits.hpp>
#include <uk/hal/clock.hpp>
#include <uk/hal/cpus.hpp>
#include <uk/hal/irq.hpp>
#include <uk/linuxabi/lines.hpp>
#include <uk/linuxabi/signal.hpp>

#include "host.hpp"
#include "signals.hpp"

extern "C" {
// entry.S: calls uk_linuxu_act() and goes back to where the frame at the stack pointer came from.
extern const char uk_linuxu_preempted[];
extern const char uk_linuxu_preempted_end[];
void uk_linuxu_on_alarm(int signal, const uk::linuxabi::SigInfo* info, void* context);
void uk_linuxu_act(uintptr_t copied);
}

namespace uk {
namespace {

using namespace linuxu;

constexpr uint64_t kAlarmSet = signal_bit(kSigalrm);
constexpr uint64_t kNever = ~uint64_t{0};
constexpr uint64_t kEarlyNs = 1000; // the clock may be behind that of timers by so much

// Whether SIGALRM may come for something else than the end of the timer.
constexpr bool kIsShared = hal::kMostCpus > 1 || cfg::hal_irq_lines;

// What act() may use of a kernel stack, and what a function may use below its stack pointer.
constexpr size_t kRoomOfAct = 2048;
constexpr size_t kRedZone = 128;

using Act = void (*)();
using Wanted = bool (*)();

constinit long g_timer[hal::kMostCpus]{};
constinit Act g_handler = nullptr;
constinit uint64_t g_set_to[hal::kMostCpus]{kNever}; // when the host's timer ends
constinit Wanted g_wanted = nullptr;
constinit Act g_act = nullptr;

void block_alarm(int how) {
    syscall(Sys::rt_sigprocmask, how, &kAlarmSet, 0L, sizeof kAlarmSet);
}

long wait_for_signals(uint64_t set, const Timespec* timeout) {
    return syscall(Sys::rt_sigtimedwait, &set, 0L, timeout, sizeof set);
}

bool is_alarm(uint64_t set_to) {
    return !kIsShared || (set_to != kNever && hal::clock_monotonic_ns() + kEarlyNs >= set_to);
}

// Interrupts are off. One signal stands for all that came.
void take_interrupt() {
    IrqPending::store(false);
    uint64_t& set_to = g_set_to[hal::cpu_index()];
    const bool alarm = is_alarm(set_to);
    if (alarm) {
        set_to = kNever;
    }
    InHandler::store(true);
    take_kick();
    if constexpr (cfg::hal_irq_lines) {
        if (hal::cpu_index() == 0) {
            take_lines();
        }
    }
    if (alarm) {
        g_handler();
    }
    InHandler::store(false);
}

// On the kernel stack of the thread, or below what the thread uses of it.
void go_on_in_act(void* context) {
    uint64_t words[linuxabi::kWords];
    Frame::read(context, words);
    const linuxabi::View view = Frame::view(words);
    const uintptr_t top = KernelStack::load();
    const bool on_it = top - view.sp < hal::kKernelStackBytes;
    if (!linuxabi::detour<Frame>(
            context, view,
            {reinterpret_cast<uintptr_t>(uk_linuxu_preempted),
             static_cast<size_t>(uk_linuxu_preempted_end - uk_linuxu_preempted),
             align_down(on_it ? view.sp - kRedZone : top, 16),
             hal::kKernelStackBytes - kRoomOfAct})) {
        UK_PANIC("the host saves more registers than a kernel stack of %zu bytes can take",
                 hal::kKernelStackBytes);
    }
}

} // namespace

Result<> hal::clock_alarm_start(void (*handler)()) {
    g_handler = handler;
    const long timer = syscall(Sys::timer_create, kMonotonic, timer_event(), &g_timer[cpu_index()]);
    return timer == 0 && admit_interrupts() ? Result<>{} : Errno::nodev;
}

bool linuxabi::admit_interrupts() {
    const long failed = set_signal(kSigalrm, handled_by(uk_linuxu_on_alarm, kSaRestart, 0));
    block_alarm(kUnblock); // the parent may have blocked it
    return failed == 0;
}

#if CONFIG_HAL_CPUS > 1
Result<> linuxu::start_alarm() {
    g_set_to[hal::cpu_index()] = kNever;
    return g_handler == nullptr ? Result<>{} : hal::clock_alarm_start(g_handler);
}
#endif

// The host is asked for an earlier end only: threads that are switched often move the end of the
// slice on and on, and one early interrupt costs less than a system call for each switch.
void hal::clock_alarm_set(uint64_t deadline_ns) {
    uint64_t& set_to = g_set_to[cpu_index()];
    if (deadline_ns >= set_to) {
        return;
    }
    set_to = deadline_ns;
    const TimerSpec spec{{0, 0}, to_timespec(deadline_ns == 0 ? 1 : deadline_ns)};
    syscall(Sys::timer_settime, g_timer[cpu_index()], kAbsolute, &spec, 0L);
}

void hal::irq_on_exit(bool (*wanted)(), void (*act)()) {
    g_wanted = wanted;
    g_act = act;
}

// Through the host, so that handlers never run on a thread's own stack.
void linuxu::deliver_pending() {
    raise(kSigalrm);
}

// The signal is blocked from the look until the wait, which takes it without a handler.
void linuxu::wait_for_interrupt(const Timespec* timeout) {
    if (!kIsShared && g_handler == nullptr) {
        wait_for_signals(0, timeout);
        return;
    }
    const hal::IrqState state = hal::irq_save();
    block_alarm(kBlock);
    if (!IrqPending::load() && wait_for_signals(kAlarmSet, timeout) == kSigalrm) {
        IrqPending::store(true);
    }
    block_alarm(kUnblock);
    uk_linuxu_act(0);
    hal::irq_restore(state);
}

} // namespace uk

// Runs on the alternate stack with the signal blocked. In between, nothing of the thread has moved.
void uk_linuxu_on_alarm(int /*signal*/, const uk::linuxabi::SigInfo* /*info*/, void* context) {
    using namespace uk;
    if (!hal::irq_enabled()) {
        IrqPending::store(true);
        return;
    }
    hal::irq_disable();
    take_interrupt();
    if (linuxu::KernelStack::load() != 0 && g_wanted != nullptr && g_wanted()) {
        go_on_in_act(context); // interrupts stay off
    } else if (!linuxabi::send_away(context, uk_linuxu_preempted)) {
        hal::irq_enable();
    }
}

// With interrupts off, on the kernel stack of a thread that was interrupted, whose state is at
// `copied` (on its own stack if it has run handlers of signals), or on the own stack of one that
// waits, 0.
void uk_linuxu_act(uintptr_t copied) {
    using namespace uk;
    if (IrqPending::load()) {
        take_interrupt();
    }
    if (g_wanted != nullptr && g_wanted()) {
        g_act();
    }
    linuxabi::send_copy_away(copied, linuxu::KernelStack::load() - copied < hal::kKernelStackBytes,
                             uk_linuxu_preempted);
}
