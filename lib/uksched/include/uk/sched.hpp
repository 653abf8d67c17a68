// SPDX-License-Identifier: BSD-3-Clause
// Threads of this image. Which scheduler runs them is the slot `choice UKSCHED`.
//
//     static void* work(void* argument) { ...; return nullptr; }
//     uk::Ref<uk::Thread> worker = UK_TRY(uk::sched::create({.name = "worker"}, work, &job));
//     UK_TRY(uk::sched::join(*worker));
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/base/ref.hpp>
#include <uk/base/result.hpp>
#include <uk/sched/thread.hpp>
#include <uk/sched/wait_queue.hpp>
#include <uk/spinlock.hpp>

// Defined by exactly one provider's slot.cpp; zero or two providers are link errors. "Thread
// context" is a thread that holds no spinning lock and has neither interrupts nor preemption
// disabled by hand. Times are of hal::clock_monotonic_ns(); kNever is no deadline.
namespace uk::sched {

namespace detail {
extern Thread* g_current; // with several CPUs: the first thread, once there is one
} // namespace detail

// Whether there is a current thread: from init level early on.
inline bool started() {
    return detail::g_current != nullptr;
}

// The thread that calls; in a handler, the one that was interrupted.
inline Thread& current() {
#if CONFIG_HAL_CPUS > 1
    auto* self = static_cast<Thread*>(hal::cpu_thread());
#else
    Thread* self = detail::g_current;
#endif
    if (self == nullptr)
        __builtin_unreachable(); // there is always one; lets the compiler drop tests for null
    return *self;
}

// A thread that runs entry(argument), from now on or when its turn comes: on an idle CPU that its
// affinity names, else on that of them with least to do. Thread context; does not block. Errors:
// ENOMEM (a stack above 1 GiB is never there), EINVAL (priority too large, no CPU in the affinity
// that runs, no entry, no name), ENOSYS (UKSCHED_NONE: the caller is the only thread).
[[nodiscard]] Result<Ref<Thread>> create(const ThreadOptions& options, ThreadEntry entry,
                                         void* argument);

// Waits until `thread` has ended and returns what it left. One thread at a time may wait for
// another, and one that gave up makes room; once the thread has ended, anybody may ask, any number
// of times. With deadline 0 it only asks. Blocks. Errors: ETIMEDOUT, EDEADLK (it is the caller,
// or joins the caller, also through others), EINVAL (another thread waits for it).
[[nodiscard]] Result<void*> join(Thread& thread, uint64_t deadline_ns = kNever);

// Ends the calling thread, from any depth of calls; nothing on its stack is destroyed. With the
// last thread that is no service the image ends with status 0. Thread context.
[[noreturn]] void exit(void* result);

// Lets other threads of the same urgency run first. Thread context.
void yield();

// Waits until the deadline, whoever calls unpark() meanwhile. Blocks.
void sleep_until(uint64_t deadline_ns);
void sleep_for(uint64_t ns);

// Waits until unpark() or the deadline. An unpark() that came before is not lost: park() then
// returns at once; several count as one. It may also return for an unpark() that was meant for an
// earlier wait, so callers look again whether what they wait for is there. A lock that blocks
// parks, too, and takes the permit: who takes one between his last look and park() looks again.
// Blocks.
Wake park(uint64_t deadline_ns = kNever, WaitsFor what = {});

// Lets park() of `thread`, which exists as long as this runs, return. From anywhere, handlers
// included, with spinning locks of ranks above run_queue held. Does not block; may switch to the
// thread if it is more urgent and the caller is in thread context.
void unpark(Thread& thread);

// From anywhere but under run-queue locks; does not block, may switch. A thread that waits in a
// queue keeps its place there. Of one that has ended: no effect. Errors: EINVAL (too large).
[[nodiscard]] Result<> set_priority(Thread& thread, unsigned priority);

// Bit n of `mask`: the thread may run on CPU n. From where it may not be any more it goes to
// another CPU: the caller itself before this returns, if it is in thread context; one that waits,
// when it is woken; one that runs elsewhere, soon after, at its next preemption point, or with a
// cooperative scheduler when it next yields or waits. From anywhere but under run-queue locks; does
// not block, may switch. Of one that has ended: no effect. Errors: EINVAL (none of these CPUs runs;
// nothing has changed).
[[nodiscard]] Result<> set_affinity(Thread& thread, uint64_t mask);

// Tells the scheduler what only its policy understands, a deadline for example; the policy's header
// says what the word means. Schedulers that have no use for it, those of the tree among them, keep
// it and ignore it. From anywhere but under run-queue locks; does not block, may switch.
void set_policy_word(Thread& thread, uint64_t word);

// While there is a source of wake-ups outside (an interrupt that wakes threads), waiting of all
// threads is no deadlock. Counted. Thread context.
void wake_source_add();
void wake_source_remove();

// The thread that has this number (Thread::id), or none; with LIBUKSCHED_IDS only. O(threads).
// Thread context.
[[nodiscard]] Ref<Thread> find(uint32_t id);
// The one with the lowest number that is not below `id`, to go through them all.
[[nodiscard]] Ref<Thread> find_from(uint32_t id);

// Gives back what threads that have ended left behind, and the stacks kept for the next ones. One
// that is just ending may still keep its own. O(what is given back). Thread context; does not
// block.
void trim();

[[nodiscard]] const char* policy_name(); // "coop", "prio", ...
[[nodiscard]] size_t thread_count();     // without idle ones and services
void report();                           // logs all threads; for debugging, takes no lock

// How the templates of core reach this scheduler.
struct Face {
    using Locks = KernelLocks;
    static Thread& current() { return sched::current(); }
    static Wake park(uint64_t deadline_ns, WaitsFor what) { return sched::park(deadline_ns, what); }
    static void unpark(Thread& thread) { sched::unpark(thread); }
};

} // namespace uk::sched

namespace uk {

using WaitQueue = BasicWaitQueue<sched::Face>;

} // namespace uk
