// SPDX-License-Identifier: BSD-3-Clause
// Users, groups and limits against the rules of Linux.
#include <uk/posix/identity.hpp>

#include <vector>

#include <gtest/gtest.h>
#include <uk/posix/limits.hpp>

namespace {

using namespace uk::posix;
using uk::Errno;

void expect_user(const Identity& who, uint32_t real, uint32_t effective, uint32_t saved) {
    EXPECT_EQ(who.user().real, real);
    EXPECT_EQ(who.user().effective, effective);
    EXPECT_EQ(who.user().saved, saved);
}

TEST(Identity, RootGivesUpAllRightsWithSetuid) {
    Identity who;
    ASSERT_TRUE(who.set_user(7).ok());
    expect_user(who, 7, 7, 7);
    EXPECT_EQ(who.set_user(0).code(), Errno::perm);
    EXPECT_TRUE(who.set_user(7).ok());
    EXPECT_EQ(who.set_user(kSameId).code(), Errno::inval);
    EXPECT_EQ(who.set_group(5).code(), Errno::perm);
}

TEST(Identity, RightsCanBeLentAndTakenBack) {
    Identity who;
    ASSERT_TRUE(who.set_user(kSameId, 7).ok()); // seteuid(7)
    expect_user(who, 0, 7, 7);
    ASSERT_TRUE(who.set_user(kSameId, 0).ok());
    expect_user(who, 0, 0, 7);
    ASSERT_TRUE(who.set_user(1, 2, 3).ok());
    EXPECT_TRUE(who.set_user(3, 1, 2).ok());
    expect_user(who, 3, 1, 2);
    EXPECT_EQ(who.set_user(4, kSameId, kSameId).code(), Errno::perm);
    EXPECT_TRUE(who.set_user(2).ok()); // the saved one
    expect_user(who, 3, 2, 2);
}

TEST(Identity, SetreuidSavesTheEffectiveUser) {
    Identity who;
    ASSERT_TRUE(who.set_user(5, 6).ok());
    expect_user(who, 5, 6, 6);
    EXPECT_TRUE(who.set_user(6, 5).ok()); // both are known
    expect_user(who, 6, 5, 5);
    EXPECT_EQ(who.set_user(9, kSameId).code(), Errno::perm);
    EXPECT_EQ(who.set_user(kSameId, 9).code(), Errno::perm);
}

TEST(Identity, GroupsNeedRights) {
    Identity who;
    const std::vector<uint32_t> some = {1, 2, 3};
    EXPECT_TRUE(who.set_groups(some).ok());
    EXPECT_EQ(who.groups().size(), 3U);
    EXPECT_EQ(who.set_groups(std::vector<uint32_t>(33)).code(), Errno::inval);
    ASSERT_TRUE(who.set_user(9).ok());
    EXPECT_EQ(who.set_groups({}).code(), Errno::perm);
    EXPECT_EQ(who.groups()[2], 3U);
}

TEST(Identity, TheFileMaskHasNineBits) {
    Identity who;
    EXPECT_EQ(who.set_file_mask(07777), 022U);
    EXPECT_EQ(who.set_file_mask(0), 0777U);
}

TEST(Limits, KeepsWhatIsSet) {
    Limits limits({16384, 64, 1024});
    EXPECT_EQ(limits.get(UK_RLIMIT_STACK).take().rlim_cur, 16384U);
    EXPECT_EQ(limits.get(UK_RLIMIT_NOFILE).take().rlim_cur, 64U);
    EXPECT_TRUE(limits.set(UK_RLIMIT_NOFILE, {1024, 1024}, false).ok());
    EXPECT_EQ(limits.get(UK_RLIMIT_NOFILE).take().rlim_cur, 1024U);
    EXPECT_TRUE(limits.set(UK_RLIMIT_AS, {1, 2}, false).ok());
    EXPECT_EQ(limits.get(UK_RLIMIT_AS).take().rlim_max, 2U);
}

TEST(Limits, RefusesWhatLinuxRefuses) {
    Limits limits({16384, 64, 1024});
    EXPECT_EQ(limits.get(-1).code(), Errno::inval);
    EXPECT_EQ(limits.get(16).code(), Errno::inval);
    EXPECT_EQ(limits.set(16, {0, 0}, true).code(), Errno::inval);
    EXPECT_EQ(limits.set(UK_RLIMIT_AS, {3, 2}, true).code(), Errno::inval);
    EXPECT_EQ(limits.set(UK_RLIMIT_NOFILE, {1, 1025}, true).code(), Errno::perm);
    ASSERT_TRUE(limits.set(UK_RLIMIT_AS, {1, 2}, false).ok());
    EXPECT_EQ(limits.set(UK_RLIMIT_AS, {1, 3}, false).code(), Errno::perm);
    EXPECT_TRUE(limits.set(UK_RLIMIT_AS, {1, 3}, true).ok());
}

} // namespace
