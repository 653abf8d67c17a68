// SPDX-License-Identifier: BSD-3-Clause
// The context switch of x86_64, run natively. Nothing on the second stack is instrumented: the
// sanitizers know only the stacks that they made.
#include <cfenv>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include <uk/hal/context.hpp>

#define UK_PLAIN __attribute__((no_sanitize("address", "undefined"), noinline))

namespace {

using uk::hal::Context;

constinit Context g_main{};
constinit Context g_other{};
constinit uint64_t g_log[16]{};
constinit int g_logged = 0;

UK_PLAIN void note(uint64_t value) {
    g_log[g_logged++] = value;
}

UK_PLAIN uint32_t mxcsr() {
    uint32_t value = 0;
    asm volatile("stmxcsr %0" : "=m"(value));
    return value;
}
UK_PLAIN void set_mxcsr(uint32_t value) {
    asm volatile("ldmxcsr %0" : : "m"(value));
}
UK_PLAIN uint16_t x87() {
    uint16_t value = 0;
    asm volatile("fnstcw %0" : "=m"(value));
    return value;
}
UK_PLAIN void set_x87(uint16_t value) {
    asm volatile("fldcw %0" : : "m"(value));
}

// What the compiler makes of the switch is a function that keeps what functions keep.
extern "C" UK_PLAIN void test_switch(Context* from, const Context* to) {
    uk::hal::context_switch(*from, *to);
}

// Fills every callee-saved register, switches, and returns a mask of those that did not come back.
UK_PLAIN uint64_t switch_with_registers(Context* from, const Context* to, uint64_t seed) {
    uint64_t wrong = 0;
    asm volatile("pushq %%rbp\n\t"
                 "pushq %[seed]\n\t"
                 "leaq 1(%[seed]), %%rbx\n\t"
                 "leaq 2(%[seed]), %%r12\n\t"
                 "leaq 3(%[seed]), %%r13\n\t"
                 "leaq 4(%[seed]), %%r14\n\t"
                 "leaq 5(%[seed]), %%r15\n\t"
                 "leaq 6(%[seed]), %%rbp\n\t"
                 "call test_switch\n\t"
                 "popq %%rcx\n\t"
                 "xorl %%eax, %%eax\n\t"
                 "subq %%rcx, %%rbx\n\t subq $1, %%rbx\n\t orq %%rbx, %%rax\n\t"
                 "subq %%rcx, %%r12\n\t subq $2, %%r12\n\t orq %%r12, %%rax\n\t"
                 "subq %%rcx, %%r13\n\t subq $3, %%r13\n\t orq %%r13, %%rax\n\t"
                 "subq %%rcx, %%r14\n\t subq $4, %%r14\n\t orq %%r14, %%rax\n\t"
                 "subq %%rcx, %%r15\n\t subq $5, %%r15\n\t orq %%r15, %%rax\n\t"
                 "subq %%rcx, %%rbp\n\t subq $6, %%rbp\n\t orq %%rbp, %%rax\n\t"
                 "popq %%rbp\n\t"
                 : "=a"(wrong)
                 : "D"(from), "S"(to), [seed] "d"(seed)
                 : "rbx", "rcx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "memory",
                   "cc");
    return wrong;
}

UK_PLAIN void other(void* argument) {
    note(reinterpret_cast<uint64_t>(argument));
    note(reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) % 16);
    auto* frame = static_cast<uint64_t*>(__builtin_frame_address(0));
    note(frame[0]); // the frame pointer of uk_context_start
    note(mxcsr());
    note(x87());
    set_mxcsr(0x1f80 | 0x6000); // towards zero
    set_x87(0x0e7f);
    for (uint64_t seed = 0x1111000000000000;; seed += 0x10000)
        note(switch_with_registers(&g_other, &g_main, seed));
}

class ContextTest : public testing::Test {
  protected:
    void SetUp() override {
        g_logged = 0;
        g_other = uk::hal::context_make(stack_.data() + stack_.size(), other, &g_log);
    }
    alignas(16) std::vector<char> stack_ = std::vector<char>(65536);
};

TEST_F(ContextTest, StartsInItsEntryWithItsArgument) {
    set_mxcsr(0x1f80 | 0x2000); // down: inherited by the new context
    g_other = uk::hal::context_make(stack_.data() + stack_.size() - 5, other, &g_log);
    uk::hal::context_switch(g_main, g_other);
    EXPECT_EQ(mxcsr(), 0x1f80u | 0x2000u) << "the switch brings back our own";
    set_mxcsr(0x1f80);
    ASSERT_EQ(g_logged, 5);
    EXPECT_EQ(g_log[0], reinterpret_cast<uint64_t>(&g_log));
    EXPECT_EQ(g_log[1], 0u) << "the ABI's stack alignment";
    EXPECT_EQ(g_log[2], 0u) << "backtraces end";
    EXPECT_EQ(g_log[3], 0x1f80u | 0x2000u);
}

TEST_F(ContextTest, KeepsRegistersAndControlWordsOnBothSides) {
    const uint16_t own = x87();
    for (uint64_t i = 0; i < 8; i++) {
        EXPECT_EQ(switch_with_registers(&g_main, &g_other, 0x2222000000000000 + i), 0u);
        EXPECT_EQ(mxcsr() & 0x6000u, 0u);
        EXPECT_EQ(x87(), own);
    }
    for (int i = 5; i < g_logged; i++)
        EXPECT_EQ(g_log[i], 0u) << "a register of the other side changed";
    EXPECT_EQ(g_logged, 5 + 7);
}

} // namespace
