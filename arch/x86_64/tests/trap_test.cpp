// SPDX-License-Identifier: BSD-3-Clause
// Host tests of what is said about an exception.
#include "../trap/frame.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using uk::hal::TrapFrame;
using uk::hal::Access;
using uk::hal::TrapInfo;
using uk::x86::describe_page_fault;
using uk::x86::trap_detail;
using uk::x86::vector_name;

TEST(Trap, NamesEveryVector) {
    EXPECT_STREQ(vector_name(14), "page fault");
    EXPECT_STREQ(vector_name(13), "general protection");
    for (unsigned vector = 0; vector < 40; vector++) {
        EXPECT_GT(std::string(vector_name(vector)).size(), 5u);
    }
}

TEST(Trap, ReadsTheErrorCodeOfAPageFault) {
    const struct {
        uint64_t error;
        Access access;
        bool mapped;
    } cases[] = {
        {0, Access::read, false}, {1, Access::read, true},      {2, Access::write, false},
        {3, Access::write, true}, {16, Access::execute, false}, {17, Access::execute, true},
    };
    for (const auto& each : cases) {
        TrapFrame frame{};
        frame.vector = 14;
        frame.cr2 = 0x1234;
        frame.error_code = each.error;
        TrapInfo info;
        describe_page_fault(frame, info);
        EXPECT_TRUE(info.has_fault_address);
        EXPECT_EQ(info.fault_address, 0x1234u);
        EXPECT_EQ(info.access, each.access) << each.error;
        EXPECT_EQ(info.mapped, each.mapped) << each.error;
        EXPECT_STREQ(trap_detail(frame), "") << "generic code explains it";
    }
}

TEST(Trap, SaysThatPageTablesAreDamaged) {
    TrapFrame frame{};
    frame.vector = 14;
    frame.error_code = 9;
    EXPECT_NE(std::string(trap_detail(frame)).find("damaged"), std::string::npos);
}

TEST(Trap, ExplainsGeneralProtection) {
    TrapFrame frame{};
    frame.vector = 13;
    EXPECT_NE(std::string(trap_detail(frame)).find("no pointer"), std::string::npos);
    frame.rip = 0x8000'0000'0000'0000;
    EXPECT_EQ(std::string(trap_detail(frame)), "jump to an address that no pointer can have");
    frame.rip = 0;
    frame.error_code = 0x18;
    EXPECT_NE(std::string(trap_detail(frame)).find("segment"), std::string::npos);
}

} // namespace
