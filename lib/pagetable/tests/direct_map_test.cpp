// SPDX-License-Identifier: BSD-3-Clause
// Host tests of the direct map, for every processor: every byte of what was opened is mapped,
// exactly, nothing else is, and tables come from where the contract says.
#include <random>
#include <set>

#include "machine.hpp"
#include <uk/fakes/effort.hpp>

namespace {

using namespace uk;
using namespace uk::pagetable;
using namespace uk::pagetable::tests;

template <class C>
class DirectMapTest : public ::testing::Test {};
TYPED_TEST_SUITE(DirectMapTest, Codecs, CodecName);

TYPED_TEST(DirectMapTest, MapsExactlyWhatIsOpened) {
    for (PhysRange range :
         {PhysRange{Paddr{0x140000}, kPageSize}, PhysRange{Paddr{0x140000}, 0x200000 - 0x140000},
          PhysRange{Paddr{0x140000}, 3 * k2M}, PhysRange{Paddr{k2M}, k2M},
          PhysRange{Paddr{k1G - kPageSize}, 3 * k1G + 7 * kPageSize},
          PhysRange{Paddr{512 * k1G - k2M}, 4 * k2M}}) {
        Machine<TypeParam> m;
        auto opened = m.map.open(range);
        ASSERT_TRUE(opened.ok());
        m.expect_mapped(range);
    }
}

TYPED_TEST(DirectMapTest, UsesTheLargestPagesThatFit) {
    Machine<TypeParam> big;
    ASSERT_TRUE(big.map.open({Paddr{k2M + kPageSize}, 3 * k1G}).ok());
    EXPECT_EQ(big.page_size(k2M + kPageSize), kPageSize);
    EXPECT_EQ(big.page_size(2 * k2M), k2M);
    EXPECT_EQ(big.page_size(k1G), k1G);
    Machine<TypeParam> small(8, 2);
    ASSERT_TRUE(small.map.open({Paddr{k1G}, k1G}).ok());
    EXPECT_EQ(small.page_size(k1G), k2M);
}

// Where nothing is above and below: stacks whose overflow faults.
TYPED_TEST(DirectMapTest, ShowsMemoryAtAnotherAddress) {
    Machine<TypeParam> m;
    const PhysRange range{Paddr{k1G}, 5 * kPageSize};
    ASSERT_TRUE(m.map.open(range).ok());
    const Vaddr to = FakePages<TypeParam>::kWindow.end() + 7 * kPageSize;
    const size_t before = m.map.reserve();
    ASSERT_TRUE(m.map.show_also(to, range).ok());
    EXPECT_EQ(m.map.reserve(), before - 3);
    for (uint64_t at = 0; at < range.size; at += kPageSize) {
        const Mapping found = m.map.lookup(to + at + 1);
        EXPECT_EQ(found.address.value(), (range.start + at + 1).value());
        EXPECT_EQ(found.protection, kRam);
    }
    EXPECT_EQ(m.map.lookup(to - 1).size, 0u);
    EXPECT_EQ(m.map.lookup(to + range.size).size, 0u);
    m.expect_mapped(range); // it is where it was, too
    EXPECT_EQ(m.map.show_also(to, {range.start + kPageSize, kPageSize}).code(), Errno::inval);
    EXPECT_EQ(m.map.show_also(to + range.size, kImage).code(), Errno::inval);
    Machine<TypeParam> poor(2);
    EXPECT_EQ(poor.map.show_also(to, range).code(), Errno::nomem);
}

TYPED_TEST(DirectMapTest, OpeningTwiceIsAllowedAndTakesNothing) {
    Machine<TypeParam> m(5);
    PhysRange range{Paddr{4 * k2M}, 2 * k2M + kPageSize};
    auto first = m.map.open(range);
    ASSERT_TRUE(first.ok());
    size_t reserve = m.map.reserve();
    for (PhysRange again : {range, PhysRange{range.start + kPageSize, k2M},
                            PhysRange{range.start + k2M, kPageSize}}) {
        auto opened = m.map.open(again);
        ASSERT_TRUE(opened.ok());
        EXPECT_EQ(opened.value(), again); // what is in use may not become a table
    }
    EXPECT_EQ(m.map.reserve(), reserve);
}

TYPED_TEST(DirectMapTest, TakesTablesFromTheStartOfTheRangeOnce) {
    Machine<TypeParam> m(3);
    PhysRange range{Paddr{k1G}, 8 * k2M};
    auto opened = m.map.open(range);
    ASSERT_TRUE(opened.ok());
    PhysRange rest = opened.value();
    EXPECT_GT(rest.start, range.start);
    EXPECT_EQ(rest.end(), range.end());
    EXPECT_EQ(m.map.reserve(), m.map.kReserve);
    m.expect_mapped(range);
    // The frames taken were garbage and must have become empty tables.
    ASSERT_TRUE(m.map.open({Paddr{100 * k1G + kPageSize}, kPageSize}).ok());
    m.expect_mapped({Paddr{100 * k1G + kPageSize}, kPageSize});
}

TYPED_TEST(DirectMapTest, SaysWhenThereIsNoRoomForTables) {
    Machine<TypeParam> m(2);
    EXPECT_EQ(m.map.open({Paddr{0x140000}, kPageSize}).code(), Errno::nomem);
    m.expect_nothing(Paddr{0x140000});
}

TYPED_TEST(DirectMapTest, RefusesWhatItCannotMap) {
    Machine<TypeParam> m;
    for (PhysRange bad :
         {PhysRange{Paddr{0x140001}, kPageSize}, PhysRange{Paddr{0x140000}, kPageSize + 1},
          PhysRange{Paddr{uint64_t{1} << 40}, kPageSize},
          PhysRange{Paddr{(uint64_t{1} << 40) - kPageSize}, 2 * kPageSize},
          PhysRange{Paddr{~uint64_t{0xfff}}, kPageSize},
          PhysRange{Paddr{0x13f000}, kPageSize}, // the image
          PhysRange{Paddr{0}, k1G}}) {
        EXPECT_EQ(m.map.open(bad).code(), Errno::inval) << bad.start.value();
    }
    EXPECT_TRUE(m.map.open({Paddr{0x140000}, 0}).ok());
    EXPECT_EQ(m.map.reserve(), 8u);
}

TYPED_TEST(DirectMapTest, MapsDevicesUncachedAndTakesNothing) {
    Machine<TypeParam> m(4);
    PhysRange hpet{Paddr{0xfed00000}, kPageSize};
    ASSERT_TRUE(m.map.open_as_it_is(hpet.start, kPageSize, m.kDeviceBits).ok());
    ASSERT_TRUE(m.map.open_as_it_is(hpet.start, kPageSize, m.kDeviceBits).ok());
    m.expect_mapped(hpet, kDevice);
    EXPECT_EQ(m.map.open_as_it_is(hpet.start, kPageSize, m.kRamBits).code(), Errno::inval);
    EXPECT_EQ(m.map.open(hpet).code(), Errno::inval);
    EXPECT_EQ(m.map.reserve(), 1u);
}

TYPED_TEST(DirectMapTest, OpensTheWholePagesAroundBytesAsTheyAre) {
    Machine<TypeParam> m;
    ASSERT_TRUE(m.map.open_as_it_is(Paddr{0x200ffe}, 4, m.kRamBits).ok());
    m.expect_mapped({Paddr{0x200000}, 2 * kPageSize});
    ASSERT_TRUE(m.map.open_as_it_is(Paddr{0x300000}, kPageSize, m.kRamBits).ok());
    m.expect_mapped({Paddr{0x300000}, kPageSize});
    EXPECT_EQ(m.map.reserve(), 5u);
}

TYPED_TEST(DirectMapTest, RefusesBytesThatAreNotThere) {
    Machine<TypeParam> m;
    constexpr uint64_t kLimit = uint64_t{1} << 40;
    struct {
        uint64_t start, size;
    } bad[] = {{0x200000, 0},         {0x13ffff, 1},      {0xff000, 0x1001}, {kLimit - 1, 2},
               {kLimit, 1},           {0, kLimit + 1},    {0x200000, ~0ull}, {0, ~0ull},
               {~0ull - 0xfff, 4096}, {~0ull - 0xfff, 1}, {~0ull, 1},        {~0ull, ~0ull}};
    for (auto [start, size] : bad) {
        EXPECT_EQ(m.map.open_as_it_is(Paddr{start}, size, m.kDeviceBits).code(), Errno::inval)
            << std::hex << start << " " << size;
    }
    EXPECT_EQ(m.map.reserve(), 8u);
}

TYPED_TEST(DirectMapTest, KeepsAFewTablesForDevices) {
    Machine<TypeParam> m(8);
    ASSERT_TRUE(m.map.open({Paddr{0x140000}, 0x200000 - 0x140000}).ok());
    ASSERT_TRUE(m.map.open({Paddr{32 * k1G}, k2M}).ok());
    EXPECT_GE(m.map.reserve(), 3u);
    EXPECT_TRUE(m.map.open_as_it_is(Paddr{0xfee00000}, kPageSize, m.kDeviceBits).ok());
}

// Random ranges over three levels; afterwards exactly their pages are mapped, each to itself.
TYPED_TEST(DirectMapTest, AgreesWithAModel) {
    for (unsigned seed = 0; seed < uk::fakes::effort(30); seed++) {
        std::mt19937_64 random(seed);
        Machine<TypeParam> m(8, seed % 2 == 0 ? 2 : 3);
        std::set<uint64_t> mapped;
        for (int i = 0; i < 40; i++) {
            uint64_t base = (random() % 3) * k1G + k2M;
            PhysRange range{Paddr{base + random() % 1500 * kPageSize},
                            (1 + random() % 1200) * kPageSize};
            auto opened = m.map.open(range);
            if (!opened.ok()) {
                // Only an earlier open with larger pages can stand in the way, or a lack of tables.
                ASSERT_TRUE(opened.code() == Errno::nomem);
                continue;
            }
            ASSERT_TRUE(range.contains(opened.value()));
            ASSERT_EQ(opened.value().end(), range.end());
            for (uint64_t at = 0; at < range.size; at += kPageSize) {
                mapped.insert(range.start.value() + at);
            }
        }
        for (uint64_t g = 0; g < 3; g++) {
            for (uint64_t page = 0; page < 4000; page++) {
                Paddr at{g * k1G + page * kPageSize};
                Mapping found = m.map.lookup(m.map.vaddr(at));
                ASSERT_EQ(found.size != 0, mapped.contains(at.value())) << at.value();
                ASSERT_TRUE(found.size == 0 || found.address == at);
            }
        }
    }
}

} // namespace
