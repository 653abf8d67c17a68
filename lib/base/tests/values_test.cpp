// SPDX-License-Identifier: BSD-3-Clause
// Bits, byte order, addresses, Late, and the macros for C code.
#include <uk/base/address.hpp>
#include <uk/base/bits.hpp>
#include <uk/base/endian.hpp>
#include <uk/base/late.hpp>
#include <uk/essentials.h>

#include <gtest/gtest.h>

#include <cstring>

namespace {

using namespace uk;

static_assert(align_up(4097u, 4096) == 8192 && align_up(4096u, 4096) == 4096 &&
              align_up(0u, 8) == 0);
static_assert(align_down(4095u, 4096) == 0 && align_down(~uint64_t{0}, 4096) == 0xfffffffffffff000);
static_assert(is_aligned(64u, 32) && !is_aligned(48u, 32) && is_aligned(uint8_t{0}, 16));
static_assert(is_pow2(1u) && is_pow2(uint64_t{1} << 63) && !is_pow2(0u) && !is_pow2(6u));
static_assert(log2_floor(1u) == 0 && log2_floor(4095u) == 11 && log2_floor(~uint64_t{0}) == 63);
static_assert(log2_ceil(1u) == 0 && log2_ceil(4095u) == 12 && log2_ceil(4096u) == 12 &&
              log2_ceil(4097u) == 13);
static_assert(log2_ceil(~uint64_t{0}) == 64 && log2_ceil(uint8_t{255}) == 8);
static_assert(ffs(0u) == 0 && ffs(8u) == 4 && fls(0u) == 0 && fls(9u) == 4 &&
              popcount(uint16_t{0xf0f0}) == 8);
static_assert(bit(63) == 0x8000000000000000 && bit<uint8_t>(7) == 0x80);
static_assert(bit_mask(63, 0) == ~uint64_t{0} && bit_mask(7, 4) == 0xf0 &&
              bit_mask<uint8_t>(7, 7) == 0x80);
static_assert(div_round_up(~uint64_t{0}, 4096) == uint64_t{1} << 52 && div_round_up(8u, 4) == 2);
static_assert(checked_add(uint8_t{255}, 1).code() == Errno::overflow &&
              checked_add(uint8_t{254}, 1).value() == 255);
static_assert(checked_sub(3u, 4).code() == Errno::overflow && checked_sub(-3, 4).value() == -7);
static_assert(checked_mul(uint64_t{1} << 32, uint64_t{1} << 32).code() == Errno::overflow);
static_assert(checked_mul(size_t{3}, 5).value() == 15);
static_assert(checked_align_up(~uint64_t{0} - 10, 4096).code() == Errno::overflow);
static_assert(checked_align_up(uint64_t{4097}, 4096).value() == 8192);

TEST(BitsDeathTest, PreconditionsAreChecked) {
    volatile unsigned zero = 0;
    volatile unsigned three = 3;
    EXPECT_DEATH((void)log2_floor(unsigned{zero}), "value != 0");
    EXPECT_DEATH((void)align_up(5u, unsigned{three}), "is_pow2");
}

struct Wire {
    uint8_t tag;
    le32 little;
    be16 big;
    be64 wide;
};
static_assert(sizeof(Wire) == 15 && alignof(Wire) == 1);
static_assert(le32(0x12345678).get() == 0x12345678 && byteswap(uint32_t{0x12345678}) == 0x78563412);
static_assert(byteswap(uint16_t{0x1234}) == 0x3412 && byteswap(uint8_t{7}) == 7);

TEST(Endian, Layout) {
    Wire wire{};
    wire.tag = 0xee;
    wire.little = 0x12345678;
    wire.big = 0xabcd;
    wire.wide = 0x0102030405060708;
    const unsigned char wanted[] = {0xee, 0x78, 0x56, 0x34, 0x12, 0xab, 0xcd, 1,
                                    2,    3,    4,    5,    6,    7,    8};
    EXPECT_EQ(memcmp(&wire, wanted, sizeof(wanted)), 0);
    EXPECT_EQ(wire.little, 0x12345678u);
    EXPECT_EQ(wire.big + 1, 0xabce);
    EXPECT_EQ(wire.wide.get(), 0x0102030405060708u);
    EXPECT_EQ(le64(0x8000000000000001).get(), 0x8000000000000001);
}

template <class A, class B>
concept CanSubtract = requires(A a, B b) {
    a - b;
};
static_assert(CanSubtract<Paddr, Paddr> && !CanSubtract<Paddr, Vaddr> &&
              !CanSubtract<DmaAddr, Paddr>);
static_assert(!std::is_convertible_v<uint64_t, Paddr> && !std::is_convertible_v<Paddr, DmaAddr>);
static_assert(Paddr{0x1234}.page_number() == 1 && Paddr{0x1234}.page_offset() == 0x234);
static_assert(Paddr{0x1234}.align_up(0x1000) == Paddr{0x2000} && (Paddr{8} + 8) - Paddr{4} == 12);
static_assert(Vaddr{5} < Vaddr{6} && Paddr::of_page(3) == Paddr{0x3000});

TEST(Address, Pointers) {
    int value = 5;
    EXPECT_EQ(*Vaddr::of(&value).as<int>(), 5);
    EXPECT_TRUE(Vaddr{}.is_null());
    EXPECT_TRUE(Vaddr::of(&value).is_aligned(alignof(int)));
}

PhysRange range(uint64_t start, uint64_t size) {
    return {Paddr{start}, size};
}

TEST(Address, Ranges) {
    const PhysRange r = range(0x1000, 0x2000);
    EXPECT_TRUE(r.contains(Paddr{0x1000}));
    EXPECT_TRUE(r.contains(Paddr{0x2fff}));
    EXPECT_FALSE(r.contains(Paddr{0x3000}));
    EXPECT_FALSE(r.contains(Paddr{0xfff}));
    EXPECT_FALSE(range(0, 0).contains(Paddr{0}));
    EXPECT_TRUE(r.contains(range(0x2000, 0x1000)));
    EXPECT_FALSE(r.contains(range(0x2000, 0x1001)));
    EXPECT_FALSE(r.contains(range(0xfff, 2)));
    EXPECT_TRUE(r.overlaps(range(0x2fff, 100)));
    EXPECT_FALSE(r.overlaps(range(0x3000, 100)));
    EXPECT_FALSE(r.overlaps(range(0x1800, 0)));
    EXPECT_EQ(r.intersect(range(0x2000, 0x5000)), range(0x2000, 0x1000));
    EXPECT_EQ(r.intersect(range(0, 0x1800)), range(0x1000, 0x800));
    EXPECT_TRUE(r.intersect(range(0x3000, 1)).empty());
    EXPECT_EQ(range(0x1001, 0x2fff).shrink_to_pages(), range(0x2000, 0x2000));
    EXPECT_EQ(range(0x1000, 0x1fff).shrink_to_pages(), range(0x1000, 0x1000));
    EXPECT_TRUE(range(0x1001, 0x1ffe).shrink_to_pages().empty());
    EXPECT_TRUE(range(0x1001, 5).shrink_to_pages().empty());
    // Up to the very end of the address space.
    const PhysRange top = range(~uint64_t{0xfff}, 0x1000);
    EXPECT_TRUE(top.contains(Paddr{~uint64_t{0}}));
    EXPECT_EQ(top.intersect(range(~uint64_t{0xff}, 0x100)), range(~uint64_t{0xff}, 0x100));
    EXPECT_EQ(top.intersect(range(~uint64_t{0xfff}, 0x100)), range(~uint64_t{0xfff}, 0x100));
    EXPECT_EQ(range(~uint64_t{0xfff}, 0x100).intersect(top), range(~uint64_t{0xfff}, 0x100));
    EXPECT_EQ(top.shrink_to_pages(), top);
}

struct Counted {
    int& live;
    explicit Counted(int& counter) : live(counter) { live++; }
    ~Counted() { live--; }
};
constinit Late<Counted> g_late; // no constructor, no destructor

TEST(LateDeathTest, ConstructsOnce) {
    static int live = 0;
    EXPECT_FALSE(g_late.ready());
    EXPECT_DEATH((void)g_late->live, "ready_");
    g_late.emplace(live);
    EXPECT_EQ(live, 1);
    EXPECT_EQ(&g_late->live, &live);
    EXPECT_DEATH(g_late.emplace(live), "!ready_");
    g_late.reset();
    g_late.reset();
    EXPECT_EQ(live, 0);
    g_late.emplace(live);
    EXPECT_EQ((*g_late).live, 1);
    g_late.reset();
}
static_assert(std::is_trivially_destructible_v<Late<Counted>>);

struct Outer {
    int a;
    int b;
};

TEST(Essentials, Macros) {
    int evaluated = 0;
    EXPECT_EQ(MIN(evaluated++, 5), 0);
    EXPECT_EQ(evaluated, 1);
    EXPECT_EQ(MAX(-1, 5), 5);
    EXPECT_EQ(MIN(MAX(1, 2), MAX(3, 4)), 2);
    const int array[7] = {};
    EXPECT_EQ(ARRAY_SIZE(array), 7u);
    EXPECT_EQ(ALIGN_UP(uint64_t{0x100000001}, 16), 0x100000010u);
    EXPECT_EQ(ALIGN_DOWN(uint64_t{0x10000001f}, 16u), 0x100000010u); // no 32-bit mask
    EXPECT_TRUE(IS_ALIGNED(32, 16));
    EXPECT_TRUE(POWER_OF_2(64) && !POWER_OF_2(0) && !POWER_OF_2(65));
    EXPECT_EQ(DIV_ROUND_UP(9, 4), 3);
    Outer outer{};
    EXPECT_EQ(container_of(&outer.b, Outer, b), &outer);
    EXPECT_STREQ(STRINGIFY(CONCAT(a, b)), "ab");
}

} // namespace
