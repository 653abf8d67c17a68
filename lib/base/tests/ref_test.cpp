// SPDX-License-Identifier: BSD-3-Clause
// Ref: every way to copy, move and drop counts right.
#include <gtest/gtest.h>

#include <uk/base/ref.hpp>
#include <uk/base/result.hpp>

namespace {

struct Counted {
    int refs = 1;
    bool gone = false;
    void ref_retain() { refs++; }
    void ref_release() { gone = --refs == 0; }
};

TEST(Ref, CopiesCountAndTheLastOneReleases) {
    Counted object;
    {
        uk::Ref<Counted> first = uk::Ref<Counted>::adopt(object);
        uk::Ref<Counted> second = first;
        EXPECT_EQ(object.refs, 2);
        uk::Ref<Counted> third = uk::Ref<Counted>::share(*second);
        EXPECT_EQ(object.refs, 3);
        first.reset();
        EXPECT_FALSE(first);
        EXPECT_EQ(object.refs, 2);
        EXPECT_FALSE(object.gone);
    }
    EXPECT_TRUE(object.gone);
}

TEST(Ref, MovesDoNotCount) {
    Counted object;
    uk::Ref<Counted> first = uk::Ref<Counted>::adopt(object);
    uk::Ref<Counted> second = std::move(first);
    EXPECT_EQ(object.refs, 1);
    uk::Result<uk::Ref<Counted>> result = std::move(second);
    EXPECT_EQ(object.refs, 1);
    uk::Ref<Counted> third;
    third = result.take();
    EXPECT_EQ(third.get(), &object);
    EXPECT_EQ(object.refs, 1);
    auto& same = third;
    third = same;
    EXPECT_EQ(object.refs, 1);
    Counted* bare = third.release();
    EXPECT_EQ(bare, &object);
    EXPECT_EQ(object.refs, 1);
}

TEST(Ref, EmptyMayNotBeUsed) {
    uk::Ref<Counted> empty;
    EXPECT_EQ(empty.get(), nullptr);
    EXPECT_DEATH((void)empty->refs, "object_ != nullptr");
}

} // namespace
