// SPDX-License-Identifier: BSD-3-Clause
// Host tests of page tables and of the direct map: every byte of what was opened is mapped,
// exactly, nothing else is, and tables come from where the contract says.
#include "../paging/direct_map.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <set>

namespace {

using uk::Errno;
using uk::kPageSize;
using uk::Paddr;
using uk::PhysRange;
using uk::Vaddr;
using namespace uk::x86;

constexpr uint64_t k2M = uint64_t{2} << 20;
constexpr uint64_t k1G = uint64_t{1} << 30;
constexpr Paddr kRoot{0x1000};

// All of physical memory, as far as it is used for tables. A frame is reachable only if it was set
// aside at boot or is mapped by now, as on the machine.
struct Memory {
    using Frame = std::array<uint64_t, 512>;
    std::map<uint64_t, std::unique_ptr<Frame>> frames;

    uint64_t* frame(Paddr address) {
        auto& place = frames[address.value()];
        if (!place) {
            place = std::make_unique<Frame>();
            // What is not set aside at boot holds garbage.
            place->fill(address.value() < 0x100000 ? 0 : 0xdead'beef'0000'0001);
        }
        return place->data();
    }
};

struct Pages {
    Memory* memory;
    [[nodiscard]] uint64_t* table(Paddr frame) const { return memory->frame(frame); }
};

struct Machine {
    Memory memory;
    DirectMap<Pages> map{kRoot, Pages{&memory}, PhysRange{Paddr{0x100000}, 0x40000}};

    explicit Machine(size_t pool = 8, unsigned biggest = 3) {
        for (size_t i = 0; i < pool; i++) {
            map.give(Paddr{0x2000 + i * kPageSize});
        }
        map.set_processor(biggest, uint64_t{1} << 40);
    }
    // Every page of the range, or only its edges and some in between.
    void expect_mapped(PhysRange range, uint64_t flags = kMapRam) {
        uint64_t step = std::max<uint64_t>(kPageSize, range.size / 4096 / kPageSize * kPageSize);
        for (uint64_t at = 0; at < range.size; at += step) {
            expect_page(range.start + at, flags);
        }
        expect_page(range.end() - kPageSize, flags);
        expect_nothing(range.end());
        expect_nothing(range.start - kPageSize);
    }
    void expect_page(Paddr page, uint64_t flags = kMapRam) {
        Mapping found = map.lookup(direct_vaddr(page + 5));
        ASSERT_NE(found.size, 0u) << page.value();
        ASSERT_EQ(found.address.value(), page.value() + 5);
        ASSERT_EQ(found.flags & ~kPteLarge, flags);
    }
    void expect_nothing(Paddr page) {
        EXPECT_EQ(map.lookup(direct_vaddr(page)).size, 0u) << page.value();
    }
    uint64_t page_size(uint64_t address) { return map.lookup(direct_vaddr(Paddr{address})).size; }
};

TEST(DirectMap, MapsExactlyWhatIsOpened) {
    for (PhysRange range :
         {PhysRange{Paddr{0x140000}, kPageSize}, PhysRange{Paddr{0x140000}, 0x200000 - 0x140000},
          PhysRange{Paddr{0x140000}, 3 * k2M}, PhysRange{Paddr{k2M}, k2M},
          PhysRange{Paddr{k1G - kPageSize}, 3 * k1G + 7 * kPageSize},
          PhysRange{Paddr{512 * k1G - k2M}, 4 * k2M}}) {
        Machine m;
        auto opened = m.map.open(range);
        ASSERT_TRUE(opened.ok());
        m.expect_mapped(range);
    }
}

TEST(DirectMap, UsesTheLargestPagesThatFit) {
    Machine big;
    ASSERT_TRUE(big.map.open({Paddr{k2M + kPageSize}, 3 * k1G}).ok());
    EXPECT_EQ(big.page_size(k2M + kPageSize), kPageSize);
    EXPECT_EQ(big.page_size(2 * k2M), k2M);
    EXPECT_EQ(big.page_size(k1G), k1G);
    Machine small(8, 2);
    ASSERT_TRUE(small.map.open({Paddr{k1G}, k1G}).ok());
    EXPECT_EQ(small.page_size(k1G), k2M);
}

TEST(DirectMap, OpeningTwiceIsAllowedAndTakesNothing) {
    Machine m(5);
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

TEST(DirectMap, TakesTablesFromTheStartOfTheRangeOnce) {
    Machine m(3);
    PhysRange range{Paddr{k1G}, 8 * k2M};
    auto opened = m.map.open(range);
    ASSERT_TRUE(opened.ok());
    PhysRange rest = opened.value();
    EXPECT_GT(rest.start, range.start);
    EXPECT_EQ(rest.end(), range.end());
    EXPECT_EQ(m.map.reserve(), DirectMap<Pages>::kReserve);
    m.expect_mapped(range);
    // The frames taken were garbage and must have become empty tables.
    ASSERT_TRUE(m.map.open({Paddr{100 * k1G + kPageSize}, kPageSize}).ok());
    m.expect_mapped({Paddr{100 * k1G + kPageSize}, kPageSize});
}

TEST(DirectMap, SaysWhenThereIsNoRoomForTables) {
    Machine m(2);
    EXPECT_EQ(m.map.open({Paddr{0x140000}, kPageSize}).code(), Errno::nomem);
    m.expect_nothing(Paddr{0x140000});
}

TEST(DirectMap, RefusesWhatItCannotMap) {
    Machine m;
    for (PhysRange bad :
         {PhysRange{Paddr{0x140001}, kPageSize}, PhysRange{Paddr{0x140000}, kPageSize + 1},
          PhysRange{Paddr{uint64_t{1} << 40}, kPageSize},
          PhysRange{Paddr{(uint64_t{1} << 40) - kPageSize}, 2 * kPageSize},
          PhysRange{Paddr{~uint64_t{0xfff}}, kPageSize},
          PhysRange{Paddr{0x13f000}, kPageSize}, // the image
          PhysRange{Paddr{0}, k1G}}) {
        EXPECT_EQ(m.map.open(bad).code(), Errno::inval) << bad.start.value();
        EXPECT_EQ(m.map.open_as_it_is(bad, kMapDevice).code(), Errno::inval);
    }
    EXPECT_TRUE(m.map.open({Paddr{0x140000}, 0}).ok());
    EXPECT_EQ(m.map.reserve(), 8u);
}

TEST(DirectMap, MapsDevicesUncachedAndTakesNothing) {
    Machine m(4);
    PhysRange hpet{Paddr{0xfed00000}, kPageSize};
    ASSERT_TRUE(m.map.open_as_it_is(hpet, kMapDevice).ok());
    ASSERT_TRUE(m.map.open_as_it_is(hpet, kMapDevice).ok());
    m.expect_mapped(hpet, kMapDevice);
    EXPECT_EQ(m.map.open_as_it_is(hpet, kMapRam).code(), Errno::exist);
    EXPECT_EQ(m.map.open(hpet).code(), Errno::exist);
    EXPECT_EQ(m.map.reserve(), 1u);
}

TEST(DirectMap, KeepsAFewTablesForDevices) {
    Machine m(8);
    ASSERT_TRUE(m.map.open({Paddr{0x140000}, 0x200000 - 0x140000}).ok());
    ASSERT_TRUE(m.map.open({Paddr{32 * k1G}, k2M}).ok());
    EXPECT_GE(m.map.reserve(), 3u);
    EXPECT_TRUE(m.map.open_as_it_is({Paddr{0xfee00000}, kPageSize}, kMapDevice).ok());
}

// Random ranges over three levels; afterwards exactly their pages are mapped, each to itself.
TEST(DirectMap, AgreesWithAModel) {
    for (unsigned seed = 0; seed < 30; seed++) {
        std::mt19937_64 random(seed);
        Machine m(8, seed % 2 == 0 ? 2 : 3);
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
                Mapping found = m.map.lookup(direct_vaddr(at));
                ASSERT_EQ(found.size != 0, mapped.contains(at.value())) << at.value();
                ASSERT_TRUE(found.size == 0 || found.address == at);
            }
        }
    }
}

} // namespace
