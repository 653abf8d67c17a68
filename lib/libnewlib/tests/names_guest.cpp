// SPDX-License-Identifier: BSD-3-Clause
// Guest tests: files that are only memory, names of terminals, tables of mounts.
#include <mntent.h>
#include <sys/mman.h>

#include "folder_guest.hpp"

using newlib_test::Folder;
using newlib_test::write_file;

UK_TEST(files_can_be_only_in_ram)
{
    const int fd = memfd_create("some name", MFD_CLOEXEC);
    UK_TEST_ASSERT(fd >= 0);
    struct stat facts;
    UK_TEST_EXPECT(fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode));
    UK_TEST_EXPECT(facts.st_nlink == 0 && facts.st_size == 0 && (facts.st_mode & 0777) == 0777);
    UK_TEST_EXPECT_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
    UK_TEST_EXPECT_EQ(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDWR);
    UK_TEST_EXPECT(write(fd, "abc", 3) == 3 && ftruncate(fd, 10000) == 0);
    void* there = mmap(nullptr, 10000, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    UK_TEST_ASSERT(there != MAP_FAILED);
    char* bytes = static_cast<char*>(there);
    UK_TEST_EXPECT(memcmp(bytes, "abc", 4) == 0);
    bytes[9000] = 'x';
    char byte = 0;
    UK_TEST_EXPECT(pread(fd, &byte, 1, 9000) == 1 && byte == 'x');
    UK_TEST_EXPECT(munmap(there, 10000) == 0 && close(fd) == 0);

    const int other = memfd_create("", MFD_ALLOW_SEALING);
    UK_TEST_EXPECT(other >= 0 && fcntl(other, F_GETFD) == 0 && read(other, &byte, 1) == 0);
    UK_TEST_EXPECT_EQ(close(other), 0);
    NEWLIB_TEST_FAILS(memfd_create("x", 0x100), EINVAL);
    NEWLIB_TEST_FAILS(memfd_create(nullptr, 0), EFAULT);
    char name[260];
    memset(name, 'n', sizeof(name));
    name[250] = 0;
    NEWLIB_TEST_FAILS(memfd_create(name, 0), EINVAL);
    name[249] = 0;
    const int longest = memfd_create(name, 0);
    UK_TEST_EXPECT(longest >= 0 && close(longest) == 0);
}

UK_TEST(shared_files_have_names)
{
    const bool made = mkdir("/dev", 0755) == 0;
    const bool has_made = mkdir("/dev/shm", 01777) == 0;
    const int fd = shm_open("/newlib-test", O_RDWR | O_CREAT | O_EXCL, 0600);
    UK_TEST_ASSERT(fd >= 0);
    UK_TEST_EXPECT(fcntl(fd, F_GETFD) == FD_CLOEXEC && ftruncate(fd, 4096) == 0);
    const int same = shm_open("newlib-test", O_RDONLY, 0);
    auto* here = static_cast<char*>(mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
    auto* there = static_cast<char*>(mmap(nullptr, 4096, PROT_READ, MAP_SHARED, same, 0));
    UK_TEST_ASSERT(here != MAP_FAILED && there != MAP_FAILED);
    *static_cast<volatile char*>(here) = '!';
    UK_TEST_EXPECT_EQ(*static_cast<volatile char*>(there), '!');
    UK_TEST_EXPECT(munmap(here, 4096) == 0 && munmap(there, 4096) == 0);
    UK_TEST_EXPECT(close(fd) == 0 && close(same) == 0);
    NEWLIB_TEST_FAILS(shm_open("/newlib-test", O_RDWR | O_CREAT | O_EXCL, 0600), EEXIST);
    UK_TEST_EXPECT_EQ(shm_unlink("/newlib-test"), 0);
    NEWLIB_TEST_FAILS(shm_unlink("/newlib-test"), ENOENT);
    NEWLIB_TEST_FAILS(shm_open("/newlib-test", O_RDWR, 0), ENOENT);
    static constexpr const char* kWrong[] = {"", "/", "/a/b", "..", "/."};
    for (const char* wrong : kWrong)
        NEWLIB_TEST_FAILS(shm_open(wrong, O_RDWR | O_CREAT, 0600), EINVAL);
    UK_TEST_EXPECT(!has_made || rmdir("/dev/shm") == 0);
    UK_TEST_EXPECT(!made || rmdir("/dev") == 0);
}

// The console has a name where it is a terminal and /dev is there.
UK_TEST(terminals_have_names)
{
    char name[20] = "";
    struct stat facts;
    struct stat device;
    UK_TEST_ASSERT(fstat(1, &facts) == 0);
    const bool has_device = stat("/dev/console", &device) == 0;
    if (!isatty(1)) {
        UK_TEST_EXPECT(ttyname_r(1, name, sizeof(name)) == ENOTTY && ttyname(1) == nullptr);
    } else if (!has_device) {
        UK_TEST_EXPECT(ttyname_r(1, name, sizeof(name)) == ENODEV && ttyname(1) == nullptr);
    } else {
        UK_TEST_EXPECT_EQ(facts.st_rdev, device.st_rdev);
        UK_TEST_EXPECT(ttyname_r(1, name, sizeof(name)) == 0 && strcmp(name, "/dev/console") == 0);
        UK_TEST_EXPECT(ttyname(1) != nullptr && strcmp(ttyname(1), name) == 0);
        UK_TEST_EXPECT_EQ(ttyname_r(1, name, 12), ERANGE);
    }
    UK_TEST_EXPECT_EQ(ttyname_r(99, name, sizeof(name)), EBADF);
}

UK_TEST(tables_of_mounts_are_read)
{
    Folder folder;
    UK_TEST_ASSERT(folder.made);
    UK_TEST_EXPECT(write_file("fstab", "# text\n\nonly three words\n"
                                       "none /a\\040b ramfs  rw,size=4M,noexec 1 2\n"
                                       "x /\\134\\08 cpiofs ro\n"));
    FILE* table = setmntent("fstab", "r+");
    UK_TEST_ASSERT(table != nullptr);
    struct mntent* line = getmntent(table);
    UK_TEST_ASSERT(line != nullptr);
    UK_TEST_EXPECT(strcmp(line->mnt_fsname, "none") == 0 && strcmp(line->mnt_dir, "/a b") == 0);
    UK_TEST_EXPECT(strcmp(line->mnt_type, "ramfs") == 0);
    UK_TEST_EXPECT(line->mnt_freq == 1 && line->mnt_passno == 2);
    const char* size = hasmntopt(line, "size");
    UK_TEST_EXPECT(size != nullptr && strcmp(size, "size=4M,noexec") == 0);
    UK_TEST_EXPECT(hasmntopt(line, "exec") == nullptr && hasmntopt(line, "rw") == line->mnt_opts);
    UK_TEST_EXPECT(hasmntopt(line, "noexec") != nullptr && hasmntopt(line, "no") == nullptr);
    struct mntent second;
    char text[100];
    UK_TEST_ASSERT(getmntent_r(table, &second, text, sizeof(text)) == &second);
    UK_TEST_EXPECT(strcmp(second.mnt_dir, "/\\\\08") == 0 && second.mnt_freq == 0);
    UK_TEST_EXPECT(getmntent(table) == nullptr);
    char words[4][8] = {"a b", "/#", "t", "o"};
    const struct mntent third = {words[0], words[1], words[2], words[3], 7, 8};
    UK_TEST_EXPECT(addmntent(table, &third) == 0 && endmntent(table) == 1);
    table = setmntent("fstab", "r");
    for (int i = 0; i < 3; i++)
        line = getmntent(table);
    UK_TEST_ASSERT(line != nullptr);
    UK_TEST_EXPECT(strcmp(line->mnt_fsname, "a b") == 0 && strcmp(line->mnt_dir, "/#") == 0);
    UK_TEST_EXPECT(line->mnt_freq == 7 && line->mnt_passno == 8 && endmntent(table) == 1);
    UK_TEST_EXPECT_EQ(unlink("fstab"), 0);
}
