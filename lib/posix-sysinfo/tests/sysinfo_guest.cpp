// SPDX-License-Identifier: BSD-3-Clause
// The system calls about the system on this machine.
#include <uk/syscall.h>

#include <uk/abi/errno.h>
#include <uk/abi/random.h>
#include <uk/abi/sysinfo.h>
#include <uk/abi/utsname.h>
#include <uk/test.hpp>

namespace {

bool same(const char* a, const char* b) {
    return __builtin_strcmp(a, b) == 0;
}

UK_TEST(names)
{
    uk_utsname names;
    UK_TEST_ASSERT(uk_sys_uname(&names) == 0);
    UK_TEST_EXPECT(same(names.sysname, "Linux"));
    UK_TEST_EXPECT(names.release[0] == '6' && names.release[1] == '.');
    UK_TEST_EXPECT(same(names.machine, "x86_64") || same(names.machine, "aarch64"));
    UK_TEST_EXPECT_EQ(uk_sys_sethostname("one-more", 3), 0);
    uk_utsname after;
    UK_TEST_EXPECT_EQ(uk_sys_uname(&after), 0);
    UK_TEST_EXPECT(same(after.nodename, "one"));
    UK_TEST_EXPECT_EQ(uk_sys_sethostname("one", 65), -UK_EINVAL);
    UK_TEST_EXPECT_EQ(uk_sys_sethostname(reinterpret_cast<char*>(8), 3), -UK_EFAULT);
    UK_TEST_EXPECT_EQ(uk_sys_sethostname(names.nodename, __builtin_strlen(names.nodename)), 0);
    UK_TEST_EXPECT_EQ(uk_sys_uname(reinterpret_cast<uk_utsname*>(8)), -UK_EFAULT);
}

UK_TEST(memory_and_cpu)
{
    struct uk_sysinfo info;
    UK_TEST_ASSERT(uk_sys_sysinfo(&info) == 0);
    UK_TEST_EXPECT(info.freeram != 0 && info.freeram < info.totalram);
    UK_TEST_EXPECT(info.procs >= 1 && info.mem_unit == 1);
    unsigned cpu = 99;
    unsigned node = 99;
    UK_TEST_EXPECT_EQ(uk_sys_getcpu(&cpu, &node, nullptr), 0);
    UK_TEST_EXPECT(cpu < 64 && node == 0);
    UK_TEST_EXPECT_EQ(uk_sys_getcpu(nullptr, nullptr, nullptr), 0);
}

UK_TEST(random_bytes)
{
    static char bytes[1000];
    UK_TEST_EXPECT_EQ(uk_sys_getrandom(bytes, sizeof bytes - 1, 0), 999);
    unsigned zeros = 0;
    for (const char byte : bytes)
        zeros += byte == 0 ? 1 : 0;
    UK_TEST_EXPECT(zeros < 40 && bytes[999] == 0); // 4 are likely
    UK_TEST_EXPECT_EQ(uk_sys_getrandom(bytes, 5, UK_GRND_NONBLOCK | UK_GRND_RANDOM), 5);
    UK_TEST_EXPECT_EQ(uk_sys_getrandom(bytes, 5, UK_GRND_INSECURE), 5);
    UK_TEST_EXPECT_EQ(uk_sys_getrandom(bytes, 5, 8), -UK_EINVAL);
    UK_TEST_EXPECT_EQ(uk_sys_getrandom(bytes, 5, UK_GRND_INSECURE | UK_GRND_RANDOM), -UK_EINVAL);
    UK_TEST_EXPECT_EQ(uk_sys_getrandom(reinterpret_cast<void*>(8), 5, 0), -UK_EFAULT);
    UK_TEST_EXPECT_EQ(uk_sys_getrandom(bytes, 0, 0), 0);
}

} // namespace
