// SPDX-License-Identifier: BSD-3-Clause
// Host tests: the walker on good, damaged and hostile stacks.
#include "fake_memory.hpp"

#include <gtest/gtest.h>

namespace {

using uk::debug::Walk;
using uk::debug::walk_stack;
using uk::debug::WalkEnd;

class Backtrace : public ::testing::Test {
  protected:
    uintptr_t out_[8] = {};
    void SetUp() override {
        fake::g_stack.assign(4096, 0);
        fake::g_reads = 0;
    }
    Walk walk(uintptr_t frame_pointer) { return walk_stack(frame_pointer, fake::kView, out_); }
};

TEST_F(Backtrace, FollowsFramesToTheBottom) {
    fake::frame(0, fake::kStack + 64, fake::kText + 1);
    fake::frame(64, fake::kStack + 128, fake::kText + 2);
    fake::frame(128, 0, fake::kText + 3);
    const Walk result = walk(fake::kStack);
    EXPECT_EQ(result.frames, 3u);
    EXPECT_EQ(result.end, WalkEnd::bottom);
    EXPECT_EQ(out_[0], fake::kText + 1);
    EXPECT_EQ(out_[2], fake::kText + 3);
}

TEST_F(Backtrace, AnEmptyRecordIsTheBottomToo) {
    fake::frame(0, fake::kStack + 64, fake::kText + 1);
    fake::frame(64, 0, 0);
    EXPECT_EQ(walk(fake::kStack).end, WalkEnd::bottom);
    EXPECT_EQ(walk(0).end, WalkEnd::bottom);
    EXPECT_EQ(walk(0).frames, 0u);
}

TEST_F(Backtrace, StopsWhereTheCallersArrayEnds) {
    for (size_t i = 0; i < 20; i++) {
        fake::frame(i * 16, fake::kStack + (i + 1) * 16, fake::kText);
    }
    const Walk result = walk(fake::kStack);
    EXPECT_EQ(result.frames, 8u);
    EXPECT_EQ(result.end, WalkEnd::full);
    EXPECT_EQ(walk_stack(fake::kStack, fake::kView, {}).end, WalkEnd::full);
}

TEST_F(Backtrace, LoopsEnd) {
    fake::frame(0, fake::kStack, fake::kText); // to itself
    EXPECT_EQ(walk(fake::kStack).end, WalkEnd::not_ascending);
    EXPECT_EQ(walk(fake::kStack).frames, 1u);
    fake::frame(64, fake::kStack + 128, fake::kText); // to and fro
    fake::frame(128, fake::kStack + 64, fake::kText);
    EXPECT_EQ(walk(fake::kStack + 64).end, WalkEnd::not_ascending);
    EXPECT_EQ(walk(fake::kStack + 64).frames, 2u);
}

TEST_F(Backtrace, DamageEnds) {
    EXPECT_EQ(walk(fake::kStack + 1).end, WalkEnd::misaligned);
    EXPECT_EQ(walk(8).end, WalkEnd::unreadable);
    EXPECT_EQ(walk(UINTPTR_MAX - 7).end, WalkEnd::unreadable);
    EXPECT_EQ(walk(fake::kStack + 4096 - 8).end, WalkEnd::unreadable); // half a record
    fake::frame(0, fake::kStack + 64, fake::kStack);
    EXPECT_EQ(walk(fake::kStack).end, WalkEnd::not_text);
    fake::frame(0, 0x4141414141414141, fake::kText);
    const Walk result = walk(fake::kStack);
    EXPECT_EQ(result.end, WalkEnd::misaligned);
    EXPECT_EQ(result.frame_pointer, 0x4141414141414141u);
    EXPECT_EQ(result.frames, 1u);
}

TEST_F(Backtrace, EveryEndHasItsText) {
    for (int end = 0; end <= static_cast<int>(WalkEnd::not_text); end++) {
        EXPECT_STRNE(uk::debug::walk_end_text(static_cast<WalkEnd>(end)), "?");
    }
}

// Random words, biased to look like frames: always ends, never more steps than there is room.
TEST_F(Backtrace, RandomStacks) {
    uint64_t state = 3;
    auto random = [&state] {
        return (state = state * 6364136223846793005u + 1442695040888963407u) >> 20;
    };
    for (int round = 0; round < 5000; round++) {
        for (size_t i = 0; i < 512; i++) {
            const uintptr_t choices[] = {fake::kStack + random() % 4200,
                                         fake::kText + random() % 4200, random(), 0,
                                         fake::kStack + random() % 512 * 8};
            fake::put(i * 8, choices[random() % 5]);
        }
        fake::g_reads = 0;
        const Walk result = walk(fake::kStack + random() % 512 * 8);
        ASSERT_LE(fake::g_reads, std::size(out_) + 1);
        for (size_t i = 0; i < result.frames; i++) {
            ASSERT_TRUE(fake::in_text(out_[i]));
        }
    }
}

} // namespace
