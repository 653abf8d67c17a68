// SPDX-License-Identifier: BSD-3-Clause
// Guest tests: openat2(), as Linux 6.1 does it.
#include <uk/abi/epoll.h>
#include <uk/abi/errno.h>
#include <uk/abi/fcntl.h>
#include <uk/abi/stat.h>
#include <uk/abi/unistd.h>
#include <uk/syscall.h>
#include <uk/test.hpp>

namespace {

constexpr size_t kSize = sizeof(uk_open_how);

// 0 or the error.
long open(int folder, const char* path, uk_open_how how, size_t size = kSize) {
    const long fd = uk_sys_openat2(folder, path, &how, size);
    return fd >= 0 ? uk_sys_close(static_cast<int>(fd)) : fd;
}

} // namespace

UK_TEST(openat2_keeps_within_limits)
{
    UK_TEST_ASSERT(uk_sys_mkdir("/how", 0755) == 0);
    const int folder = static_cast<int>(uk_sys_open("/how", UK_O_PATH, 0));
    UK_TEST_EXPECT_EQ(uk_sys_symlinkat("..", folder, "up"), 0);
    UK_TEST_EXPECT_EQ(uk_sys_symlinkat("/how/f", folder, "whole"), 0);
    UK_TEST_EXPECT_EQ(uk_sys_symlinkat("f", folder, "near"), 0);
    UK_TEST_EXPECT_EQ(open(folder, "f", {UK_O_CREAT | UK_O_RDWR, 0640, UK_RESOLVE_BENEATH}), 0);
    uk_stat facts{};
    UK_TEST_EXPECT_EQ(uk_sys_stat("/how/f", &facts), 0);
    UK_TEST_EXPECT_EQ(facts.st_mode, unsigned{UK_S_IFREG | 0640});
    UK_TEST_EXPECT_EQ(open(folder, "near", {0, 0, UK_RESOLVE_BENEATH}), 0);
    for (const char* path : {"..", "up", "up/how", "whole", "/how/f", "../how/f"})
        UK_TEST_EXPECT_EQ(open(folder, path, {0, 0, UK_RESOLVE_BENEATH}), -UK_EXDEV);
    for (const char* path : {"..", "up", "/f", "/../near"})
        UK_TEST_EXPECT_EQ(open(folder, path, {0, 0, UK_RESOLVE_IN_ROOT}), 0);
    UK_TEST_EXPECT_EQ(open(folder, "whole", {0, 0, UK_RESOLVE_IN_ROOT}), -UK_ENOENT);
    UK_TEST_EXPECT_EQ(open(folder, "whole", {0, 0, UK_RESOLVE_NO_SYMLINKS}), -UK_ELOOP);
    UK_TEST_EXPECT_EQ(open(folder, "whole", {UK_O_PATH | UK_O_NOFOLLOW, 0, UK_RESOLVE_NO_SYMLINKS}),
                      0);
    UK_TEST_EXPECT_EQ(open(folder, "whole", {0, 0, UK_RESOLVE_NO_MAGICLINKS}), 0);
    UK_TEST_EXPECT_EQ(open(folder, "/proc/self/maps", {0, 0, UK_RESOLVE_NO_XDEV}), -UK_EXDEV);
    UK_TEST_EXPECT_EQ(open(folder, "/how/f", {0, 0, UK_RESOLVE_NO_XDEV}), 0);
    UK_TEST_EXPECT_EQ(uk_sys_dup3(folder, 9, 0), 9);
    UK_TEST_EXPECT_EQ(open(folder, "/proc/self/fd/9/f", {0, 0, 0}), 0);
    UK_TEST_EXPECT_EQ(open(folder, "/proc/self/fd/9/f", {0, 0, UK_RESOLVE_NO_MAGICLINKS}),
                      -UK_ELOOP);
    for (const char* name : {"up", "whole", "near", "f"})
        UK_TEST_EXPECT_EQ(uk_sys_unlinkat(folder, name, 0), 0);
    UK_TEST_EXPECT_EQ(uk_sys_close(9), 0);
    UK_TEST_EXPECT_EQ(uk_sys_close(folder), 0);
    UK_TEST_EXPECT_EQ(uk_sys_rmdir("/how"), 0);
}

UK_TEST(openat2_wants_what_it_knows)
{
    const int here = UK_AT_FDCWD;
    const uk_open_how good{UK_O_PATH, 0, 0};
    UK_TEST_EXPECT_EQ(open(here, "/", good), 0);
    UK_TEST_EXPECT_EQ(open(here, "/", {UK_O_PATH | UK_O_RDWR, 0, 0}), -UK_EINVAL);
    UK_TEST_EXPECT_EQ(open(here, "/", {uint64_t{1} << 40, 0, 0}), -UK_EINVAL);
    UK_TEST_EXPECT_EQ(open(here, "/", {0, 0644, 0}), -UK_EINVAL);
    UK_TEST_EXPECT_EQ(open(here, "/x", {UK_O_CREAT, 010000, 0}), -UK_EINVAL);
    UK_TEST_EXPECT_EQ(open(here, "/", {0, 0, 0x40}), -UK_EINVAL);
    UK_TEST_EXPECT_EQ(open(here, "/", {0, 0, UK_RESOLVE_BENEATH | UK_RESOLVE_IN_ROOT}), -UK_EINVAL);
    UK_TEST_EXPECT_EQ(open(here, "/", {0, 0, UK_RESOLVE_CACHED}), 0);
    UK_TEST_EXPECT_EQ(open(here, "/x", {UK_O_CREAT, 0, UK_RESOLVE_CACHED}), -UK_EAGAIN);
    UK_TEST_EXPECT_EQ(open(here, "", good), -UK_ENOENT);
    UK_TEST_EXPECT_EQ(open(here, "/", good, kSize - 1), -UK_EINVAL);
    UK_TEST_EXPECT_EQ(open(here, "/", good, 4097), -UK_E2BIG);
    struct {
        uk_open_how how;
        uint64_t more;
    } later{good, 0};
    const long fd = uk_sys_openat2(here, "/", &later.how, sizeof(later));
    UK_TEST_EXPECT(fd >= 0);
    UK_TEST_EXPECT_EQ(uk_sys_close(static_cast<int>(fd)), 0);
    later.more = 1;
    UK_TEST_EXPECT_EQ(uk_sys_openat2(here, "/", &later.how, sizeof(later)), -UK_E2BIG);
    UK_TEST_EXPECT_EQ(uk_sys_openat2(here, "/", nullptr, kSize), -UK_EFAULT);
}

#ifdef CONFIG_LIBPOSIX_POLL
UK_TEST(paths_only_cannot_be_waited_for)
{
    const int path = static_cast<int>(uk_sys_open("/", UK_O_PATH, 0));
    const int folder = static_cast<int>(uk_sys_open("/", UK_O_RDONLY, 0));
    const int set = static_cast<int>(uk_sys_epoll_create1(0));
    UK_TEST_ASSERT(path >= 0 && folder >= 0 && set >= 0);
    uk_epoll_event event{};
    UK_TEST_EXPECT_EQ(uk_sys_epoll_ctl(set, UK_EPOLL_CTL_ADD, path, &event), -UK_EBADF);
    UK_TEST_EXPECT_EQ(uk_sys_epoll_ctl(path, UK_EPOLL_CTL_ADD, set, &event), -UK_EBADF);
    UK_TEST_EXPECT_EQ(uk_sys_epoll_ctl(set, UK_EPOLL_CTL_ADD, folder, &event), -UK_EPERM);
    for (const int fd : {set, folder, path})
        UK_TEST_EXPECT_EQ(uk_sys_close(fd), 0);
}
#endif

#ifdef CONFIG_LIBPOSIX_PIPE
UK_TEST(room_in_a_pipe_cannot_be_reserved)
{
    int ends[2] = {-1, -1};
    UK_TEST_ASSERT(uk_sys_pipe2(ends, 0) == 0);
    UK_TEST_EXPECT_EQ(uk_sys_fallocate(ends[1], 0, 0, 1), -UK_ESPIPE);
    UK_TEST_EXPECT_EQ(uk_sys_fallocate(ends[1], 0, 0, 0), -UK_EINVAL);
    UK_TEST_EXPECT_EQ(uk_sys_fallocate(ends[0], 0, 0, 1), -UK_EBADF);
    UK_TEST_EXPECT_EQ(uk_sys_fallocate(-1, 0, 0, 1), -UK_EBADF);
    for (const int fd : ends)
        UK_TEST_EXPECT_EQ(uk_sys_close(fd), 0);
}
#endif
