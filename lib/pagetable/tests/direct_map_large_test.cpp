// SPDX-License-Identifier: BSD-3-Clause
// Host tests of opening more than the reserve of tables covers, and of failing half-way, on a
// processor without pages of 1 GiB, which needs a table for each GiB.
#include "machine.hpp"

namespace {

using namespace uk;
using namespace uk::pagetable;
using namespace uk::pagetable::tests;

template <class C>
class DirectMapLarge : public ::testing::Test {};
TYPED_TEST_SUITE(DirectMapLarge, Codecs, CodecName);

TYPED_TEST(DirectMapLarge, ManyGigabytesAtOnceAreTheirOwnTables) {
    Machine<TypeParam> m(8, 2);
    ASSERT_TRUE(m.map.open({Paddr{0x1000}, 0x9e000}).ok());
    const PhysRange range{Paddr{4 * k1G}, 60 * k1G};
    auto opened = m.map.open(range);
    ASSERT_TRUE(opened.ok());
    EXPECT_EQ(opened.value().end(), range.end());
    EXPECT_LT(opened.value().start - range.start, 70 * kPageSize);
    for (Paddr at = range.start; at < range.end(); at += k1G / 2) {
        ASSERT_TRUE(m.is_mapped(at)) << at.value();
    }
    EXPECT_EQ(m.map.reserve(), m.map.kReserve);
}

TYPED_TEST(DirectMapLarge, ATableIsNeverHandedOutWhenTheRestFails) {
    Machine<TypeParam> m(7, 2);
    const Paddr start{4 * k1G};
    const Paddr device = start + 3 * k1G;
    ASSERT_TRUE(m.map.open_as_it_is(device, k2M, m.kDeviceBits).ok());
    auto front = m.map.open({start, 8 * k1G}); // runs into the device
    ASSERT_TRUE(front.ok());
    EXPECT_GT(front.value().start, start) << "tables came from the start";
    EXPECT_EQ(front.value().end(), device);
    // Nothing taken from the range yet, so it may fail as a whole.
    EXPECT_EQ(m.map.open({device, k1G}).code(), Errno::inval);
}

} // namespace
