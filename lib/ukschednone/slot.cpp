// SPDX-License-Identifier: BSD-3-Clause
// No scheduler: the only thread of this image halts when it waits.
#include <uk/boot.h>
#include <uk/hal/clock.hpp>
#include <uk/hal/irq.hpp>
#include <uk/sched.hpp>
#include <uk/sched/locals.hpp>
#include <uk/sched/single_thread.hpp>

namespace uk::sched {
namespace {

constinit unsigned g_wake_sources = 0;

struct KernelMachine : KernelLocks {
    static uint64_t now() { return hal::clock_monotonic_ns(); }
    static void idle(uint64_t deadline_ns) {
        if (deadline_ns == kNever)
            hal::cpu_halt();
        else
            hal::clock_idle_until(deadline_ns);
    }
    static bool may_be_woken() { return g_wake_sources != 0; }
};

constinit SingleThread<KernelMachine> g_only;

} // namespace

namespace detail {
constinit Thread* g_current = &g_only.thread();
} // namespace detail

Result<Ref<Thread>> create(const ThreadOptions& /*options*/, ThreadEntry /*entry*/,
                           void* /*argument*/) {
    return Errno::nosys;
}

// There is nobody else to wait for.
Result<void*> join(Thread& /*thread*/, uint64_t /*deadline_ns*/) {
    return Errno::deadlk;
}

void exit(void* /*result*/) {
    KernelLocals::locals_end();
    uk_exit(0);
}

void yield() {}

void sleep_until(uint64_t deadline_ns) {
    g_only.sleep_until(deadline_ns);
}

void sleep_for(uint64_t ns) {
    uint64_t deadline = 0;
    const bool never = __builtin_add_overflow(hal::clock_monotonic_ns(), ns, &deadline);
    sleep_until(never ? kNever : deadline);
}

Wake park(uint64_t deadline_ns, WaitsFor what) {
    return g_only.park(deadline_ns, what);
}

void unpark(Thread& /*thread*/) {
    g_only.unpark();
}

Result<> set_priority(Thread& /*thread*/, unsigned priority) {
    return g_only.set_priority(priority);
}

Result<> set_affinity(Thread& /*thread*/, uint64_t mask) {
    return g_only.set_affinity(mask);
}

void set_policy_word(Thread& thread, uint64_t word) {
    thread.policy_word = word;
}

void wake_source_add() {
    g_wake_sources++;
}
void wake_source_remove() {
    g_wake_sources--;
}

Ref<Thread> find(uint32_t id) {
    return id == 1 ? Ref<Thread>::share(g_only.thread()) : Ref<Thread>{};
}

Ref<Thread> find_from(uint32_t id) {
    return id <= 1 ? find(1) : Ref<Thread>{};
}

void trim() {} // there is one thread, and it has not ended

const char* policy_name() {
    return "none";
}

size_t thread_count() {
    return 1;
}

void report() {
    g_only.report();
}

} // namespace uk::sched
