// SPDX-License-Identifier: BSD-3-Clause
// The state that trap/entry.S stores, and what it means. Pure; host-tested.
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/hal/trap.hpp>

namespace uk::hal {

// In the order of trap/entry.S, lowest address first.
struct TrapFrame {
    uint64_t cr2;
    uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
    uint64_t rdi, rsi, rbp, rbx, rdx, rcx, rax;
    uint64_t vector;
    uint64_t error_code;
    uint64_t rip, cs, rflags, rsp, ss; // pushed by the processor
};
static_assert(sizeof(TrapFrame) == 23 * 8 && offsetof(TrapFrame, rsp) == 21 * 8);

} // namespace uk::hal

namespace uk::x86 {

enum Vector : unsigned {
    kDivideError = 0,
    kNmi = 2,
    kDoubleFault = 8,
    kStackFault = 12,
    kGeneralProtection = 13,
    kPageFault = 14,
    kMachineCheck = 18,
};
inline constexpr unsigned kVectors = 32;

// "page fault" and so on; never null.
[[nodiscard]] const char* vector_name(unsigned vector);

// What the exception was about, in words; "" if the name says it all, or generic code does.
[[nodiscard]] const char* trap_detail(const hal::TrapFrame& frame);

// The part of `info` that a page fault has and others have not, but for the stack.
void describe_page_fault(const hal::TrapFrame& frame, hal::TrapInfo& info);

// Asks uk_page_fault(), with the vector registers saved. True: the access can be tried again.
[[nodiscard]] bool repair_page_fault(const hal::TrapFrame& frame);

// True: the thread goes on in a handler of signals. signal/signal_hw.cpp
[[nodiscard]] bool signal_at_fault(hal::TrapFrame& frame);

} // namespace uk::x86
