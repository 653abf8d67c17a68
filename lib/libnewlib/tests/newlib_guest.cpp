// SPDX-License-Identifier: BSD-3-Clause
// Guest tests: parts of C that are this folder's own.
#include <errno.h>
#include <fcntl.h>
#include <fenv.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <uk/syscall.h>
#include <uk/test.hpp>

namespace {

// The compiler must not compute it.
template <class T>
[[gnu::noinline]] T hidden(T value) {
    T volatile same = value;
    return same;
}

// A call is not moved past those that change the mode.
[[gnu::noinline]] double third(double sign) {
    return hidden(sign) / hidden(3.0);
}

_Complex double complex(double re, double im) {
    _Complex double z;
    __real__ z = hidden(re);
    __imag__ z = hidden(im);
    return z;
}

} // namespace

UK_TEST(rounding_follows_the_mode)
{
    UK_TEST_EXPECT_EQ(fegetround(), FE_TONEAREST);
    const double nearest = third(1);
    UK_TEST_EXPECT_EQ(fesetround(FE_UPWARD), 0);
    UK_TEST_EXPECT_EQ(fegetround(), FE_UPWARD);
    const double above = third(1);
    UK_TEST_EXPECT_EQ(fesetround(FE_DOWNWARD), 0);
    const double below = third(1);
    UK_TEST_EXPECT_EQ(fesetround(FE_TOWARDZERO), 0);
    const double negative = third(-1);
    UK_TEST_EXPECT_EQ(fesetround(FE_TONEAREST), 0);
    UK_TEST_EXPECT(below < above && (nearest == below || nearest == above));
    UK_TEST_EXPECT(negative == -below);
    UK_TEST_EXPECT(fesetround(12345) != 0);
}

UK_TEST(exceptions_of_arithmetic_are_noted)
{
    UK_TEST_EXPECT_EQ(feclearexcept(FE_ALL_EXCEPT), 0);
    UK_TEST_EXPECT_EQ(fetestexcept(FE_ALL_EXCEPT), 0);
    (void)hidden(hidden(1.0) / hidden(0.0));
    UK_TEST_EXPECT_EQ(fetestexcept(FE_ALL_EXCEPT), FE_DIVBYZERO);
    (void)hidden(hidden(0.0) / hidden(0.0));
    UK_TEST_EXPECT_EQ(fetestexcept(FE_INVALID | FE_INEXACT), FE_INVALID);
    (void)hidden(hidden(1e300) * hidden(1e300));
    UK_TEST_EXPECT_EQ(fetestexcept(FE_OVERFLOW | FE_INEXACT), FE_OVERFLOW | FE_INEXACT);
    UK_TEST_EXPECT_EQ(feclearexcept(FE_OVERFLOW), 0);
    UK_TEST_EXPECT_EQ(fetestexcept(FE_OVERFLOW | FE_DIVBYZERO), FE_DIVBYZERO);
    UK_TEST_EXPECT_EQ(feclearexcept(FE_ALL_EXCEPT), 0);
    UK_TEST_EXPECT_EQ(feraiseexcept(FE_UNDERFLOW), 0);
    UK_TEST_EXPECT_EQ(fetestexcept(FE_UNDERFLOW), FE_UNDERFLOW);
    fexcept_t flags;
    UK_TEST_EXPECT_EQ(fegetexceptflag(&flags, FE_UNDERFLOW), 0);
    UK_TEST_EXPECT_EQ(feclearexcept(FE_ALL_EXCEPT), 0);
    UK_TEST_EXPECT_EQ(fesetexceptflag(&flags, FE_UNDERFLOW), 0);
    UK_TEST_EXPECT_EQ(fetestexcept(FE_UNDERFLOW), FE_UNDERFLOW);
    UK_TEST_EXPECT_EQ(feclearexcept(FE_ALL_EXCEPT), 0);
}

UK_TEST(environments_of_arithmetic_are_kept)
{
    fenv_t before;
    UK_TEST_EXPECT_EQ(fegetenv(&before), 0);
    UK_TEST_EXPECT_EQ(feclearexcept(FE_ALL_EXCEPT), 0);
    UK_TEST_EXPECT_EQ(fesetround(FE_UPWARD), 0);
    fenv_t held;
    (void)feraiseexcept(FE_INVALID);
    UK_TEST_EXPECT_EQ(feholdexcept(&held), 0);
    UK_TEST_EXPECT_EQ(fetestexcept(FE_ALL_EXCEPT), 0);
    (void)feraiseexcept(FE_DIVBYZERO);
    UK_TEST_EXPECT_EQ(feupdateenv(&held), 0);
    UK_TEST_EXPECT_EQ(fetestexcept(FE_ALL_EXCEPT), FE_INVALID | FE_DIVBYZERO);
    UK_TEST_EXPECT_EQ(fegetround(), FE_UPWARD);
    UK_TEST_EXPECT_EQ(fesetenv(FE_DFL_ENV), 0);
    UK_TEST_EXPECT_EQ(fegetround(), FE_TONEAREST);
    UK_TEST_EXPECT_EQ(fetestexcept(FE_ALL_EXCEPT), 0);
    UK_TEST_EXPECT_EQ(fesetenv(&before), 0);
}

UK_TEST(complex_numbers_are_multiplied_and_divided)
{
    const _Complex double product = complex(1, 2) * complex(3, -4);
    UK_TEST_EXPECT(__real__ product == 11 && __imag__ product == 2);
    const _Complex double quotient = product / complex(3, -4);
    UK_TEST_EXPECT(__real__ quotient == 1 && __imag__ quotient == 2);
    const _Complex float narrow = static_cast<_Complex float>(product) * hidden(2.0F);
    UK_TEST_EXPECT(__real__ narrow == 22 && __imag__ narrow == 4);
    const _Complex long double wide = static_cast<_Complex long double>(product);
    const _Complex long double square = wide * wide;
    UK_TEST_EXPECT(__real__ square == 117 && __imag__ square == 44);
    const _Complex double endless = complex(__builtin_inf(), 0) * complex(1, 1);
    UK_TEST_EXPECT(__real__ endless == __builtin_inf());
}

UK_TEST(system_calls_by_number)
{
    UK_TEST_EXPECT_EQ(syscall(SYS_gettid), gettid());
    errno = 0;
    UK_TEST_EXPECT_EQ(syscall(SYS_close, -1), -1);
    UK_TEST_EXPECT_EQ(errno, EBADF);
    errno = 0;
    UK_TEST_EXPECT_EQ(syscall(100'000), -1);
    UK_TEST_EXPECT_EQ(errno, ENOSYS);
}

// As functions of C, of the kernel, and by number: each tells of errors in its own way.
UK_TEST(every_door_tells_of_errors)
{
    char byte = 0;
    const iovec piece = {&byte, 1};
    const auto refused = [](long result) {
        const int problem = errno;
        errno = 0;
        return result == -1 && problem == EBADF;
    };
    errno = 0;
    UK_TEST_EXPECT(refused(read(-1, &byte, 1)) && refused(write(-1, &byte, 1)));
    UK_TEST_EXPECT(refused(pread(-1, &byte, 1, 0)) && refused(pwrite(-1, &byte, 1, 0)));
    UK_TEST_EXPECT(refused(readv(-1, &piece, 1)) && refused(writev(-1, &piece, 1)));
    UK_TEST_EXPECT(refused(lseek(-1, 0, SEEK_SET)) && refused(fcntl(-1, F_GETFD)));
    UK_TEST_EXPECT(uk_sys_write(-1, &byte, 1) == -EBADF && uk_sys_read(-1, &byte, 1) == -EBADF);
    UK_TEST_EXPECT(uk_sys_lseek(-1, 0, 0) == -EBADF && uk_sys_fcntl(-1, F_GETFD, 0) == -EBADF);
    UK_TEST_EXPECT_EQ(errno, 0);
    UK_TEST_EXPECT(refused(syscall(SYS_write, -1, &byte, 1)));
    UK_TEST_EXPECT(write(1, &byte, 0) == 0 && fcntl(1, F_GETFD) == 0 && errno == 0);
}

UK_TEST(no_program_takes_the_place_of_the_image)
{
    char name[] = "netstat";
    char* const words[] = {name, nullptr};
    const auto refused = [](int result) {
        const int problem = errno;
        errno = 0;
        return result == -1 && problem == ENOSYS;
    };
    errno = 0;
    UK_TEST_EXPECT(refused(execve("/bin/netstat", words, environ)));
    UK_TEST_EXPECT(refused(execv("/bin/netstat", words)) && refused(execvp(name, words)));
    UK_TEST_EXPECT(refused(execl("/bin/netstat", name, "-s", nullptr)));
    UK_TEST_EXPECT(refused(execlp(name, name, "-s", nullptr)));
    UK_TEST_EXPECT(refused(execle("/bin/netstat", name, "-s", nullptr, environ)));
}

UK_TEST(moments_of_utc)
{
    const auto moment = [](int year, int month, int day, int second) {
        struct tm fields = {};
        fields.tm_year = year - 1900;
        fields.tm_mon = month - 1;
        fields.tm_mday = day;
        fields.tm_sec = second;
        return timegm(&fields);
    };
    UK_TEST_EXPECT_EQ(moment(1970, 1, 1, 0), 0);
    UK_TEST_EXPECT_EQ(moment(1969, 12, 31, 86399), -1);
    UK_TEST_EXPECT_EQ(moment(2000, 2, 29, 0), 951'782'400);
    UK_TEST_EXPECT_EQ(moment(2000, 1, 60, 0), 951'782'400); // the 60th day
    UK_TEST_EXPECT_EQ(moment(1999, 14, 29, 0), 951'782'400);
    UK_TEST_EXPECT_EQ(moment(2001, -10, 29, 0), 951'782'400);
    for (time_t day = -800'000; day < 800'000; day += 997) { // as gmtime_r() has it
        const time_t then = day * 86400 + 12'345;
        struct tm fields;
        gmtime_r(&then, &fields);
        UK_TEST_ASSERT(timegm(&fields) == then);
    }
}

UK_TEST(streams_are_locked_by_their_owner)
{
    flockfile(stdout);
    UK_TEST_EXPECT_EQ(ftrylockfile(stdout), 0); // again
    funlockfile(stdout);
    funlockfile(stdout);
    clockid_t clock = 0;
    UK_TEST_EXPECT(clock_getcpuclockid(0, &clock) == 0 && clock == CLOCK_PROCESS_CPUTIME_ID);
    UK_TEST_EXPECT_EQ(clock_getcpuclockid(77, &clock), ESRCH);
    UK_TEST_EXPECT(mlockall(MCL_CURRENT) == 0 && munlockall() == 0);
    UK_TEST_EXPECT(mlockall(0) == -1 && errno == EINVAL);
    UK_TEST_EXPECT(vfork() == -1 && errno == ENOSYS);
}

#ifdef CONFIG_LIBPOSIX_MMAP
UK_TEST(the_break_moves)
{
    char* const before = static_cast<char*>(sbrk(0));
    UK_TEST_ASSERT(sbrk(8192) == before && sbrk(0) == before + 8192);
    before[8191] = 1;
    UK_TEST_EXPECT(sbrk(-8192) == before + 8192 && sbrk(0) == before);
    UK_TEST_EXPECT(sbrk(PTRDIFF_MAX) == reinterpret_cast<void*>(-1) && errno == ENOMEM);
}
#endif

#ifdef CONFIG_LIBPOSIX_SIGNAL
UK_TEST(jumps_restore_the_mask_if_asked)
{
    static sigjmp_buf place;
    sigset_t usr, now;
    sigemptyset(&usr);
    sigaddset(&usr, SIGUSR1);
    for (const int save : {1, 0}) {
        const int came = sigsetjmp(place, save);
        if (came == 0) {
            sigprocmask(SIG_BLOCK, &usr, nullptr);
            siglongjmp(place, 9);
        }
        UK_TEST_EXPECT_EQ(came, 9);
        sigprocmask(SIG_SETMASK, nullptr, &now);
        UK_TEST_EXPECT_EQ(sigismember(&now, SIGUSR1), save == 0 ? 1 : 0);
    }
    sigprocmask(SIG_UNBLOCK, &usr, nullptr);
}

UK_TEST(timers_have_handles)
{
    struct sigevent event = {};
    event.sigev_notify = SIGEV_NONE;
    timer_t one, other;
    UK_TEST_ASSERT(timer_create(CLOCK_MONOTONIC, &event, &one) == 0);
    UK_TEST_ASSERT(timer_create(CLOCK_REALTIME, &event, &other) == 0 && one != other);
    const struct itimerspec hour = {{}, {3600, 0}};
    struct itimerspec now = {};
    UK_TEST_EXPECT_EQ(timer_settime(one, 0, &hour, nullptr), 0);
    UK_TEST_EXPECT(timer_gettime(one, &now) == 0 && now.it_value.tv_sec >= 3500);
    UK_TEST_EXPECT(timer_gettime(other, &now) == 0 && now.it_value.tv_sec == 0);
    UK_TEST_EXPECT_EQ(timer_getoverrun(one), 0);
    UK_TEST_EXPECT(timer_delete(one) == 0 && timer_delete(other) == 0);
    UK_TEST_EXPECT(timer_delete(one) == -1 && errno == EINVAL);
    UK_TEST_EXPECT(timer_create(99, &event, &one) == -1 && errno == EINVAL);
}

#ifdef CONFIG_LIBPOSIX_PIPE
// Not what a handler left in it that ran before the call was back. One may run behind it as well,
// so once is enough.
UK_TEST(errno_is_that_of_the_call)
{
    struct sigaction action = {}, before;
    action.sa_handler = [](int) { errno = 0; };
    int fds[2];
    UK_TEST_ASSERT(sigaction(SIGALRM, &action, &before) == 0 && pipe(fds) == 0);
    const itimerval each_millisecond = {{0, 1000}, {0, 1000}}, never = {};
    UK_TEST_ASSERT(setitimer(ITIMER_REAL, &each_millisecond, nullptr) == 0);
    int problem = 0;
    for (int times = 0; times < 1000 && problem != EINTR; times++) {
        char byte;
        UK_TEST_EXPECT_EQ(read(fds[0], &byte, 1), -1);
        problem = errno;
    }
    UK_TEST_EXPECT_EQ(setitimer(ITIMER_REAL, &never, nullptr), 0);
    UK_TEST_EXPECT_EQ(problem, EINTR);
    UK_TEST_EXPECT(close(fds[0]) == 0 && close(fds[1]) == 0);
    UK_TEST_EXPECT_EQ(sigaction(SIGALRM, &before, nullptr), 0);
}
#endif
#endif
