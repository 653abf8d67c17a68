// SPDX-License-Identifier: BSD-3-Clause
// Guest tests: absent calls by name and by number.
#include <uk/syscall.h>

#include <uk/abi/errno.h>
#include <uk/abi/syscall.h>
#include <uk/test.hpp>

UK_TEST(syscall_shim_says_enosys_by_name_and_by_number)
{
    UK_TEST_EXPECT(uk_sys_fork() == -UK_ENOSYS);
    UK_TEST_EXPECT(uk_syscall(UK_SYS_memfd_secret, 0, 0, 0, 0, 0, 0) == -UK_ENOSYS);
    UK_TEST_EXPECT(uk_syscall(-1, 0, 0, 0, 0, 0, 0) == -UK_ENOSYS);
    UK_TEST_EXPECT(uk_syscall(1L << 40, 0, 0, 0, 0, 0, 0) == -UK_ENOSYS);
}
