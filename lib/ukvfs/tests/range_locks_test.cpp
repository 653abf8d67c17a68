// SPDX-License-Identifier: BSD-3-Clause
// Locks of ranges against a table with an entry for each byte.
#include <map>
#include <random>

#include <gtest/gtest.h>

#include <uk/fakes/heap.hpp>
#include <uk/vfs/range_locks.hpp>

namespace {

using uk::Errno;
using uk::vfs::RangeLocks;

constexpr uint64_t kBytes = 24;
constexpr int kOwners = 3;
const char g_owners[kOwners] = {};

// 0: none, 1: shared, 2: exclusive.
struct Model {
    int held[kOwners][kBytes + 1] = {}; // the last entry stands for all beyond

    static uint64_t index(uint64_t at) { return at < kBytes ? at : kBytes; }
    void set(int owner, uint64_t first, uint64_t last, int kind) {
        for (uint64_t at = first; at <= index(last); at++)
            held[owner][at] = kind;
    }
    bool conflicts(int owner, uint64_t first, uint64_t last, bool exclusive) const {
        for (int other = 0; other < kOwners; other++) {
            for (uint64_t at = first; other != owner && at <= index(last); at++) {
                if (held[other][at] == 2 || (exclusive && held[other][at] != 0))
                    return true;
            }
        }
        return false;
    }
};

TEST(RangeLocks, AgreeWithATableOfBytes) {
    std::mt19937 random(1);
    for (int round = 0; round < 200; round++) {
        RangeLocks locks;
        Model model;
        for (int step = 0; step < 200; step++) {
            const int owner = static_cast<int>(random() % kOwners);
            const uint64_t first = random() % kBytes;
            const uint64_t last =
                random() % 6 == 0 ? RangeLocks::kEnd : first + random() % (kBytes - first);
            const bool exclusive = random() % 2 == 0;
            ASSERT_EQ(locks.conflict(g_owners + owner, first, last, exclusive) != nullptr,
                      model.conflicts(owner, first, last, exclusive));
            switch (random() % 8) {
            case 0:
                locks.drop(g_owners + owner);
                model.set(owner, 0, RangeLocks::kEnd, 0);
                break;
            case 1:
            case 2:
            case 3:
                ASSERT_TRUE(locks.clear(g_owners + owner, first, last).ok());
                model.set(owner, first, last, 0);
                break;
            default:
                if (model.conflicts(owner, first, last, exclusive))
                    break;
                ASSERT_TRUE(locks.set(g_owners + owner, first, last, exclusive).ok());
                model.set(owner, first, last, exclusive ? 2 : 1);
            }
        }
    }
    EXPECT_EQ(uk::fakes::heap_live_blocks(), 0U);
}

TEST(RangeLocks, JoinNeighboursOfOneKind) {
    RangeLocks locks;
    ASSERT_TRUE(locks.set(g_owners, 0, 9, true).ok());
    ASSERT_TRUE(locks.set(g_owners, 20, 29, true).ok());
    ASSERT_TRUE(locks.set(g_owners, 10, 19, true).ok());
    const RangeLocks::Range* found = locks.conflict(g_owners + 1, 15, 15, false);
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->first, 0U);
    EXPECT_EQ(found->last, 29U);
    ASSERT_TRUE(locks.set(g_owners, 10, 19, false).ok());
    EXPECT_EQ(locks.conflict(g_owners + 1, 10, 19, false), nullptr);
    EXPECT_EQ(locks.conflict(g_owners + 1, 10, 19, true)->last, 19U);
}

TEST(RangeLocks, ChangeNothingWithoutMemory) {
    RangeLocks locks;
    ASSERT_TRUE(locks.set(g_owners, 0, 99, true).ok());
    for (size_t k = 1; k <= 2; k++) {
        uk::fakes::heap_fail_at(k);
        EXPECT_EQ(locks.set(g_owners, 10, 19, false).code(), Errno::nolck);
    }
    uk::fakes::heap_fail_at(1);
    EXPECT_EQ(locks.clear(g_owners, 10, 19).code(), Errno::nolck);
    uk::fakes::heap_fail_at(0);
    EXPECT_EQ(locks.conflict(g_owners + 1, 10, 19, false)->last, 99U);
    EXPECT_TRUE(locks.clear(g_owners, 50, 200).ok());
    EXPECT_EQ(locks.conflict(g_owners + 1, 10, 19, false)->last, 49U);
}

} // namespace
