// SPDX-License-Identifier: BSD-3-Clause
// Guest tests: files through the system calls, on the file system that is mounted at the root.
#include <uk/abi/dirent.h>
#include <uk/abi/errno.h>
#include <uk/abi/fcntl.h>
#include <uk/abi/mman.h>
#include <uk/abi/mount.h>
#include <uk/abi/stat.h>
#include <uk/abi/statfs.h>
#include <uk/abi/unistd.h>
#include <uk/base/address.hpp>
#include <uk/sched.hpp>
#include <uk/string.h>
#include <uk/syscall.h>
#include <uk/test.hpp>

namespace {

constexpr int kHere = UK_AT_FDCWD;
constexpr int kNew = UK_O_CREAT | UK_O_EXCL | UK_O_RDWR;

void* nowhere() {
    return reinterpret_cast<void*>(uintptr_t{8}); // page zero is never mapped
}
const char* no_path() {
    return static_cast<const char*>(nowhere());
}

// A folder of the test's own, which is the current one while this lives.
class Folder {
  public:
    Folder() { made = uk_sys_mkdir("/vfs-test", 0755) == 0 && uk_sys_chdir("/vfs-test") == 0; }
    ~Folder() {
        uk_sys_chdir("/");
        uk_sys_rmdir("/vfs-test"); // if something is left in it, the next test says so
    }
    bool made;
};

int open(const char* path, int flags = UK_O_RDWR) {
    return static_cast<int>(uk_sys_openat(kHere, path, flags, 0644));
}
void touch(const char* path) {
    uk_sys_close(open(path, UK_O_CREAT));
}
long size_of(const char* path) {
    uk_stat facts{};
    return uk_sys_stat(path, &facts) == 0 ? facts.st_size : -1;
}

} // namespace

UK_TEST(files_are_made_read_and_removed)
{
    Folder folder;
    UK_TEST_ASSERT(folder.made);
    const int fd = open("a", kNew);
    UK_TEST_ASSERT(fd >= 0);
    UK_TEST_EXPECT_EQ(open("a", kNew), -UK_EEXIST);
    UK_TEST_EXPECT_EQ(uk_sys_write(fd, "hello world", 11), 11);
    char text[32] = {};
    UK_TEST_EXPECT_EQ(uk_sys_pread64(fd, text, sizeof(text), 6), 5);
    UK_TEST_EXPECT(memcmp(text, "world", 5) == 0);
    UK_TEST_EXPECT_EQ(uk_sys_link("a", "b"), 0);
    uk_stat facts{};
    UK_TEST_EXPECT_EQ(uk_sys_fstat(fd, &facts), 0);
    UK_TEST_EXPECT_EQ(facts.st_nlink, 2u);
    UK_TEST_EXPECT_EQ(facts.st_mode, unsigned{UK_S_IFREG | 0644});
    UK_TEST_EXPECT_EQ(uk_sys_rename("a", "c"), 0);
    UK_TEST_EXPECT_EQ(uk_sys_unlink("b"), 0);
    UK_TEST_EXPECT_EQ(uk_sys_unlink("c"), 0);
    UK_TEST_EXPECT_EQ(uk_sys_unlink("c"), -UK_ENOENT);
    UK_TEST_EXPECT_EQ(uk_sys_pwrite64(fd, "J", 1, 0), 1);
    UK_TEST_EXPECT_EQ(uk_sys_ftruncate(fd, 5), 0);
    UK_TEST_EXPECT_EQ(uk_sys_pread64(fd, text, sizeof(text), 0), 5);
    UK_TEST_EXPECT(memcmp(text, "Jello", 5) == 0);
    UK_TEST_EXPECT_EQ(uk_sys_close(fd), 0);
}

UK_TEST(calls_with_wrong_pointers_fail)
{
    Folder folder;
    UK_TEST_ASSERT(folder.made);
    touch("f");
    const int fd = open("f");
    auto* stat = static_cast<uk_stat*>(nowhere());
    UK_TEST_EXPECT_EQ(uk_sys_open(no_path(), UK_O_RDONLY, 0), -UK_EFAULT);
    UK_TEST_EXPECT_EQ(uk_sys_stat("f", stat), -UK_EFAULT);
    UK_TEST_EXPECT_EQ(uk_sys_newfstatat(fd, "", stat, UK_AT_EMPTY_PATH), -UK_EFAULT);
    UK_TEST_EXPECT_EQ(uk_sys_statfs("f", static_cast<uk_statfs*>(nowhere())), -UK_EFAULT);
    UK_TEST_EXPECT_EQ(uk_sys_getcwd(static_cast<char*>(nowhere()), 100), -UK_EFAULT);
    UK_TEST_EXPECT_EQ(uk_sys_symlink(no_path(), "l"), -UK_EFAULT);
    UK_TEST_EXPECT_EQ(uk_sys_rename("f", no_path()), -UK_EFAULT);
    UK_TEST_EXPECT_EQ(uk_sys_write(fd, nowhere(), 10), -UK_EFAULT);
    UK_TEST_EXPECT_EQ(uk_sys_fcntl(fd, UK_F_SETLK, 8), -UK_EFAULT);
    const int here = open(".", UK_O_RDONLY);
    UK_TEST_EXPECT_EQ(uk_sys_getdents64(here, nowhere(), 1000), -UK_EFAULT);
    UK_TEST_EXPECT_EQ(uk_sys_openat(99, "f", UK_O_RDONLY, 0), -UK_EBADF);
    UK_TEST_EXPECT_EQ(uk_sys_openat(fd, "f", UK_O_RDONLY, 0), -UK_ENOTDIR);
    UK_TEST_EXPECT_EQ(uk_sys_openat(99, "", UK_O_RDONLY, 0), -UK_ENOENT);
    UK_TEST_EXPECT_EQ(uk_sys_close(here), 0);
    UK_TEST_EXPECT_EQ(uk_sys_close(fd), 0);
    UK_TEST_EXPECT_EQ(uk_sys_unlink("f"), 0);
}

UK_TEST(paths_begin_where_they_should)
{
    Folder folder;
    UK_TEST_ASSERT(folder.made);
    char path[64] = {};
    UK_TEST_EXPECT_EQ(uk_sys_mkdirat(kHere, "inner", 0700), 0);
    UK_TEST_EXPECT_EQ(uk_sys_chdir("inner"), 0);
    UK_TEST_EXPECT_EQ(uk_sys_getcwd(path, sizeof(path)), 16);
    UK_TEST_EXPECT(memcmp(path, "/vfs-test/inner", 16) == 0);
    UK_TEST_EXPECT_EQ(uk_sys_getcwd(path, 15), -UK_ERANGE);
    const int up = open("..", UK_O_PATH | UK_O_DIRECTORY);
    UK_TEST_ASSERT(up >= 0);
    UK_TEST_EXPECT_EQ(uk_sys_fchdir(up), 0);
    UK_TEST_EXPECT_EQ(uk_sys_unlinkat(up, "inner", UK_AT_REMOVEDIR), 0);
    UK_TEST_EXPECT_EQ(uk_sys_symlinkat("/", up, "top"), 0);
    UK_TEST_EXPECT_EQ(uk_sys_chroot("."), 0);
    uk_stat one{};
    uk_stat other{};
    UK_TEST_EXPECT_EQ(uk_sys_stat("top", &one), 0);
    UK_TEST_EXPECT_EQ(uk_sys_stat("/", &other), 0);
    UK_TEST_EXPECT_EQ(one.st_ino, other.st_ino);
    UK_TEST_EXPECT_EQ(uk_sys_getcwd(path, sizeof(path)), 2);
    UK_TEST_EXPECT_EQ(uk_sys_chdir("/../.."), 0);
    // Out again: the folder above is not below the root, so nothing stops ".." there.
    const int top = open("/", UK_O_PATH);
    UK_TEST_EXPECT_EQ(uk_sys_mkdir("jail", 0755), 0);
    UK_TEST_EXPECT_EQ(uk_sys_chroot("jail"), 0);
    UK_TEST_EXPECT_EQ(uk_sys_fchdir(top), 0);
    UK_TEST_EXPECT_EQ(uk_sys_chroot(".."), 0);
    UK_TEST_EXPECT_EQ(uk_sys_chdir("/vfs-test"), 0);
    UK_TEST_EXPECT_EQ(uk_sys_rmdir("jail"), 0);
    UK_TEST_EXPECT_EQ(uk_sys_unlink("top"), 0);
    UK_TEST_EXPECT_EQ(uk_sys_close(up), 0);
    UK_TEST_EXPECT_EQ(uk_sys_close(top), 0);
}

UK_TEST(folders_are_listed)
{
    Folder folder;
    UK_TEST_ASSERT(folder.made);
    char name[] = "file-00";
    for (int i = 0; i < 50; i++) {
        name[5] = static_cast<char>('0' + i / 10);
        name[6] = static_cast<char>('0' + i % 10);
        touch(name);
    }
    uint64_t seen = 0;
    int dots = 0;
    const int fd = open(".", UK_O_RDONLY | UK_O_DIRECTORY);
    alignas(uk_dirent64) char room[200];
    for (long size = 0; (size = uk_sys_getdents64(fd, room, sizeof(room))) > 0;) {
        for (long at = 0; at < size;) {
            const auto* entry = reinterpret_cast<const uk_dirent64*>(room + at);
            const char* text = room + at + offsetof(uk_dirent64, d_name);
            if (text[0] == '.')
                dots++;
            else
                seen |= uint64_t{1} << ((text[5] - '0') * 10 + text[6] - '0');
            at += entry->d_reclen;
        }
    }
    UK_TEST_EXPECT_EQ(dots, 2);
    UK_TEST_EXPECT_EQ(seen, (uint64_t{1} << 50) - 1);
    UK_TEST_EXPECT_EQ(uk_sys_close(fd), 0);
    UK_TEST_EXPECT_EQ(uk_sys_rmdir("/vfs-test"), -UK_ENOTEMPTY);
    for (int i = 0; i < 50; i++) {
        name[5] = static_cast<char>('0' + i / 10);
        name[6] = static_cast<char>('0' + i % 10);
        UK_TEST_EXPECT_EQ(uk_sys_unlink(name), 0);
    }
}

UK_TEST(file_systems_are_mounted)
{
    Folder folder;
    UK_TEST_ASSERT(folder.made);
    UK_TEST_EXPECT_EQ(uk_sys_mkdir("m", 0755), 0);
    UK_TEST_EXPECT_EQ(uk_sys_mount("none", "m", "nonesuch", 0, nullptr), -UK_ENODEV);
    UK_TEST_EXPECT_EQ(uk_sys_mount("none", "m", "ramfs", 0, "nonesuch=1"), -UK_EINVAL);
    UK_TEST_ASSERT(uk_sys_mount("none", "m", "ramfs", UK_MS_NOEXEC, nullptr) == 0);
    touch("m/f");
    UK_TEST_EXPECT_EQ(uk_sys_rename("m/f", "f"), -UK_EXDEV);
    uk_statfs facts{};
    UK_TEST_EXPECT_EQ(uk_sys_statfs("m/f", &facts), 0);
    UK_TEST_EXPECT((facts.f_flags & UK_ST_NOEXEC) != 0);
    UK_TEST_EXPECT_EQ(uk_sys_mount(nullptr, "m", nullptr, UK_MS_REMOUNT | UK_MS_RDONLY, nullptr),
                      0);
    UK_TEST_EXPECT_EQ(open("m/f", UK_O_WRONLY), -UK_EROFS);
    const int fd = open("m/f", UK_O_RDONLY);
    UK_TEST_EXPECT_EQ(uk_sys_umount2("m", 0), -UK_EBUSY);
    UK_TEST_EXPECT_EQ(uk_sys_close(fd), 0);
    UK_TEST_EXPECT_EQ(uk_sys_umount2("m", 0), 0);
    UK_TEST_EXPECT_EQ(uk_sys_umount2("m", 0), -UK_EINVAL);
    UK_TEST_EXPECT_EQ(size_of("m/f"), -1);
    UK_TEST_EXPECT_EQ(uk_sys_rmdir("m"), 0);
}

UK_TEST(bytes_go_from_file_to_file)
{
    Folder folder;
    UK_TEST_ASSERT(folder.made);
    const int from = open("from", kNew);
    const int to = open("to", kNew);
    for (int i = 0; i < 5000; i++)
        UK_TEST_EXPECT_EQ(uk_sys_write(from, "01234567", 8), 8);
    UK_TEST_EXPECT_EQ(uk_sys_lseek(from, 4, UK_SEEK_SET), 4);
    UK_TEST_EXPECT_EQ(uk_sys_sendfile(to, from, nullptr, 100000), 39996);
    UK_TEST_EXPECT_EQ(size_of("to"), 39996);
    UK_TEST_EXPECT_EQ(uk_sys_lseek(from, 0, UK_SEEK_CUR), 40000);
    int64_t from_at = 0;
    int64_t to_at = 39996;
    UK_TEST_EXPECT_EQ(uk_sys_copy_file_range(from, &from_at, to, &to_at, 4, 0), 4);
    UK_TEST_EXPECT_EQ(to_at, 40000);
    UK_TEST_EXPECT_EQ(uk_sys_copy_file_range(to, &from_at, to, nullptr, 40000, 0), -UK_EINVAL);
    char text[9] = {};
    UK_TEST_EXPECT_EQ(uk_sys_pread64(to, text, 8, 39992), 8);
    UK_TEST_EXPECT(memcmp(text, "45670123", 8) == 0);
    UK_TEST_EXPECT_EQ(uk_sys_close(from), 0);
    UK_TEST_EXPECT_EQ(uk_sys_close(to), 0);
    UK_TEST_EXPECT_EQ(uk_sys_unlink("from"), 0);
    UK_TEST_EXPECT_EQ(uk_sys_unlink("to"), 0);
}

#ifdef CONFIG_LIBPOSIX_MMAP
UK_TEST(files_are_mapped)
{
    constexpr size_t kPage = uk::kPageSize;
    constexpr int kBoth = UK_PROT_READ | UK_PROT_WRITE;
    Folder folder;
    UK_TEST_ASSERT(folder.made);
    const int fd = open("f", kNew);
    UK_TEST_EXPECT_EQ(uk_sys_pwrite64(fd, "in the file", 11, kPage), 11);
    const long shared = uk_sys_mmap(nullptr, 2 * kPage, kBoth, UK_MAP_SHARED, fd, 0);
    const long own = uk_sys_mmap(nullptr, kPage, kBoth, UK_MAP_PRIVATE, fd, kPage);
    UK_TEST_ASSERT(shared > 0 && own > 0);
    auto* all = reinterpret_cast<char*>(shared);
    auto* copy = reinterpret_cast<char*>(own);
    UK_TEST_EXPECT(memcmp(all + kPage, "in the file", 11) == 0);
    UK_TEST_EXPECT(memcmp(copy, "in the file", 11) == 0);
    copy[0] = 'I';
    all[kPage + 1] = 'N';
    char text[2] = {};
    UK_TEST_EXPECT_EQ(uk_sys_pread64(fd, text, 2, kPage), 2);
    UK_TEST_EXPECT(text[0] == 'i' && text[1] == 'N');
    UK_TEST_EXPECT_EQ(uk_sys_pwrite64(fd, "written", 7, 3), 7);
    UK_TEST_EXPECT(memcmp(all + 3, "written", 7) == 0);
    // From the file into its own memory.
    UK_TEST_EXPECT_EQ(uk_sys_pread64(fd, all, 11, kPage), 11);
    UK_TEST_EXPECT(memcmp(all, "iN the file", 11) == 0);
    const int only_read = open("f", UK_O_RDONLY);
    UK_TEST_EXPECT_EQ(uk_sys_mmap(nullptr, kPage, kBoth, UK_MAP_SHARED, only_read, 0), -UK_EACCES);
    const long readable = uk_sys_mmap(nullptr, kPage, UK_PROT_READ, UK_MAP_SHARED, only_read, 0);
    UK_TEST_ASSERT(readable > 0);
    auto* readable_page = reinterpret_cast<void*>(readable);
    UK_TEST_EXPECT_EQ(uk_sys_mprotect(readable_page, kPage, kBoth), -UK_EACCES);
    const int only_write = open("f", UK_O_WRONLY);
    UK_TEST_EXPECT_EQ(uk_sys_mmap(nullptr, kPage, UK_PROT_READ, UK_MAP_PRIVATE, only_write, 0),
                      -UK_EACCES);
    const int here = open(".", UK_O_RDONLY);
    UK_TEST_EXPECT_EQ(uk_sys_mmap(nullptr, kPage, UK_PROT_READ, UK_MAP_PRIVATE, here, 0),
                      -UK_ENODEV);
    for (const int each : {fd, only_read, only_write, here})
        UK_TEST_EXPECT_EQ(uk_sys_close(each), 0);
    UK_TEST_EXPECT_EQ(uk_sys_unlink("f"), 0);
    UK_TEST_EXPECT(memcmp(all, "iN the file", 11) == 0); // as long as it is mapped
    UK_TEST_EXPECT_EQ(uk_sys_munmap(all, 2 * kPage), 0);
    UK_TEST_EXPECT_EQ(uk_sys_munmap(copy, kPage), 0);
    UK_TEST_EXPECT_EQ(uk_sys_munmap(readable_page, kPage), 0);
}
#endif

#ifdef CONFIG_LIBUKSCHED_THREADS
namespace {

struct Waiter {
    int fd;
    uk::Atomic<long> result{-1};
};

void* wait_for_lock(void* argument) {
    auto& waiter = *static_cast<Waiter*>(argument);
    waiter.result.store_release(uk_sys_flock(waiter.fd, UK_LOCK_EX));
    return nullptr;
}

// Moves names about in folders that others use as well; what is left is counted afterwards.
struct Mover {
    unsigned seed;
    uk::Atomic<unsigned> errors{0};
};

bool is_expected(long result) {
    return result >= 0 || result == -UK_ENOENT || result == -UK_EEXIST || result == -UK_ENOTEMPTY ||
           result == -UK_EINVAL || result == -UK_EISDIR || result == -UK_ENOTDIR;
}

void* move_about(void* argument) {
    auto& mover = *static_cast<Mover*>(argument);
    static const char* const kPaths[] = {"x", "y", "x/a", "x/b", "y/a", "y/b", "x/a/c", "y/b/c"};
    uint32_t random = mover.seed;
    const auto path = [&] {
        random = random * 1664525 + 1013904223;
        return kPaths[random >> 29];
    };
    for (int i = 0; i < 2000; i++) {
        const char* one = path();
        const char* other = path();
        long result = 0;
        switch (random >> 8 & 7) {
        case 0:
        case 1:
            result = uk_sys_mkdir(one, 0755);
            break;
        case 2:
            result = uk_sys_rmdir(one);
            break;
        case 3:
        case 4:
            result = uk_sys_rename(one, other);
            break;
        case 5:
            result = uk_sys_renameat2(kHere, one, kHere, other, UK_RENAME_EXCHANGE);
            break;
        case 6:
            result = uk_sys_openat(kHere, one, UK_O_CREAT | UK_O_RDWR, 0644);
            if (result >= 0)
                uk_sys_close(static_cast<int>(result));
            break;
        default:
            result = uk_sys_unlink(one);
        }
        if (!is_expected(result))
            mover.errors.fetch_add_relaxed(1);
        if (i % 16 == 0)
            uk::sched::yield();
    }
    return nullptr;
}

// The first entry of the current folder, or an empty name.
struct FirstEntry {
    FirstEntry() {
        const int fd = open(".", UK_O_RDONLY | UK_O_DIRECTORY);
        long size = 0;
        while (name == nullptr && (size = uk_sys_getdents64(fd, room, sizeof(room))) > 0)
            look(size);
        uk_sys_close(fd);
    }
    void look(long size) {
        for (long at = 0; name == nullptr && at < size;) {
            const auto* entry = reinterpret_cast<const uk_dirent64*>(room + at);
            const char* text = room + at + offsetof(uk_dirent64, d_name);
            if (text[0] != '.')
                name = text;
            is_folder = entry->d_type == UK_DT_DIR;
            at += entry->d_reclen;
        }
    }
    const char* name = nullptr;
    bool is_folder = false;
    alignas(uk_dirent64) char room[200];
};

// Empties the current folder, however deep what is below it. Goes down where there is something,
// and up by "..". Whether nothing failed.
bool remove_all() {
    for (int depth = 0;;) {
        const FirstEntry entry;
        if (entry.name == nullptr) {
            if (depth-- == 0)
                return true;
            if (uk_sys_chdir("..") != 0)
                return false;
            continue;
        }
        const long gone = entry.is_folder ? uk_sys_rmdir(entry.name) : uk_sys_unlink(entry.name);
        if (gone == -UK_ENOTEMPTY && uk_sys_chdir(entry.name) == 0)
            depth++;
        else if (gone != 0)
            return false;
    }
}

} // namespace

UK_TEST(locks_of_files_are_waited_for)
{
    Folder folder;
    UK_TEST_ASSERT(folder.made);
    Waiter waiter{open("f", kNew)};
    const int mine = open("f");
    UK_TEST_EXPECT_EQ(uk_sys_flock(mine, UK_LOCK_EX), 0);
    UK_TEST_EXPECT_EQ(uk_sys_flock(waiter.fd, UK_LOCK_EX | UK_LOCK_NB), -UK_EAGAIN);
    auto thread = UK_MUST(uk::sched::create({.name = "waiter"}, wait_for_lock, &waiter));
    for (int i = 0; i < 100; i++)
        uk::sched::yield();
    UK_TEST_EXPECT_EQ(waiter.result.load_acquire(), -1);
    UK_TEST_EXPECT_EQ(uk_sys_close(mine), 0);
    UK_TEST_EXPECT(uk::sched::join(*thread).ok());
    UK_TEST_EXPECT_EQ(waiter.result.load_acquire(), 0);
    UK_TEST_EXPECT_EQ(uk_sys_close(waiter.fd), 0);
    UK_TEST_EXPECT_EQ(uk_sys_unlink("f"), 0);
}

UK_TEST(locks_of_the_process_go_with_any_descriptor)
{
    Folder folder;
    UK_TEST_ASSERT(folder.made);
    const int mine = open("f", UK_O_CREAT | UK_O_RDWR);
    const int other = open("f", UK_O_RDWR);
    uk_flock range{UK_F_WRLCK, UK_SEEK_SET, 0, 10, 0};
    const auto lock = [&](int fd, int command) {
        return uk_sys_fcntl(fd, command, reinterpret_cast<unsigned long>(&range));
    };
    UK_TEST_EXPECT_EQ(lock(mine, UK_F_SETLK), 0);
    UK_TEST_EXPECT_EQ(lock(other, UK_F_OFD_SETLK), -UK_EAGAIN);
    const int third = open("f");
    UK_TEST_EXPECT_EQ(uk_sys_close(third), 0);
    UK_TEST_EXPECT_EQ(lock(other, UK_F_OFD_SETLK), 0);
    UK_TEST_EXPECT_EQ(uk_sys_dup3(mine, other, 0), other);
    UK_TEST_EXPECT_EQ(lock(mine, UK_F_OFD_SETLK), 0);
    UK_TEST_EXPECT_EQ(uk_sys_close(mine), 0);
    UK_TEST_EXPECT_EQ(uk_sys_close(other), 0);
    UK_TEST_EXPECT_EQ(uk_sys_unlink("f"), 0);
}

UK_TEST(threads_move_names_about)
{
    Folder folder;
    UK_TEST_ASSERT(folder.made);
    Mover movers[4] = {{1}, {2}, {3}, {4}};
    uk::Ref<uk::Thread> threads[4];
    for (int i = 0; i < 4; i++)
        threads[i] = UK_MUST(uk::sched::create({.name = "mover"}, move_about, movers + i));
    for (auto& thread : threads)
        UK_TEST_EXPECT(uk::sched::join(*thread).ok());
    for (Mover& mover : movers)
        UK_TEST_EXPECT_EQ(mover.errors.load_relaxed(), 0u);
    // All that is there can be removed, and then nothing is: no tree has lost its way to the root.
    UK_TEST_EXPECT(remove_all());
    char path[64] = {};
    UK_TEST_EXPECT_EQ(uk_sys_getcwd(path, sizeof(path)), 10); // "/vfs-test" again
    uk_stat facts{};
    UK_TEST_EXPECT_EQ(uk_sys_stat("x", &facts), -UK_ENOENT);
    UK_TEST_EXPECT_EQ(uk_sys_stat("y", &facts), -UK_ENOENT);
}
#endif

// tests/system/test_fstab.py says what; without it there is nothing to see.
UK_TEST(fstab_is_mounted)
{
    uk_stat facts{};
    if (uk_sys_stat("/one/two", &facts) != 0) {
        UK_TEST_SKIP("started without vfs.fstab");
    }
    UK_TEST_EXPECT_EQ(facts.st_mode, unsigned{UK_S_IFDIR | 0711});
    uk_statfs usage{};
    UK_TEST_EXPECT_EQ(uk_sys_statfs("/one/two", &usage), 0);
    UK_TEST_EXPECT((usage.f_flags & UK_ST_RDONLY) != 0);
    UK_TEST_EXPECT_EQ(usage.f_blocks, 256u);
    UK_TEST_EXPECT_EQ(uk_sys_mkdir("/one/two/x", 0755), -UK_EROFS);
    UK_TEST_EXPECT_EQ(uk_sys_stat("/three/self/maps", &facts), 0);
    UK_TEST_EXPECT_EQ(uk_sys_stat("/proc/self/maps", &facts), 0);
}
