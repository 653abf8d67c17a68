// SPDX-License-Identifier: BSD-3-Clause
// Guest tests: the bytes of files, by descriptors, streams and mappings; temporary files; locks.
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/xattr.h>
#include <sys/uio.h>

#include "folder_guest.hpp"

using newlib_test::Folder;
using newlib_test::holds;
using newlib_test::write_file;

namespace {

constexpr int kTemporary = 40;

bool reads(FILE* file, const char* text) {
    char line[40] = "";
    return fgets(line, sizeof(line), file) != nullptr && strcmp(line, text) == 0;
}

} // namespace

UK_TEST(bytes_are_where_they_were_put)
{
    Folder folder;
    UK_TEST_ASSERT(folder.made);
    const int fd = open("f", O_RDWR | O_CREAT | O_EXCL, 0644);
    UK_TEST_ASSERT(fd >= 0);
    NEWLIB_TEST_FAILS(open("f", O_RDWR | O_CREAT | O_EXCL, 0644), EEXIST);
    UK_TEST_EXPECT_EQ(pwrite(fd, "world", 5, 6), 5);
    UK_TEST_EXPECT_EQ(write(fd, "hello ", 6), 6);
    UK_TEST_EXPECT_EQ(lseek(fd, 0, SEEK_CUR), 6);
    char text[20] = {};
    UK_TEST_EXPECT_EQ(pread(fd, text, sizeof(text), 3), 8);
    UK_TEST_EXPECT_EQ(memcmp(text, "lo world", 8), 0);
    char front[4] = {};
    char back[20] = {};
    const struct iovec pieces[2] = {{front, 4}, {back, sizeof(back)}};
    UK_TEST_EXPECT_EQ(preadv(fd, pieces, 2, 1), 10);
    UK_TEST_EXPECT(memcmp(front, "ello", 4) == 0 && memcmp(back, " world", 6) == 0);
    UK_TEST_EXPECT(fsync(fd) == 0 && fdatasync(fd) == 0);
    UK_TEST_EXPECT_EQ(ftruncate(fd, 5), 0);
    UK_TEST_EXPECT(holds("f", "hello"));
    UK_TEST_EXPECT_EQ(truncate("f", 2), 0);
    UK_TEST_EXPECT(holds("f", "he"));
    NEWLIB_TEST_FAILS(truncate("f", -1), EINVAL);
    NEWLIB_TEST_FAILS(truncate("nothing", 1), ENOENT);
    UK_TEST_EXPECT_EQ(posix_fallocate(fd, 0, 8192), 0);
    UK_TEST_EXPECT_EQ(lseek(fd, 0, SEEK_END), 8192);
    UK_TEST_EXPECT_EQ(posix_fallocate(fd, 0, 0), EINVAL);
    UK_TEST_EXPECT_EQ(posix_fallocate(99, 0, 1), EBADF);
    UK_TEST_EXPECT_EQ(fallocate(fd, FALLOC_FL_KEEP_SIZE, 8192, 4096), 0);
    UK_TEST_EXPECT_EQ(lseek(fd, 0, SEEK_END), 8192);
    UK_TEST_EXPECT_EQ(ftruncate(fd, 0), 0);
    UK_TEST_EXPECT_EQ(ftruncate(fd, 10000), 0);
    UK_TEST_EXPECT_EQ(pwrite(fd, "x", 1, 9000), 1);
    UK_TEST_EXPECT(lseek(fd, 0, SEEK_DATA) == 8192 && lseek(fd, 0, SEEK_HOLE) == 0);
    UK_TEST_EXPECT_EQ(posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL), 0);
    UK_TEST_EXPECT_EQ(posix_fadvise(fd, 0, 0, 99), EINVAL);
    UK_TEST_EXPECT_EQ(close(fd), 0);
    NEWLIB_TEST_FAILS(write(fd, "", 1), EBADF);
    UK_TEST_EXPECT_EQ(creat("f", 0600), fd);
    NEWLIB_TEST_FAILS(read(fd, text, 1), EBADF);
    UK_TEST_EXPECT(close(fd) == 0 && holds("f", "") && unlink("f") == 0);
}

UK_TEST(bytes_go_from_file_to_file)
{
    Folder folder;
    UK_TEST_ASSERT(folder.made && write_file("a", "0123456789"));
    const int from = open("a", O_RDONLY);
    const int to = open("b", O_RDWR | O_CREAT, 0644);
    off_t start = 2;
    UK_TEST_EXPECT_EQ(sendfile(to, from, &start, 3), 3);
    UK_TEST_EXPECT(start == 5 && lseek(from, 0, SEEK_CUR) == 0 && holds("b", "234"));
    UK_TEST_EXPECT_EQ(sendfile(to, from, nullptr, 2), 2);
    loff_t begin = 8; // as Linux's manual has it
    off64_t end = 5;
    UK_TEST_EXPECT_EQ(copy_file_range(from, &begin, to, &end, 100, 0), 2);
    UK_TEST_EXPECT(begin == 10 && end == 7 && holds("b", "2340189"));
    NEWLIB_TEST_FAILS(sendfile(from, to, nullptr, 1), EBADF);
    UK_TEST_EXPECT(close(from) == 0 && close(to) == 0 && unlink("a") == 0 && unlink("b") == 0);
}

UK_TEST(files_have_attributes)
{
    Folder folder;
    UK_TEST_ASSERT(folder.made && write_file("f", "") && symlink("f", "l") == 0);
    const int fd = open("f", O_RDONLY);
    char text[32] = {};
    UK_TEST_EXPECT(setxattr("l", "user.a", "one", 3, XATTR_CREATE) == 0);
    UK_TEST_EXPECT(fsetxattr(fd, "user.a", "two", 3, XATTR_REPLACE) == 0);
    UK_TEST_EXPECT(lsetxattr("l", "trusted.a", "link", 4, 0) == 0);
    UK_TEST_EXPECT(getxattr("f", "user.a", text, 32) == 3 && strcmp(text, "two") == 0);
    UK_TEST_EXPECT(lgetxattr("l", "trusted.a", text, 32) == 4 &&
                   fgetxattr(fd, "user.a", text, 0) == 3);
    NEWLIB_TEST_FAILS(getxattr("f", "user.b", text, 32), ENODATA);
    UK_TEST_EXPECT(listxattr("f", text, 32) == 7 && strcmp(text, "user.a") == 0);
    UK_TEST_EXPECT(llistxattr("l", text, 32) == 10 && flistxattr(fd, text, 0) == 7);
    UK_TEST_EXPECT(lremovexattr("l", "trusted.a") == 0 && fremovexattr(fd, "user.a") == 0);
    NEWLIB_TEST_FAILS(removexattr("l", "user.a"), ENODATA);
    UK_TEST_EXPECT(close(fd) == 0 && unlink("f") == 0 && unlink("l") == 0);
}

UK_TEST(streams_read_and_write_files)
{
    Folder folder;
    UK_TEST_ASSERT(folder.made);
    errno = 0;
    UK_TEST_EXPECT(fopen("f", "r") == nullptr && errno == ENOENT);
    FILE* file = fopen("f", "w+x");
    UK_TEST_ASSERT(file != nullptr);
    UK_TEST_EXPECT(fopen("f", "wx") == nullptr && errno == EEXIST);
    UK_TEST_EXPECT(fprintf(file, "%d %s\n", 42, "lines") == 9 && fputs("second\n", file) >= 0);
    rewind(file);
    UK_TEST_EXPECT(reads(file, "42 lines\n") && ftell(file) == 9);
    UK_TEST_EXPECT(fseek(file, 0, SEEK_CUR) == 0 && fputs("SE", file) >= 0 && fflush(file) == 0);
    UK_TEST_EXPECT(holds("f", "42 lines\nSEcond\n"));
    UK_TEST_EXPECT(fseeko(file, -3, SEEK_END) == 0 && getc(file) == 'n' &&
                   ungetc('N', file) == 'N');
    UK_TEST_EXPECT(reads(file, "Nd\n") && getc(file) == EOF && feof(file) != 0);
    UK_TEST_EXPECT_EQ(fclose(file), 0);
    file = fopen("f", "a");
    UK_TEST_EXPECT(fputs("end", file) >= 0 && ftell(file) == 19 && fclose(file) == 0);
    file = fopen("f", "r");
    int number = 0;
    char word[10] = "";
    UK_TEST_EXPECT(fscanf(file, "%d %9s", &number, word) == 2 && number == 42 &&
                   strcmp(word, "lines") == 0);
    errno = 0;
    UK_TEST_EXPECT(fputc('x', file) == EOF && errno == EBADF && ferror(file) != 0);
    UK_TEST_EXPECT(freopen("g", "w", file) == file && fputs("other", file) >= 0 &&
                   fclose(file) == 0);
    UK_TEST_EXPECT(holds("g", "other"));
    static char bytes[10000];
    memset(bytes, 'b', sizeof(bytes));
    file = fopen("g", "w");
    UK_TEST_EXPECT(fwrite(bytes, 100, 100, file) == 100 && fclose(file) == 0);
    struct stat facts;
    UK_TEST_EXPECT(stat("g", &facts) == 0 && facts.st_size == 10000);
    file = fdopen(open("g", O_RDONLY), "r");
    memset(bytes, 0, sizeof(bytes));
    UK_TEST_EXPECT(fread(bytes, 1, sizeof(bytes), file) == 10000 && bytes[9999] == 'b' &&
                   fclose(file) == 0);
    file = fopen(".", "r");
    errno = 0;
    UK_TEST_EXPECT(file != nullptr && getc(file) == EOF && errno == EISDIR && fclose(file) == 0);
    UK_TEST_EXPECT(remove("f") == 0 && remove("g") == 0);
}

UK_TEST(temporary_files_have_new_names)
{
    Folder folder;
    UK_TEST_ASSERT(folder.made);
    char names[kTemporary][12];
    struct stat facts;
    for (auto& name : names) {
        strcpy(name, "t-XXXXXX.c");
        const int fd = mkstemps(name, 2);
        UK_TEST_ASSERT(fd >= 0);
        UK_TEST_EXPECT(fstat(fd, &facts) == 0 && facts.st_mode == (S_IFREG | 0600));
        UK_TEST_EXPECT(strncmp(name, "t-", 2) == 0 && strcmp(name + 8, ".c") == 0 &&
                       access(name, F_OK) == 0);
        UK_TEST_EXPECT_EQ(close(fd), 0);
    }
    for (auto& name : names) {
        UK_TEST_EXPECT_EQ(unlink(name), 0);
    }
    char name[] = "/newlib-test/dXXXXXX";
    UK_TEST_EXPECT(mkdtemp(name) == name && stat(name, &facts) == 0 &&
                   facts.st_mode == (S_IFDIR | 0700));
    UK_TEST_EXPECT_EQ(rmdir(name), 0);
    char open_one[] = "XXXXXX";
    const int fd = mkostemp(open_one, O_APPEND | O_CLOEXEC);
    UK_TEST_EXPECT(fcntl(fd, F_GETFD) == FD_CLOEXEC && (fcntl(fd, F_GETFL) & O_APPEND) != 0);
    UK_TEST_EXPECT(close(fd) == 0 && unlink(open_one) == 0);
    char short_one[] = "aXXXXX";
    NEWLIB_TEST_FAILS(mkstemp(short_one), EINVAL);
    char nowhere[] = "nothing/XXXXXX";
    NEWLIB_TEST_FAILS(mkstemp(nowhere), ENOENT);
    FILE* file = tmpfile();
    UK_TEST_ASSERT(file != nullptr);
    UK_TEST_EXPECT(fputs("gone\n", file) >= 0 && fstat(fileno(file), &facts) == 0 &&
                   facts.st_nlink == 0);
    rewind(file);
    UK_TEST_EXPECT(reads(file, "gone\n") && fclose(file) == 0);
    char path[L_tmpnam];
    UK_TEST_EXPECT(tmpnam(path) == path && strncmp(path, "/tmp/", 5) == 0 &&
                   access(path, F_OK) == -1);
}

UK_TEST(files_are_mapped)
{
    Folder folder;
    UK_TEST_ASSERT(folder.made && write_file("f", "page"));
    const int fd = open("f", O_RDWR);
    void* memory = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED && errno == ENODEV) {
        UK_TEST_SKIP("no mappings of files here");
    }
    UK_TEST_ASSERT(memory != MAP_FAILED);
    auto* bytes = static_cast<char*>(memory);
    UK_TEST_EXPECT_EQ(memcmp(bytes, "page", 5), 0);
    bytes[0] = 'P';
    UK_TEST_EXPECT(msync(memory, 4096, MS_SYNC) == 0 && holds("f", "Page"));
    UK_TEST_EXPECT(pwrite(fd, "A", 1, 1) == 1 && bytes[1] == 'A');
    UK_TEST_EXPECT_EQ(close(fd), 0);
    bytes[2] = 'G';
    UK_TEST_EXPECT(munmap(memory, 4096) == 0 && holds("f", "PAGe"));
    UK_TEST_EXPECT(mmap(nullptr, 4096, PROT_READ, MAP_SHARED, 99, 0) == MAP_FAILED &&
                   errno == EBADF);
    UK_TEST_EXPECT_EQ(unlink("f"), 0);
}

UK_TEST(files_are_locked)
{
    Folder folder;
    UK_TEST_ASSERT(folder.made && write_file("f", "0123456789"));
    const int one = open("f", O_RDWR);
    const int other = open("f", O_RDWR);
    UK_TEST_EXPECT_EQ(flock(one, LOCK_EX), 0);
    NEWLIB_TEST_FAILS(flock(other, LOCK_SH | LOCK_NB), EAGAIN);
    UK_TEST_EXPECT_EQ(flock(one, LOCK_SH), 0);
    UK_TEST_EXPECT_EQ(flock(other, LOCK_SH | LOCK_NB), 0);
    UK_TEST_EXPECT_EQ(flock(one, LOCK_UN), 0);
    UK_TEST_EXPECT_EQ(lockf(one, F_TLOCK, 5), 0);
    UK_TEST_EXPECT_EQ(lockf(one, F_TEST, 5), 0);
    struct flock lock = {
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 4, .l_len = 1, .l_pid = 0};
    NEWLIB_TEST_FAILS(fcntl(other, F_OFD_SETLK, &lock), EAGAIN);
    UK_TEST_EXPECT_EQ(lockf(one, F_ULOCK, 5), 0);
    UK_TEST_EXPECT_EQ(fcntl(other, F_OFD_SETLK, &lock), 0);
    NEWLIB_TEST_FAILS(lockf(one, F_TEST, 5), EACCES);
    NEWLIB_TEST_FAILS(lockf(one, 99, 5), EINVAL);
    UK_TEST_EXPECT(close(one) == 0 && close(other) == 0 && unlink("f") == 0);
}
