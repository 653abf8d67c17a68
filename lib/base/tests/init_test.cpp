// SPDX-License-Identifier: BSD-3-Clause
// The init engine on hand-made tables, and UK_INIT through the linker's table.
#include <uk/init.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace {

using uk::Errno;
using uk::Error;
using uk::InitEntry;
using uk::InitLevel;
using uk::InitProgress;
using uk::Result;

std::string g_trace;
int g_fail_at = -1;

template <int I>
Result<> start() {
    if (g_fail_at == I)
        return Errno::noent;
    g_trace += static_cast<char>('a' + I);
    return {};
}
template <int I>
void stop() {
    g_trace += static_cast<char>('A' + I);
}

template <int I>
constexpr InitEntry entry(InitLevel level) {
    return {.init = start<I>, .name = "entry", .level = level, .term = stop<I>, .hint = nullptr};
}
constexpr InitEntry kEntries[] = {
    entry<0>(InitLevel::late),  entry<1>(InitLevel::early), entry<2>(InitLevel::dev),
    entry<3>(InitLevel::early), entry<4>(InitLevel::plat),  entry<5>(InitLevel::dev),
};

struct Table {
    std::vector<const InitEntry*> pointers;
    Table() {
        for (const InitEntry& e : kEntries)
            pointers.push_back(&e);
        pointers.insert(pointers.begin() + 2, nullptr); // padding in the section
        g_trace.clear();
        g_fail_at = -1;
    }
    uk::InitTable table() { return pointers; }
};

std::string g_report;
void report(const InitEntry& e, Error error) {
    g_report += std::string(e.name) + ":" + error.name();
}

TEST(Init, LevelsInOrderAndBack) {
    Table t;
    InitProgress progress;
    ASSERT_TRUE(
        uk::run_init(t.table(), InitLevel::early, InitLevel::plat, nullptr, &progress).ok());
    EXPECT_EQ(g_trace, "bde");
    ASSERT_TRUE(uk::run_init(t.table(), InitLevel::bus, InitLevel::late, nullptr, &progress).ok());
    EXPECT_EQ(g_trace, "bdecfa");
    EXPECT_EQ(progress.done, 6u);
    g_trace.clear();
    uk::run_term(t.table(), progress);
    EXPECT_EQ(g_trace, "AFCEDB");
    g_trace.clear();
    uk::run_term(t.table(), progress); // once
    EXPECT_EQ(g_trace, "");
}

TEST(Init, FailureAtEveryPlaceUndoesWhatWasDone) {
    const std::string all = "bdecfa";
    for (size_t at = 0; at < all.size(); at++) {
        Table t;
        InitProgress progress;
        g_report.clear();
        g_fail_at = all[at] - 'a';
        const Result<> result =
            uk::run_init(t.table(), InitLevel::early, InitLevel::late, report, &progress);
        EXPECT_EQ(result.code(), Errno::noent);
        EXPECT_EQ(g_report, "entry:ENOENT");
        EXPECT_EQ(g_trace, all.substr(0, at));
        g_trace.clear();
        uk::run_term(t.table(), progress);
        std::string back;
        for (size_t i = at; i-- > 0;)
            back += static_cast<char>(all[i] - 'a' + 'A');
        EXPECT_EQ(g_trace, back);
    }
}

TEST(Init, OrderInsideALevelIsFree) {
    Table t;
    std::sort(t.pointers.begin(), t.pointers.end());
    do {
        g_trace.clear();
        InitProgress progress;
        ASSERT_TRUE(
            uk::run_init(t.table(), InitLevel::early, InitLevel::late, nullptr, &progress).ok());
        const std::string forward = g_trace;
        g_trace.clear();
        uk::run_term(t.table(), progress);
        std::string back(forward.rbegin(), forward.rend());
        std::transform(back.begin(), back.end(), back.begin(),
                       [](char c) { return static_cast<char>(c - 'a' + 'A'); });
        ASSERT_EQ(g_trace, back);
    } while (std::next_permutation(t.pointers.begin(), t.pointers.end()));
}

TEST(Init, TermThatShutsDownAgainRunsNothingTwice) {
    static std::vector<const InitEntry*> pointers;
    static InitProgress progress;
    static constexpr InitEntry kAgain = {.init = start<6>,
                                         .name = "again",
                                         .level = InitLevel::lib,
                                         .term =
                                             [] {
                                                 stop<6>();
                                                 uk::run_term(pointers, progress);
                                             },
                                         .hint = nullptr};
    Table t;
    pointers = t.pointers;
    pointers.push_back(&kAgain);
    ASSERT_TRUE(uk::run_init(pointers, InitLevel::early, InitLevel::late, nullptr, &progress).ok());
    g_trace.clear();
    uk::run_term(pointers, progress);
    EXPECT_EQ(g_trace, "AGFCEDB");
}

int fails_as_c_does() {
    return -5;
}
int succeeds_as_c_does() {
    return 0;
}
void cannot_fail() {}

UK_INIT(lib, "c failure", fails_as_c_does, .hint = "replace the disk");
UK_INIT(lib, "c success", succeeds_as_c_does);
UK_INIT(bus, "simple", cannot_fail, .term = stop<7>);

TEST(Init, LinkerTable) {
    const InitEntry* failure = nullptr;
    const InitEntry* success = nullptr;
    const InitEntry* simple = nullptr;
    for (const InitEntry* e : uk::init_table()) {
        ASSERT_NE(e, nullptr);
        const std::string name = e->name;
        failure = name == "c failure" ? e : failure;
        success = name == "c success" ? e : success;
        simple = name == "simple" ? e : simple;
    }
    ASSERT_TRUE(failure && success && simple);
    EXPECT_EQ(failure->init().code(), Errno::io);
    EXPECT_EQ(failure->level, InitLevel::lib);
    EXPECT_STREQ(failure->hint, "replace the disk");
    EXPECT_EQ(failure->term, nullptr);
    EXPECT_TRUE(success->init().ok());
    EXPECT_TRUE(simple->init().ok());
    EXPECT_EQ(simple->level, InitLevel::bus);
    EXPECT_EQ(simple->term, stop<7>);
    EXPECT_STREQ(uk::init_level_name(InitLevel::early), "early");
    EXPECT_STREQ(uk::init_level_name(InitLevel::late), "late");
}

struct Row {
    int value;
};
UK_SECTION_TABLE(uk_test_empty, Row);
UK_SECTION_TABLE(uk_test_rows, Row);
UK_SECTION_ROW(uk_test_rows, Row, {1});
UK_SECTION_ROW(uk_test_rows, Row, {.value = 2});

TEST(SectionTable, GathersRows) {
    EXPECT_TRUE(UK_SECTION_SPAN(uk_test_empty).empty());
    int sum = 0;
    for (const Row* row : UK_SECTION_SPAN(uk_test_rows))
        sum += row->value;
    EXPECT_EQ(sum, 3);
    EXPECT_EQ(UK_SECTION_SPAN(uk_test_rows).size(), 2u);
}

} // namespace
