// SPDX-License-Identifier: BSD-3-Clause
// Guest tests: the system call futex on this machine's scheduler, clock and pages.
#include <uk/abi/errno.h>
#include <uk/abi/futex.h>
#include <uk/abi/time.h>
#include <uk/futex.hpp>
#include <uk/hal/clock.hpp>
#include <uk/sched.hpp>
#include <uk/sched/test.hpp>
#include <uk/syscall.h>
#include <uk/test.hpp>

namespace {

using namespace uk;

constexpr int kWait = UK_FUTEX_WAIT | UK_FUTEX_PRIVATE_FLAG;
constexpr int kWake = UK_FUTEX_WAKE | UK_FUTEX_PRIVATE_FLAG;
constexpr int kWaitBits = UK_FUTEX_WAIT_BITSET;
constexpr uint32_t kAny = UK_FUTEX_BITSET_MATCH_ANY;

long wait(uint32_t& word, uint32_t value, const uk_timespec* timeout = nullptr) {
    return uk_sys_futex(&word, kWait, value, timeout, nullptr, 0);
}
long wake(uint32_t& word, uint32_t most) {
    return uk_sys_futex(&word, kWake, most, nullptr, nullptr, 0);
}

uk_timespec time_of(uint64_t ns) {
    return {static_cast<int64_t>(ns / 1'000'000'000), static_cast<int64_t>(ns % 1'000'000'000)};
}

void until_parked(const Ref<Thread>& thread) {
    while (thread->state() != ThreadState::parked)
        sched::sleep_for(100'000);
}

// The mutex that C libraries make of it.
uint32_t g_mutex;
long g_counter;

void lock() {
    uint32_t seen = 0;
    if (__atomic_compare_exchange_n(&g_mutex, &seen, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
        return;
    while (__atomic_exchange_n(&g_mutex, 2, __ATOMIC_ACQUIRE) != 0)
        (void)wait(g_mutex, 2);
}
void unlock() {
    if (__atomic_exchange_n(&g_mutex, 0, __ATOMIC_RELEASE) == 2)
        (void)wake(g_mutex, 1);
}

uint32_t g_word;

} // namespace

UK_TEST(futex_refuses_what_it_cannot_do)
{
    uint32_t word = 1;
    auto* odd = reinterpret_cast<uint32_t*>(reinterpret_cast<uintptr_t>(&word) + 2);
    auto* nothing = reinterpret_cast<uint32_t*>(8);
    const uk_timespec bad[] = {{0, 1'000'000'000}, {0, -1}, {-1, 0}};
    UK_TEST_EXPECT_EQ(wait(word, 0), -UK_EAGAIN);
    UK_TEST_EXPECT_EQ(wait(*odd, 0), -UK_EINVAL);
    UK_TEST_EXPECT_EQ(wait(*nothing, 0), -UK_EFAULT);
    UK_TEST_EXPECT_EQ(wait(word, 1, reinterpret_cast<uk_timespec*>(8)), -UK_EFAULT);
    for (const uk_timespec& time : bad)
        UK_TEST_EXPECT_EQ(wait(word, 1, &time), -UK_EINVAL);
    UK_TEST_EXPECT_EQ(uk_sys_futex(&word, kWaitBits, 1, nullptr, nullptr, 0), -UK_EINVAL);
    UK_TEST_EXPECT_EQ(uk_sys_futex(&word, UK_FUTEX_LOCK_PI, 1, nullptr, nullptr, 0), -UK_ENOSYS);
    UK_TEST_EXPECT_EQ(uk_sys_futex(&word, 77, 1, nullptr, nullptr, 0), -UK_ENOSYS);
    UK_TEST_EXPECT_EQ(uk_sys_futex(&word, kWake | UK_FUTEX_CLOCK_REALTIME, 1, nullptr, nullptr, 0),
                      -UK_ENOSYS);
    const auto* minus_one = reinterpret_cast<const uk_timespec*>(0xffff'ffff);
    UK_TEST_EXPECT_EQ(uk_sys_futex(&word, UK_FUTEX_REQUEUE, 1, minus_one, &word, 0), -UK_EINVAL);
    UK_TEST_EXPECT_EQ(wake(word, 1), 0);
}

UK_TEST(futex_waits_end_in_time)
{
    uint32_t word = 0;
    const uint64_t start = hal::clock_monotonic_ns();
    uk_timespec time = time_of(2'000'000);
    UK_TEST_EXPECT_EQ(wait(word, 0, &time), -UK_ETIMEDOUT);
    UK_TEST_EXPECT(hal::clock_monotonic_ns() - start >= 2'000'000);
    time = time_of(start + 5'000'000);
    UK_TEST_EXPECT_EQ(uk_sys_futex(&word, kWaitBits, 0, &time, nullptr, kAny), -UK_ETIMEDOUT);
    UK_TEST_EXPECT(hal::clock_monotonic_ns() >= start + 5'000'000);
    time = time_of(1);
    UK_TEST_EXPECT_EQ(uk_sys_futex(&word, kWaitBits, 0, &time, nullptr, kAny), -UK_ETIMEDOUT);
    if (Result<uint64_t> wall = hal::clock_wall_ns(); wall.ok()) {
        const uint64_t before = hal::clock_monotonic_ns();
        time = time_of(wall.value() + 3'000'000);
        UK_TEST_EXPECT_EQ(
            uk_sys_futex(&word, kWaitBits | UK_FUTEX_CLOCK_REALTIME, 0, &time, nullptr, kAny),
            -UK_ETIMEDOUT);
        UK_TEST_EXPECT(hal::clock_monotonic_ns() - before >= 2'000'000);
    }
}

UK_TEST(futex_makes_a_mutex)
{
    UK_TEST_NEEDS_THREADS;
    auto add = [](void*) -> void* {
        for (int i = 0; i < 300; i++) {
            lock();
            const long before = g_counter;
            if (i % 16 == 0)
                sched::yield();
            g_counter = before + 1;
            unlock();
        }
        return nullptr;
    };
    g_counter = 0;
    Ref<Thread> threads[4];
    for (Ref<Thread>& thread : threads)
        thread = UK_MUST(sched::create({"futex test"}, add, nullptr));
    for (const Ref<Thread>& thread : threads)
        (void)UK_MUST(sched::join(*thread));
    UK_TEST_EXPECT_EQ(g_counter, 1200);
    UK_TEST_EXPECT_EQ(g_mutex, 0u);
}

UK_TEST(futex_requeue_and_wake_op)
{
    UK_TEST_NEEDS_THREADS;
    static uint32_t target;
    g_word = target = 0;
    auto wait_once = [](void*) -> void* { return reinterpret_cast<void*>(wait(g_word, 0)); };
    Ref<Thread> threads[4];
    for (Ref<Thread>& thread : threads) {
        thread = UK_MUST(sched::create({"futex test"}, wait_once, nullptr));
        until_parked(thread);
    }
    const auto* two = reinterpret_cast<const uk_timespec*>(2);
    UK_TEST_EXPECT_EQ(uk_sys_futex(&g_word, UK_FUTEX_CMP_REQUEUE, 1, two, &target, 1), -UK_EAGAIN);
    UK_TEST_EXPECT_EQ(uk_sys_futex(&g_word, UK_FUTEX_CMP_REQUEUE, 1, two, &target, 0), 3);
    UK_TEST_EXPECT_EQ(wake(target, 1), 1);
    // target += 5, one more if it was 0
    UK_TEST_EXPECT_EQ(uk_sys_futex(&g_word, UK_FUTEX_WAKE_OP, 1, two, &target, 1u << 28 | 5 << 12),
                      2);
    UK_TEST_EXPECT_EQ(target, 5u);
    for (const Ref<Thread>& thread : threads)
        UK_TEST_EXPECT(UK_MUST(sched::join(*thread)) == nullptr);
    UK_TEST_EXPECT_EQ(futex::wake(Vaddr::of(&target), 9), 0u);
}
