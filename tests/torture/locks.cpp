// SPDX-License-Identifier: BSD-3-Clause
// Acts on locks that all threads share: what each lock promises is looked at under it.
#include <uk/base/atomic.hpp>
#include <uk/hal/clock.hpp>
#include <uk/lock.hpp>
#include <uk/sched.hpp>

#include "torture.hpp"

namespace torture {
namespace {

constexpr uint64_t kUs = 1'000;

uint64_t soon(Random& random) {
    return uk::hal::clock_monotonic_ns() + random.below(400 * kUs);
}

// Where others may come in between.
void pause(Random& random) {
    if (random.one_in(4)) {
        uk::sched::yield();
    } else if (random.one_in(16)) {
        uk::sched::sleep_for(random.below(50 * kUs));
    }
}

// Two numbers that are equal whenever nobody is at work on them.
struct Pair {
    uint64_t first = 0;
    uint64_t second = 0;
    void change(Random& random) {
        expect_equal(first, second, "a pair under a lock");
        first++;
        pause(random);
        second++;
        expect_equal(first, second, "a pair that only we change");
    }
};

constinit uk::Mutex g_mutex{"torture pair"};
constinit Pair g_pair;

void mutex(Random& random) {
    if (random.one_in(4)) {
        const auto locked = g_mutex.lock_until(soon(random));
        if (!locked.ok()) {
            expect(locked.code() == uk::Errno::timedout, "lock_until() of a mutex");
            return;
        }
    } else {
        g_mutex.lock();
    }
    g_pair.change(random);
    g_mutex.unlock();
}

constinit uk::RecursiveMutex g_recursive{"torture recursive"};
constinit Pair g_recursive_pair;

void recursive(Random& random) {
    g_recursive.lock();
    g_recursive.lock();
    g_recursive_pair.change(random);
    g_recursive.unlock();
    g_recursive_pair.change(random);
    g_recursive.unlock();
}

constexpr uint32_t kUnits = 3;
constinit uk::Semaphore g_semaphore{kUnits, "torture units"};
constinit uk::Atomic<uint32_t> g_used{0};

void semaphore(Random& random) {
    if (random.one_in(4)) {
        if (!g_semaphore.acquire_until(soon(random)).ok()) {
            return;
        }
    } else {
        g_semaphore.acquire();
    }
    expect(g_used.fetch_add_relaxed(1) < kUnits, "a semaphore gave more than it has");
    pause(random);
    g_used.fetch_sub_acq_rel(1);
    g_semaphore.release();
}

constinit uk::RwLock g_rw_lock{"torture readers"};
constinit Pair g_read_pair;

void readers(Random& random) {
    if (random.one_in(5)) {
        if (random.one_in(2)) {
            g_rw_lock.lock();
        } else if (!g_rw_lock.lock_until(soon(random)).ok()) {
            return;
        }
        g_read_pair.change(random);
        g_rw_lock.unlock();
        return;
    }
    g_rw_lock.lock_shared();
    const uint64_t before = g_read_pair.first;
    expect_equal(g_read_pair.second, before, "a pair among readers");
    pause(random);
    expect_equal(g_read_pair.first, before, "a writer came among readers");
    g_rw_lock.unlock_shared();
}

// A queue of bounded length: what goes in comes out.
constinit uk::Mutex g_queue_mutex{"torture queue"};
constinit uk::CondVar g_queue_changed{};
constexpr unsigned kRoom = 8;
constinit uint64_t g_queue[kRoom]{};
constinit uint64_t g_put = 0;
constinit uint64_t g_taken = 0;
constinit uint64_t g_sum_put = 0;
constinit uint64_t g_sum_taken = 0;

void queue(Random& random) {
    uk::LockGuard guard(g_queue_mutex);
    const uint64_t deadline = soon(random);
    if (random.one_in(2)) {
        if (g_queue_changed
                .wait_until(
                    g_queue_mutex, [] { return g_put - g_taken < kRoom; }, deadline)
                .ok()) {
            const uint64_t value = random.below(1000);
            g_queue[g_put++ % kRoom] = value;
            g_sum_put += value;
            g_queue_changed.wake_all();
        }
    } else if (g_queue_changed
                   .wait_until(
                       g_queue_mutex, [] { return g_put != g_taken; }, deadline)
                   .ok()) {
        g_sum_taken += g_queue[g_taken++ % kRoom];
        g_queue_changed.wake_all();
    }
    expect(g_put - g_taken <= kRoom, "a queue holds more than it can");
}

constinit uk::EventSet g_events{};

void events(Random& random) {
    const uint32_t mine = 1U << random.below(8);
    if (random.one_in(2)) {
        g_events.set(mine);
        return;
    }
    const auto seen = g_events.wait_any(mine, uk::EventClear::yes, soon(random));
    expect(seen.ok() ? (seen.value() & mine) != 0 : seen.code() == uk::Errno::timedout,
           "wait_any() of an event set");
}

// Two mutexes, always in the same order.
constinit uk::Mutex g_outer{"torture outer"};
constinit uk::Mutex g_inner{"torture inner"};

void nested(Random& random) {
    uk::LockGuard outer(g_outer);
    pause(random);
    uk::LockGuard inner(g_inner);
    pause(random);
}

constexpr Act kActs[] = {{"mutex", mutex},         {"recursive mutex", recursive},
                         {"semaphore", semaphore}, {"readers and writers", readers},
                         {"queue", queue},         {"event set", events},
                         {"nested", nested}};

} // namespace

std::span<const Act> lock_acts() {
    return kActs;
}

void check_locks() {
    expect_equal(g_used.load_relaxed(), 0, "units of the semaphore in use");
    expect_equal(g_semaphore.units(), kUnits, "units of the semaphore");
    while (g_taken != g_put) {
        g_sum_taken += g_queue[g_taken++ % kRoom];
    }
    expect_equal(g_sum_taken, g_sum_put, "what came out of the queue");
    expect_equal(g_pair.first, g_pair.second, "the pair");
    expect_equal(g_read_pair.first, g_read_pair.second, "the readers' pair");
}

} // namespace torture
