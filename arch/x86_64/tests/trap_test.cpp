// SPDX-License-Identifier: BSD-3-Clause
// Host tests of what is said about an exception.
#include "../trap/frame.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using uk::hal::TrapFrame;
using uk::x86::FaultPlaces;
using uk::x86::trap_detail;
using uk::x86::vector_name;

constexpr FaultPlaces kPlaces{0x20000, 0x10000, 0x1c000, 0x8000, 0xa000};
constexpr uint64_t kPresent = 1, kWrite = 2, kReserved = 8, kFetch = 16;

std::string page_fault(uint64_t address, uint64_t error, uint64_t rsp = 0x23000) {
    TrapFrame frame{};
    frame.vector = 14;
    frame.cr2 = address;
    frame.error_code = error;
    frame.rsp = rsp;
    return trap_detail(frame, kPlaces);
}

TEST(Trap, NamesEveryVector) {
    EXPECT_STREQ(vector_name(14), "page fault");
    EXPECT_STREQ(vector_name(13), "general protection");
    for (unsigned vector = 0; vector < 40; vector++) {
        EXPECT_GT(std::string(vector_name(vector)).size(), 5u);
    }
}

TEST(Trap, ExplainsPageZero) {
    EXPECT_NE(page_fault(0, 0).find("read from page zero"), std::string::npos);
    EXPECT_NE(page_fault(8, kWrite).find("write to page zero"), std::string::npos);
    EXPECT_NE(page_fault(0, kFetch).find("jump to page zero"), std::string::npos);
    EXPECT_EQ(page_fault(0x1000, 0), "read from an address that is not mapped");
}

TEST(Trap, ExplainsForbiddenAccesses) {
    EXPECT_EQ(page_fault(0x10000, kPresent | kWrite), "write to code, which is read-only");
    EXPECT_EQ(page_fault(0x9fff, kPresent | kWrite), "write to a constant, which is read-only");
    EXPECT_EQ(page_fault(0x30000, kPresent | kFetch), "jump to memory that is not executable");
    EXPECT_EQ(page_fault(0x30000, kFetch), "jump to an address that is not mapped");
    EXPECT_NE(page_fault(0x30000, kPresent | kReserved).find("damaged"), std::string::npos);
}

TEST(Trap, TellsAStackOverflowFromAWriteToCode) {
    EXPECT_EQ(page_fault(0x1fff8, kPresent | kWrite, 0x20000), "stack overflow");
    EXPECT_EQ(page_fault(0x1fff8, kPresent | kWrite, 0x1ff00), "stack overflow");
    // The same place, but the stack is far from full.
    EXPECT_NE(page_fault(0x1fff8, kPresent | kWrite, 0x23000), "stack overflow");
    EXPECT_NE(page_fault(0x1fff8, kPresent, 0x20000), "stack overflow");
}

TEST(Trap, ExplainsGeneralProtection) {
    TrapFrame frame{};
    frame.vector = 13;
    EXPECT_NE(std::string(trap_detail(frame, kPlaces)).find("no pointer"), std::string::npos);
    frame.rip = 0x8000'0000'0000'0000;
    EXPECT_EQ(std::string(trap_detail(frame, kPlaces)),
              "jump to an address that no pointer can have");
    frame.rip = 0;
    frame.error_code = 0x18;
    EXPECT_NE(std::string(trap_detail(frame, kPlaces)).find("segment"), std::string::npos);
}

} // namespace
