// SPDX-License-Identifier: BSD-3-Clause
// Host tests of opening more than the reserve of tables covers, and of failing half-way.
#include "../paging/direct_map.hpp"

#include <gtest/gtest.h>

#include <array>
#include <map>

namespace {

using namespace uk;
using namespace uk::x86;

constexpr uint64_t k2M = uint64_t{2} << 20;
constexpr uint64_t k1G = uint64_t{1} << 30;

struct Tables {
    std::map<uint64_t, std::array<uint64_t, 512>>* frames;
    [[nodiscard]] uint64_t* table(Paddr frame) const { return (*frames)[frame.value()].data(); }
};

// A processor without pages of 1 GiB, which needs a table for each GiB.
struct Machine {
    std::map<uint64_t, std::array<uint64_t, 512>> frames;
    DirectMap<Tables> map{Paddr{0x1000}, Tables{&frames}, PhysRange{Paddr{0x100000}, 0x40000}};

    explicit Machine(size_t pool) {
        for (size_t i = 0; i < pool; i++) {
            map.give(Paddr{0x2000 + i * kPageSize});
        }
        map.set_processor(2, uint64_t{1} << 40);
    }
    bool is_mapped(Paddr page) { return map.lookup(direct_vaddr(page)).size != 0; }
};

TEST(DirectMapLarge, ManyGigabytesAtOnceAreTheirOwnTables) {
    Machine m(8);
    ASSERT_TRUE(m.map.open({Paddr{0x1000}, 0x9e000}).ok());
    const PhysRange range{Paddr{4 * k1G}, 60 * k1G};
    auto opened = m.map.open(range);
    ASSERT_TRUE(opened.ok());
    EXPECT_EQ(opened.value().end(), range.end());
    EXPECT_LT(opened.value().start - range.start, 70 * kPageSize);
    for (Paddr at = range.start; at < range.end(); at += k1G / 2) {
        ASSERT_TRUE(m.is_mapped(at)) << at.value();
    }
    EXPECT_EQ(m.map.reserve(), DirectMap<Tables>::kReserve);
}

TEST(DirectMapLarge, ATableIsNeverHandedOutWhenTheRestFails) {
    Machine m(7);
    const Paddr start{4 * k1G};
    const Paddr device = start + 3 * k1G;
    ASSERT_TRUE(m.map.open_as_it_is({device, k2M}, kMapDevice).ok());
    auto front = m.map.open({start, 8 * k1G}); // runs into the device
    ASSERT_TRUE(front.ok());
    EXPECT_GT(front.value().start, start) << "tables came from the start";
    EXPECT_EQ(front.value().end(), device);
    // Nothing taken from the range yet, so it may fail as a whole.
    EXPECT_EQ(m.map.open({device, k1G}).code(), Errno::exist);
}

} // namespace
