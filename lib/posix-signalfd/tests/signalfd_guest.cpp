// SPDX-License-Identifier: BSD-3-Clause
// Signals that are read: of the process and of the thread, waited for, by epoll.
#include <uk/abi/epoll.h>
#include <uk/abi/eventfd.h>
#include <uk/abi/fcntl.h>
#include <uk/abi/signalfd.h>
#include <uk/sched.hpp>
#include <uk/sched/test.hpp>
#include <uk/signal.hpp>
#include <uk/syscall.h>
#include <uk/test.hpp>

namespace {

using uk::Errno;

constexpr size_t kMaskBytes = sizeof(uk_sigset_t);
constexpr int kFirst = UK_SIGRTMIN + 3, kSecond = UK_SIGRTMIN + 4;
constexpr uk_sigset_t kBoth = {uk::signal::bit_of(kFirst) | uk::signal::bit_of(kSecond)};
constexpr uk_sigset_t kOnlySecond = {uk::signal::bit_of(kSecond)};

constexpr long neg(Errno error) {
    return -static_cast<long>(error);
}

int g_failed;

// Both are blocked while this lives.
struct Blocked {
    Blocked() { (void)uk_sys_rt_sigprocmask(UK_SIG_BLOCK, &kBoth, &before, kMaskBytes); }
    ~Blocked() { (void)uk_sys_rt_sigprocmask(UK_SIG_SETMASK, &before, nullptr, kMaskBytes); }
    uk_sigset_t before{};
};

} // namespace

UK_TEST(signalfd_reads)
{
    Blocked blocked;
    const long fd = uk_sys_signalfd4(-1, &kBoth, kMaskBytes, UK_SFD_NONBLOCK | UK_SFD_CLOEXEC);
    UK_TEST_ASSERT(fd >= 0);
    const int number = static_cast<int>(fd);
    uk_signalfd_siginfo got[3] = {};
    UK_TEST_EXPECT(uk_sys_read(number, got, sizeof(got)) == neg(Errno::again));
    UK_TEST_EXPECT(uk_sys_read(number, got, 127) == neg(Errno::inval));
    uk_siginfo value{};
    value.si_code = UK_SI_QUEUE;
    value.fields.rt.pid = 77;
    value.fields.rt.value.sival_int = 1234;
    UK_TEST_EXPECT(uk_sys_rt_sigqueueinfo(1, kSecond, &value) == 0);
    UK_TEST_EXPECT(uk_sys_kill(1, kFirst) == 0);
    UK_TEST_EXPECT(uk_sys_read(number, got, sizeof(got)) == 2 * sizeof(got[0]));
    UK_TEST_EXPECT(got[0].ssi_signo == kFirst && got[0].ssi_code == UK_SI_USER);
    UK_TEST_EXPECT(got[0].ssi_pid == 1);
    UK_TEST_EXPECT(got[1].ssi_signo == kSecond && got[1].ssi_int == 1234 && got[1].ssi_pid == 77);
    // Another set: the first is not read any more.
    UK_TEST_EXPECT(uk_sys_signalfd4(number, &kOnlySecond, kMaskBytes, 0) == fd);
    UK_TEST_EXPECT(uk_sys_kill(1, kFirst) == 0);
    UK_TEST_EXPECT(uk_sys_read(number, got, sizeof(got)) == neg(Errno::again));
    UK_TEST_EXPECT(uk_sys_signalfd4(number, &kBoth, kMaskBytes, 0) == fd);
    UK_TEST_EXPECT(uk_sys_read(number, got, sizeof(got)) == sizeof(got[0]));
    UK_TEST_EXPECT(uk_sys_signalfd4(4000, &kBoth, kMaskBytes, 0) == neg(Errno::badf));
    UK_TEST_EXPECT(uk_sys_signalfd4(-1, &kBoth, 4, 0) == neg(Errno::inval));
    UK_TEST_EXPECT(uk_sys_signalfd4(-1, &kBoth, kMaskBytes, 1) == neg(Errno::inval));
    UK_TEST_EXPECT(uk_sys_close(number) == 0);
}

UK_TEST(signalfd_waits)
{
    UK_TEST_NEEDS_THREADS;
    Blocked blocked;
    const int fd = static_cast<int>(uk_sys_signalfd4(-1, &kBoth, kMaskBytes, 0));
    const int epoll = static_cast<int>(uk_sys_epoll_create1(0));
    auto sender = uk::sched::create(
        {.name = "sender"},
        [](void*) -> void* {
            for (int i = 0; i < 2; i++) {
                uk::sched::sleep_for(3'000'000);
                if (!uk::signal::send({kFirst + i, UK_SI_USER}).ok())
                    return &g_failed;
            }
            return nullptr;
        },
        nullptr);
    UK_TEST_ASSERT(sender.ok());
    uk_signalfd_siginfo got{};
    UK_TEST_EXPECT(uk_sys_read(fd, &got, sizeof(got)) == sizeof(got) && got.ssi_signo == kFirst);
    if (epoll >= 0) {
        uk_epoll_event event = {UK_EPOLLIN, 5};
        UK_TEST_EXPECT(uk_sys_epoll_ctl(epoll, UK_EPOLL_CTL_ADD, fd, &event) == 0);
        UK_TEST_EXPECT(uk_sys_epoll_wait(epoll, &event, 1, -1) == 1 && event.data == 5);
        (void)uk_sys_close(epoll);
    }
    UK_TEST_EXPECT(uk_sys_read(fd, &got, sizeof(got)) == sizeof(got) && got.ssi_signo == kSecond);
    UK_TEST_EXPECT(uk::sched::join(*sender.value()).value_or(&g_failed) == nullptr);
    UK_TEST_EXPECT(uk_sys_close(fd) == 0);
}
