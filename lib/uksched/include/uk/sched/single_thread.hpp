// SPDX-License-Identifier: BSD-3-Clause
// SingleThread: main() is the only thread there ever is, and waits by halting. For its provider and
// for tests; contracts of the functions: <uk/sched.hpp>, where functions of the same names stand.
#pragma once

#include <concepts>
#include <cstdint>

#include <uk/assert.h>
#include <uk/base/ref.hpp>
#include <uk/base/result.hpp>
#include <uk/sched/thread.hpp>

namespace uk {

// What it asks of the machine. All functions are static.
template <class M>
concept HaltingMachine = requires(uint64_t ns, typename M::IrqState irqs) {
    { M::irq_save() } -> std::same_as<typename M::IrqState>;
    { M::irq_restore(irqs) } -> std::same_as<void>;
    { M::now() } -> std::same_as<uint64_t>; // monotonic nanoseconds
    // Waits for an interrupt, until about `ns` at most; interrupts are off before and after, and
    // open while it waits.
    { M::idle(ns) } -> std::same_as<void>;
    { M::may_be_woken() } -> std::same_as<bool>; // an interrupt may still call unpark()
};

template <class M>
class SingleThread {
    static_assert(HaltingMachine<M>);

  public:
    constexpr SingleThread() { number(self_); }
    SingleThread(const SingleThread&) = delete;
    SingleThread& operator=(const SingleThread&) = delete;

    [[nodiscard]] constexpr Thread& thread() { return self_; }

    Wake park(uint64_t deadline, WaitsFor what) {
        return wait(ThreadState::parked, deadline, what);
    }
    void sleep_until(uint64_t deadline) { (void)wait(ThreadState::sleeping, deadline, {"sleep"}); }
    void unpark() { self_.permit_ = true; }

    [[nodiscard]] Result<> set_priority(unsigned priority) {
        if (priority >= kThreadPriorities)
            return Errno::inval;
        self_.priority = static_cast<uint8_t>(priority);
        return ok();
    }
    [[nodiscard]] Result<> set_affinity(uint64_t mask) {
        if ((mask & 1) == 0)
            return Errno::inval;
        self_.affinity_ = mask;
        return ok();
    }
    void report() {
        Thread::All all;
        all.push_back(self_);
        report_threads(all);
        all.erase(self_);
    }

  private:
    template <class T>
    static constexpr void number(T& thread) {
        if constexpr (requires { thread.id; })
            thread.id = 1;
    }
    // Interrupts are off from each look until idle() opens them, so no wake-up falls between.
    Wake wait(ThreadState kind, uint64_t deadline, WaitsFor what) {
        const typename M::IrqState irqs = M::irq_save();
        self_.waits_for_ = what;
        self_.state_ = kind;
        Wake outcome = Wake::unparked;
        for (;;) {
            if (kind == ThreadState::parked && self_.permit_) {
                self_.permit_ = false;
                break;
            }
            if (deadline != kNever && deadline <= M::now()) {
                outcome = Wake::timed_out;
                break;
            }
            if (deadline == kNever && !M::may_be_woken()) {
                report();
                UK_PANIC("deadlock: the only thread waits, and nothing is left that could wake it");
            }
            M::idle(deadline);
        }
        self_.state_ = ThreadState::ready;
        M::irq_restore(irqs);
        return outcome;
    }

    Thread self_{"main"};
};

} // namespace uk
