// SPDX-License-Identifier: BSD-3-Clause
// Guest tests: the locks of this image, with its scheduler, switch and clock.
#include <uk/hal/clock.hpp>
#include <uk/lock.hpp>
#include <uk/sched/test.hpp>
#include <uk/test.hpp>

namespace {

using uk::Errno;
using uk::LockGuard;
using uk::Ref;
using uk::Thread;
namespace sched = uk::sched;

constexpr uint64_t kMs = 1'000'000;

Ref<Thread> start(uk::ThreadEntry entry) {
    return UK_MUST(sched::create({"lock test"}, entry, nullptr));
}
void join(const Ref<Thread>& thread) {
    (void)UK_MUST(sched::join(*thread));
}
uint64_t soon() {
    return uk::hal::clock_monotonic_ns() + kMs;
}

constinit uk::Mutex g_mutex("guest");
constinit uk::RecursiveMutex g_recursive("guest");
constinit uk::CondVar g_changed("guest");
constinit uk::Semaphore g_items(0, "items");
constinit uk::RwLock g_rw("guest");
constinit uk::EventSet g_events("guest");
constinit uk::Guarded<long, uk::Mutex> g_sum;
int g_turn;
long g_value;

} // namespace

UK_TEST(guarded_data_is_changed_by_one_at_a_time)
{
    UK_TEST_NEEDS_THREADS;
    auto add = [](void*) -> void* {
        for (int i = 0; i < 100; i++) {
            auto sum = g_sum.lock();
            const long before = *sum;
            if (i % 4 == 0)
                sched::yield();
            *sum = before + 1;
        }
        return nullptr;
    };
    Ref<Thread> threads[] = {start(add), start(add), start(add)};
    for (Ref<Thread>& thread : threads)
        join(thread);
    UK_TEST_EXPECT_EQ(*g_sum.lock(), 300);
}

UK_TEST(mutex_deadlines_and_owners)
{
    UK_TEST_NEEDS_THREADS;
    LockGuard guard(g_mutex);
    UK_TEST_EXPECT(g_mutex.held_by_me());
    UK_TEST_EXPECT(g_mutex.lock_until(soon()).code() == Errno::deadlk);
    Ref<Thread> other = start([](void*) -> void* {
        const uint64_t deadline = soon();
        const bool timed_out = g_mutex.lock_until(deadline).code() == Errno::timedout;
        const bool late = uk::hal::clock_monotonic_ns() >= deadline;
        return timed_out && late && !g_mutex.try_lock() ? &g_turn : nullptr;
    });
    UK_TEST_EXPECT(UK_MUST(sched::join(*other)) == &g_turn);
}

UK_TEST(recursive_mutex_is_given_back_with_the_last_unlock)
{
    g_recursive.lock();
    g_recursive.lock();
    g_recursive.unlock();
    UK_TEST_EXPECT(g_recursive.held_by_me());
    g_recursive.unlock();
    UK_TEST_EXPECT(!g_recursive.held_by_me());
}

UK_TEST(condition_variable_hands_a_turn_to_and_fro)
{
    UK_TEST_NEEDS_THREADS;
    g_turn = 0;
    Ref<Thread> other = start([](void*) -> void* {
        LockGuard guard(g_mutex);
        for (int i = 1; i < 20; i += 2) {
            (void)g_changed.wait_until(g_mutex, [i] { return g_turn == i; });
            g_turn++;
            g_changed.wake_all();
        }
        return nullptr;
    });
    {
        LockGuard guard(g_mutex);
        for (int i = 0; i < 20; i += 2) {
            UK_TEST_EXPECT(g_changed.wait_until(g_mutex, [i] { return g_turn == i; }).ok());
            g_turn++;
            g_changed.wake_all();
        }
    }
    join(other);
    UK_TEST_EXPECT_EQ(g_turn, 20);
    LockGuard guard(g_mutex);
    UK_TEST_EXPECT(g_changed.wait(g_mutex, soon()).code() == Errno::timedout);
    UK_TEST_EXPECT(g_mutex.held_by_me());
}

UK_TEST(semaphore_counts_what_was_released)
{
    UK_TEST_NEEDS_THREADS;
    UK_TEST_EXPECT(!g_items.try_acquire());
    UK_TEST_EXPECT(g_items.acquire_until(soon()).code() == Errno::timedout);
    Ref<Thread> taker = start([](void*) -> void* {
        for (int i = 0; i < 3; i++)
            g_items.acquire();
        return nullptr;
    });
    sched::yield();
    g_items.release(4);
    join(taker);
    UK_TEST_EXPECT_EQ(g_items.units(), 1u);
    g_items.acquire();
}

UK_TEST(readers_share_and_writers_do_not)
{
    UK_TEST_NEEDS_THREADS;
    g_value = 0;
    auto write = [](void*) -> void* {
        for (int i = 0; i < 50; i++) {
            LockGuard guard(g_rw);
            const long before = g_value;
            if (i % 5 == 0)
                sched::yield();
            g_value = before + 1;
        }
        return nullptr;
    };
    auto read = [](void*) -> void* {
        for (int i = 0; i < 50; i++) {
            uk::SharedGuard guard(g_rw);
            const long before = g_value;
            sched::yield();
            if (g_value != before)
                return &g_value;
        }
        return nullptr;
    };
    Ref<Thread> threads[] = {start(read), start(write), start(read), start(write)};
    for (Ref<Thread>& thread : threads)
        UK_TEST_EXPECT(UK_MUST(sched::join(*thread)) == nullptr);
    UK_TEST_EXPECT_EQ(g_value, 100);
    uk::SharedGuard guard(g_rw);
    UK_TEST_EXPECT(g_rw.try_lock_shared());
    UK_TEST_EXPECT(!g_rw.try_lock());
    UK_TEST_EXPECT(g_rw.lock_until(soon()).code() == Errno::timedout);
    g_rw.unlock_shared();
}

UK_TEST(completion_may_live_on_the_stack)
{
    UK_TEST_NEEDS_THREADS;
    static uk::Completion* done;
    uk::Completion now("guest");
    done = &now;
    UK_TEST_EXPECT(now.wait(soon()).code() == Errno::timedout);
    Ref<Thread> thread = start([](void*) -> void* {
        done->complete();
        return nullptr;
    });
    UK_TEST_EXPECT(now.wait().ok());
    UK_TEST_EXPECT(now.is_complete());
    join(thread);
}

UK_TEST(event_set_wakes_for_any_and_for_all)
{
    UK_TEST_NEEDS_THREADS;
    Ref<Thread> thread = start([](void*) -> void* {
        const uint32_t all = UK_MUST(g_events.wait_all(6, uk::EventClear::yes));
        const uint32_t any = UK_MUST(g_events.wait_any(9));
        return all == 6 && any == 8 ? &g_value : nullptr;
    });
    sched::yield();
    g_events.set(2);
    sched::yield();
    g_events.set(4);
    g_events.set(8);
    UK_TEST_EXPECT(UK_MUST(sched::join(*thread)) == &g_value);
    UK_TEST_EXPECT_EQ(g_events.clear(~0u), 8u);
    UK_TEST_EXPECT(g_events.wait_any(8, uk::EventClear::no, soon()).code() == Errno::timedout);
    UK_TEST_EXPECT(g_events.wait_any(0).code() == Errno::inval);
}
