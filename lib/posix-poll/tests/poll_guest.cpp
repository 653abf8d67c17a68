// SPDX-License-Identifier: BSD-3-Clause
// poll, select and epoll by their system calls, over counters and pipes.
#include <uk/abi/epoll.h>
#include <uk/abi/eventfd.h>
#include <uk/abi/poll.h>
#include <uk/abi/signal.h>
#include <uk/abi/time.h>
#include <uk/hal/clock.hpp>
#include <uk/posix/fdtab.hpp>
#include <uk/sched.hpp>
#include <uk/sched/test.hpp>
#include <uk/syscall.h>
#include <uk/test.hpp>

namespace {

using uk::Errno;

constexpr uint64_t kMs = 1'000'000;
constexpr size_t kMaskBytes = sizeof(uk_sigset_t);

constexpr long neg(Errno error) {
    return -static_cast<long>(error);
}
void* nowhere() {
    return reinterpret_cast<void*>(uintptr_t{8}); // page zero is never mapped
}

// A descriptor, while this lives.
struct Fd {
    Fd(long made) : number(static_cast<int>(made)) {}
    ~Fd() { close(); }
    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;
    void close() {
        if (number >= 0)
            uk_sys_close(number);
        number = -1;
    }
    operator int() const { return number; }
    int number;
};
struct Pipe {
    Pipe() { ok = uk_sys_pipe2(fds, 0) == 0; }
    ~Pipe() {
        uk_sys_close_range(static_cast<unsigned>(fds[0]), static_cast<unsigned>(fds[0]), 0);
        uk_sys_close_range(static_cast<unsigned>(fds[1]), static_cast<unsigned>(fds[1]), 0);
    }
    int fds[2] = {-1, -1};
    bool ok;
};

long put(int fd, uint64_t by) {
    return uk_sys_write(fd, &by, sizeof(by));
}
long get(int fd) {
    uint64_t value = 0;
    const long got = uk_sys_read(fd, &value, sizeof(value));
    return got == sizeof(value) ? static_cast<long>(value) : got;
}
long add(int epoll, int fd, uint32_t events, uint64_t data) {
    uk_epoll_event event = {events, data};
    return uk_sys_epoll_ctl(epoll, UK_EPOLL_CTL_ADD, fd, &event);
}

// Writes 1 to a counter after a while.
struct Later {
    Later(uk::test::Context& test, int to, uint64_t ns) : uk_test(test), fd(to), wait(ns) {
        auto made = uk::sched::create(
            {.name = "later"},
            [](void* argument) -> void* {
                auto& self = *static_cast<Later*>(argument);
                uk::sched::sleep_for(self.wait);
                return put(self.fd, 1) == 8 ? nullptr : argument;
            },
            this);
        if (made.ok())
            thread = made.value();
    }
    ~Later() { UK_TEST_EXPECT(thread && uk::sched::join(*thread).value_or(this) == nullptr); }
    uk::test::Context& uk_test;
    int fd;
    uint64_t wait;
    uk::Ref<uk::Thread> thread;
};

} // namespace

UK_TEST(poll_looks)
{
    Fd counter = uk_sys_eventfd2(0, 0);
    Pipe pipe;
    uk_pollfd fds[] = {{counter, UK_POLLIN | UK_POLLOUT, 9},
                       {pipe.fds[0], UK_POLLIN, 9},
                       {pipe.fds[1], UK_POLLOUT, 9},
                       {-1, UK_POLLIN, 9},
                       {4000, UK_POLLIN, 9}};
    UK_TEST_EXPECT(uk_sys_poll(fds, 5, 0) == 3);
    UK_TEST_EXPECT(fds[0].revents == UK_POLLOUT && fds[1].revents == 0);
    UK_TEST_EXPECT(fds[2].revents == UK_POLLOUT && fds[3].revents == 0);
    UK_TEST_EXPECT(fds[4].revents == UK_POLLNVAL);
    uk_sys_close(pipe.fds[1]);
    pipe.fds[1] = -1;
    UK_TEST_EXPECT(put(counter, 1) == 8);
    UK_TEST_EXPECT(uk_sys_poll(fds, 2, -1) == 2);
    UK_TEST_EXPECT(fds[0].revents == (UK_POLLIN | UK_POLLOUT) && fds[1].revents == UK_POLLHUP);
    UK_TEST_EXPECT(uk_sys_poll(nullptr, 0, 0) == 0);
    UK_TEST_EXPECT(uk_sys_poll(static_cast<uk_pollfd*>(nowhere()), 1, 0) == neg(Errno::fault));
    UK_TEST_EXPECT(uk_sys_poll(fds, ~0U, 0) == neg(Errno::inval));
}

UK_TEST(poll_waits)
{
    UK_TEST_NEEDS_THREADS;
    Fd counter = uk_sys_eventfd2(0, 0);
    uk_pollfd fds[20];
    for (uk_pollfd& fd : fds)
        fd = {counter, UK_POLLIN, 0};
    const uint64_t start = uk::hal::clock_monotonic_ns();
    UK_TEST_EXPECT(uk_sys_poll(fds, 1, 20) == 0);
    UK_TEST_EXPECT(uk::hal::clock_monotonic_ns() - start >= 20 * kMs);
    uk_timespec timeout = {100, 0};
    {
        Later later(uk_test, counter, 5 * kMs);
        UK_TEST_EXPECT(uk_sys_ppoll(fds, 20, &timeout, nullptr, 0) == 20);
    }
    UK_TEST_EXPECT(timeout.tv_sec == 99); // what is left
    UK_TEST_EXPECT(get(counter) == 1);
    timeout.tv_nsec = -1;
    UK_TEST_EXPECT(uk_sys_ppoll(fds, 1, &timeout, nullptr, 0) == neg(Errno::inval));
}

UK_TEST(select_waits)
{
    UK_TEST_NEEDS_THREADS;
    Fd first = uk_sys_eventfd2(0, 0);
    Pipe pipe;
    const int low = first, high = static_cast<int>(uk_sys_fcntl(pipe.fds[1], 0, 100)); // F_DUPFD
    UK_TEST_ASSERT(high >= 100);
    uk_fd_set read{}, write{}, except{};
    const auto set = [](uk_fd_set& of, int fd) { of.fds_bits[fd / 64] |= 1UL << fd % 64; };
    const auto has = [](const uk_fd_set& of, int fd) {
        return (of.fds_bits[fd / 64] >> fd % 64 & 1) != 0;
    };
    set(read, low);
    set(read, pipe.fds[0]);
    set(write, high);
    set(except, low);
    UK_TEST_EXPECT(uk_sys_select(high + 1, &read, &write, &except, nullptr) == 1);
    UK_TEST_EXPECT(!has(read, low) && !has(read, pipe.fds[0]) && has(write, high));
    UK_TEST_EXPECT(!has(except, low));
    set(read, low);
    uk_timeval timeout = {50, 0};
    {
        Later later(uk_test, low, 5 * kMs);
        UK_TEST_EXPECT(uk_sys_select(low + 1, &read, nullptr, nullptr, &timeout) == 1);
    }
    UK_TEST_EXPECT(has(read, low) && timeout.tv_sec == 49);
    UK_TEST_EXPECT(get(low) == 1);
    uk_timespec soon = {0, 2'000'000};
    UK_TEST_EXPECT(uk_sys_pselect6(low + 1, &read, nullptr, nullptr, &soon, nullptr) == 0);
    UK_TEST_EXPECT(!has(read, low));
    set(read, 63);
    UK_TEST_EXPECT(uk_sys_select(64, &read, nullptr, nullptr, nullptr) == neg(Errno::badf));
    UK_TEST_EXPECT(uk_sys_select(-1, &read, nullptr, nullptr, nullptr) == neg(Errno::inval));
    UK_TEST_EXPECT(uk_sys_close(high) == 0);
}

UK_TEST(epoll_tells_what_is_ready)
{
    Fd epoll = uk_sys_epoll_create1(UK_EPOLL_CLOEXEC);
    Fd a = uk_sys_eventfd2(0, 0), b = uk_sys_eventfd2(0, 0);
    uk_epoll_event events[4];
    UK_TEST_EXPECT(add(epoll, a, UK_EPOLLIN, 1) == 0);
    UK_TEST_EXPECT(add(epoll, b, UK_EPOLLIN | UK_EPOLLET, 2) == 0);
    UK_TEST_EXPECT(add(epoll, a, UK_EPOLLIN, 1) == neg(Errno::exist));
    UK_TEST_EXPECT(add(epoll, epoll, UK_EPOLLIN, 1) == neg(Errno::inval));
    UK_TEST_EXPECT(add(a, b, UK_EPOLLIN, 1) == neg(Errno::inval));
    UK_TEST_EXPECT(add(epoll, 4000, UK_EPOLLIN, 1) == neg(Errno::badf));
    UK_TEST_EXPECT(uk_sys_epoll_ctl(epoll, UK_EPOLL_CTL_ADD, a, nullptr) == neg(Errno::fault));
    UK_TEST_EXPECT(uk_sys_epoll_wait(epoll, events, 0, 0) == neg(Errno::inval));
    UK_TEST_EXPECT(uk_sys_epoll_wait(a, events, 1, 0) == neg(Errno::inval));
    UK_TEST_EXPECT(uk_sys_epoll_create(0) == neg(Errno::inval));
    UK_TEST_EXPECT(uk_sys_epoll_wait(epoll, events, 4, 0) == 0);
    UK_TEST_EXPECT(put(a, 1) == 8 && put(b, 1) == 8);
    UK_TEST_EXPECT(uk_sys_epoll_wait(epoll, static_cast<uk_epoll_event*>(nowhere()), 4, 0) ==
                   neg(Errno::fault));
    UK_TEST_EXPECT(uk_sys_epoll_wait(epoll, events, 4, -1) == 2);
    UK_TEST_EXPECT(events[0].data == 1 && events[1].data == 2);
    UK_TEST_EXPECT(uk_sys_epoll_wait(epoll, events, 4, -1) == 1 && events[0].data == 1);
    uk_epoll_event once = {UK_EPOLLIN | UK_EPOLLONESHOT, 3};
    UK_TEST_EXPECT(uk_sys_epoll_ctl(epoll, UK_EPOLL_CTL_MOD, b, &once) == 0);
    UK_TEST_EXPECT(uk_sys_epoll_wait(epoll, events, 4, 0) == 2);
    UK_TEST_EXPECT(uk_sys_epoll_wait(epoll, events, 4, 0) == 1);
    UK_TEST_EXPECT(uk_sys_epoll_ctl(epoll, UK_EPOLL_CTL_DEL, a, nullptr) == 0);
    UK_TEST_EXPECT(uk_sys_epoll_ctl(epoll, UK_EPOLL_CTL_DEL, a, nullptr) == neg(Errno::noent));
    UK_TEST_EXPECT(uk_sys_epoll_wait(epoll, events, 4, 0) == 0);
    uk_timespec none = {0, 0};
    UK_TEST_EXPECT(uk_sys_epoll_pwait2(epoll, events, 4, &none, nullptr, 0) == 0);
}

UK_TEST(epoll_forgets_files_that_close)
{
    Fd outer = uk_sys_epoll_create1(0), inner = uk_sys_epoll_create1(0);
    Fd a = uk_sys_eventfd2(1, 0), other = uk_sys_dup(a);
    uk_epoll_event events[4];
    UK_TEST_EXPECT(add(inner, a, UK_EPOLLIN, 1) == 0 && add(outer, inner, UK_EPOLLIN, 2) == 0);
    UK_TEST_EXPECT(add(inner, outer, UK_EPOLLIN, 3) == neg(Errno::loop));
    UK_TEST_EXPECT(uk_sys_epoll_wait(outer, events, 4, 0) == 1 && events[0].data == 2);
    a.close(); // the file is open by the other descriptor
    UK_TEST_EXPECT(uk_sys_epoll_wait(inner, events, 4, 0) == 1);
    other.close();
    UK_TEST_EXPECT(uk_sys_epoll_wait(inner, events, 4, 0) == 0);
    UK_TEST_EXPECT(uk_sys_epoll_wait(outer, events, 4, 0) == 0);
    inner.close();
    UK_TEST_EXPECT(uk_sys_epoll_wait(outer, events, 4, 0) == 0);
}

// Threads that count up many counters, and threads that wait for them by one epoll, each in its
// way: nothing is lost.
namespace {

constexpr int kCounters = 32;
constexpr long kUps = 300;
int g_counters[kCounters];
int g_epoll;

void* count_up(void* argument) {
    const auto first = reinterpret_cast<uintptr_t>(argument);
    for (long i = 0; i < kUps; i++) {
        for (uintptr_t at = first; at < kCounters; at += 2) {
            if (put(g_counters[at], 1) != 8)
                return &g_epoll;
        }
    }
    return nullptr;
}
// What it took out, until a wait finds nothing for long.
void* take_out(void* /*argument*/) {
    uintptr_t taken = 0;
    uk_epoll_event events[5];
    for (;;) {
        const long count = uk_sys_epoll_wait(g_epoll, events, 5, 2000);
        if (count <= 0)
            return reinterpret_cast<void*>(taken);
        for (long i = 0; i < count; i++) {
            const int fd = g_counters[events[i].data & 0xff];
            if (events[i].data == 0xffff) // the end, for everybody
                return reinterpret_cast<void*>(taken);
            const long got = get(fd);
            taken += got > 0 ? static_cast<uintptr_t>(got) : 0;
            if ((events[i].data & 0x100) != 0) {
                uk_epoll_event again = {UK_EPOLLIN | UK_EPOLLONESHOT, events[i].data};
                if (uk_sys_epoll_ctl(g_epoll, UK_EPOLL_CTL_MOD, fd, &again) != 0)
                    return nullptr;
            }
        }
    }
}

void epoll_with_threads(uk::test::Context& uk_test, uint32_t modes, bool arm_again) {
    constexpr uintptr_t kThreads = 3;
    Fd epoll = uk_sys_epoll_create1(0), end = uk_sys_eventfd2(0, 0);
    g_epoll = epoll;
    for (uint64_t i = 0; i < kCounters; i++) {
        g_counters[i] = static_cast<int>(uk_sys_eventfd2(0, UK_EFD_NONBLOCK));
        UK_TEST_ASSERT(add(epoll, g_counters[i], UK_EPOLLIN | modes, i | (arm_again ? 0x100 : 0)) ==
                       0);
    }
    uk::Ref<uk::Thread> writers[2], takers[kThreads];
    for (auto& taker : takers) {
        auto made = uk::sched::create({.name = "taker"}, take_out, nullptr);
        UK_TEST_ASSERT(made.ok());
        taker = made.value();
    }
    for (uintptr_t i = 0; i < 2; i++) {
        auto made = uk::sched::create({.name = "writer"}, count_up, reinterpret_cast<void*>(i));
        UK_TEST_ASSERT(made.ok());
        writers[i] = made.value();
    }
    for (auto& writer : writers)
        UK_TEST_EXPECT(uk::sched::join(*writer).value_or(&g_epoll) == nullptr);
    uk::sched::sleep_for(20 * kMs);
    UK_TEST_EXPECT(put(end, 1) == 8 && add(epoll, end, UK_EPOLLIN, 0xffff) == 0);
    uintptr_t taken = 0;
    for (auto& taker : takers)
        taken += reinterpret_cast<uintptr_t>(uk::sched::join(*taker).value_or(nullptr));
    for (const int fd : g_counters) { // what came when everybody had gone
        const long left = get(fd);
        taken += left > 0 ? static_cast<uintptr_t>(left) : 0;
        uk_sys_close(fd);
    }
    UK_TEST_EXPECT(taken == kCounters * kUps);
}

} // namespace

UK_TEST(epoll_levels_of_many_threads)
{
    UK_TEST_NEEDS_THREADS;
    epoll_with_threads(uk_test, 0, false);
}
UK_TEST(epoll_edges_of_many_threads)
{
    UK_TEST_NEEDS_THREADS;
    epoll_with_threads(uk_test, UK_EPOLLET, false);
}
UK_TEST(epoll_once_of_many_threads)
{
    UK_TEST_NEEDS_THREADS;
    epoll_with_threads(uk_test, UK_EPOLLONESHOT, true);
}

// Descriptors come and go in a set in which others wait.
UK_TEST(epoll_while_files_come_and_go)
{
    UK_TEST_NEEDS_THREADS;
    static int waits_in, wakes;
    static uk::Atomic<bool> stop{false};
    stop.store_relaxed(false);
    Fd epoll = uk_sys_epoll_create1(0), end = uk_sys_eventfd2(0, 0);
    waits_in = epoll;
    wakes = 0;
    UK_TEST_ASSERT(add(epoll, end, UK_EPOLLIN, 1) == 0);
    auto waiter = uk::sched::create(
        {.name = "waiter"},
        [](void*) -> void* {
            uk_epoll_event events[8];
            while (!stop.load_relaxed()) {
                if (uk_sys_epoll_wait(waits_in, events, 8, -1) < 0)
                    return &wakes;
                wakes++;
                uk::sched::yield(); // a cooperative scheduler lets the other run only here
            }
            return nullptr;
        },
        nullptr);
    UK_TEST_ASSERT(waiter.ok());
    for (int i = 0; i < 500; i++) {
        Fd counter = uk_sys_eventfd2(static_cast<unsigned>(i % 2), UK_EFD_NONBLOCK);
        Pipe pipe;
        Fd inner = uk_sys_epoll_create1(0);
        UK_TEST_EXPECT(add(epoll, counter, UK_EPOLLIN, 2) == 0);
        UK_TEST_EXPECT(add(epoll, pipe.fds[0], UK_EPOLLIN | UK_EPOLLET, 3) == 0);
        UK_TEST_EXPECT(add(inner, counter, UK_EPOLLIN, 4) == 0);
        UK_TEST_EXPECT(add(epoll, inner, UK_EPOLLIN, 5) == 0);
        UK_TEST_EXPECT(put(counter, 1) == 8 && uk_sys_write(pipe.fds[1], "x", 1) == 1);
        if (i % 16 == 0)
            uk::sched::yield();
    }
    stop.store_relaxed(true);
    UK_TEST_EXPECT(put(end, 1) == 8);
    UK_TEST_EXPECT(uk::sched::join(*waiter.value()).value_or(&wakes) == nullptr);
}

#ifdef CONFIG_LIBPOSIX_SIGNAL
namespace {

int g_seen;

} // namespace

// A signal that only the wait lets through ends it, and its handler runs before the call returns.
UK_TEST(poll_with_another_mask)
{
    uk_sigaction action{}, before{};
    action.handler = [](int number, uk_siginfo*, void*) { g_seen = number; };
    UK_TEST_EXPECT(uk_sys_rt_sigaction(UK_SIGUSR1, &action, &before, kMaskBytes) == 0);
    const uk_sigset_t usr1 = {1UL << (UK_SIGUSR1 - 1)}, none = {0};
    uk_sigset_t old{}, now{};
    UK_TEST_EXPECT(uk_sys_rt_sigprocmask(UK_SIG_BLOCK, &usr1, &old, kMaskBytes) == 0);
    UK_TEST_EXPECT(uk_sys_kill(1, UK_SIGUSR1) == 0);
    Fd counter = uk_sys_eventfd2(0, 0), epoll = uk_sys_epoll_create1(0);
    uk_pollfd fd = {counter, UK_POLLIN, 0};
    UK_TEST_EXPECT(uk_sys_poll(&fd, 1, 1) == 0 && g_seen == 0);
    UK_TEST_EXPECT(uk_sys_ppoll(&fd, 1, nullptr, &none, kMaskBytes) == neg(Errno::intr));
    UK_TEST_EXPECT(g_seen == UK_SIGUSR1);
    UK_TEST_EXPECT(uk_sys_rt_sigprocmask(0, nullptr, &now, kMaskBytes) == 0);
    UK_TEST_EXPECT(now.bits == (old.bits | usr1.bits));
    g_seen = 0;
    UK_TEST_EXPECT(uk_sys_kill(1, UK_SIGUSR1) == 0);
    uk_epoll_event event;
    UK_TEST_EXPECT(uk_sys_epoll_pwait(epoll, &event, 1, 1, &usr1, kMaskBytes) == 0 && g_seen == 0);
    UK_TEST_EXPECT(uk_sys_epoll_pwait(epoll, &event, 1, -1, &none, kMaskBytes) == neg(Errno::intr));
    UK_TEST_EXPECT(g_seen == UK_SIGUSR1);
    UK_TEST_EXPECT(uk_sys_epoll_pwait(epoll, &event, 1, 0, &none, 4) == neg(Errno::inval));
    UK_TEST_EXPECT(uk_sys_rt_sigprocmask(UK_SIG_SETMASK, &old, nullptr, kMaskBytes) == 0);
    UK_TEST_EXPECT(uk_sys_rt_sigaction(UK_SIGUSR1, &before, nullptr, kMaskBytes) == 0);
    g_seen = 0;
}
#endif
