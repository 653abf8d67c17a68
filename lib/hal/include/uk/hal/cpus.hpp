// SPDX-License-Identifier: BSD-3-Clause
// Architecture contract 6 of 8: the CPUs of the machine, which one runs this and whose thread it
// runs, starting and interrupting the others. What is inline is a header slot,
// <uk/hal_cpus/local.hpp>, that comes from arch/<isa> where the image owns its CPUs and from
// plat/linuxu where they are threads of the host; the rest is the platform's. In an image for one
// CPU (CONFIG_HAL_CPUS is 1) neither is there.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

#include <uk/base/result.hpp>
#include <uk/config.hpp>

namespace uk::hal {

// The most CPUs that this image can run on. They are numbered from 0, the one that boots.
inline constexpr unsigned kMostCpus = static_cast<unsigned>(cfg::hal_cpus);

// What every thread begins with: counters that belong to the thread on this CPU, wherever it goes
// on. A count kept for the CPU would be another one's when a thread is moved between reading and
// writing it.
struct ThreadHead {
    uint32_t preempt_count = 0; // it is not switched while this is not 0
    uint32_t handlers = 0;      // how many handlers run on top of it; the architecture's
};

} // namespace uk::hal

// The provider defines, in uk::hal, inline, callable from anywhere:
//   ThreadHead* cpu_thread();     what cpu_thread_set() said on this CPU. As one instruction: a
//                                 thread that may be moved meanwhile gets its own. Before the first
//                                 cpu_thread_set() of CPU 0: a head of nobody
//   void cpu_thread_set(ThreadHead*);   interrupts off
//   unsigned cpu_index();         of this CPU; may be another's as soon as it is known, unless
//                                 interrupts are off or the thread is not switched
//   void cpus_serve();            does what other CPUs wait for now, and lets the host run them in
//                                 place of this one if it waits for long; called in every loop
//                                 that waits for another CPU
//   void cpu_rest_begin(); void cpu_rest_end();   around the halt of a CPU that has nothing to do,
//                                 interrupts off: in between it touches no application memory, so
//                                 nobody has to interrupt it when page tables change
//   constexpr size_t kCpuBytes;   memory that a further CPU needs, in whole pages
#if CONFIG_HAL_CPUS > 1
#include <uk/hal_cpus/local.hpp>
#endif

namespace uk::hal {

#if CONFIG_HAL_CPUS > 1
static_assert(std::same_as<decltype(cpu_thread()), ThreadHead*>);
static_assert(std::same_as<decltype(cpu_thread_set(nullptr)), void>);
static_assert(std::same_as<decltype(cpu_index()), unsigned>);
static_assert(std::same_as<decltype(cpus_serve()), void>);
static_assert(std::same_as<decltype(cpu_rest_begin()), void>);
static_assert(std::same_as<decltype(cpu_rest_end()), void>);
static_assert(std::same_as<decltype(kCpuBytes), const size_t>);
#else
constexpr unsigned cpu_index() {
    return 0;
}
inline void cpus_serve() {}
inline void cpu_rest_begin() {}
inline void cpu_rest_end() {}
#endif

// How many handlers run on top of the caller: for the architecture, whose entry code counts them.
#if CONFIG_HAL_CPUS > 1
inline uint32_t& handlers() {
    return cpu_thread()->handlers;
}
#else
inline constinit uint32_t g_handlers = 0;
inline uint32_t& handlers() {
    return g_handlers;
}
#endif

// What a further CPU begins with. All of it is the CPU's for ever.
struct CpuStart {
    void* memory;       // kCpuBytes of zeros, aligned to a page
    void* stack;        // the end of the stack of entry(), aligned to 16
    ThreadHead* thread; // its first cpu_thread()
    void (*entry)();    // called with interrupts off; never returns
};

// How many CPUs the machine has that this image can start, itself counted; at most kMostCpus. From
// level bus on, thread context.
unsigned cpu_count();

// Starts CPU `index`, from 1 on, and waits until entry() is about to be called there. What was
// given to irq_on_exit() and clock_alarm_start() holds there, too: they come first.
// Once for each; thread context, on CPU 0; may take 2 s. Errors: ENODEV (there is no such CPU, or
// it cannot be started), ENOMEM, ETIMEDOUT (it did not come; `start` stays in use, for it still
// may).
[[nodiscard]] Result<> cpu_start(unsigned index, const CpuStart& start);

// Defined by whoever starts CPUs: runs on a CPU, as any interrupt handler (|isr), after somebody
// called cpu_kick() for it: at least once after the latest call.
void cpu_kicked();
// Of a CPU that runs, not the caller's own. From anywhere.
void cpu_kick(unsigned index);

// Stops all others for good, if they take interrupts. For the end of the image: from anywhere.
void cpus_stop_others();

} // namespace uk::hal
