// SPDX-License-Identifier: BSD-3-Clause
// Guest tests: users and groups, processes that are not to be had, and small functions that
// programs of Linux and BSD expect.
#include <byteswap.h>
#include <endian.h>
#include <err.h>
#include <grp.h>
#include <iconv.h>
#include <pwd.h>
#include <rpc/types.h>
// Behind it:
#include <rpc/xdr.h>
#include <search.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "folder_guest.hpp"

using newlib_test::Folder;
using newlib_test::write_file;

namespace {

constexpr char kUsers[] = "# comment\nroot:x:0:0:root:/root:/bin/sh\nnobody\n"
                          "ann:x:1000:100:Ann:/home/ann:/bin/lua\n";
constexpr char kGroups[] = "root:x:0:\nusers:x:100:ann,bob\nplay:x:20:ann\n";

// A group with 100 members, which takes more room than is asked for at first.
const char* many_members() {
    static char text[1200];
    int size = snprintf(text, sizeof(text), "all:x:7:");
    for (int i = 0; i < 100; i++) {
        size += snprintf(text + size, sizeof(text) - static_cast<size_t>(size), "member%d,", i);
    }
    snprintf(text + size, sizeof(text) - static_cast<size_t>(size), "ann\nplay:x:20:ann\n");
    return text;
}

bool has_all(const struct group* group) {
    return group != nullptr && group->gr_gid == 7 && strcmp(group->gr_mem[99], "member99") == 0 &&
           strcmp(group->gr_mem[100], "ann") == 0 && group->gr_mem[101] == nullptr;
}

// A stream of these bytes from a pipe, which keeps them all until it is read.
FILE* pipe_of(const char* text, size_t size) {
    int ends[2];
    if (pipe(ends) != 0) {
        return nullptr;
    }
    const bool written = write(ends[1], text, size) == static_cast<ssize_t>(size);
    close(ends[1]);
    return written ? fdopen(ends[0], "r") : nullptr;
}

} // namespace

UK_TEST(without_a_file_root_is_the_only_user)
{
    errno = 0;
    const struct passwd* user = getpwuid(getuid());
    UK_TEST_ASSERT(user != nullptr);
    UK_TEST_EXPECT(strcmp(user->pw_name, "root") == 0 && strcmp(user->pw_dir, "/") == 0);
    UK_TEST_EXPECT(getpwnam("ann") == nullptr && getgrgid(100) == nullptr && errno == 0);
    const struct group* group = getgrnam("root");
    UK_TEST_EXPECT(group != nullptr && group->gr_gid == 0 && group->gr_mem[0] == nullptr);
    UK_TEST_EXPECT(strcmp(getlogin(), "root") == 0);
}

UK_TEST(users_and_groups_are_those_of_the_files)
{
    const bool made = mkdir("/etc", 0755) == 0;
    UK_TEST_ASSERT(write_file("/etc/passwd", kUsers) && write_file("/etc/group", kGroups));
    const struct passwd* user = getpwnam("ann");
    UK_TEST_EXPECT(user != nullptr && user->pw_uid == 1000 && user->pw_gid == 100);
    UK_TEST_EXPECT(user != nullptr && strcmp(user->pw_shell, "/bin/lua") == 0);
    struct passwd own;
    struct passwd* found = &own;
    char text[64];
    UK_TEST_EXPECT(getpwuid_r(5, &own, text, sizeof(text), &found) == 0 && found == nullptr);
    UK_TEST_EXPECT(getpwuid_r(1000, &own, text, 20, &found) == ERANGE && found == nullptr);
    UK_TEST_EXPECT(getpwuid_r(1000, &own, text, sizeof(text), &found) == 0 && found == &own);
    int count = 0;
    for (setpwent(); getpwent() != nullptr; count++) {
    }
    UK_TEST_EXPECT_EQ(count, 2);
    endpwent();
    const struct group* group = getgrgid(100);
    UK_TEST_EXPECT(group != nullptr && strcmp(group->gr_mem[1], "bob") == 0);
    gid_t groups[4] = {};
    count = 1;
    UK_TEST_EXPECT(getgrouplist("ann", 100, groups, &count) == -1 && count == 2);
    UK_TEST_EXPECT(getgrouplist("ann", 100, groups, &count) == 2 && groups[1] == 20);
    UK_TEST_EXPECT(initgroups("ann", 100) == 0 && getgroups(4, groups) == 2);
    UK_TEST_EXPECT_EQ(setgroups(0, nullptr), 0);
    UK_TEST_EXPECT(unlink("/etc/passwd") == 0 && unlink("/etc/group") == 0);
    UK_TEST_EXPECT(!made || rmdir("/etc") == 0);
}

UK_TEST(groups_may_have_many_members)
{
    const bool made = mkdir("/etc", 0755) == 0;
    UK_TEST_ASSERT(write_file("/etc/group", many_members()));
    UK_TEST_EXPECT(has_all(getgrnam("all")));
    setgrent();
    const struct group* each = getgrent();
    UK_TEST_EXPECT(has_all(each));
    gid_t groups[4] = {};
    int count = 4;
    UK_TEST_EXPECT(getgrouplist("ann", 100, groups, &count) == 3 && groups[1] == 7);
    UK_TEST_EXPECT(has_all(each)); // which that list left alone
    each = getgrent();
    UK_TEST_EXPECT(each != nullptr && strcmp(each->gr_name, "play") == 0);
    errno = 0;
    UK_TEST_EXPECT(getgrent() == nullptr && errno == 0);
    endgrent();
    UK_TEST_EXPECT(unlink("/etc/group") == 0 && mkdir("/etc/group", 0755) == 0); // EISDIR
    count = 4;
    UK_TEST_EXPECT(getgrouplist("ann", 100, groups, &count) == -1 && count == 4 && errno != 0);
    UK_TEST_EXPECT(initgroups("ann", 100) == -1);
    UK_TEST_EXPECT(rmdir("/etc/group") == 0 && (!made || rmdir("/etc") == 0));
}

UK_TEST(lines_of_users_come_from_any_stream)
{
    static constexpr char kZero[] = "a\0b\nann:x:1:2:Ann:/:\0sh\nbob:x:3:4:::";
    FILE* from = pipe_of(kZero, sizeof(kZero) - 1);
    UK_TEST_ASSERT(from != nullptr);
    const struct passwd* user = fgetpwent(from);
    UK_TEST_EXPECT(user != nullptr && user->pw_uid == 1 && strcmp(user->pw_dir, "/") == 0);
    user = fgetpwent(from);
    UK_TEST_EXPECT(user != nullptr && user->pw_uid == 3);
    errno = 0;
    UK_TEST_EXPECT(fgetpwent(from) == nullptr && errno == 0);
    fclose(from);

    // What is too long for a pipe is lost as a whole.
    static char text[4096];
    memset(text, 'x', sizeof(text));
    memcpy(text + sizeof(text) - 20, ":x:0:0\nann:x:1:2:::", 20);
    from = pipe_of(text, sizeof(text));
    UK_TEST_ASSERT(from != nullptr);
    UK_TEST_EXPECT(fgetpwent(from) == nullptr && errno == ESPIPE);
    user = fgetpwent(from);
    UK_TEST_EXPECT(user != nullptr && user->pw_uid == 1 && strcmp(user->pw_name, "ann") == 0);
    fclose(from);
}

UK_TEST(messages_have_the_programs_name)
{
    const Folder folder;
    const int before = dup(STDERR_FILENO);
    const int to = open("messages", O_WRONLY | O_CREAT | O_TRUNC, 0644);
    UK_TEST_ASSERT(before >= 0 && to >= 0 && dup2(to, STDERR_FILENO) >= 0);
    errno = ENOENT;
    warn("%d", 5);
    warnx("%s", "six");
    dup2(before, STDERR_FILENO);
    close(before);
    close(to);
    char text[100];
    snprintf(text, sizeof(text), "guest: 5: %s\nguest: six\n", strerror(ENOENT));
    UK_TEST_EXPECT(newlib_test::holds("messages", text));
    UK_TEST_EXPECT_EQ(unlink("messages"), 0);
}

UK_TEST(there_are_no_other_processes)
{
    char* const words[] = {nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    UK_TEST_EXPECT_EQ(posix_spawnattr_init(&attributes), 0);
    UK_TEST_EXPECT_EQ(posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP), 0);
    short flags = 0;
    UK_TEST_EXPECT(posix_spawnattr_getflags(&attributes, &flags) == 0 &&
                   flags == POSIX_SPAWN_SETPGROUP);
    UK_TEST_EXPECT_EQ(posix_spawnattr_setflags(&attributes, 0x1000), EINVAL);
    UK_TEST_EXPECT_EQ(posix_spawn_file_actions_init(&actions), 0);
    UK_TEST_EXPECT_EQ(posix_spawn_file_actions_addclose(&actions, -1), EBADF);
    UK_TEST_EXPECT_EQ(posix_spawn(nullptr, "/bin/sh", &actions, &attributes, words, words), ENOSYS);
    errno = 0;
    UK_TEST_EXPECT(popen("ls", "r") == nullptr && errno == ENOSYS);
    UK_TEST_EXPECT(popen("ls", "rw") == nullptr && errno == EINVAL);
    NEWLIB_TEST_FAILS(execvpe("ls", words, words), ENOSYS);
    NEWLIB_TEST_FAILS(daemon(0, 0), ENOSYS);
    UK_TEST_EXPECT_EQ(system(nullptr), 0);
    NEWLIB_TEST_FAILS(waitid(P_ALL, 0, nullptr, WEXITED), ECHILD);
    NEWLIB_TEST_FAILS(waitid(P_ALL, 0, nullptr, WNOHANG), EINVAL);
    NEWLIB_TEST_FAILS(wait3(nullptr, WNOHANG, nullptr), ECHILD);
}

UK_TEST(text_is_converted_from_one_encoding_to_another)
{
    NEWLIB_TEST_FAILS(reinterpret_cast<intptr_t>(iconv_open("KOI8-R", "UTF-8")), EINVAL);
    const iconv_t how = iconv_open("ISO-8859-1", "utf8");
    UK_TEST_ASSERT(how != reinterpret_cast<iconv_t>(-1));
    char text[] = "gr\xc3\xbc\xc3\x9f\xe2\x82\xac";
    char result[8] = {};
    char* in = text;
    char* out = result;
    size_t in_left = strlen(text);
    size_t out_left = 3;
    UK_TEST_EXPECT(iconv(how, &in, &in_left, &out, &out_left) == SIZE_MAX && errno == E2BIG);
    out_left = 5;
    UK_TEST_EXPECT(iconv(how, &in, &in_left, &out, &out_left) == SIZE_MAX && errno == EILSEQ);
    UK_TEST_EXPECT(strcmp(result, "gr\xfc\xdf") == 0 && in_left == 3 && out_left == 4);
    UK_TEST_EXPECT_EQ(iconv_close(how), 0);
}

// RFC 4506: big-endian words, strings filled up to one.
UK_TEST(xdr_encodes_as_its_standard_says)
{
    static constexpr char kBytes[] = "\0\0\0\x7f\0\0\0\5hello\0\0\0\x3f\xf8\0\0\0\0\0\0";
    char bytes[sizeof(kBytes) - 1];
    XDR stream;
    int number = 127;
    char text[] = "hello";
    char* string = text;
    double real = 1.5;
    xdrmem_create(&stream, bytes, sizeof(bytes), XDR_ENCODE);
    UK_TEST_EXPECT(xdr_int(&stream, &number) && xdr_string(&stream, &string, 5) &&
                   xdr_double(&stream, &real));
    UK_TEST_EXPECT(!xdr_int(&stream, &number)); // no room
    UK_TEST_EXPECT(memcmp(bytes, kBytes, sizeof(bytes)) == 0);
    number = 0;
    real = 0;
    memset(text, 0, sizeof(text));
    xdrmem_create(&stream, bytes, sizeof(bytes), XDR_DECODE);
    UK_TEST_EXPECT(xdr_int(&stream, &number) && xdr_string(&stream, &string, 5) &&
                   xdr_double(&stream, &real));
    UK_TEST_EXPECT(number == 127 && real == 1.5 && strcmp(text, "hello") == 0);
}

UK_TEST(small_functions_of_other_systems)
{
    char text[64];
    UK_TEST_EXPECT(confstr(_CS_PATH, text, 5) == 14 && strcmp(text, "/bin") == 0);
    UK_TEST_EXPECT(confstr(77, nullptr, 0) == 0 && errno == EINVAL);
    UK_TEST_EXPECT(getdomainname(text, sizeof(text)) == 0 && gethostid() == 0);
    UK_TEST_EXPECT(strcmp(getwd(text), "/") == 0 && strcmp(ctermid(text), "/dev/tty") == 0);
    UK_TEST_EXPECT(secure_getenv("NONE") == nullptr && issetugid() == 0);
    UK_TEST_EXPECT(strcmp(program_invocation_short_name, "guest") == 0);
    uid_t users[3] = {1, 1, 1};
    UK_TEST_EXPECT(getresuid(&users[0], &users[1], &users[2]) == 0 && users[0] == getuid() &&
                   users[1] == geteuid() && users[2] == users[1]);
    UK_TEST_EXPECT(htobe32(0x01020304U) == 0x04030201U && le16toh(0x0102) == 0x0102 &&
                   bswap_32(0x01020304U) == 0x04030201U);
    int numbers[3] = {1, 2};
    size_t count = 2;
    const auto compare = [](const void* a, const void* b) {
        return *static_cast<const int*>(a) - *static_cast<const int*>(b);
    };
    const int wanted = 7;
    UK_TEST_EXPECT(lfind(&wanted, numbers, &count, sizeof(int), compare) == nullptr);
    UK_TEST_EXPECT(lsearch(&wanted, numbers, &count, sizeof(int), compare) == numbers + 2);
    UK_TEST_EXPECT(lfind(&wanted, numbers, &count, sizeof(int), compare) == numbers + 2);
    struct Element {
        Element* next;
        Element* before;
    } one, two, three;
    insque(&one, nullptr);
    insque(&three, &one);
    insque(&two, &one);
    UK_TEST_EXPECT(one.next == &two && two.next == &three && three.before == &two);
    remque(&two);
    UK_TEST_EXPECT(one.next == &three && three.before == &one && three.next == nullptr);
}
