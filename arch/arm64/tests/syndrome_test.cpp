// SPDX-License-Identifier: BSD-3-Clause
// How syndromes and instructions say whether memory was read, written or executed.
#include <gtest/gtest.h>

#include <uk/arm64/syndrome.hpp>

namespace {

using namespace uk;
using hal::Access;

struct Encoding {
    const char* text;
    uint32_t instruction;
    Access access;
};

// As the GNU assembler encodes them.
constexpr Encoding kEncodings[] = {
    {"ldr x0, [x1]", 0xf9400020, Access::read},
    {"str x0, [x1]", 0xf9000020, Access::write},
    {"ldrb w0, [x1, x2]", 0x38626820, Access::read},
    {"strb w0, [x1], #1", 0x38001420, Access::write},
    {"ldrsw x0, [x1]", 0xb9800020, Access::read},
    {"ldrsb w0, [x1]", 0x39c00020, Access::read},
    {"ldr q0, [x1]", 0x3dc00020, Access::read},
    {"str q0, [x1]", 0x3d800020, Access::write},
    {"str d0, [x1]", 0xfd000020, Access::write},
    {"ldp x0, x1, [x2]", 0xa9400440, Access::read},
    {"stp x29, x30, [sp, #-16]!", 0xa9bf7bfd, Access::write},
    {"ldxr x0, [x1]", 0xc85f7c20, Access::read},
    {"stlr x0, [x1]", 0xc89ffc20, Access::write},
    {"ldr x0, .+8", 0x58000040, Access::read},
    {"ld1 {v0.16b}, [x1]", 0x4c407020, Access::read},
    {"st1 {v0.16b}, [x1]", 0x4c007020, Access::write},
    {"add x0, x1, x2", 0x8b020020, Access::unknown},
    {"ret", 0xd65f03c0, Access::unknown},
    {"fadd d0, d1, d2", 0x1e622820, Access::unknown},
};

TEST(Syndrome, InstructionsTellWhatTheyDo) {
    for (const Encoding& each : kEncodings) {
        EXPECT_EQ(arm64::access_by_instruction(each.instruction), each.access) << each.text;
    }
}

TEST(Syndrome, ClassesTellTheAccess) {
    EXPECT_EQ(arm64::access_by_syndrome(0x96000004), Access::read);
    EXPECT_EQ(arm64::access_by_syndrome(0x96000044), Access::write);
    EXPECT_EQ(arm64::access_by_syndrome(0x92000046), Access::write);
    EXPECT_EQ(arm64::access_by_syndrome(0x86000004), Access::execute);
    EXPECT_EQ(arm64::access_by_syndrome(0x82000004), Access::execute);
    EXPECT_EQ(arm64::access_by_syndrome(0xf2000001), Access::unknown); // brk
    EXPECT_EQ(arm64::access_by_syndrome(0), Access::unknown);
}

} // namespace
