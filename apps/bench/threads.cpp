// SPDX-License-Identifier: BSD-3-Clause
// What threads cost: switches, waits, birth and death.
#include <uk/sched.hpp>

#include "measure.hpp"

namespace {

bool g_stop;
uk::WaitQueue g_queue;

void* yield_until_stopped(void* /*unused*/) {
    while (!g_stop) {
        uk::sched::yield();
    }
    return nullptr;
}

void* park_until_stopped(void* partner) {
    while (!g_stop) {
        uk::sched::unpark(*static_cast<uk::Thread*>(partner));
        (void)uk::sched::park();
    }
    return nullptr;
}

uk::Ref<uk::Thread> start(uk::ThreadEntry entry, void* argument) {
    g_stop = false;
    return UK_MUST(uk::sched::create({}, entry, argument));
}

void join(uk::Thread& thread) {
    (void)UK_MUST(uk::sched::join(thread));
}

} // namespace

// A round trip is two switches: to the other thread and back.
void bench::measure_threads() {
    printf("scheduler %s\n", uk::sched::policy_name());
    measure<24>("thread yield alone", kOperations, [] { uk::sched::yield(); });

    uk::Ref<uk::Thread> other = start(yield_until_stopped, nullptr);
    measure<25>("thread yield round trip", kOperations, [] { uk::sched::yield(); });
    g_stop = true;
    join(*other);

    uk::Thread& self = uk::sched::current();
    other = start(park_until_stopped, &self);
    (void)uk::sched::park();
    measure<26>("thread unpark+park round trip", kOperations, [&] {
        uk::sched::unpark(*other);
        (void)uk::sched::park();
    });
    g_stop = true;
    uk::sched::unpark(*other);
    join(*other);

    measure<27>("thread create+join", kOperations, [] {
        uk::Ref<uk::Thread> thread = UK_MUST(uk::sched::create(
            {}, [](void* argument) { return argument; }, nullptr));
        join(*thread);
    });
    measure<28>("wait queue wake of nobody", kOperations, [] { g_queue.wake_one(); });
}
