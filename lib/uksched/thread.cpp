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

void report_threads(const Thread::All& threads) {
    for (const Thread& thread : threads) {
        const WaitsFor& waits = thread.waits_for();
        const bool waiting = thread.state() == ThreadState::parked;
        uk_pr_crit("thread '%s' is %s%s%s%s%s%s\n", thread.name(),
                   thread_state_name(thread.state()), waiting ? ", waits for " : "",
                   waiting ? waits.what : "", waiting && waits.whom ? " of '" : "",
                   waiting && waits.whom ? waits.whom->name() : "",
                   waiting && waits.whom ? "'" : "");
    }
}

} // namespace uk
