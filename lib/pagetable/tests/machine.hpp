// SPDX-License-Identifier: BSD-3-Clause
// A machine for tests of the direct map: physical memory as far as it holds tables, and a processor
// that sees only what was published.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>

#include <uk/pagetable/direct_map.hpp>

#include "codecs.hpp"

namespace uk::pagetable::tests {

constexpr Paddr kRoot{0x1000};
constexpr PhysRange kImage{Paddr{0x100000}, 0x40000};

template <Codec C>
struct Memory {
    struct Frame {
        alignas(64) std::array<uint64_t, kEntries> now{};
        std::array<uint64_t, kEntries> published{};
    };
    std::map<uint64_t, std::unique_ptr<Frame>> frames;

    Frame& frame(Paddr address) {
        auto& place = frames[address.value()];
        if (!place) {
            place = std::make_unique<Frame>();
            if (address >= kImage.start) { // what is not set aside at boot holds garbage
                place->now.fill(0xdead'beef'0000'0003);
                place->published = place->now;
            }
        }
        return *place;
    }
    // Writes since the last time may reach the processor in any order, so a table that is new to it
    // must have been published empty before.
    void publish() {
        check_new_tables(kRoot, C::kLevels);
        for (auto& [address, frame] : frames) {
            frame->published = frame->now;
        }
    }

  private:
    void check_new_tables(Paddr table, unsigned level) {
        Frame& frame = this->frame(table);
        for (size_t i = 0; i < kEntries; i++) {
            uint64_t entry = frame.now[i];
            if (!C::is_table(entry, level)) {
                continue;
            }
            Paddr next = C::address(entry);
            if (entry != frame.published[i]) {
                const auto& seen = this->frame(next).published;
                ASSERT_TRUE(std::all_of(seen.begin(), seen.end(), [](auto e) { return e == 0; }))
                    << "table " << next.value() << " is linked before it is seen to be empty";
            }
            check_new_tables(next, level - 1);
        }
    }
};

template <Codec C>
struct FakePages {
    static constexpr VirtRange kWindow{Vaddr{0xffff'8000'0000'0000}, uint64_t{1} << 46};
    Memory<C>* memory;
    [[nodiscard]] uint64_t* table(Paddr frame) const { return memory->frame(frame).now.data(); }
    void publish() const { memory->publish(); }
};

// What the processor's walk finds.
template <Codec C>
struct SeenFrames {
    Memory<C>* memory;
    static Result<Paddr> take() { return Errno::nomem; }
    [[nodiscard]] uint64_t* table(Paddr frame) const {
        return memory->frame(frame).published.data();
    }
    static void publish() {}
};

template <Codec C>
struct Machine {
    using Map = DirectMap<C, FakePages<C>>;
    static constexpr uint64_t kRamBits = C::attributes(kRam);
    static constexpr uint64_t kDeviceBits = C::attributes(kDevice);

    Memory<C> memory;
    Map map{kRoot, FakePages<C>{&memory}, kImage};

    explicit Machine(size_t pool = 8, unsigned biggest = 3) {
        for (size_t i = 0; i < pool; i++) {
            map.give(Paddr{0x2000 + i * kPageSize});
        }
        map.set_processor(biggest, uint64_t{1} << 40);
    }
    Mapping lookup(Paddr page) {
        SeenFrames<C> seen{&memory};
        return PageMap<C, SeenFrames<C>>(kRoot, seen, C::kBiggestPage).lookup(Map::vaddr(page));
    }
    bool is_mapped(Paddr page) { return lookup(page).size != 0; }
    // Every page of the range, or only its edges and some in between.
    void expect_mapped(PhysRange range, Protection protection = kRam) {
        uint64_t step = std::max<uint64_t>(kPageSize, range.size / 4096 / kPageSize * kPageSize);
        for (uint64_t at = 0; at < range.size; at += step) {
            expect_page(range.start + at, protection);
        }
        expect_page(range.end() - kPageSize, protection);
        expect_nothing(range.end());
        expect_nothing(range.start - kPageSize);
    }
    void expect_page(Paddr page, Protection protection = kRam) {
        Mapping found = lookup(page + 5);
        ASSERT_NE(found.size, 0u) << page.value();
        ASSERT_EQ(found.address.value(), page.value() + 5);
        ASSERT_EQ(found.protection, protection);
        ASSERT_EQ(map.lookup(Map::vaddr(page + 5)).address, found.address);
    }
    void expect_nothing(Paddr page) { EXPECT_FALSE(is_mapped(page)) << page.value(); }
    uint64_t page_size(uint64_t address) { return lookup(Paddr{address}).size; }
};

} // namespace uk::pagetable::tests
