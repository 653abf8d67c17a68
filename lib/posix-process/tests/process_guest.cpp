// SPDX-License-Identifier: BSD-3-Clause
// The system calls of the process on this machine.
#include <uk/syscall.h>

#include <uk/abi/errno.h>
#include <uk/abi/resource.h>
#include <uk/abi/sched.h>
#include <uk/abi/time.h>
#include <uk/config.hpp>
#ifdef CONFIG_LIBPOSIX_FDTAB
#include <uk/posix/fdtab.hpp>
#endif
#include <uk/posix/process.hpp>
#include <uk/sched.hpp>
#include <uk/sched/test.hpp>
#include <uk/test.hpp>

namespace {

template <class T>
T* wrong() {
    return reinterpret_cast<T*>(8);
}

UK_TEST(there_is_one_process)
{
    UK_TEST_EXPECT_EQ(uk_sys_getpid(), 1);
    UK_TEST_EXPECT_EQ(uk_sys_getppid(), 0);
    UK_TEST_EXPECT_EQ(uk_sys_getpgid(0), 1);
    UK_TEST_EXPECT_EQ(uk_sys_getsid(1), 1);
    UK_TEST_EXPECT_EQ(uk_sys_getsid(2), -UK_ESRCH);
    UK_TEST_EXPECT_EQ(uk_sys_setpgid(0, 0), -UK_EPERM);
    UK_TEST_EXPECT_EQ(uk_sys_setsid(), -UK_EPERM);
    UK_TEST_EXPECT_EQ(uk_sys_fork(), -UK_ENOSYS);
    UK_TEST_EXPECT_EQ(uk_sys_wait4(-1, nullptr, 0, nullptr), -UK_ECHILD);
}

UK_TEST(users_and_groups)
{
    uint32_t ids[3];
    UK_TEST_EXPECT_EQ(uk_sys_getresuid(&ids[0], &ids[1], &ids[2]), 0);
    UK_TEST_EXPECT(ids[0] == 0 && ids[1] == 0 && ids[2] == 0);
    UK_TEST_EXPECT_EQ(uk_sys_getresuid(&ids[0], wrong<uint32_t>(), &ids[2]), -UK_EFAULT);
    const uint32_t groups[] = {4, 5};
    UK_TEST_EXPECT_EQ(uk_sys_setgroups(2, groups), 0);
    UK_TEST_EXPECT_EQ(uk_sys_getgroups(0, nullptr), 2);
    UK_TEST_EXPECT_EQ(uk_sys_getgroups(1, ids), -UK_EINVAL);
    UK_TEST_EXPECT_EQ(uk_sys_getgroups(3, ids), 2);
    UK_TEST_EXPECT(ids[0] == 4 && ids[1] == 5);
    UK_TEST_EXPECT_EQ(uk_sys_setgroups(1, wrong<uint32_t>()), -UK_EFAULT);
    UK_TEST_EXPECT_EQ(uk_sys_setgroups(-1, groups), -UK_EINVAL);
    UK_TEST_EXPECT_EQ(uk_sys_setgroups(0, nullptr), 0);
    UK_TEST_EXPECT_EQ(uk_sys_umask(077), 022);
    UK_TEST_EXPECT_EQ(uk_sys_umask(022), 077);
}

UK_TEST(limits)
{
    uk_rlimit limit{};
    UK_TEST_EXPECT_EQ(uk_sys_getrlimit(UK_RLIMIT_STACK, &limit), 0);
    UK_TEST_EXPECT_EQ(limit.rlim_cur, uk::posix::limit_of(UK_RLIMIT_STACK));
    UK_TEST_EXPECT_EQ(limit.rlim_cur, static_cast<uint64_t>(uk::cfg::libuksched_stack_kib) * 1024);
    const uk_rlimit wanted{5, 9};
    UK_TEST_EXPECT_EQ(uk_sys_prlimit64(0, UK_RLIMIT_CPU, &wanted, &limit), 0);
    UK_TEST_EXPECT_EQ(limit.rlim_cur, UK_RLIM_INFINITY);
    UK_TEST_EXPECT_EQ(uk_sys_prlimit64(1, UK_RLIMIT_CPU, nullptr, &limit), 0);
    UK_TEST_EXPECT(limit.rlim_cur == 5 && limit.rlim_max == 9);
    UK_TEST_EXPECT_EQ(uk_sys_prlimit64(2, UK_RLIMIT_CPU, nullptr, &limit), -UK_ESRCH);
    UK_TEST_EXPECT_EQ(uk_sys_setrlimit(UK_RLIMIT_CPU, nullptr), -UK_EFAULT);
    UK_TEST_EXPECT_EQ(uk_sys_setrlimit(99, &wanted), -UK_EINVAL);
}

#ifdef CONFIG_LIBPOSIX_FDTAB
UK_TEST(fewer_descriptors)
{
    uk_rlimit before{};
    UK_TEST_ASSERT(uk_sys_getrlimit(UK_RLIMIT_NOFILE, &before) == 0);
    UK_TEST_EXPECT_EQ(before.rlim_cur, static_cast<uint64_t>(uk::cfg::libposix_fdtab_most));
    const uk_rlimit few{8, before.rlim_max};
    UK_TEST_EXPECT_EQ(uk_sys_setrlimit(UK_RLIMIT_NOFILE, &few), 0);
    UK_TEST_EXPECT_EQ(uk::posix::fd_table().limit(), 8U);
    UK_TEST_EXPECT_EQ(uk_sys_setrlimit(UK_RLIMIT_NOFILE, &before), 0);
    UK_TEST_EXPECT_EQ(uk::posix::fd_table().limit(), before.rlim_cur);
    const uk_rlimit more{8, before.rlim_max + 1};
    UK_TEST_EXPECT_EQ(uk_sys_setrlimit(UK_RLIMIT_NOFILE, &more), -UK_EPERM);
}
#endif

UK_TEST(what_was_used)
{
    uk_rusage usage{};
    UK_TEST_EXPECT_EQ(uk_sys_getrusage(UK_RUSAGE_SELF, &usage), 0);
    UK_TEST_EXPECT(usage.ru_maxrss > 0);
    UK_TEST_EXPECT_EQ(uk_sys_getrusage(7, &usage), -UK_EINVAL);
    UK_TEST_EXPECT_EQ(uk_sys_getrusage(UK_RUSAGE_SELF, wrong<uk_rusage>()), -UK_EFAULT);
    UK_TEST_EXPECT(uk_sys_times(nullptr) >= 0);
}

UK_TEST(affinity_and_policies)
{
    unsigned long mask[2] = {0, 77};
    UK_TEST_EXPECT_EQ(uk_sys_sched_getaffinity(0, sizeof mask, mask), 8);
    UK_TEST_EXPECT((mask[0] & 1) == 1 && mask[1] == 77);
    UK_TEST_EXPECT_EQ(uk_sys_sched_getaffinity(0, 7, mask), -UK_EINVAL);
    UK_TEST_EXPECT_EQ(uk_sys_sched_setaffinity(0, sizeof mask[0], mask), 0);
    const unsigned long nowhere = 0;
    UK_TEST_EXPECT_EQ(uk_sys_sched_setaffinity(0, sizeof nowhere, &nowhere), -UK_EINVAL);
    UK_TEST_EXPECT_EQ(uk_sys_sched_setaffinity(0x7fffffff, sizeof mask[0], mask), -UK_ESRCH);
    UK_TEST_EXPECT_EQ(uk_sys_sched_get_priority_max(UK_SCHED_FIFO), 99);
    UK_TEST_EXPECT_EQ(uk_sys_sched_get_priority_min(UK_SCHED_NORMAL), 0);
    UK_TEST_EXPECT_EQ(uk_sys_sched_get_priority_min(44), -UK_EINVAL);
    UK_TEST_EXPECT_EQ(uk_sys_sched_yield(), 0);
}

UK_TEST(names)
{
    char before[16];
    char name[17] = {};
    UK_TEST_EXPECT_EQ(uk_sys_prctl(16, reinterpret_cast<unsigned long>(before), 0, 0, 0), 0);
    const char wanted[] = "a name that is too long";
    UK_TEST_EXPECT_EQ(uk_sys_prctl(15, reinterpret_cast<unsigned long>(wanted), 0, 0, 0), 0);
    UK_TEST_EXPECT_EQ(uk_sys_prctl(16, reinterpret_cast<unsigned long>(name), 0, 0, 0), 0);
    UK_TEST_EXPECT_EQ(__builtin_memcmp(name, "a name that is ", 16), 0);
    UK_TEST_EXPECT_EQ(uk_sys_prctl(15, 8, 0, 0, 0), -UK_EFAULT);
    UK_TEST_EXPECT_EQ(uk_sys_prctl(15, reinterpret_cast<unsigned long>(before), 0, 0, 0), 0);
}

struct Seen {
    long id = 0;
    bool found = false;
};

void* see(void* argument) {
    auto& seen = *static_cast<Seen*>(argument);
    seen.id = uk_sys_gettid();
    seen.found = uk::sched::find(static_cast<uint32_t>(seen.id)).get() == &uk::sched::current();
    return nullptr;
}

UK_TEST(threads_have_numbers)
{
    UK_TEST_NEEDS_THREADS;
    UK_TEST_EXPECT_EQ(uk_sys_gettid(), uk_sys_set_tid_address(nullptr));
    UK_TEST_EXPECT(uk::sched::find(1).get() == &uk::sched::current());
    Seen a;
    Seen b;
    for (Seen* seen : {&a, &b}) {
        auto thread = uk::sched::create({.name = "seen"}, see, seen);
        UK_TEST_ASSERT(thread.ok());
        UK_TEST_EXPECT(uk::sched::join(*thread.value()).ok());
    }
    UK_TEST_EXPECT(a.found && b.found && a.id > 1 && b.id > a.id);
    UK_TEST_EXPECT(!uk::sched::find(static_cast<uint32_t>(a.id)));
}

} // namespace
