// SPDX-License-Identifier: BSD-3-Clause
// Guest tests: reading folders, patterns, walks through trees.
#include <dirent.h>
#include <fnmatch.h>
#include <ftw.h>
#include <glob.h>
#include <stdlib.h>

#include "folder_guest.hpp"

using newlib_test::Folder;
using newlib_test::kHome;
using newlib_test::write_file;

namespace {

constexpr int kMany = 300; // more than one call of getdents64() gives

void name_of(int number, char* name) {
    snprintf(name, 16, "file-%d", number);
}

int count_of(DIR* stream) {
    int count = 0;
    while (readdir(stream) != nullptr) {
        count++;
    }
    return count;
}

int no_dots(const struct dirent* entry) {
    return entry->d_name[0] != '.';
}

// What the walk has seen, a line for each file.
struct Seen {
    char text[1000];
    size_t used;
    bool chdir_right;
} g_seen;

void note(const char* path, int type) {
    g_seen.used += static_cast<size_t>(snprintf(
        g_seen.text + g_seen.used, sizeof(g_seen.text) - g_seen.used, "%s=%d ", path, type));
}

int visit(const char* path, const struct stat* /*facts*/, int type, struct FTW* place) {
    note(path + place->base, type * 10 + place->level);
    struct stat by_name;
    g_seen.chdir_right = g_seen.chdir_right && lstat(path + place->base, &by_name) == 0;
    return 0;
}

int visit_simply(const char* path, const struct stat* facts, int type) {
    note(path, type);
    return strcmp(path, "t/b") == 0 && S_ISREG(facts->st_mode) ? 77 : 0;
}

int remove_it(const char* path, const struct stat* /*facts*/, int /*type*/, struct FTW* /*place*/) {
    return remove(path);
}

bool saw(const char* text) {
    return strstr(g_seen.text, text) != nullptr;
}

// t/a t/b t/d/e t/d/link -> .. t/none -> nowhere
bool make_tree() {
    memset(&g_seen, 0, sizeof(g_seen));
    g_seen.chdir_right = true;
    return mkdir("t", 0755) == 0 && write_file("t/a", "1") && write_file("t/b", "2") &&
           mkdir("t/d", 0755) == 0 && write_file("t/d/e", "3") && symlink("..", "t/d/link") == 0 &&
           symlink("nowhere", "t/none") == 0;
}

bool same(const glob_t& found, const char* const (&paths)[3]) {
    return found.gl_pathc == 3 && strcmp(found.gl_pathv[found.gl_offs], paths[0]) == 0 &&
           strcmp(found.gl_pathv[found.gl_offs + 1], paths[1]) == 0 &&
           strcmp(found.gl_pathv[found.gl_offs + 2], paths[2]) == 0 &&
           found.gl_pathv[found.gl_offs + 3] == nullptr;
}

} // namespace

UK_TEST(folders_are_read)
{
    Folder folder;
    UK_TEST_ASSERT(folder.made);
    char name[16];
    for (int i = 0; i < kMany; i++) {
        name_of(i, name);
        UK_TEST_ASSERT(write_file(name, ""));
    }
    DIR* stream = opendir(".");
    UK_TEST_ASSERT(stream != nullptr);
    UK_TEST_EXPECT_EQ(fcntl(dirfd(stream), F_GETFD), FD_CLOEXEC);
    static bool seen[kMany];
    memset(seen, 0, sizeof(seen));
    int files = 0;
    long middle = 0;
    char behind[16] = "";
    errno = 0;
    while (const struct dirent* entry = readdir(stream)) {
        const int number = strncmp(entry->d_name, "file-", 5) == 0 ? atoi(entry->d_name + 5) : -1;
        if (number < 0) {
            UK_TEST_EXPECT(entry->d_name[0] == '.' && entry->d_type == DT_DIR);
            continue;
        }
        struct stat facts;
        UK_TEST_ASSERT(number < kMany && !seen[number] && lstat(entry->d_name, &facts) == 0);
        UK_TEST_EXPECT(entry->d_type == DT_REG && entry->d_ino == facts.st_ino);
        seen[number] = true;
        if (files == 100) {
            strcpy(behind, entry->d_name);
        }
        if (++files == 100) {
            middle = telldir(stream);
        }
    }
    UK_TEST_EXPECT_EQ(errno, 0);
    UK_TEST_EXPECT_EQ(files, kMany);
    seekdir(stream, middle);
    UK_TEST_EXPECT_EQ(telldir(stream), middle);
    struct dirent room;
    struct dirent* entry = nullptr;
    UK_TEST_EXPECT_EQ(readdir_r(stream, &room, &entry), 0);
    UK_TEST_EXPECT(entry == &room && strcmp(room.d_name, behind) == 0);
    rewinddir(stream);
    for (int i = 0; i < kMany; i++) {
        name_of(i, name);
        UK_TEST_EXPECT_EQ(unlink(name), 0);
    }
    rewinddir(stream);
    UK_TEST_EXPECT_EQ(count_of(stream), 2);
    UK_TEST_EXPECT_EQ(closedir(stream), 0);
}

UK_TEST(folders_that_are_none_are_not_read)
{
    Folder folder;
    UK_TEST_ASSERT(folder.made && write_file("f", "") && mkdir("d", 0755) == 0);
    errno = 0;
    UK_TEST_EXPECT(opendir("nothing") == nullptr && errno == ENOENT);
    UK_TEST_EXPECT(opendir("f") == nullptr && errno == ENOTDIR);
    UK_TEST_EXPECT(fdopendir(99) == nullptr && errno == EBADF);
    const int file = open("f", O_RDONLY);
    UK_TEST_EXPECT(fdopendir(file) == nullptr && errno == ENOTDIR);
    UK_TEST_EXPECT_EQ(close(file), 0);
    const int path = open("d", O_PATH);
    UK_TEST_EXPECT(fdopendir(path) == nullptr && errno == EBADF);
    UK_TEST_EXPECT_EQ(close(path), 0);
    DIR* stream = fdopendir(open("d", O_RDONLY));
    UK_TEST_ASSERT(stream != nullptr);
    UK_TEST_EXPECT_EQ(rmdir("d"), 0);
    errno = 0;
    UK_TEST_EXPECT(readdir(stream) == nullptr && errno == 0);
    const int fd = dirfd(stream);
    UK_TEST_EXPECT_EQ(closedir(stream), 0);
    NEWLIB_TEST_FAILS(close(fd), EBADF);
    UK_TEST_EXPECT_EQ(unlink("f"), 0);
}

UK_TEST(folders_are_sorted)
{
    Folder folder;
    UK_TEST_ASSERT(folder.made);
    for (const char* name : {"f10", "f9", "f1", ".f"}) {
        UK_TEST_ASSERT(write_file(name, ""));
    }
    struct dirent** entries = nullptr;
    UK_TEST_ASSERT(scandir(kHome, &entries, no_dots, alphasort) == 3);
    UK_TEST_EXPECT(strcmp(entries[0]->d_name, "f1") == 0 &&
                   strcmp(entries[1]->d_name, "f10") == 0 && strcmp(entries[2]->d_name, "f9") == 0);
    for (int i = 0; i < 3; i++) {
        free(entries[i]);
    }
    free(entries);
    UK_TEST_ASSERT(scandirat(AT_FDCWD, ".", &entries, nullptr, versionsort) == 6);
    UK_TEST_EXPECT(strcmp(entries[3]->d_name, "f1") == 0 && strcmp(entries[4]->d_name, "f9") == 0 &&
                   strcmp(entries[5]->d_name, "f10") == 0);
    for (int i = 0; i < 6; i++) {
        UK_TEST_EXPECT(i < 2 || unlink(entries[i]->d_name) == 0);
        free(entries[i]);
    }
    free(entries);
    NEWLIB_TEST_FAILS(scandir("nothing", &entries, nullptr, nullptr), ENOENT);
}

UK_TEST(patterns_find_paths)
{
    Folder folder;
    UK_TEST_ASSERT(folder.made && make_tree());
    glob_t found = {.gl_pathc = 0, .gl_pathv = nullptr, .gl_offs = 2};
    UK_TEST_EXPECT_EQ(glob("t/?", GLOB_MARK | GLOB_DOOFFS, nullptr, &found), 0);
    UK_TEST_EXPECT(same(found, {"t/a", "t/b", "t/d/"}) && found.gl_pathv[1] == nullptr);
    UK_TEST_EXPECT_EQ(glob("t/n*e", GLOB_APPEND | GLOB_DOOFFS, nullptr, &found), 0);
    UK_TEST_EXPECT(found.gl_pathc == 4 && strcmp(found.gl_pathv[5], "t/none") == 0);
    found.gl_pathv[0] = const_cast<char*>("not from malloc");
    globfree(&found);
    UK_TEST_EXPECT_EQ(glob("*/*/[a-e]", 0, nullptr, &found), 0);
    UK_TEST_EXPECT(found.gl_pathc == 1 && strcmp(found.gl_pathv[0], "t/d/e") == 0);
    globfree(&found);
    UK_TEST_EXPECT_EQ(glob("/newlib-test//t/d/[!x]*", 0, nullptr, &found), 0);
    UK_TEST_EXPECT(found.gl_pathc == 2 && strcmp(found.gl_pathv[1], "/newlib-test//t/d/link") == 0);
    globfree(&found);
    UK_TEST_EXPECT_EQ(glob("t/x*", 0, nullptr, &found), GLOB_NOMATCH);
    globfree(&found);
    UK_TEST_EXPECT_EQ(glob("t/x\\*", GLOB_NOCHECK, nullptr, &found), 0);
    UK_TEST_EXPECT(found.gl_pathc == 1 && strcmp(found.gl_pathv[0], "t/x\\*") == 0);
    globfree(&found);
    UK_TEST_EXPECT_EQ(glob("t/\\d/*", 0, nullptr, &found), 0);
    UK_TEST_EXPECT_EQ(found.gl_pathc, 2u);
    globfree(&found);
    UK_TEST_EXPECT_EQ(glob("nothing/*", GLOB_ERR, nullptr, &found), GLOB_ABORTED);
    globfree(&found);
    UK_TEST_EXPECT_EQ(fnmatch("*.[ch]", "a.c", FNM_PERIOD), 0);
    UK_TEST_EXPECT_EQ(fnmatch("*.[ch]", ".c", FNM_PERIOD), FNM_NOMATCH);
    UK_TEST_EXPECT_EQ(nftw("t", remove_it, 4, FTW_DEPTH | FTW_PHYS), 0);
}

UK_TEST(trees_are_walked)
{
    Folder folder;
    UK_TEST_ASSERT(folder.made && make_tree());
    UK_TEST_EXPECT_EQ(nftw("t", visit, 1, FTW_PHYS | FTW_CHDIR), 0);
    UK_TEST_EXPECT(saw("t=10 ") && saw("a=1 ") && saw("d=11 ") && saw("e=2 ") && saw("link=42 ") &&
                   saw("none=41 "));
    UK_TEST_EXPECT(g_seen.chdir_right &&
                   g_seen.used == strlen("t=10 a=1 b=1 d=11 e=2 link=42 none=41 "));
    char here[32] = "";
    UK_TEST_EXPECT(getcwd(here, sizeof(here)) == here && strcmp(here, kHome) == 0);
    memset(&g_seen, 0, sizeof(g_seen));
    UK_TEST_EXPECT_EQ(nftw("/newlib-test/t/", visit, 1, FTW_DEPTH), 0);
    UK_TEST_EXPECT(saw("none=61 ") && saw("d=51 ") && !saw("link=") && saw("e=2 "));
    UK_TEST_EXPECT(strcmp(g_seen.text + g_seen.used - 5, "t=50 ") == 0);
    memset(&g_seen, 0, sizeof(g_seen));
    UK_TEST_EXPECT_EQ(ftw("t", visit_simply, 1), 77);
    UK_TEST_EXPECT(saw("t=1 ") && saw("t/b=0 "));
    NEWLIB_TEST_FAILS(ftw("nothing", visit_simply, 1), ENOENT);
    UK_TEST_EXPECT_EQ(nftw("t", remove_it, 1, FTW_DEPTH | FTW_PHYS), 0);
    NEWLIB_TEST_FAILS(access("t", F_OK), ENOENT);
}
