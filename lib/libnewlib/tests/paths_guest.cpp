// SPDX-License-Identifier: BSD-3-Clause
// Guest tests: names, facts and times of files, file systems.
#include <limits.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <utime.h>

#include "folder_guest.hpp"

using newlib_test::Folder;
using newlib_test::holds;
using newlib_test::write_file;

namespace {

bool resolves(const char* path, const char* to) {
    char room[PATH_MAX];
    char* own = realpath(path, nullptr);
    const bool good = own != nullptr && strcmp(own, to) == 0 && realpath(path, room) == room &&
                      strcmp(room, to) == 0;
    free(own);
    return good;
}

bool unresolved(const char* path, int error) {
    errno = 0;
    return realpath(path, nullptr) == nullptr && errno == error;
}

} // namespace

UK_TEST(names_come_and_go)
{
    Folder folder;
    UK_TEST_ASSERT(folder.made && write_file("a", "text"));
    const int here = open(".", O_RDONLY | O_DIRECTORY);
    UK_TEST_EXPECT_EQ(link("a", "b"), 0);
    NEWLIB_TEST_FAILS(link("a", "b"), EEXIST);
    UK_TEST_EXPECT_EQ(linkat(here, "a", here, "c", 0), 0);
    struct stat facts;
    UK_TEST_EXPECT(stat("c", &facts) == 0 && facts.st_nlink == 3);
    UK_TEST_EXPECT_EQ(rename("b", "d"), 0);
    UK_TEST_EXPECT_EQ(renameat(here, "c", AT_FDCWD, "e"), 0);
    NEWLIB_TEST_FAILS(renameat2(here, "d", here, "e", RENAME_NOREPLACE), EEXIST);
    NEWLIB_TEST_FAILS(rename("nothing", "e"), ENOENT);
    UK_TEST_EXPECT_EQ(symlink("e", "l"), 0);
    UK_TEST_EXPECT_EQ(symlinkat("l", here, "m"), 0);
    char target[8] = {};
    UK_TEST_EXPECT_EQ(readlink("l", target, sizeof(target)), 1);
    UK_TEST_EXPECT_EQ(readlinkat(here, "m", target + 1, 1), 1);
    UK_TEST_EXPECT(strcmp(target, "el") == 0 && holds("m", "text"));
    NEWLIB_TEST_FAILS(readlink("a", target, 1), EINVAL);
    UK_TEST_EXPECT(lstat("l", &facts) == 0 && S_ISLNK(facts.st_mode) && facts.st_size == 1);
    UK_TEST_EXPECT(fstatat(here, "l", &facts, 0) == 0 && S_ISREG(facts.st_mode));
    UK_TEST_EXPECT_EQ(mkdirat(here, "f", 0750), 0);
    NEWLIB_TEST_FAILS(unlink("f"), EISDIR);
    NEWLIB_TEST_FAILS(rmdir("a"), ENOTDIR);
    NEWLIB_TEST_FAILS(rmdir(".."), ENOTEMPTY);
    UK_TEST_EXPECT_EQ(remove("f"), 0);
    NEWLIB_TEST_FAILS(remove("f"), ENOENT);
    for (const char* name : {"a", "d", "l", "m"}) {
        UK_TEST_EXPECT_EQ(remove(name), 0);
    }
    UK_TEST_EXPECT_EQ(unlinkat(here, "e", 0), 0);
    UK_TEST_EXPECT_EQ(close(here), 0);
}

UK_TEST(paths_are_resolved)
{
    Folder folder;
    UK_TEST_ASSERT(folder.made && mkdir("d", 0755) == 0 && write_file("d/f", ""));
    UK_TEST_ASSERT(symlink("../newlib-test/d/.", "up") == 0 &&
                   symlink("/newlib-test", "d/top") == 0);
    UK_TEST_ASSERT(symlink("loop", "loop") == 0 && symlink("gone/x", "gone") == 0);
    UK_TEST_EXPECT(resolves(".", "/newlib-test"));
    UK_TEST_EXPECT(resolves("/", "/") && resolves("//..//../.", "/"));
    UK_TEST_EXPECT(resolves("up/f", "/newlib-test/d/f") && resolves("up/", "/newlib-test/d"));
    UK_TEST_EXPECT(resolves("d/top/up/../d/./f", "/newlib-test/d/f"));
    UK_TEST_EXPECT(unresolved("", ENOENT) && unresolved("d/nothing", ENOENT));
    UK_TEST_EXPECT(unresolved("loop", ELOOP) && unresolved("d/f/", ENOTDIR));
    UK_TEST_EXPECT(unresolved("d/f/..", ENOTDIR) && unresolved("gone", ELOOP));
    UK_TEST_EXPECT(unresolved(nullptr, EINVAL));
    static char name[PATH_MAX + 10];
    memset(name, 'a', sizeof(name) - 1);
    UK_TEST_EXPECT(unresolved(name, ENAMETOOLONG));
    UK_TEST_EXPECT_EQ(chdir("up"), 0);
    char* here = getcwd(nullptr, 0);
    UK_TEST_EXPECT(here != nullptr && strcmp(here, "/newlib-test/d") == 0);
    free(here);
    errno = 0;
    char small[4];
    UK_TEST_EXPECT(getcwd(small, sizeof(small)) == nullptr && errno == ERANGE);
    UK_TEST_EXPECT(getcwd(small, 0) == nullptr && errno == EINVAL);
    UK_TEST_EXPECT_EQ(chdir(".."), 0);
    for (const char* each : {"d/f", "d/top", "d", "up", "loop", "gone"}) {
        UK_TEST_EXPECT_EQ(remove(each), 0);
    }
}

UK_TEST(facts_are_set_and_told)
{
    Folder folder;
    UK_TEST_ASSERT(folder.made);
    const mode_t before = umask(027);
    UK_TEST_EXPECT_EQ(umask(027), 027u);
    const int fd = open("f", O_RDWR | O_CREAT, 0666);
    struct stat facts;
    UK_TEST_EXPECT(fstat(fd, &facts) == 0 && facts.st_mode == (S_IFREG | 0640));
    UK_TEST_EXPECT(mkdir("d", 0777) == 0 && stat("d", &facts) == 0 &&
                   facts.st_mode == (S_IFDIR | 0750));
    umask(before);
    UK_TEST_EXPECT(chmod("f", 04711) == 0 && stat("f", &facts) == 0 &&
                   facts.st_mode == (S_IFREG | 04711));
    UK_TEST_EXPECT(fchmod(fd, 0600) == 0 && stat("f", &facts) == 0 &&
                   facts.st_mode == (S_IFREG | 0600));
    UK_TEST_EXPECT(fchmodat(AT_FDCWD, "f", 0604, 0) == 0 && stat("f", &facts) == 0 &&
                   facts.st_mode == (S_IFREG | 0604));
    UK_TEST_EXPECT_EQ(access("f", R_OK | W_OK), 0);
    NEWLIB_TEST_FAILS(access("f", X_OK), EACCES);
    NEWLIB_TEST_FAILS(faccessat(AT_FDCWD, "nothing", F_OK, AT_EACCESS), ENOENT);
    NEWLIB_TEST_FAILS(eaccess("nothing", F_OK), ENOENT);
    UK_TEST_EXPECT(chown("f", 12, 34) == 0 && stat("f", &facts) == 0 && facts.st_uid == 12 &&
                   facts.st_gid == 34);
    UK_TEST_EXPECT(fchown(fd, 56, static_cast<gid_t>(-1)) == 0 && fstat(fd, &facts) == 0 &&
                   facts.st_uid == 56 && facts.st_gid == 34);
    UK_TEST_EXPECT(symlink("f", "l") == 0 && lchown("l", 7, 8) == 0 && lstat("l", &facts) == 0 &&
                   facts.st_uid == 7);
    UK_TEST_EXPECT(fchownat(AT_FDCWD, "f", 1, 2, 0) == 0 && stat("l", &facts) == 0 &&
                   facts.st_gid == 2);
    UK_TEST_EXPECT(mkfifo("p", 0600) == 0 && stat("p", &facts) == 0 && S_ISFIFO(facts.st_mode));
    UK_TEST_EXPECT(mknod("c", S_IFCHR | 0600, 0x103) == 0 && stat("c", &facts) == 0 &&
                   S_ISCHR(facts.st_mode) && facts.st_rdev == 0x103);
    struct statx more;
    UK_TEST_EXPECT_EQ(statx(AT_FDCWD, "f", 0, STATX_BASIC_STATS, &more), 0);
    UK_TEST_EXPECT(more.stx_uid == 1 && more.stx_mode == (S_IFREG | 0604) && more.stx_nlink == 1);
    UK_TEST_EXPECT_EQ(close(fd), 0);
    for (const char* name : {"f", "d", "l", "p", "c"}) {
        UK_TEST_EXPECT_EQ(remove(name), 0);
    }
}

UK_TEST(times_are_set)
{
    Folder folder;
    UK_TEST_ASSERT(folder.made && write_file("f", "") && symlink("f", "l") == 0);
    struct stat facts;
    const struct timespec exact[2] = {{.tv_sec = 1, .tv_nsec = 2}, {.tv_sec = 3, .tv_nsec = 4}};
    UK_TEST_EXPECT(utimensat(AT_FDCWD, "f", exact, 0) == 0 && stat("f", &facts) == 0);
    UK_TEST_EXPECT(facts.st_atim.tv_sec == 1 && facts.st_atim.tv_nsec == 2);
    UK_TEST_EXPECT(facts.st_mtime == 3 && facts.st_mtim.tv_nsec == 4);
    const struct timespec half[2] = {{.tv_sec = 0, .tv_nsec = UTIME_OMIT},
                                     {.tv_sec = 9, .tv_nsec = 0}};
    const int fd = open("f", O_RDWR);
    UK_TEST_EXPECT(futimens(fd, half) == 0 && stat("f", &facts) == 0 && facts.st_atime == 1 &&
                   facts.st_mtime == 9);
    const struct timeval rough[2] = {{.tv_sec = 5, .tv_usec = 6}, {.tv_sec = 7, .tv_usec = 8}};
    UK_TEST_EXPECT(utimes("l", rough) == 0 && stat("f", &facts) == 0 && facts.st_atime == 5 &&
                   facts.st_mtim.tv_nsec == 8000);
    UK_TEST_EXPECT(lutimes("l", rough) == 0 && lstat("l", &facts) == 0 && facts.st_mtime == 7);
    const struct timeval wrong[2] = {{.tv_sec = 5, .tv_usec = 1000000},
                                     {.tv_sec = 7, .tv_usec = 0}};
    NEWLIB_TEST_FAILS(futimes(fd, wrong), EINVAL);
    const struct utimbuf whole = {.actime = 11, .modtime = 12};
    UK_TEST_EXPECT(utime("f", &whole) == 0 && stat("f", &facts) == 0 && facts.st_atime == 11 &&
                   facts.st_mtime == 12 && facts.st_mtim.tv_nsec == 0);
    UK_TEST_EXPECT(utime("f", nullptr) == 0 && stat("f", &facts) == 0 && facts.st_mtime > 12);
    NEWLIB_TEST_FAILS(utime("nothing", nullptr), ENOENT);
    UK_TEST_EXPECT_EQ(close(fd), 0);
    UK_TEST_EXPECT(remove("f") == 0 && remove("l") == 0);
}

UK_TEST(file_systems_are_mounted_and_described)
{
    Folder folder;
    UK_TEST_ASSERT(folder.made && mkdir("m", 0755) == 0);
    UK_TEST_ASSERT(mount("none", "m", "ramfs", MS_NOATIME, nullptr) == 0);
    struct statvfs facts;
    struct statfs linux_facts;
    UK_TEST_EXPECT(statvfs("m", &facts) == 0 && statfs("m", &linux_facts) == 0);
    UK_TEST_EXPECT(facts.f_namemax == 255 && facts.f_frsize == 4096 &&
                   facts.f_blocks == linux_facts.f_blocks && (facts.f_flag & ST_NOATIME) != 0);
    UK_TEST_EXPECT(write_file("m/f", "below"));
    const int fd = open("m/f", O_RDONLY);
    NEWLIB_TEST_FAILS(umount("m"), EBUSY);
    NEWLIB_TEST_FAILS(rename("m/f", "f"), EXDEV);
    UK_TEST_EXPECT(fstatvfs(fd, &facts) == 0 && fstatfs(fd, &linux_facts) == 0 && syncfs(fd) == 0);
    UK_TEST_EXPECT_EQ(close(fd), 0);
    UK_TEST_EXPECT_EQ(mount("none", "m", nullptr, MS_REMOUNT | MS_RDONLY, nullptr), 0);
    NEWLIB_TEST_FAILS(unlink("m/f"), EROFS);
    UK_TEST_EXPECT(statvfs("m", &facts) == 0 && (facts.f_flag & ST_RDONLY) != 0);
    UK_TEST_EXPECT_EQ(umount2("m", UMOUNT_NOFOLLOW), 0);
    NEWLIB_TEST_FAILS(access("m/f", F_OK), ENOENT);
    NEWLIB_TEST_FAILS(mount("none", "m", "nofs", 0, nullptr), ENODEV);
    NEWLIB_TEST_FAILS(umount("m"), EINVAL);
    NEWLIB_TEST_FAILS(statvfs("nothing", &facts), ENOENT);
    UK_TEST_EXPECT_EQ(rmdir("m"), 0);
}
