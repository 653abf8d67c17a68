// SPDX-License-Identifier: BSD-3-Clause
// Words of host memory for a futex table over a simulated scheduler: now and then their page goes
// away between two looks; a thread whose `user` is not null is interrupted.
#pragma once

#include <uk/futex/table.hpp>

namespace futex_tests {

using uk::Errno;
using uk::Result;
using uk::Vaddr;

inline constexpr uint64_t kNothing = 0x1000; // nothing is mapped there

// System has current() and random(), and point(), where others may come in.
template <class System>
struct Words : System {
    static bool interrupted() {
        return __atomic_load_n(&System::current().user, __ATOMIC_ACQUIRE) != nullptr;
    }
    static void interrupt(uk::Thread& thread) {
        __atomic_store_n(&thread.user, &thread, __ATOMIC_RELEASE);
        System::unpark(thread);
    }
    static Result<> bring_in(Vaddr word, uk::hal::Access /*how*/) {
        System::point();
        if (word.value() == kNothing)
            return Errno::fault;
        return uk::ok();
    }
    static Result<uint32_t> load(Vaddr word) {
        if (System::random() % 4 == 0)
            return Errno::fault;
        return __atomic_load_n(word.as<uint32_t>(), __ATOMIC_ACQUIRE);
    }
    static Result<uint32_t> replace(Vaddr word, uint32_t expected, uint32_t wanted) {
        if (System::random() % 4 == 0)
            return Errno::fault;
        __atomic_compare_exchange_n(word.as<uint32_t>(), &expected, wanted, false, __ATOMIC_ACQ_REL,
                                    __ATOMIC_ACQUIRE);
        return expected;
    }
};

// The three-state mutex that C libraries make of a futex, and a condition variable with a sequence
// number, whose broadcast moves the waiters to the mutex.
template <class Table>
struct FutexMutex {
    uint32_t word = 0; // 1 held, 2 held and somebody may wait

    void lock(Table& table) {
        uint32_t seen = 0;
        if (__atomic_compare_exchange_n(&word, &seen, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
            return;
        lock_contended(table);
    }
    void lock_contended(Table& table) {
        while (__atomic_exchange_n(&word, 2, __ATOMIC_ACQUIRE) != 0)
            (void)table.wait(Vaddr::of(&word), 2, uk::futex::kAnyBit, uk::kNever);
    }
    void unlock(Table& table) {
        if (__atomic_exchange_n(&word, 0, __ATOMIC_RELEASE) == 2)
            (void)table.wake(Vaddr::of(&word), 1);
    }
};

template <class Table>
struct FutexCond {
    uint32_t sequence = 0;

    // False: the deadline came.
    bool wait(Table& table, FutexMutex<Table>& mutex, uint64_t deadline = uk::kNever) {
        const uint32_t before = __atomic_load_n(&sequence, __ATOMIC_ACQUIRE);
        mutex.unlock(table);
        const Errno how =
            table.wait(Vaddr::of(&sequence), before, uk::futex::kAnyBit, deadline).code();
        mutex.lock_contended(table); // others may have been moved to it with us
        return how != Errno::timedout;
    }
    void signal(Table& table) {
        __atomic_fetch_add(&sequence, 1, __ATOMIC_RELEASE);
        (void)table.wake(Vaddr::of(&sequence), 1);
    }
    // With the mutex held, so that its next unlock() wakes one of those that were moved there.
    void broadcast(Table& table, FutexMutex<Table>& mutex) {
        uint32_t now = __atomic_add_fetch(&sequence, 1, __ATOMIC_RELEASE);
        __atomic_store_n(&mutex.word, 2, __ATOMIC_RELAXED);
        while (table.requeue(Vaddr::of(&sequence), Vaddr::of(&mutex.word), 1, 1000, &now).code() ==
               Errno::again)
            now = __atomic_load_n(&sequence, __ATOMIC_ACQUIRE);
    }
};

} // namespace futex_tests
