// SPDX-License-Identifier: BSD-3-Clause
// What every codec must keep (uk/pagetable/codec.hpp).
#include <random>

#include "codecs.hpp"
#include <uk/fakes/effort.hpp>

namespace {

using namespace uk;
using namespace uk::pagetable;
using namespace uk::pagetable::tests;

template <class C>
class CodecTest : public ::testing::Test {
  public:
    static std::vector<Protection> protections() {
        std::vector<Protection> all;
        for (unsigned bits = 0; bits < 8; bits++) {
            all.push_back({(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0});
        }
        return all;
    }
};
TYPED_TEST_SUITE(CodecTest, Codecs, CodecName);

TYPED_TEST(CodecTest, PagesReadBack) {
    using C = TypeParam;
    for (unsigned level = 1; level <= C::kBiggestPage; level++) {
        const uint64_t size = uint64_t{1} << level_shift(level);
        const uint64_t last = (uint64_t{1} << 48) - size;
        for (Protection p : this->protections()) {
            for (uint64_t address : {uint64_t{0}, size, 77 * size, last}) {
                uint64_t entry = C::page(Paddr{address}, level, C::attributes(p));
                EXPECT_TRUE(C::is_page(entry, level));
                EXPECT_FALSE(C::is_table(entry, level));
                EXPECT_EQ(C::address(entry).align_down(size).value(), address);
                EXPECT_EQ(C::protection(entry), p);
                EXPECT_NE(entry, 0u);
            }
        }
    }
}

// A hidden page maps nothing and is no free entry, but knows its frame and the rest.
TYPED_TEST(CodecTest, HiddenPagesReadBack) {
    using C = TypeParam;
    for (Protection p : this->protections()) {
        p.read = false;
        for (uint64_t address : {uint64_t{0}, uint64_t{0x1000}, (uint64_t{1} << 48) - kPageSize}) {
            uint64_t entry = C::page(Paddr{address}, 1, C::attributes(p));
            EXPECT_FALSE(C::is_page(entry, 1));
            EXPECT_FALSE(C::is_table(entry, 1));
            EXPECT_NE(entry, 0u);
            EXPECT_EQ(C::address(entry).value(), address);
            EXPECT_EQ(C::protection(entry), p);
        }
    }
}

// Neither the processor nor we take it for anything else, and it still says where it led.
TYPED_TEST(CodecTest, WhatIsGoneKeepsItsAddress) {
    using C = TypeParam;
    auto check = [](uint64_t before, unsigned level) {
        const uint64_t entry = C::gone(before);
        EXPECT_FALSE(C::is_gone(before));
        EXPECT_TRUE(C::is_gone(entry));
        EXPECT_FALSE(C::is_page(entry, level));
        EXPECT_FALSE(C::is_table(entry, level));
        EXPECT_NE(entry, 0u);
        EXPECT_EQ(C::address(entry), C::address(before));
        EXPECT_EQ(C::gone(entry), entry);
    };
    EXPECT_FALSE(C::is_gone(0));
    for (uint64_t address : {uint64_t{0}, uint64_t{0x1000}, (uint64_t{1} << 48) - kPageSize}) {
        for (Protection p : this->protections()) {
            check(C::page(Paddr{address}, 1, C::attributes(p)), 1);
            p.read = false;
            check(C::page(Paddr{address}, 1, C::attributes(p)), 1);
        }
        for (unsigned level = 2; level <= C::kLevels; level++) {
            check(C::table(Paddr{address}), level);
        }
    }
}

TYPED_TEST(CodecTest, TablesReadBack) {
    using C = TypeParam;
    for (unsigned level = 2; level <= C::kLevels; level++) {
        for (uint64_t address : {uint64_t{0}, uint64_t{0x1000}, (uint64_t{1} << 48) - kPageSize}) {
            uint64_t entry = C::table(Paddr{address});
            EXPECT_TRUE(C::is_table(entry, level));
            EXPECT_FALSE(C::is_page(entry, level));
            EXPECT_EQ(C::address(entry).value(), address);
        }
    }
}

TYPED_TEST(CodecTest, RunsOfPagesAreMadeByAdding) {
    using C = TypeParam;
    for (unsigned level = 1; level <= C::kBiggestPage; level++) {
        const uint64_t size = uint64_t{1} << level_shift(level);
        for (Protection p : this->protections()) {
            const uint64_t first = C::page(Paddr{3 * size}, level, C::attributes(p));
            for (uint64_t n : {1, 2, 5, 511, 1000}) {
                EXPECT_EQ(C::page(Paddr{(3 + n) * size}, level, C::attributes(p)),
                          first + n * size);
            }
        }
    }
}

TYPED_TEST(CodecTest, ZeroMapsNothingAndNothingIsBoth) {
    using C = TypeParam;
    std::mt19937_64 random(1);
    for (unsigned level = 1; level <= C::kLevels; level++) {
        EXPECT_FALSE(C::is_page(0, level) || C::is_table(0, level));
        for (unsigned i = 0; i < uk::fakes::effort(100'000); i++) {
            uint64_t entry = random();
            ASSERT_FALSE(C::is_page(entry, level) && C::is_table(entry, level)) << entry;
            ASSERT_FALSE(level == 1 && C::is_table(entry, level));
            ASSERT_FALSE(level > C::kBiggestPage && C::is_page(entry, level));
        }
    }
}

} // namespace
