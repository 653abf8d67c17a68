// SPDX-License-Identifier: BSD-3-Clause
// Host tests of what is said about an exception.
#include "../trap/frame.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using uk::arm64::describe_abort;
using uk::arm64::trap_detail;
using uk::arm64::trap_found_no_room;
using uk::arm64::trap_is_nested;
using uk::arm64::trap_may_be_expected;
using uk::arm64::trap_name;
using uk::hal::Access;
using uk::hal::TrapFrame;
using uk::hal::TrapInfo;

constexpr uint64_t kDataAbort = uint64_t{0x25} << 26;
constexpr uint64_t kInstructionAbort = uint64_t{0x21} << 26;
constexpr uint64_t kWrite = 1 << 6;

TrapFrame frame_of(uint64_t esr, uint64_t far = 0x1234, uint64_t vector = 0) {
    TrapFrame frame{};
    frame.esr = esr;
    frame.far = far;
    frame.vector = vector;
    return frame;
}

TEST(Trap, NamesEveryClass) {
    EXPECT_STREQ(trap_name(frame_of(kDataAbort)), "data abort");
    EXPECT_STREQ(trap_name(frame_of(kInstructionAbort)), "instruction abort");
    EXPECT_STREQ(trap_name(frame_of(uint64_t{0x3c} << 26)), "breakpoint");
    EXPECT_STREQ(trap_name(frame_of(0)), "invalid opcode");
    for (uint64_t number = 0; number < 64; number++) {
        EXPECT_GT(std::string(trap_name(frame_of(number << 26))).size(), 5u) << number;
    }
}

TEST(Trap, NamesWhatIsNoSynchronousException) {
    // The syndrome is stale then.
    for (uint64_t place = 0; place < 16; place += 4) {
        EXPECT_STREQ(trap_name(frame_of(kDataAbort, 0, place + 1)), "interrupt");
        EXPECT_STREQ(trap_name(frame_of(kDataAbort, 0, place + 2)), "fast interrupt");
        EXPECT_STREQ(trap_name(frame_of(kDataAbort, 0, place + 3)), "system error");
        TrapInfo info;
        describe_abort(frame_of(kDataAbort, 0, place + 3), info);
        EXPECT_FALSE(info.has_fault_address);
    }
}

TEST(Trap, ReadsTheSyndromeOfAnAbort) {
    const struct {
        uint64_t esr;
        Access access;
        bool mapped;
    } cases[] = {
        {kDataAbort | 0x07, Access::read, false},
        {kDataAbort | 0x04, Access::read, false},
        {kDataAbort | kWrite | 0x06, Access::write, false},
        {kDataAbort | kWrite | 0x0f, Access::write, true},
        {kDataAbort | 0x0d, Access::read, true},
        {kInstructionAbort | 0x05, Access::execute, false},
        {kInstructionAbort | 0x0f, Access::execute, true},
    };
    for (const auto& each : cases) {
        TrapInfo info;
        describe_abort(frame_of(each.esr), info);
        EXPECT_TRUE(info.has_fault_address);
        EXPECT_EQ(info.fault_address, 0x1234u);
        EXPECT_EQ(info.access, each.access) << each.esr;
        EXPECT_EQ(info.mapped, each.mapped) << each.esr;
        EXPECT_STREQ(trap_detail(frame_of(each.esr)), "") << "generic code explains it";
    }
}

TEST(Trap, AnExternalAbortMayHaveNoAddress) {
    TrapInfo info;
    describe_abort(frame_of(kDataAbort | 0x10), info);
    EXPECT_TRUE(info.has_fault_address);
    info = {};
    describe_abort(frame_of(kDataAbort | 1 << 10 | 0x10), info);
    EXPECT_FALSE(info.has_fault_address);
    EXPECT_STREQ(trap_detail(frame_of(kDataAbort | 0x10)), "nothing answers at this address");
}

TEST(Trap, SaysWhatGenericCodeCannotKnow) {
    EXPECT_STREQ(trap_detail(frame_of(kDataAbort | 0x04, uint64_t{1} << 63)),
                 "an address that no pointer can have");
    EXPECT_STREQ(trap_detail(frame_of(kDataAbort | 0x04, 0xffff'0000'0000'0000)), "");
    EXPECT_STREQ(trap_detail(frame_of(kDataAbort | 0x04, 0x0000'ffff'ffff'ffff)), "");
    EXPECT_STREQ(trap_detail(frame_of(kDataAbort | 0x21)), "an address that is not aligned");
    EXPECT_NE(std::string(trap_detail(frame_of(kDataAbort | 0x01))).find("damaged"),
              std::string::npos);
    EXPECT_NE(std::string(trap_detail(frame_of(kDataAbort | 0x16))).find("not there"),
              std::string::npos);
    EXPECT_STREQ(trap_detail(frame_of(uint64_t{0x22} << 26)),
                 "jump to an address that is not aligned");
    EXPECT_STREQ(trap_detail(frame_of(kDataAbort | 0x07, 0, UK_TRAP_KIND_FULL)),
                 "the stack of exceptions is full");
}

TEST(Trap, OnlyAbortsOfDataAndAbsentInstructionsAreExpected) {
    EXPECT_TRUE(trap_may_be_expected(frame_of(kDataAbort | 0x07)));
    EXPECT_TRUE(trap_may_be_expected(frame_of(kDataAbort | 0x07, 0, 4)));
    EXPECT_TRUE(trap_may_be_expected(frame_of(0)));
    EXPECT_FALSE(trap_may_be_expected(frame_of(kInstructionAbort | 0x07)));
    EXPECT_FALSE(trap_may_be_expected(frame_of(kDataAbort | 0x07, 0, 3)));
    EXPECT_FALSE(trap_may_be_expected(frame_of(kDataAbort | 0x07, 0, UK_TRAP_KIND_FULL)));
}

TEST(Trap, NestedIsWhatCameFromTheStackOfExceptions) {
    for (uint64_t vector = 0; vector <= UK_TRAP_KIND_FULL; vector++) {
        bool nested = (vector >= 4 && vector < 8) || vector == UK_TRAP_KIND_FULL;
        EXPECT_EQ(trap_is_nested(frame_of(kDataAbort, 0, vector)), nested) << vector;
    }
}

TEST(Trap, OnlyTheTrapStackIsTooSmallForAFault) {
    constexpr uint64_t kStack = 0x10000;
    auto found_no_room = [](uint64_t stack, uint64_t vector = 4) {
        TrapFrame frame = frame_of(kDataAbort | 0x07, 0, vector);
        frame.stack = stack;
        return trap_found_no_room(frame, kStack);
    };
    EXPECT_FALSE(found_no_room(kStack + UK_TRAP_STACK_SIZE));
    EXPECT_FALSE(found_no_room(kStack + UK_TRAP_FRAME_SIZE));
    EXPECT_TRUE(found_no_room(kStack + UK_TRAP_FRAME_SIZE - 16));
    EXPECT_TRUE(found_no_room(kStack - UK_TRAP_STACK_GUARD));
    EXPECT_FALSE(found_no_room(kStack - UK_TRAP_STACK_GUARD - 16)) << "some kernel stack";
    EXPECT_FALSE(found_no_room(0));
    EXPECT_FALSE(found_no_room(~uint64_t{0}));
    EXPECT_FALSE(found_no_room(kStack, 0)) << "came from a thread";
}

} // namespace
