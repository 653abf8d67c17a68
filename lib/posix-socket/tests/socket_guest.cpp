// SPDX-License-Identifier: BSD-3-Clause
// What the calls of sockets check by themselves, whatever the family.
#include <uk/abi/fcntl.h>
#include <uk/abi/socket.h>
#include <uk/abi/uio.h>
#include <uk/base/errno.hpp>
#include <uk/syscall.h>
#include <uk/test.hpp>

namespace {

using uk::Errno;

constexpr long neg(Errno error) {
    return -static_cast<long>(error);
}
template <class T = void>
T* nowhere() {
    return reinterpret_cast<T*>(uintptr_t{8}); // page zero is never mapped
}

} // namespace

UK_TEST(sockets_of_no_family)
{
    UK_TEST_EXPECT(uk_sys_socket(UK_AF_MAX, UK_SOCK_STREAM, 0) == neg(Errno::afnosupport));
    UK_TEST_EXPECT(uk_sys_socket(UK_AF_VSOCK, UK_SOCK_STREAM, 0) == neg(Errno::afnosupport));
    UK_TEST_EXPECT(uk_sys_socket(UK_AF_UNIX, 13, 0) == neg(Errno::inval));
    UK_TEST_EXPECT(uk_sys_socket(UK_AF_UNIX, UK_SOCK_STREAM | 0x100000, 0) == neg(Errno::inval));
}

UK_TEST(calls_of_sockets_want_sockets)
{
    char byte = 0;
    uint32_t size = 0;
    UK_TEST_EXPECT(uk_sys_listen(99, 1) == neg(Errno::badf));
    int fds[2];
    UK_TEST_ASSERT(uk_sys_eventfd2(0, 0) >= 0);
    const int fd = static_cast<int>(uk_sys_eventfd2(0, 0));
    UK_TEST_EXPECT(uk_sys_listen(fd, 1) == neg(Errno::notsock));
    UK_TEST_EXPECT(uk_sys_sendto(fd, &byte, 1, 0, nullptr, 0) == neg(Errno::notsock));
    UK_TEST_EXPECT(uk_sys_getsockopt(fd, 1, 1, &byte, &size) == neg(Errno::notsock));
    UK_TEST_EXPECT(uk_sys_close(fd) == 0 && uk_sys_close(fd - 1) == 0);
    UK_TEST_EXPECT(uk_sys_socketpair(UK_AF_UNIX, 0x100, 0, fds) == neg(Errno::inval));
}
