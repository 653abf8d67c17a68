// SPDX-License-Identifier: BSD-3-Clause
// Counters by their system calls, and threads that wait for one another with them.
#include <uk/abi/eventfd.h>
#include <uk/abi/fcntl.h>
#include <uk/posix/fdtab.hpp>
#include <uk/sched.hpp>
#include <uk/sched/test.hpp>
#include <uk/syscall.h>
#include <uk/test.hpp>

namespace {

using uk::Errno;

constexpr long neg(Errno error) {
    return -static_cast<long>(error);
}
long put(long fd, uint64_t by) {
    return uk_sys_write(static_cast<int>(fd), &by, sizeof(by));
}
// The value, or the error.
long get(long fd) {
    uint64_t value = 0;
    const long got = uk_sys_read(static_cast<int>(fd), &value, sizeof(value));
    return got == sizeof(value) ? static_cast<long>(value) : got;
}

} // namespace

UK_TEST(eventfd_counts)
{
    const long fd = uk_sys_eventfd2(3, UK_EFD_NONBLOCK | UK_EFD_CLOEXEC);
    UK_TEST_ASSERT(fd >= 0);
    const int number = static_cast<int>(fd);
    UK_TEST_EXPECT(uk_sys_fcntl(number, UK_F_GETFD, 0) == UK_FD_CLOEXEC);
    UK_TEST_EXPECT(uk_sys_fcntl(number, UK_F_GETFL, 0) == (UK_O_RDWR | UK_O_NONBLOCK));
    UK_TEST_EXPECT(get(fd) == 3);
    UK_TEST_EXPECT(get(fd) == neg(Errno::again));
    UK_TEST_EXPECT(put(fd, 4) == 8 && put(fd, 5) == 8 && get(fd) == 9);
    UK_TEST_EXPECT(put(fd, ~uint64_t{0}) == neg(Errno::inval));
    UK_TEST_EXPECT(put(fd, ~uint64_t{0} - 1) == 8);
    UK_TEST_EXPECT(put(fd, 1) == neg(Errno::again));
    uint32_t small = 0;
    UK_TEST_EXPECT(uk_sys_read(number, &small, 4) == neg(Errno::inval));
    UK_TEST_EXPECT(uk_sys_close(number) == 0);
    UK_TEST_EXPECT(uk_sys_eventfd2(0, 2) == neg(Errno::inval));

    const long semaphore = uk_sys_eventfd2(2, UK_EFD_SEMAPHORE | UK_EFD_NONBLOCK);
    UK_TEST_EXPECT(get(semaphore) == 1 && get(semaphore) == 1);
    UK_TEST_EXPECT(get(semaphore) == neg(Errno::again));
    UK_TEST_EXPECT(uk_sys_close(static_cast<int>(semaphore)) == 0);
}

namespace {

struct Pair {
    long there, back;
    static constexpr int kRounds = 200;
};

} // namespace

UK_TEST(eventfd_ping_pong)
{
    UK_TEST_NEEDS_THREADS;
    static Pair pair;
    pair = {uk_sys_eventfd2(0, 0), uk_sys_eventfd2(0, 0)};
    auto other = uk::sched::create(
        {.name = "pong"},
        [](void*) -> void* {
            for (int i = 1; i <= Pair::kRounds; i++) {
                if (get(pair.there) != i || put(pair.back, 1) != 8)
                    return &pair;
            }
            return nullptr;
        },
        nullptr);
    UK_TEST_ASSERT(other.ok());
    bool all = true;
    for (int i = 1; i <= Pair::kRounds; i++)
        all = put(pair.there, static_cast<uint64_t>(i)) == 8 && get(pair.back) == 1 && all;
    UK_TEST_EXPECT(all);
    UK_TEST_EXPECT(uk::sched::join(*other.value()).value_or(&pair) == nullptr);
    UK_TEST_EXPECT(uk_sys_close(static_cast<int>(pair.there)) == 0);
    UK_TEST_EXPECT(uk_sys_close(static_cast<int>(pair.back)) == 0);
}

// Units of one semaphore for several readers, none lost and none twice; a full one keeps writers.
UK_TEST(eventfd_semaphore_of_many)
{
    UK_TEST_NEEDS_THREADS;
    constexpr int kThreads = 4;
    static constexpr long kEach = 500;
    static long fd;
    fd = uk_sys_eventfd2(0, UK_EFD_SEMAPHORE);
    uk::Ref<uk::Thread> threads[kThreads];
    for (auto& thread : threads) {
        auto made = uk::sched::create(
            {.name = "taker"},
            [](void*) -> void* {
                for (long i = 0; i < kEach; i++) {
                    if (get(fd) != 1)
                        return &fd;
                }
                return nullptr;
            },
            nullptr);
        UK_TEST_ASSERT(made.ok());
        thread = made.value();
    }
    for (int left = kThreads * kEach; left > 0;) {
        const int part = left < 7 ? left : 7;
        UK_TEST_EXPECT(put(fd, static_cast<uint64_t>(part)) == 8);
        left -= part;
    }
    for (auto& thread : threads)
        UK_TEST_EXPECT(uk::sched::join(*thread).value_or(&fd) == nullptr);
    UK_TEST_EXPECT(uk_sys_fcntl(static_cast<int>(fd), UK_F_SETFL, UK_O_NONBLOCK) == 0);
    UK_TEST_EXPECT(get(fd) == neg(Errno::again));
    UK_TEST_EXPECT(uk_sys_close(static_cast<int>(fd)) == 0);
}
