// SPDX-License-Identifier: BSD-3-Clause
// Host tests: prefix, continued and cut lines, thresholds, replay, and what a crash report sees.
#include <uk/log.hpp>
#include <uk/log/logger.hpp>
#include <uk/print.h>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using uk::log::Logger;

std::string g_console;
uint64_t g_now = 0;
size_t g_writes = 0;

class Log : public ::testing::Test {
  protected:
    std::vector<char> storage_ = std::vector<char>(4096);
    Logger logger_{storage_,
                   UK_KLVL_WARN,
                   {[](const char* data, size_t size) {
                        g_console.append(data, size);
                        g_writes++;
                    },
                    [] { return g_now; }}};

    void SetUp() override {
        g_console.clear();
        g_now = 0;
        g_writes = 0;
    }
    __attribute__((format(printf, 4, 5))) void print(int level, const char* library,
                                                     const char* format, ...) {
        va_list arguments;
        va_start(arguments, format);
        logger_.print(level, library, format, arguments);
        va_end(arguments);
    }
    std::string console() { return std::exchange(g_console, ""); }
    std::string unseen(size_t most, size_t expected) {
        std::string out;
        EXPECT_EQ(logger_.for_each_unseen(
                      most,
                      [](void* context, const char* text, size_t size) {
                          static_cast<std::string*>(context)->append(text, size) += "\n";
                      },
                      &out),
                  expected);
        return out;
    }
};

constexpr const char* kLib = "ukalloc";

TEST_F(Log, LineHasTimeLevelAndLibrary) {
    g_now = 1'234'567'890;
    print(UK_KLVL_WARN, kLib, "%d pages\n", 3);
    EXPECT_EQ(console(), "[    1.234567] Warn: [ukalloc] 3 pages\n");
    EXPECT_EQ(g_writes, 1u);
    print(UK_KLVL_ERR, nullptr, "x\n");
    EXPECT_EQ(console(), "[    1.234567] ERR:  [?] x\n");
    g_now = 123'456ull * 1'000'000'000;
    print(UK_KLVL_CRIT, kLib, "y\n");
    EXPECT_EQ(console(), "[123456.000000] CRIT [ukalloc] y\n");
}

TEST_F(Log, UnimportantLinesStayInTheRing) {
    print(UK_KLVL_INFO, kLib, "info\n");
    print(UK_KLVL_DEBUG, kLib, "debug\n");
    EXPECT_EQ(console(), "");
    EXPECT_EQ(unseen(10, 2),
              "[    0.000000] Info: [ukalloc] info\n[    0.000000] dbg:  [ukalloc] debug\n");
    EXPECT_EQ(unseen(1, 1), "[    0.000000] dbg:  [ukalloc] debug\n");
    EXPECT_EQ(unseen(0, 0), "");
}

TEST_F(Log, RaisingTheLevelShowsWhatWasMissedOnce) {
    print(UK_KLVL_INFO, kLib, "one\n");
    print(UK_KLVL_WARN, kLib, "two\n");
    print(UK_KLVL_DEBUG, kLib, "three\n");
    (void)console();
    logger_.set_console_level(UK_KLVL_INFO);
    EXPECT_EQ(console(), "[    0.000000] Info: [ukalloc] one\n");
    logger_.set_console_level(UK_KLVL_DEBUG);
    EXPECT_EQ(console(), "[    0.000000] dbg:  [ukalloc] three\n");
    logger_.set_console_level(UK_KLVL_DEBUG);
    EXPECT_EQ(console(), "");
    print(UK_KLVL_DEBUG, kLib, "four\n");
    EXPECT_EQ(console(), "[    0.000000] dbg:  [ukalloc] four\n");
    logger_.set_console_level(-1);
    print(UK_KLVL_CRIT, kLib, "five\n");
    EXPECT_EQ(console(), "");
}

TEST_F(Log, TextWithoutNewlineIsContinuedByTheSameLibrary) {
    print(UK_KLVL_WARN, kLib, "a");
    print(UK_KLVL_WARN, kLib, "%s", "b");
    EXPECT_EQ(console(), "");
    print(UK_KLVL_WARN, kLib, "c\nd\n");
    EXPECT_EQ(console(), "[    0.000000] Warn: [ukalloc] abc\n[    0.000000] Warn: [ukalloc] d\n");
}

TEST_F(Log, AnotherLibraryCompletesTheLine) {
    static const char kOther[] = "ukboot";
    print(UK_KLVL_WARN, kLib, "half");
    print(UK_KLVL_WARN, kOther, "whole\n");
    EXPECT_EQ(console(),
              "[    0.000000] Warn: [ukalloc] half\n[    0.000000] Warn: [ukboot] whole\n");
    print(UK_KLVL_WARN, kLib, "half");
    print(UK_KLVL_INFO, kLib, "other level\n");
    EXPECT_EQ(console(), "[    0.000000] Warn: [ukalloc] half\n");
    print(UK_KLVL_WARN, kLib, "waiting");
    logger_.flush();
    logger_.flush();
    EXPECT_EQ(console(), "[    0.000000] Warn: [ukalloc] waiting\n");
}

TEST_F(Log, EmptyCallsPrintNothingAndEmptyLinesDo) {
    const char* nothing = "";
    print(UK_KLVL_WARN, kLib, "%s", nothing);
    EXPECT_EQ(console(), "");
    print(UK_KLVL_WARN, kLib, "\n");
    EXPECT_EQ(console(), "[    0.000000] Warn: [ukalloc] \n");
}

TEST_F(Log, LongLinesAreCutWithAMark) {
    for (size_t size = 180; size < 260; size++) {
        const std::string text(size, 'x');
        print(UK_KLVL_WARN, kLib, "%s\n", text.c_str());
        const std::string line = console();
        const bool cut = line.ends_with(" [...]\n");
        EXPECT_EQ(cut, line.find(text) == std::string::npos) << size;
        EXPECT_LE(line.size(), Logger::kLine + 1);
    }
    print(UK_KLVL_WARN, kLib, "%s", std::string(100000, 'y').c_str());
    print(UK_KLVL_WARN, kLib, "\nnext\n");
    EXPECT_NE(console().find("y [...]\n[    0.000000] Warn: [ukalloc] next\n"), std::string::npos);
}

TEST_F(Log, ControlCharactersCannotSteerTheTerminal) {
    print(UK_KLVL_WARN, kLib, "a\x1b[2Jb\rc\td\x7f\xc3\xa4\n");
    EXPECT_EQ(console(), "[    0.000000] Warn: [ukalloc] a.[2Jb.c\td.\xc3\xa4\n");
}

TEST_F(Log, WithoutRingTheConsoleStillWorks) {
    Logger logger({}, UK_KLVL_ERR,
                  {[](const char* data, size_t size) { g_console.append(data, size); },
                   [] { return uint64_t{0}; }});
    auto log = [&logger](int level, const char* format, ...) {
        va_list arguments;
        va_start(arguments, format);
        logger.print(level, kLib, format, arguments);
        va_end(arguments);
    };
    log(UK_KLVL_ERR, "x\n");
    log(UK_KLVL_WARN, "y\n");
    EXPECT_EQ(console(), "[    0.000000] ERR:  [ukalloc] x\n");
    logger.set_console_level(UK_KLVL_DEBUG);
    EXPECT_EQ(console(), "");
}

TEST_F(Log, RingWrapsWithoutHarm) {
    for (int i = 0; i < 1000; i++) {
        print(UK_KLVL_INFO, kLib, "line %d\n", i);
    }
    const std::string last = unseen(2, 2);
    EXPECT_EQ(last,
              "[    0.000000] Info: [ukalloc] line 998\n[    0.000000] Info: [ukalloc] line 999\n");
}

TEST_F(Log, CopyIsTheEndOfTheRing) {
    for (int i = 0; i < 1000; i++) {
        print(i % 2 == 0 ? UK_KLVL_INFO : UK_KLVL_ERR, kLib, "line %d\n", i);
    }
    print(UK_KLVL_INFO, kLib, "waits for its end");
    console();
    std::string all(4096, '\0');
    all.resize(logger_.copy_latest(all));
    EXPECT_TRUE(all.ends_with("line 998\n[    0.000000] ERR:  [ukalloc] line 999\n")) << all;
    EXPECT_GT(all.size(), 4096u * 9 / 10);
    for (size_t room :
         {size_t{0}, size_t{1}, size_t{39}, size_t{40}, size_t{100}, all.size() - 1}) {
        std::string some(room, '\0');
        some.resize(logger_.copy_latest(some));
        EXPECT_TRUE(all.ends_with(some));
        EXPECT_TRUE(some.empty() || some[0] == '[') << some;
        EXPECT_EQ(some.empty(), room < 40) << room;
    }
    EXPECT_EQ(console(), "");
}

TEST(Levels, NamesBothWays) {
    for (int level = -1; level <= UK_KLVL_DEBUG; level++) {
        EXPECT_EQ(uk::log::level_from_name(uk::log::level_name(level)), level);
    }
    EXPECT_EQ(uk::log::level_from_name("warning"), -2);
    EXPECT_EQ(uk::log::level_from_name(""), -2);
    EXPECT_STREQ(uk::log::level_name(7), "?");
}

} // namespace
