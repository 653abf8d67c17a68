// SPDX-License-Identifier: BSD-3-Clause
// Host tests of what files that nobody named say of themselves.
#include <uk/file/own_facts.hpp>

#include <gtest/gtest.h>

namespace {

uk_stat shown(const uk::OwnFacts& facts) {
    uk_stat out{};
    facts.show(out);
    return out;
}

TEST(OwnFacts, ShowWhatWasSet) {
    uk::OwnFacts facts(UK_S_IFIFO | 0600);
    EXPECT_EQ(shown(facts).st_mode, UK_S_IFIFO | 0600U);
    EXPECT_EQ(shown(facts).st_nlink, 1U);
    facts.set_permissions(UK_S_IFREG | 04755); // the type stays
    facts.set_owner(7, ~0U);
    facts.set_accessed(1);
    facts.set_modified(-1); // before 1970
    const uk_stat out = shown(facts);
    EXPECT_EQ(out.st_mode, UK_S_IFIFO | 04755U);
    EXPECT_EQ(out.st_uid, 7U);
    EXPECT_EQ(out.st_gid, 0U);
    EXPECT_EQ(out.st_atim.tv_sec, 0);
    EXPECT_EQ(out.st_atim.tv_nsec, 1);
    EXPECT_EQ(out.st_mtim.tv_sec, -1);
    EXPECT_EQ(out.st_mtim.tv_nsec, 999'999'999);
}

TEST(OwnFacts, HaveANumberOfTheirOwn) {
    const uk::OwnFacts one(0);
    const uk::OwnFacts other(0);
    EXPECT_NE(one.number(), 0U);
    EXPECT_NE(one.number(), other.number());
    EXPECT_EQ(shown(one).st_ino, one.number());
}

} // namespace
