// SPDX-License-Identifier: BSD-3-Clause
// UsableMemory against hand-made maps, QEMU's maps, and random ones checked page by page; and
// BootInfo's table when a loader has more entries than fit.
#include <uk/boot/memory_map.hpp>

#include <gtest/gtest.h>

#include <random>
#include <vector>

using uk::Paddr;
using uk::PhysRange;
using uk::bootup::UsableMemory;
using uk::hal::MemoryKind;
using uk::hal::MemoryRange;

namespace {

MemoryRange range(uint64_t start, uint64_t size, MemoryKind kind = MemoryKind::usable) {
    return MemoryRange{Paddr{start}, size, kind};
}

std::vector<std::pair<uint64_t, uint64_t>> walk(const std::vector<MemoryRange>& map) {
    std::vector<std::pair<uint64_t, uint64_t>> found;
    UsableMemory usable(map);
    for (PhysRange r = usable.next(); r.size != 0; r = usable.next()) {
        found.emplace_back(r.start.value(), r.size);
    }
    EXPECT_EQ(usable.next().size, 0u) << "the end stays the end";
    return found;
}

using Ranges = std::vector<std::pair<uint64_t, uint64_t>>;

TEST(UsableMemory, EmptyMapHasNone) {
    EXPECT_EQ(walk({}), Ranges{});
}

TEST(UsableMemory, ZeroLengthEntriesMeanNothing) {
    EXPECT_EQ(walk({range(0, 0), range(0x10000, 0), range(0x11000, 0, MemoryKind::reserved),
                    range(0x10000, 0x4000)}),
              (Ranges{{0x10000, 0x4000}}));
}

TEST(UsableMemory, QemuPcAt1280K) {
    EXPECT_EQ(
        walk({range(0, 0x9fc00), range(0x9fc00, 0x400, MemoryKind::reserved),
              range(0xf0000, 0x10000, MemoryKind::reserved), range(0x100000, 0x3e000),
              range(0x100000, 0x11000, MemoryKind::image), range(0x7000, 0x123, MemoryKind::loader),
              range(0xfd00000000, 0x300000000, MemoryKind::reserved)}),
        (Ranges{{0x1000, 0x6000}, {0x8000, 0x97000}, {0x111000, 0x2d000}}));
}

TEST(UsableMemory, UnsortedAndOverlappingUsableIsGivenOnce) {
    EXPECT_EQ(walk({range(0x40000, 0x10000), range(0x10000, 0x10000), range(0x18000, 0x10000),
                    range(0x10000, 0x10000)}),
              (Ranges{{0x10000, 0x10000}, {0x20000, 0x8000}, {0x40000, 0x10000}}));
}

TEST(UsableMemory, PartOfAPageIsNotAPage) {
    EXPECT_EQ(walk({range(0x10800, 0x1000)}), Ranges{});
    EXPECT_EQ(walk({range(0x10800, 0x1900)}), (Ranges{{0x11000, 0x1000}}));
}

TEST(UsableMemory, ReservedInTheMiddleOfNothingUsable) {
    EXPECT_EQ(walk({range(0x10000, 0x10000), range(0, ~0ull, MemoryKind::reserved)}), Ranges{});
}

TEST(UsableMemory, RangesThatWrapAreCut) {
    EXPECT_EQ(walk({range(UsableMemory::kPhysicalLimit - 0x1000, ~0ull), range(~0ull, ~0ull),
                    range(~0ull - 5, 0x10000, MemoryKind::reserved)}),
              (Ranges{{UsableMemory::kPhysicalLimit - 0x1000, 0x1000}}));
}

// The specification in the header, page by page over a small address space.
bool page_is_usable(const std::vector<MemoryRange>& map, uint64_t page) {
    if (page == 0) {
        return false;
    }
    bool covered = false;
    for (const MemoryRange& r : map) {
        uint64_t start = r.start.value();
        uint64_t end = start + r.size;
        if (r.kind == MemoryKind::usable) {
            covered |= start <= page && page + uk::kPageSize <= end;
        } else if (r.size != 0 && start < page + uk::kPageSize && page < end) {
            return false;
        }
    }
    return covered;
}

TEST(UsableMemory, RandomMapsAgreeWithTheDefinition) {
    std::mt19937_64 random(20261121);
    for (int round = 0; round < 3000; round++) {
        std::vector<MemoryRange> map;
        size_t entries = random() % 12;
        for (size_t i = 0; i < entries; i++) {
            uint64_t start = random() % 0x40000;
            uint64_t size = random() % 4 == 0 ? random() % 0x40000 : random() % 0x6000;
            if (random() % 2 == 0) {
                start = uk::align_down(start, uk::kPageSize);
                size = uk::align_down(size, uk::kPageSize);
            }
            map.push_back(range(start, size, static_cast<MemoryKind>(random() % 3 * random() % 5)));
        }
        std::vector<bool> given(0x90000 / uk::kPageSize);
        uint64_t last_end = 0;
        for (auto [start, size] : walk(map)) {
            ASSERT_EQ(start % uk::kPageSize, 0u);
            ASSERT_EQ(size % uk::kPageSize, 0u);
            ASSERT_GE(start, last_end);
            last_end = start + size;
            for (uint64_t page = start; page < last_end; page += uk::kPageSize) {
                given.at(page / uk::kPageSize) = true;
            }
        }
        for (uint64_t page = 0; page < 0x90000; page += uk::kPageSize) {
            ASSERT_EQ(given[page / uk::kPageSize], page_is_usable(map, page)) << "page " << page;
        }
    }
}

std::vector<MemoryRange> kept(const uk::hal::BootInfo& info) {
    return {info.ranges, info.ranges + info.range_count};
}

TEST(BootInfo, AFullTableStillHearsWhereTheImageIs) {
    uk::hal::BootInfo info;
    for (size_t i = 0; i < info.kMaxRanges; i++) {
        info.add(Paddr{(i + 1) * 0x10000}, i == 7 ? 0x1000 : 0x8000, MemoryKind::usable);
    }
    info.add(Paddr{0x900000}, 0x4000, MemoryKind::usable);
    EXPECT_EQ(info.ranges_dropped, 1u);
    info.add(Paddr{0x20000}, 0x3000, MemoryKind::image);
    EXPECT_EQ(info.ranges_dropped, 2u);
    EXPECT_EQ(info.range_count, info.kMaxRanges);
    const Ranges found = walk(kept(info));
    EXPECT_EQ(found.size(), info.kMaxRanges - 1) << "only the smallest is lost";
    EXPECT_EQ(found[1], (std::pair<uint64_t, uint64_t>{0x23000, 0x5000}));
}

TEST(BootInfo, ATableFullOfForbiddenRangesFreesNothing) {
    uk::hal::BootInfo info;
    info.add(Paddr{0x10000}, 0x10000, MemoryKind::usable);
    for (size_t i = 0; i < 2 * info.kMaxRanges; i++) {
        info.add(Paddr{0x10000 + i * 0x100}, 0x100, MemoryKind::reserved);
    }
    info.add(Paddr{0x10000}, 0x10000, MemoryKind::usable);
    EXPECT_EQ(walk(kept(info)), Ranges{});
}

TEST(BootInfo, WhatIsDroppedIsNeverHandedOut) {
    std::mt19937_64 random(7);
    for (int round = 0; round < 200; round++) {
        uk::hal::BootInfo info;
        std::vector<MemoryRange> map;
        for (size_t entries = random() % 400; entries > 0; entries--) {
            const auto kind =
                random() % 3 == 0 ? static_cast<MemoryKind>(random() % 5) : MemoryKind::usable;
            map.push_back(range(random() % 0x200000, random() % 0x8000, kind));
            info.add(map.back().start, map.back().size, kind);
        }
        EXPECT_EQ(info.range_count + info.ranges_dropped, map.size());
        for (auto [start, size] : walk(kept(info))) {
            for (uint64_t page = start; page < start + size; page += uk::kPageSize) {
                ASSERT_TRUE(page_is_usable(map, page)) << "page " << page;
            }
        }
    }
}

} // namespace
