// SPDX-License-Identifier: BSD-3-Clause
// Host tests of what a GICv2m frame says about itself.
#include <uk/intctlr/gicv2m.hpp>

#include <gtest/gtest.h>

namespace {

using uk::Errno;

struct Frame {
    uint32_t type;
    template <class T>
    T read(uint32_t offset) {
        return static_cast<T>(offset == 8 ? type : 0xffffffff);
    }
};

TEST(GicV2m, TellsItsLines) {
    const uk::intctlr::GicV2mLines lines = uk::intctlr::gicv2m_lines(Frame{80 << 16 | 64}).take();
    EXPECT_EQ(lines.first, 80u);
    EXPECT_EQ(lines.count, 64u);
    EXPECT_TRUE(uk::intctlr::gicv2m_lines(Frame{1019 << 16 | 1}).ok());
}

TEST(GicV2m, RefusesLinesThatThereAreNot) {
    for (uint32_t type : {80U << 16, 31U << 16 | 4, 1019U << 16 | 2, 0U, 0xffffffffU}) {
        EXPECT_EQ(uk::intctlr::gicv2m_lines(Frame{type}).code(), Errno::nodev) << type;
    }
}

} // namespace
