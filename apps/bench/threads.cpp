// SPDX-License-Identifier: BSD-3-Clause
// What threads cost: switches, waits, birth and death, locks.
#include <uk/hal/clock.hpp>
#include <uk/lock.hpp>
#include <uk/sched.hpp>

#include "measure.hpp"

namespace {

using bench::kOperations;
using bench::measure;

constexpr int kSleeps = 100;

bool g_stop;
uk::WaitQueue g_queue;
constinit uk::Mutex g_mutex("bench");
constinit uk::RecursiveMutex g_recursive("bench");
constinit uk::Semaphore g_semaphore(1, "bench");
constinit uk::RwLock g_rw("bench");
constinit uk::CondVar g_changed("bench");
constinit uk::Completion g_done("bench");
constinit uk::EventSet g_events("bench");

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

// Each semaphore is released by one thread and taken by the other: two switches a round.
constinit uk::Semaphore g_there(0, "there");
constinit uk::Semaphore g_back(0, "back");

void* answer_until_stopped(void* /*unused*/) {
    while (!g_stop) {
        g_there.acquire();
        g_back.release();
    }
    return nullptr;
}

// Nobody waits but in the last.
void measure_locks() {
    measure<29>("lock mutex pair", kOperations, [] { uk::LockGuard guard(g_mutex); });
    measure<30>("lock recursive mutex pair", kOperations, [] { uk::LockGuard guard(g_recursive); });
    measure<31>("lock semaphore pair", kOperations, [] {
        g_semaphore.acquire();
        g_semaphore.release();
    });
    measure<32>("lock rwlock write pair", kOperations, [] { uk::LockGuard guard(g_rw); });
    measure<33>("lock rwlock read pair", kOperations, [] { uk::SharedGuard guard(g_rw); });
    measure<34>("lock condition wake of nobody", kOperations, [] { g_changed.wake_one(); });
    measure<35>("lock completion complete+wait", kOperations, [] {
        g_done.complete();
        (void)g_done.wait();
    });
    measure<36>("lock events set+wait+clear", kOperations, [] {
        g_events.set(1);
        (void)g_events.wait_any(1, uk::EventClear::yes);
    });
    uk::Ref<uk::Thread> other = start(answer_until_stopped, nullptr);
    measure<37>("lock semaphore round trip", kOperations, [] {
        g_there.release();
        g_back.acquire();
    });
    g_stop = true;
    g_there.release();
    join(*other);
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
    // The alarm is set, the CPU halts, the interrupt wakes the thread, and it runs.
    measure<38>("thread sleep of 100 us", kSleeps,
                [] { uk::sched::sleep_until(uk::hal::clock_monotonic_ns() + 100'000); });
    measure<28>("wait queue wake of nobody", kOperations, [] { g_queue.wake_one(); });
    measure_locks();
}
