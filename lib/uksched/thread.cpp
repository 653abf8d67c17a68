// SPDX-License-Identifier: BSD-3-Clause
// Names and reports of threads.
#include <uk/print.h>
#include <uk/sched/thread.hpp>

namespace uk {

const char* thread_state_name(ThreadState state) {
    constexpr const char* kNames[] = {"ready", "parked", "sleeping", "exited"};
    return kNames[static_cast<unsigned>(state)];
}

void Thread::set_name(const char* name) {
    size_t i = 0;
    for (; i + 1 < kNameSize && name[i] != '\0'; i++)
        name_[i] = name[i];
    name_[i] = '\0';
}

// A lock may be held by a thread that has ended, and by several or none.
static const Thread* holder_of(const LockWord& lock, const Thread::All& threads) {
    for (const Thread& thread : threads) {
        if (&thread == lock.holder())
            return &thread;
    }
    return nullptr;
}

static void report_parked(const Thread& thread, const Thread::All& threads) {
    const WaitsFor& waits = thread.waits_for();
    if (const LockWord* lock = waits.lock()) {
        const Thread* holder = holder_of(*lock, threads);
        uk_pr_crit("thread '%s' is parked, waits for %s '%s'%s%s%s\n", thread.name(), waits.what(),
                   lock->name, holder ? " held by '" : "", holder ? holder->name() : "",
                   holder ? "'" : "");
    } else {
        const Thread* whom = waits.whom();
        uk_pr_crit("thread '%s' is parked, waits for %s%s%s%s\n", thread.name(), waits.what(),
                   whom ? " of '" : "", whom ? whom->name() : "", whom ? "'" : "");
    }
}

void report_threads(const Thread::All& threads) {
    for (const Thread& thread : threads) {
        if (thread.state() == ThreadState::parked)
            report_parked(thread, threads);
        else
            uk_pr_crit("thread '%s' is %s\n", thread.name(), thread_state_name(thread.state()));
    }
}

} // namespace uk
