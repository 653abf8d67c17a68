// SPDX-License-Identifier: BSD-3-Clause
// Host tests of what is said about an access to memory that failed.
#include <uk/debug/access.hpp>

#include <gtest/gtest.h>

#include <string>

namespace {

using uk::debug::explain_access;
using uk::debug::ImageParts;
using uk::hal::Access;

constexpr ImageParts kImage{0x10000, 0x1c000, 0x8000, 0xa000};
constexpr uintptr_t kStackLimit = 0x20000;

std::string explain(uintptr_t address, Access access, bool mapped = false, uintptr_t sp = 0x23000) {
    uk::hal::TrapInfo info;
    info.has_fault_address = true;
    info.fault_address = address;
    info.access = access;
    info.mapped = mapped;
    info.sp = sp;
    info.stack_limit = kStackLimit;
    auto [way, what] = explain_access(info, kImage);
    return std::string(way) + what;
}

TEST(ExplainAccess, SaysThatAPointerWasNull) {
    for (uintptr_t address : {0, 8, 0xfff}) {
        EXPECT_EQ(explain(address, Access::read),
                  "read from page zero (a null pointer?), which is never mapped");
        EXPECT_EQ(explain(address, Access::write),
                  "write to page zero (a null pointer?), which is never mapped");
        EXPECT_EQ(explain(address, Access::execute),
                  "jump to page zero (a null pointer?), which is never mapped");
        EXPECT_EQ(explain(address, Access::unknown),
                  "access to page zero (a null pointer?), which is never mapped");
    }
    EXPECT_EQ(explain(0x1000, Access::read), "read from an address that is not mapped");
}

TEST(ExplainAccess, TellsUnmappedFromForbidden) {
    EXPECT_EQ(explain(0x30000, Access::unknown), "access to an address that is not mapped");
    EXPECT_EQ(explain(0x30000, Access::execute), "jump to an address that is not mapped");
    EXPECT_EQ(explain(0x30000, Access::execute, true), "jump to memory that is not executable");
    EXPECT_EQ(explain(0x30000, Access::write, true), "write to memory that is read-only");
    EXPECT_EQ(explain(0x30000, Access::read, true), "read from memory that may not be read");
    EXPECT_EQ(explain(0x30000, Access::unknown, true), "access to memory that does not permit it");
}

TEST(ExplainAccess, KnowsThePartsOfTheImage) {
    EXPECT_EQ(explain(0x10000, Access::write, true), "write to code, which is read-only");
    EXPECT_EQ(explain(0x9fff, Access::write, true), "write to a constant, which is read-only");
    EXPECT_EQ(explain(0x10000, Access::read, true), "read from memory that may not be read");
    EXPECT_EQ(explain(0x1c000, Access::write, true, 0x2f000), "write to memory that is read-only");
}

TEST(ExplainAccess, TellsAStackOverflowFromAWriteToCode) {
    for (bool mapped : {false, true}) {
        EXPECT_EQ(explain(0x1fff8, Access::write, mapped, 0x20000), "stack overflow");
        EXPECT_EQ(explain(0x1fff8, Access::write, mapped, 0x1ff00), "stack overflow");
        EXPECT_EQ(explain(0x1c000, Access::write, mapped, 0x20fff), "stack overflow");
        // The same place, but the stack is far from full, or it is no push.
        EXPECT_NE(explain(0x1fff8, Access::write, mapped, 0x23000), "stack overflow");
        EXPECT_NE(explain(0x1fff8, Access::read, mapped, 0x20000), "stack overflow");
        EXPECT_NE(explain(0x1bfff, Access::write, mapped, 0x20000), "stack overflow");
        EXPECT_NE(explain(0x20000, Access::write, mapped, 0x20000), "stack overflow");
    }
}

TEST(ExplainAccess, SaysNothingWhereNothingWasAccessed) {
    uk::hal::TrapInfo info;
    EXPECT_STREQ(explain_access(info, kImage).what, "");
}

} // namespace
