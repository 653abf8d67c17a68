// SPDX-License-Identifier: BSD-3-Clause
// Host tests: the TAP that guest tests print.
#include <uk/test.hpp>

#include <gtest/gtest.h>

#include <string>

namespace {

using uk::test::Case;
using uk::test::Context;

std::string g_out;

void print(const char* text, size_t size) {
    g_out.append(text, size);
}

void passes(Context& uk_test) {
    UK_TEST_EXPECT(1 + 1 == 2);
    UK_TEST_EXPECT_EQ(4u, 4);
}

void fails(Context& uk_test) {
    UK_TEST_EXPECT(g_out.empty());
    const int zero = 0;
    UK_TEST_EXPECT_EQ(zero, -1);
    UK_TEST_ASSERT(zero == 1);
    UK_TEST_EXPECT(zero == 2); // not reached
}

void skips(Context& uk_test) {
    UK_TEST_SKIP("no such device");
}

void fails_then_skips(Context& uk_test) {
    UK_TEST_EXPECT(g_out.empty());
    UK_TEST_SKIP("too late");
}

constexpr Case kPasses = {"a", "passes", passes};
constexpr Case kFails = {"a", "fails", fails};
constexpr Case kSkips = {"b", "skips", skips};
constexpr Case kBoth = {"b", "fails_then_skips", fails_then_skips};

class Tap : public ::testing::Test {
  protected:
    void SetUp() override { g_out.clear(); }
};

TEST_F(Tap, PrintsPlanResultsAndTotals) {
    const Case* cases[] = {&kPasses, &kSkips};
    const auto totals = uk::test::run(cases, nullptr, print);
    EXPECT_EQ(g_out, "TAP version 13\n1..2\nok 1 - a.passes\nok 2 - b.skips # SKIP no such device\n"
                     "# 1 passed, 0 failed, 1 skipped\n");
    EXPECT_EQ(totals.passed, 1u);
    EXPECT_EQ(totals.skipped, 1u);
}

TEST_F(Tap, FailuresSayWhereAndWhat) {
    const Case* cases[] = {&kFails};
    EXPECT_EQ(uk::test::run(cases, "", print).failed, 1u);
    EXPECT_NE(g_out.find(": g_out.empty() is false\n"), std::string::npos) << g_out;
    EXPECT_NE(g_out.find(": zero == -1: 0 (0x0) against -1 (0xffffffffffffffff)\n"),
              std::string::npos)
        << g_out;
    EXPECT_NE(g_out.find(": zero == 1 is false\nnot ok 1 - a.fails\n"), std::string::npos) << g_out;
    EXPECT_NE(g_out.find("# 0 passed, 1 failed, 0 skipped\n"), std::string::npos);
}

TEST_F(Tap, AFailureIsNotHiddenByASkip) {
    const Case* cases[] = {&kBoth};
    EXPECT_EQ(uk::test::run(cases, nullptr, print).failed, 1u);
    EXPECT_NE(g_out.find("not ok 1 - b.fails_then_skips\n"), std::string::npos);
}

TEST_F(Tap, FilterSelectsByPartOfTheName) {
    const Case* cases[] = {&kPasses, &kSkips, &kFails};
    (void)uk::test::run(cases, "a.pass", print);
    EXPECT_NE(g_out.find("1..1\nok 1 - a.passes\n"), std::string::npos);
    g_out.clear();
    EXPECT_EQ(uk::test::run(cases, "nothing", print).passed, 0u);
    EXPECT_NE(g_out.find("1..0\n"), std::string::npos);
}

TEST_F(Tap, ADiagnosticStaysOneLine) {
    Context context(print);
    context.fail("f", 1, "%s", std::string(1000, '\n').c_str());
    EXPECT_EQ(std::count(g_out.begin(), g_out.end(), '\n'), 1);
    EXPECT_LE(g_out.size(), 256u);
}

} // namespace
