// SPDX-License-Identifier: BSD-3-Clause
// What the system is and permits: uname(), sysconf(), limits.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <uk/abi/mman.h>
#include <uk/syscall.h>

#include "abi.hpp"
#include "result.hpp"

// Not POSIX's: programs may have their own.
#pragma weak getdomainname

using newlib::abi;
using newlib::address;
using newlib::status;

int uname(struct utsname* out) {
    return status(uk_sys_uname(abi(out)));
}

int sysinfo(struct sysinfo* out) {
    return status(uk_sys_sysinfo(abi(out)));
}

int gethostname(char* name, size_t size) {
    struct utsname all;
    if (uname(&all) != 0) {
        return -1;
    }
    const size_t length = __builtin_strlen(all.nodename) + 1;
    if (length > size) {
        errno = ENAMETOOLONG;
        return -1;
    }
    __builtin_memcpy(name, all.nodename, length);
    return 0;
}

int sethostname(const char* name, size_t size) {
    return status(uk_sys_sethostname(name, size));
}

int getrlimit(int resource, struct rlimit* limit) {
    return status(uk_sys_prlimit64(0, resource, nullptr, abi(limit)));
}

int setrlimit(int resource, const struct rlimit* limit) {
    return status(uk_sys_prlimit64(0, resource, abi(limit), nullptr));
}

int prlimit(pid_t process, int resource, const struct rlimit* limit, struct rlimit* before) {
    return status(uk_sys_prlimit64(process, resource, abi(limit), abi(before)));
}

int getrusage(int who, struct rusage* usage) {
    return status(uk_sys_getrusage(who, abi(usage)));
}

int getpagesize() {
    return 4096;
}

int getdtablesize() {
    return static_cast<int>(sysconf(_SC_OPEN_MAX));
}

// The CPUs that the calling thread may run on; one where nobody keeps count.
static long cpus() {
    unsigned long mask[16] = {};
    const long bytes = uk_sys_sched_getaffinity(0, sizeof(mask), mask);
    long count = 0;
    for (size_t i = 0; bytes > 0 && i < static_cast<size_t>(bytes) / sizeof(mask[0]); i++) {
        for (unsigned long left = mask[i]; left != 0; left &= left - 1) {
            count++; // the compiler's own function for it is not in every image
        }
    }
    return count != 0 ? count : 1;
}

int get_nprocs() {
    return static_cast<int>(cpus());
}

int get_nprocs_conf() {
    return static_cast<int>(cpus());
}

static long pages(bool free) {
    struct sysinfo info;
    if (sysinfo(&info) != 0) {
        return -1;
    }
    return static_cast<long>((free ? info.freeram : info.totalram) * info.mem_unit / 4096);
}

// The soft limit; what has none answers -1 and leaves errno.
static long limit_of(int resource) {
    struct rlimit limit;
    if (getrlimit(resource, &limit) != 0) {
        return -1;
    }
    return limit.rlim_cur > LONG_MAX ? -1 : static_cast<long>(limit.rlim_cur);
}

namespace {

struct Constant {
    int name;
    long value;
};

constexpr Constant kConstants[] = {
    {_SC_2_VERSION, _POSIX2_VERSION},
    {_SC_ARG_MAX, ARG_MAX},
    {_SC_ATEXIT_MAX, INT_MAX},
    {_SC_BARRIERS, _POSIX_BARRIERS},
    {_SC_CLK_TCK, UK_CLK_TCK},
    {_SC_CLOCK_SELECTION, _POSIX_CLOCK_SELECTION},
    {_SC_CPUTIME, _POSIX_CPUTIME},
    {_SC_GETGR_R_SIZE_MAX, 1024},
    {_SC_GETPW_R_SIZE_MAX, 1024},
    {_SC_HOST_NAME_MAX, HOST_NAME_MAX},
    {_SC_IOV_MAX, IOV_MAX},
    {_SC_LINE_MAX, LINE_MAX},
    {_SC_LOGIN_NAME_MAX, LOGIN_NAME_MAX},
    {_SC_MAPPED_FILES, _POSIX_MAPPED_FILES},
    {_SC_MEMORY_PROTECTION, _POSIX_MEMORY_PROTECTION},
    {_SC_MONOTONIC_CLOCK, _POSIX_MONOTONIC_CLOCK},
    {_SC_NGROUPS_MAX, NGROUPS_MAX},
    {_SC_PAGESIZE, 4096},
    {_SC_READER_WRITER_LOCKS, _POSIX_READER_WRITER_LOCKS},
    {_SC_REALTIME_SIGNALS, _POSIX_REALTIME_SIGNALS},
    {_SC_REGEXP, 1},
    {_SC_RE_DUP_MAX, RE_DUP_MAX},
    {_SC_RTSIG_MAX, UK_SIGRTMAX - UK_SIGRTMIN + 1},
    {_SC_SEMAPHORES, _POSIX_SEMAPHORES},
    {_SC_SEM_VALUE_MAX, SEM_VALUE_MAX},
    {_SC_SPIN_LOCKS, _POSIX_SPIN_LOCKS},
    {_SC_SYMLOOP_MAX, SYMLOOP_MAX},
    {_SC_THREADS, _POSIX_THREADS},
    {_SC_THREAD_ATTR_STACKADDR, _POSIX_THREAD_ATTR_STACKADDR},
    {_SC_THREAD_ATTR_STACKSIZE, _POSIX_THREAD_ATTR_STACKSIZE},
    {_SC_THREAD_CPUTIME, _POSIX_THREAD_CPUTIME},
    {_SC_THREAD_DESTRUCTOR_ITERATIONS, PTHREAD_DESTRUCTOR_ITERATIONS},
    {_SC_THREAD_KEYS_MAX, PTHREAD_KEYS_MAX},
    {_SC_THREAD_SAFE_FUNCTIONS, _POSIX_THREAD_SAFE_FUNCTIONS},
    {_SC_THREAD_STACK_MIN, PTHREAD_STACK_MIN},
    {_SC_TIMEOUTS, _POSIX_TIMEOUTS},
    {_SC_TIMERS, _POSIX_TIMERS},
    {_SC_TTY_NAME_MAX, TTY_NAME_MAX},
    {_SC_TZNAME_MAX, 6},
    {_SC_VERSION, _POSIX_VERSION},
};

} // namespace

long sysconf(int name) {
    switch (name) {
    case _SC_CHILD_MAX:
        return limit_of(RLIMIT_NPROC);
    case _SC_OPEN_MAX:
        return limit_of(RLIMIT_NOFILE);
    case _SC_NPROCESSORS_CONF:
    case _SC_NPROCESSORS_ONLN:
        return cpus();
    case _SC_PHYS_PAGES:
        return pages(false);
    case _SC_AVPHYS_PAGES:
        return pages(true);
    default:
        break;
    }
    for (const Constant& constant : kConstants) {
        if (constant.name == name) {
            return constant.value;
        }
    }
    // What exists and has no limit, or is not there, answers -1 alone.
    if (name < 0 || name > _SC_LEVEL4_CACHE_LINESIZE) {
        errno = EINVAL;
    }
    return -1;
}

static long path_limit(int name) {
    switch (name) {
    case _PC_LINK_MAX:
        return LINK_MAX;
    case _PC_MAX_CANON:
        return MAX_CANON;
    case _PC_MAX_INPUT:
        return MAX_INPUT;
    case _PC_NAME_MAX:
        return NAME_MAX;
    case _PC_PATH_MAX:
        return PATH_MAX;
    case _PC_PIPE_BUF:
        return PIPE_BUF;
    case _PC_CHOWN_RESTRICTED:
    case _PC_NO_TRUNC:
        return 1;
    case _PC_VDISABLE:
        return 0;
    case _PC_FILESIZEBITS:
        return 64;
    default:
        errno = EINVAL;
        return -1;
    }
}

long fpathconf(int /*fd*/, int name) {
    return path_limit(name);
}

long pathconf(const char* /*path*/, int name) {
    return path_limit(name);
}

// Registers hold six arguments, whatever they are.
long syscall(long number, ...) {
    va_list arguments;
    va_start(arguments, number);
    long all[6];
    for (long& argument : all) {
        argument = va_arg(arguments, long);
    }
    va_end(arguments);
    return address(uk_syscall(number, all[0], all[1], all[2], all[3], all[4], all[5]));
}

int getdomainname(char* name, size_t size) {
    struct utsname all;
    if (uname(&all) != 0) {
        return -1;
    }
    if (strlcpy(name, all.domainname, size) >= size) {
        errno = EINVAL;
        return -1;
    }
    return 0;
}

// What an administrator has written to /etc/hostid, 0 without one, as Linux's libraries have it.
long gethostid() {
    int32_t number = 0;
    const int before = errno;
    const int fd = open("/etc/hostid", O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        number = read(fd, &number, sizeof(number)) == sizeof(number) ? number : 0;
        close(fd);
    }
    errno = before;
    return number;
}

// Where utilities would be found.
size_t confstr(int name, char* text, size_t room) {
    static constexpr char kPath[] = "/bin:/usr/bin";
    if (name != _CS_PATH) {
        errno = EINVAL;
        return 0;
    }
    if (room != 0) {
        strlcpy(text, kPath, room);
    }
    return sizeof(kPath);
}
