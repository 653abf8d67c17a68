// SPDX-License-Identifier: BSD-3-Clause
// Guest tests: extended attributes through the system calls, as Linux 6.1 answers on tmpfs.
#include <uk/abi/errno.h>
#include <uk/abi/fcntl.h>
#include <uk/abi/mount.h>
#include <uk/abi/stat.h>
#include <uk/abi/xattr.h>
#include <uk/string.h>
#include <uk/syscall.h>
#include <uk/test.hpp>

namespace {

const char* no_text() {
    return reinterpret_cast<const char*>(uintptr_t{8}); // page zero is never mapped
}
char* no_room() {
    return reinterpret_cast<char*>(uintptr_t{8});
}

// A folder of the test's own, with a file, a link to it and a FIFO.
class Files {
  public:
    Files() {
        made = uk_sys_mkdir("/xattr", 0755) == 0 && uk_sys_chdir("/xattr") == 0 &&
               uk_sys_mknod("f", UK_S_IFREG | 0644, 0) == 0 && uk_sys_symlink("f", "l") == 0 &&
               uk_sys_mknod("p", UK_S_IFIFO | 0644, 0) == 0;
    }
    ~Files() {
        for (const char* name : {"f", "l", "p"})
            uk_sys_unlink(name);
        uk_sys_chdir("/");
        uk_sys_rmdir("/xattr");
    }
    bool made;
};

long set(const char* path, const char* name, const char* value, int flags = 0) {
    return uk_sys_setxattr(path, name, value, strlen(value), flags);
}
bool has(const char* path, const char* name, const char* value) {
    char room[64];
    const long size = uk_sys_getxattr(path, name, room, sizeof(room));
    return size == static_cast<long>(strlen(value)) &&
           memcmp(room, value, static_cast<size_t>(size)) == 0;
}

} // namespace

UK_TEST(attributes_are_kept_with_files)
{
    Files files;
    UK_TEST_ASSERT(files.made);
    char room[64];
    UK_TEST_EXPECT_EQ(set("f", "user.a", "value"), 0);
    UK_TEST_EXPECT(has("f", "user.a", "value") && has("l", "user.a", "value"));
    UK_TEST_EXPECT_EQ(uk_sys_getxattr("f", "user.a", nullptr, 0), 5);
    UK_TEST_EXPECT_EQ(uk_sys_getxattr("f", "user.a", room, 4), -UK_ERANGE);
    UK_TEST_EXPECT_EQ(set("f", "user.a", "x", UK_XATTR_CREATE), -UK_EEXIST);
    UK_TEST_EXPECT_EQ(set("f", "user.b", "x", UK_XATTR_REPLACE), -UK_ENODATA);
    UK_TEST_EXPECT_EQ(set("f", "user.a", "new", UK_XATTR_REPLACE), 0);
    UK_TEST_EXPECT_EQ(set("l", "user.empty", ""), 0);
    UK_TEST_EXPECT(has("f", "user.a", "new") && has("f", "user.empty", ""));
    UK_TEST_EXPECT_EQ(uk_sys_listxattr("f", nullptr, 0), 7 + 11);
    UK_TEST_EXPECT_EQ(uk_sys_listxattr("f", room, 17), -UK_ERANGE);
    UK_TEST_EXPECT_EQ(uk_sys_listxattr("f", room, sizeof(room)), 18);
    UK_TEST_EXPECT(memcmp(room, "user.a\0user.empty", 18) == 0);
    UK_TEST_EXPECT_EQ(uk_sys_llistxattr("l", nullptr, 0), 0);
    UK_TEST_EXPECT_EQ(uk_sys_rename("f", "g"), 0);
    UK_TEST_EXPECT_EQ(uk_sys_removexattr("g", "user.empty"), 0);
    UK_TEST_EXPECT_EQ(uk_sys_removexattr("g", "user.empty"), -UK_ENODATA);
    UK_TEST_EXPECT(has("g", "user.a", "new"));
    UK_TEST_EXPECT_EQ(uk_sys_rename("g", "f"), 0);
}

UK_TEST(attributes_have_rules)
{
    Files files;
    UK_TEST_ASSERT(files.made);
    char name[257];
    memset(name, 'x', 256);
    name[256] = '\0';
    UK_TEST_EXPECT_EQ(set("none", "user.a", ""), -UK_ENOENT);
    UK_TEST_EXPECT_EQ(set("", "user.a", ""), -UK_ENOENT);
    UK_TEST_EXPECT_EQ(set("f", "user.a", "v", 4), -UK_EINVAL);
    UK_TEST_EXPECT_EQ(set("f", "", "v"), -UK_ERANGE);
    UK_TEST_EXPECT_EQ(set("f", name, "v"), -UK_ERANGE);
    UK_TEST_EXPECT_EQ(set("f", name + 1, "v"), -UK_EOPNOTSUPP);
    UK_TEST_EXPECT_EQ(set("f", "other.a", "v"), -UK_EOPNOTSUPP);
    UK_TEST_EXPECT_EQ(set("f", "user.", "v"), -UK_EINVAL);
    UK_TEST_EXPECT_EQ(set("p", "user.a", "v"), -UK_EPERM);
    UK_TEST_EXPECT_EQ(uk_sys_getxattr("p", "user.a", nullptr, 0), -UK_ENODATA);
    UK_TEST_EXPECT_EQ(uk_sys_lsetxattr("l", "user.a", "v", 1, 0), -UK_EPERM);
    UK_TEST_EXPECT_EQ(uk_sys_lsetxattr("l", "trusted.a", "v", 1, 0), 0);
    UK_TEST_EXPECT_EQ(uk_sys_lgetxattr("l", "trusted.a", nullptr, 0), 1);
    UK_TEST_EXPECT_EQ(uk_sys_getxattr("l", "trusted.a", nullptr, 0), -UK_ENODATA);
    UK_TEST_EXPECT_EQ(uk_sys_lremovexattr("l", "trusted.a"), 0);
    UK_TEST_EXPECT_EQ(uk_sys_setxattr("f", "user.a", no_text(), 65'537, 0), -UK_E2BIG);
    UK_TEST_EXPECT_EQ(uk_sys_setxattr("f", "user.a", no_text(), 3, 0), -UK_EFAULT);
    UK_TEST_EXPECT_EQ(uk_sys_setxattr("f", no_text(), "", 0, 0), -UK_EFAULT);
    UK_TEST_EXPECT_EQ(uk_sys_setxattr("f", "user.a", no_text(), 0, 0), 0);
    UK_TEST_EXPECT_EQ(set("f", "user.a", "v"), 0);
    UK_TEST_EXPECT_EQ(uk_sys_getxattr("f", "user.a", no_room(), 3), -UK_EFAULT);
    UK_TEST_EXPECT_EQ(uk_sys_listxattr("f", no_room(), 100), -UK_EFAULT);
    UK_TEST_EXPECT_EQ(uk_sys_listxattr("f", no_room(), 1), -UK_ERANGE);
}

UK_TEST(attributes_of_descriptors)
{
    Files files;
    UK_TEST_ASSERT(files.made);
    const int fd = static_cast<int>(uk_sys_open("f", UK_O_RDONLY, 0));
    const int path = static_cast<int>(uk_sys_open("f", UK_O_PATH, 0));
    UK_TEST_EXPECT_EQ(uk_sys_fsetxattr(fd, "user.a", "v", 1, 0), 0);
    UK_TEST_EXPECT_EQ(uk_sys_fgetxattr(fd, "user.a", nullptr, 0), 1);
    UK_TEST_EXPECT_EQ(uk_sys_flistxattr(fd, nullptr, 0), 7);
    UK_TEST_EXPECT_EQ(uk_sys_fremovexattr(fd, "user.a"), 0);
    UK_TEST_EXPECT_EQ(uk_sys_fsetxattr(path, "user.a", "v", 1, 0), -UK_EBADF);
    UK_TEST_EXPECT_EQ(uk_sys_flistxattr(path, nullptr, 0), -UK_EBADF);
    UK_TEST_EXPECT_EQ(uk_sys_fgetxattr(99, "user.a", nullptr, 0), -UK_EBADF);
    UK_TEST_EXPECT_EQ(uk_sys_close(fd), 0);
    UK_TEST_EXPECT_EQ(uk_sys_close(path), 0);
    int ends[2];
    UK_TEST_ASSERT(uk_sys_pipe2(ends, 0) == 0);
    UK_TEST_EXPECT_EQ(uk_sys_fsetxattr(ends[0], "user.a", "v", 1, 0), -UK_EPERM);
    UK_TEST_EXPECT_EQ(uk_sys_fgetxattr(ends[0], "user.a", nullptr, 0), -UK_ENODATA);
    UK_TEST_EXPECT_EQ(uk_sys_fgetxattr(ends[0], "other.a", nullptr, 0), -UK_EOPNOTSUPP);
    UK_TEST_EXPECT_EQ(uk_sys_flistxattr(ends[0], nullptr, 0), 0);
    UK_TEST_EXPECT_EQ(uk_sys_fremovexattr(ends[0], "user.a"), -UK_EPERM);
    UK_TEST_EXPECT_EQ(uk_sys_close(ends[0]), 0);
    UK_TEST_EXPECT_EQ(uk_sys_close(ends[1]), 0);
}

UK_TEST(attributes_where_nothing_may_change)
{
    Files files;
    UK_TEST_ASSERT(files.made);
    UK_TEST_ASSERT(uk_sys_mkdir("m", 0755) == 0);
    UK_TEST_ASSERT(uk_sys_mount("none", "m", "ramfs", 0, nullptr) == 0);
    UK_TEST_EXPECT_EQ(set("m", "user.a", "v"), 0);
    UK_TEST_EXPECT_EQ(uk_sys_mount(nullptr, "m", nullptr, UK_MS_REMOUNT | UK_MS_RDONLY, nullptr),
                      0);
    UK_TEST_EXPECT_EQ(set("m", "user.b", "v", 4), -UK_EROFS);
    UK_TEST_EXPECT_EQ(uk_sys_removexattr("m", "user.a"), -UK_EROFS);
    UK_TEST_EXPECT(has("m", "user.a", "v"));
    UK_TEST_EXPECT_EQ(uk_sys_umount2("m", 0), 0);
    UK_TEST_EXPECT_EQ(uk_sys_rmdir("m"), 0);
    UK_TEST_EXPECT_EQ(uk_sys_listxattr("/proc/uptime", nullptr, 0), 0);
    UK_TEST_EXPECT_EQ(uk_sys_getxattr("/proc/uptime", "user.a", nullptr, 0), -UK_EOPNOTSUPP);
}
