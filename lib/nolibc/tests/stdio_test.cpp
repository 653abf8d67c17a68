// SPDX-License-Identifier: BSD-3-Clause
// The standard streams on the fake console: buffering, front-ends of printf, input, errors.
#include <gtest/gtest.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include <uk/fakes/hal.hpp>

#include "nolibc.hpp"

namespace {

std::string g_printed;

// What the console got since the last call.
std::string written() {
    std::string all = uk::fakes::console_output();
    std::string fresh = all.substr(g_printed.size());
    g_printed = all;
    return fresh;
}

class Stdio : public testing::Test {
  protected:
    Stdio() {
        nolibc_fflush(nullptr);
        char rest[64];
        uk::fakes::console_hang_up();
        while (nolibc_fread(rest, 1, sizeof(rest), nolibc_stdin) != 0) {
        }
        uk::fakes::console_clear();
        g_printed.clear();
        for (nolibc_file* stream : {nolibc_stdin, nolibc_stdout, nolibc_stderr}) {
            nolibc_clearerr(stream);
        }
        nolibc_errno = 0;
    }
    ~Stdio() override { nolibc_setvbuf(nolibc_stdout, nullptr, _IOLBF, 0); }

    // The input consists of `text` and then ends.
    static void type(const std::string& text) {
        uk::fakes::console_type(text);
        uk::fakes::console_hang_up();
    }
};

TEST_F(Stdio, StdoutIsLineBuffered) {
    EXPECT_EQ(nolibc_printf("%d, ", 1), 3);
    EXPECT_EQ(written(), "");
    EXPECT_EQ(nolibc_printf("%s\nrest", "two"), 8);
    EXPECT_EQ(written(), "1, two\n");
    EXPECT_EQ(nolibc_fflush(nolibc_stdout), 0);
    EXPECT_EQ(written(), "rest");
    EXPECT_GE(nolibc_puts("a"), 0);
    EXPECT_EQ(nolibc_putchar('b'), 'b');
    EXPECT_EQ(nolibc_fputc(0x1ff, nolibc_stdout), 0xff);
    EXPECT_EQ(written(), "a\n");
    EXPECT_EQ(nolibc_putchar('\n'), '\n');
    EXPECT_EQ(written(), "b\xff\n");
}

TEST_F(Stdio, LongOutputIsComplete) {
    std::string all;
    for (size_t size : {1023U, 1U, 1024U, 3U, 1025U, 5000U, 0U, 7U}) {
        std::string part(size, static_cast<char>('a' + size % 26));
        EXPECT_EQ(nolibc_fwrite(part.data(), 1, size, nolibc_stdout), size);
        all += part;
    }
    std::string lines = std::string(1500, 'x') + "\n" + std::string(1500, 'y') + "\nz";
    EXPECT_EQ(nolibc_printf("%s", lines.c_str()), static_cast<int>(lines.size()));
    nolibc_fflush(nullptr);
    EXPECT_EQ(written(), all + lines);
}

TEST_F(Stdio, StderrIsWrittenAtOnce) {
    nolibc_printf("later");
    EXPECT_EQ(nolibc_fprintf(nolibc_stderr, "%s=%05d", "x", 42), 7);
    EXPECT_EQ(written(), "x=00042");
    std::string large(1000, 'q');
    EXPECT_EQ(nolibc_fprintf(nolibc_stderr, "%s!", large.c_str()), 1001);
    EXPECT_EQ(written(), large + "!");
    EXPECT_EQ(nolibc_dprintf(2, "%c", 'd'), 1);
    EXPECT_EQ(written(), "d");
    nolibc_errno = ENOENT;
    nolibc_perror("open");
    EXPECT_EQ(written(), "open: No such file or directory\n");
    nolibc_perror("");
    EXPECT_EQ(written(), "No such file or directory\n");
}

TEST_F(Stdio, SetvbufChangesTheMode) {
    char buffer[32];
    EXPECT_EQ(nolibc_setvbuf(nolibc_stdout, nullptr, _IONBF, 0), 0);
    nolibc_printf("a");
    EXPECT_EQ(written(), "a");
    EXPECT_EQ(nolibc_setvbuf(nolibc_stderr, buffer, _IOFBF, sizeof(buffer)), 0);
    nolibc_fprintf(nolibc_stderr, "b\n");
    EXPECT_EQ(written(), "");
    EXPECT_EQ(nolibc_setvbuf(nolibc_stderr, nullptr, _IONBF, 0), 0);
    EXPECT_EQ(written(), "b\n");
    EXPECT_EQ(nolibc_setvbuf(nolibc_stdout, nullptr, 7, 0), -1);
    EXPECT_EQ(nolibc_errno, EINVAL);
}

TEST_F(Stdio, PrintsIntoBuffers) {
    char text[8];
    EXPECT_EQ(nolibc_snprintf(text, sizeof(text), "%s", "123456789"), 9);
    EXPECT_STREQ(text, "1234567");
    EXPECT_EQ(nolibc_snprintf(nullptr, 0, "%5d", 1), 5);
    EXPECT_EQ(nolibc_sprintf(text, "%x", 0xabc), 3);
    EXPECT_STREQ(text, "abc");
    EXPECT_EQ(nolibc_snprintf(text, sizeof(text), "%d %*d", 1, INT_MAX, 1), -1);
    EXPECT_EQ(nolibc_errno, EOVERFLOW);
    EXPECT_EQ(nolibc_snprintf(text, sizeof(text), "%lc", 0xd800), -1);
    EXPECT_EQ(nolibc_errno, EILSEQ);
    char* made = nullptr;
    EXPECT_EQ(nolibc_asprintf(&made, "%s-%d", std::string(300, 'm').c_str(), 7), 302);
    EXPECT_EQ(std::string(made), std::string(300, 'm') + "-7");
    nolibc_free(made);
}

TEST_F(Stdio, PrintfTellsOfErrors) {
    EXPECT_EQ(nolibc_fprintf(nolibc_stdin, "x"), -1);
    EXPECT_EQ(nolibc_errno, EBADF);
    EXPECT_TRUE(nolibc_ferror(nolibc_stdin));
    nolibc_errno = 0;
    EXPECT_EQ(nolibc_dprintf(5, "x"), -1);
    EXPECT_EQ(nolibc_errno, EBADF);
    EXPECT_EQ(nolibc_fputc('x', nolibc_stdin), EOF);
    EXPECT_EQ(nolibc_fgetc(nolibc_stdout), EOF);
    EXPECT_TRUE(nolibc_ferror(nolibc_stdout));
    nolibc_clearerr(nolibc_stdout);
    EXPECT_FALSE(nolibc_ferror(nolibc_stdout));
    EXPECT_EQ(nolibc_fwrite("", SIZE_MAX, 2, nolibc_stdout), 0U);
}

TEST_F(Stdio, ReadsCharactersAndLines) {
    type("ab\nlonger line\nlast");
    EXPECT_EQ(nolibc_getchar(), 'a');
    EXPECT_EQ(nolibc_ungetc('A', nolibc_stdin), 'A');
    char line[8];
    EXPECT_STREQ(nolibc_fgets(line, sizeof(line), nolibc_stdin), "Ab\n");
    EXPECT_STREQ(nolibc_fgets(line, sizeof(line), nolibc_stdin), "longer ");
    EXPECT_STREQ(nolibc_fgets(line, sizeof(line), nolibc_stdin), "line\n");
    EXPECT_STREQ(nolibc_fgets(line, 1, nolibc_stdin), "");
    EXPECT_STREQ(nolibc_fgets(line, sizeof(line), nolibc_stdin), "last");
    EXPECT_TRUE(nolibc_feof(nolibc_stdin));
    EXPECT_EQ(nolibc_fgets(line, sizeof(line), nolibc_stdin), nullptr);
    EXPECT_EQ(nolibc_getchar(), EOF);
    EXPECT_FALSE(nolibc_ferror(nolibc_stdin));
    EXPECT_EQ(nolibc_ungetc('x', nolibc_stdin), 'x');
    EXPECT_FALSE(nolibc_feof(nolibc_stdin));
    EXPECT_EQ(nolibc_getchar(), 'x');
    EXPECT_EQ(nolibc_ungetc(EOF, nolibc_stdin), EOF);
}

TEST_F(Stdio, ReadsBlocks) {
    type(std::string(3000, 'r') + "0123456");
    std::string block(3000, 0);
    EXPECT_EQ(nolibc_fread(block.data(), 3000, 1, nolibc_stdin), 1U);
    EXPECT_EQ(block, std::string(3000, 'r'));
    EXPECT_EQ(nolibc_fread(block.data(), 3, 5, nolibc_stdin), 2U); // the seventh byte is read, too
    EXPECT_EQ(block.substr(0, 7), "0123456");
    EXPECT_TRUE(nolibc_feof(nolibc_stdin));
    EXPECT_EQ(nolibc_fread(block.data(), 0, 5, nolibc_stdin), 0U);
}

TEST_F(Stdio, PromptIsSeenBeforeReading) {
    nolibc_printf("name? ");
    type("x\n");
    EXPECT_EQ(nolibc_getchar(), 'x');
    EXPECT_EQ(written(), "name? ");
}

TEST_F(Stdio, ScanfReadsOneCharacterTooMuchAtMost) {
    type("12 0xff word,rest\n");
    int number = 0;
    int hex = 0;
    char word[16] = {};
    EXPECT_EQ(nolibc_scanf("%d %i %15[a-z]", &number, &hex, word), 3);
    EXPECT_EQ(number, 12);
    EXPECT_EQ(hex, 255);
    EXPECT_STREQ(word, "word");
    EXPECT_EQ(nolibc_getchar(), ',');
    EXPECT_EQ(nolibc_scanf("%d", &number), 0);
    EXPECT_EQ(nolibc_getchar(), 'r');
    EXPECT_EQ(nolibc_scanf("%*s%d", &number), EOF);
}

TEST_F(Stdio, DescriptorsAreTheConsole) {
    EXPECT_EQ(nolibc_write(1, "one", 3), 3);
    EXPECT_EQ(nolibc_write(2, "two", 3), 3);
    EXPECT_EQ(written(), "onetwo");
    EXPECT_EQ(nolibc_write(0, "x", 1), -1);
    EXPECT_EQ(nolibc_errno, EBADF);
    EXPECT_EQ(nolibc_write(1, nullptr, 1), -1);
    EXPECT_EQ(nolibc_errno, EFAULT);
    type("in");
    char byte;
    EXPECT_EQ(nolibc_read(0, &byte, 1), 1);
    EXPECT_EQ(nolibc_read(0, &byte, 1), 1);
    EXPECT_EQ(byte, 'n');
    EXPECT_EQ(nolibc_read(0, &byte, 1), 0);
    EXPECT_EQ(nolibc_read(1, &byte, 1), -1);
    EXPECT_EQ(nolibc_read(0, nullptr, 1), -1);
    EXPECT_EQ(nolibc_fileno(nolibc_stderr), 2);
}

} // namespace
