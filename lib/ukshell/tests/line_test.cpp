// SPDX-License-Identifier: BSD-3-Clause
// Host tests: lines to words, options, and how numbers are shown.
#include <uk/shell/line.hpp>
#include <uk/shell/text.hpp>

#include <gtest/gtest.h>

#include <ctime>
#include <random>
#include <string>
#include <vector>

using namespace uk::shell;

namespace {

// "word|word>target", ">>" if it appends; "!problem c" if it cannot be understood.
std::string split_of(std::string text) {
    char* room[kMostWords];
    const Line line = split(text.data(), room);
    if (line.problem != nullptr)
        return std::string("!") + line.problem + ' ' + line.character;
    std::string out;
    for (const char* word : line.words)
        out += (out.empty() ? "" : "|") + std::string(word);
    if (line.target != nullptr)
        out += (line.appends ? ">>" : ">") + std::string(line.target);
    return out;
}

TEST(Line, Words) {
    EXPECT_EQ(split_of(""), "");
    EXPECT_EQ(split_of("  \t "), "");
    EXPECT_EQ(split_of("ls"), "ls");
    EXPECT_EQ(split_of(" ls  -l\t/tmp \r"), "ls|-l|/tmp");
    EXPECT_EQ(split_of("echo 'a  b' \"c 'd'\" e\\ f"), "echo|a  b|c 'd'|e f");
    EXPECT_EQ(split_of("a'b'\"c\"d"), "abcd");
    EXPECT_EQ(split_of("echo '' \"\""), "echo||");
    EXPECT_EQ(split_of(R"(echo "a\"b\\c\d" 'x\y')"), R"(echo|a"b\c\d|x\y)");
    EXPECT_EQ(split_of("echo $HOME *"), "echo|$HOME|*");
    EXPECT_EQ(split_of("# ls"), "");
    EXPECT_EQ(split_of("echo a#b #c"), "echo|a#b");
}

TEST(Line, Redirections) {
    EXPECT_EQ(split_of("a >b"), "a>b");
    EXPECT_EQ(split_of("a>b"), "a>b");
    EXPECT_EQ(split_of("a>>b c"), "a|c>>b");
    EXPECT_EQ(split_of("'a'>b"), "a>b");
    EXPECT_EQ(split_of("> b a"), "a>b");
    EXPECT_EQ(split_of(">b a c"), "a|c>b");
    EXPECT_EQ(split_of("echo '>' \\>"), "echo|>|>");
    EXPECT_EQ(split_of("a >"), "!no file is named behind >");
    EXPECT_EQ(split_of("> b"), "!no command stands before >");
    EXPECT_EQ(split_of("a > b > c"), "!one file is enough; a second >");
    EXPECT_EQ(split_of("a > > b"), "!one file is enough; a second >");
    EXPECT_EQ(split_of("a>>>b"), "!one file is enough; a second >");
}

TEST(Line, WhatCannotBeUnderstood) {
    EXPECT_EQ(split_of("echo 'a"), "!nothing ends what begins with '");
    EXPECT_EQ(split_of("echo \"a\\\""), "!nothing ends what begins with \"");
    EXPECT_EQ(split_of("echo \\"), "!nothing stands behind \\");
    for (const char c : {'|', '&', ';', '<', '`'}) {
        EXPECT_EQ(split_of(std::string("a ") + c + " b"),
                  std::string("!outside of quotes there is no ") + c);
        EXPECT_EQ(split_of(std::string("a '") + c + "'"), std::string("a|") + c);
    }
    std::string most = "w";
    for (size_t i = 1; i < kMostWords; i++)
        most += " w";
    EXPECT_EQ(split_of(most).size(), 2 * kMostWords - 1);
    EXPECT_TRUE(split_of(most + " w").starts_with("!too many words"));
}

// Whatever the words are, quoted they come back.
TEST(Line, QuotedWordsComeBack) {
    std::mt19937 random(7);
    const std::string letters = "ab '\"\\>#|;&<`\t$";
    for (int round = 0; round < 20000; round++) {
        std::string text, wanted;
        const size_t count = 1 + random() % 5;
        for (size_t i = 0; i < count; i++) {
            std::string word;
            for (size_t size = random() % 6; size != 0; size--)
                word += letters[random() % letters.size()];
            wanted += (i == 0 ? "" : "|") + word;
            text += random() % 2 == 0 ? " " : "\t ";
            const unsigned how = random() % 3;
            std::string quoted;
            for (const char c : word) {
                if (how == 0)
                    quoted += std::string("\\") + c;
                else if (how == 1)
                    quoted += c == '\'' ? "'\\''" : std::string(1, c);
                else
                    quoted += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
            }
            const char* around = how == 1 ? "'" : how == 2 || word.empty() ? "\"" : "";
            text += around + quoted + around;
        }
        char* room[kMostWords];
        const std::string before = text;
        const Line line = split(text.data(), room);
        ASSERT_EQ(line.problem, nullptr) << before;
        ASSERT_EQ(line.words.size(), count) << before;
        std::string got;
        for (size_t i = 0; i < count; i++)
            got += (i == 0 ? "" : "|") + std::string(line.words[i]);
        ASSERT_EQ(got, wanted) << before;
    }
}

Options options_of(std::vector<const char*> words, std::string_view known) {
    static std::vector<const char*> kept;
    kept = std::move(words);
    return read_options(kept, known);
}

TEST(Text, OptionsEndWhereTheyEnd) {
    Options options = options_of({"ls", "-la", "-x"}, "lax");
    EXPECT_EQ(options.given, 7u);
    EXPECT_TRUE(options.others.empty());
    options = options_of({"ls", "-l", "--", "-a"}, "la");
    EXPECT_TRUE(options.has(0) && !options.has(1));
    ASSERT_EQ(options.others.size(), 1u);
    EXPECT_STREQ(options.others[0], "-a");
    options = options_of({"cat", "-", "-l"}, "l");
    EXPECT_EQ(options.given, 0u);
    EXPECT_EQ(options.others.size(), 2u);
    EXPECT_EQ(options_of({"ls", "-lz"}, "l").unknown, 'z');
    EXPECT_TRUE(options_of({"ls"}, "l").others.empty());
}

TEST(Text, Modes) {
    EXPECT_STREQ(mode_text(0040755).text, "drwxr-xr-x");
    EXPECT_STREQ(mode_text(0100640).text, "-rw-r-----");
    EXPECT_STREQ(mode_text(0041777).text, "drwxrwxrwt");
    EXPECT_STREQ(mode_text(0106644).text, "-rwSr-Sr--");
    EXPECT_STREQ(mode_text(0104755).text, "-rwsr-xr-x");
    EXPECT_STREQ(mode_text(0120777).text, "lrwxrwxrwx");
    EXPECT_STREQ(mode_text(0010000).text, "p---------");
    EXPECT_STREQ(mode_text(0).text, "?---------");
}

// As the host's gmtime() says it.
TEST(Text, Dates) {
    std::mt19937_64 random(3);
    std::vector<time_t> times = {0, -1, 951782400, 951868799, 4107542400, 253402300799};
    for (int i = 0; i < 20000; i++)
        times.push_back(static_cast<time_t>(random() % 315537897600ull) - 62135596800);
    for (const time_t time : times) {
        char wanted[64];
        const tm* fields = gmtime(&time);
        snprintf(wanted, sizeof(wanted), "%04d-%02d-%02d %02d:%02d:%02d", fields->tm_year + 1900,
                 fields->tm_mon + 1, fields->tm_mday, fields->tm_hour, fields->tm_min,
                 fields->tm_sec);
        ASSERT_STREQ(date_text(time).text, wanted) << time;
    }
    EXPECT_STREQ(date_text(INT64_MAX).text, "9999-12-31 23:59:59");
    EXPECT_STREQ(date_text(INT64_MIN).text, "0001-01-01 00:00:00");
}

TEST(Text, SmallOnes) {
    char room[48];
    EXPECT_EQ(duration_text(59, room), "0:00:59");
    EXPECT_EQ(duration_text(86399, room), "23:59:59");
    EXPECT_EQ(duration_text(86400 + 3661, room), "1 day, 1:01:01");
    EXPECT_EQ(duration_text(3 * 86400, room), "3 days, 0:00:00");
    EXPECT_EQ(base_name("/a/b/c"), "c");
    EXPECT_EQ(base_name("c//"), "c");
    EXPECT_EQ(base_name("/"), "/");
    EXPECT_EQ(base_name("//"), "/");
    EXPECT_EQ(base_name(""), "");
    EXPECT_EQ(signal_number("INT"), 2);
    EXPECT_EQ(signal_number("SIGTERM"), 15);
    EXPECT_EQ(signal_number("SYS"), 31);
    EXPECT_EQ(signal_number("64"), 64);
    EXPECT_EQ(signal_number("0"), 0);
    EXPECT_EQ(signal_number("65"), -1);
    EXPECT_EQ(signal_number("int"), -1);
    EXPECT_EQ(printable("a\33[2J\xc3\xa4\x7f", room), "a?[2J\xc3\xa4?");
    EXPECT_EQ(printable("abcdef", std::span(room).first(3)), "abc");
}

} // namespace
