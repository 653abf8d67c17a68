// SPDX-License-Identifier: BSD-3-Clause
// Guest test: words as a shell makes them.
#include <stdlib.h>
#include <wordexp.h>

#include "folder_guest.hpp"

using newlib_test::Folder;
using newlib_test::write_file;

namespace {

// The words of `text` with a bar behind each, or the error's number.
const char* words_of(const char* text, int flags = 0) {
    static char all[200];
    wordexp_t words = {};
    const int error = wordexp(text, &words, flags);
    all[0] = 0;
    if (error != 0) {
        snprintf(all, sizeof(all), "%d", error);
        return all;
    }
    for (size_t i = 0; i < words.we_wordc; i++) {
        strcat(all, words.we_wordv[i]);
        strcat(all, "|");
    }
    if (words.we_wordv[words.we_wordc] != nullptr)
        strcat(all, "no end");
    wordfree(&words);
    return all;
}

constexpr struct {
    const char* text;
    const char* words;
} kCases[] = {
    {"", ""},
    {" a  b\tc ", "a|b|c|"},
    {"'a b' \"c $X d\" e\\ f ''", "a b|c one two d|e f||"},
    {"$X ${X} \"$X\"", "one|two|one|two|one two|"},
    {"${X}s x$X $NONE \"$NONE\" $", "one|twos|xone|two||$|"},
    {"${#X} ${NONE:-a b} ${X:+c} ${NONE+d}", "7|a|b|c|"},
    {"${NEW:=v w} $NEW", "v|w|v|w|"},
    {"~ ~/x a~ '~' ~nobody", "/root|/root/x|a~|~|~nobody|"},
    {"*.c '*.c' ?.d $STARS", "1.c|2.c|*.c|?.d|1.c|2.c|"},
    {"'a", "5"},
    {"${X", "5"},
    {"${1}", "5"},
    {"a\\", "5"},
    {"a;b", "2"},
    {"a (b)", "2"},
    {"${NONE?text}", "3"},
    {"$((1 + 2))", "6"},
    {"$(ls)", "6"},
};

constexpr const char* kSet[] = {"HOME", "IFS", "NEW", "STARS", "X"};

} // namespace

UK_TEST(words_are_those_of_a_shell)
{
    Folder folder;
    UK_TEST_ASSERT(folder.made);
    UK_TEST_EXPECT(write_file("2.c", "") && write_file("1.c", ""));
    char before[40] = "";
    const char* home = getenv("HOME");
    if (home != nullptr)
        strncpy(before, home, sizeof(before) - 1);
    setenv("HOME", "/root", 1);
    setenv("X", "one two", 1);
    setenv("STARS", "*.c", 1);
    for (const auto& each : kCases) {
        const char* words = words_of(each.text);
        UK_TEST_EXPECT(strcmp(words, each.words) == 0);
        if (strcmp(words, each.words) != 0)
            printf("# '%s' gives '%s'\n", each.text, words);
    }
    UK_TEST_EXPECT(strcmp(words_of("`ls`", WRDE_NOCMD), "4") == 0);
    UK_TEST_EXPECT(strcmp(words_of("a $NONE", WRDE_UNDEF), "3") == 0);
    wordexp_t words = {};
    words.we_offs = 2;
    UK_TEST_ASSERT(wordexp("a b", &words, WRDE_DOOFFS) == 0);
    UK_TEST_EXPECT_EQ(wordexp("|", &words, WRDE_DOOFFS | WRDE_APPEND), WRDE_BADCHAR);
    UK_TEST_EXPECT_EQ(wordexp("c", &words, WRDE_DOOFFS | WRDE_APPEND), 0);
    UK_TEST_EXPECT(words.we_wordc == 3 && words.we_wordv[0] == nullptr &&
                   words.we_wordv[1] == nullptr && strcmp(words.we_wordv[4], "c") == 0);
    UK_TEST_EXPECT_EQ(wordexp("d", &words, WRDE_DOOFFS | WRDE_REUSE), 0);
    UK_TEST_EXPECT(words.we_wordc == 1 && strcmp(words.we_wordv[2], "d") == 0);
    wordfree(&words);
    setenv("IFS", ":", 1);
    setenv("X", "a::b c:", 1);
    UK_TEST_EXPECT(strcmp(words_of("$X"), "a||b c|") == 0);
    for (const char* name : kSet)
        unsetenv(name);
    if (home != nullptr)
        setenv("HOME", before, 1);
    UK_TEST_EXPECT(unlink("1.c") == 0 && unlink("2.c") == 0);
}
