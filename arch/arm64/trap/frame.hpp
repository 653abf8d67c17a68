// SPDX-License-Identifier: BSD-3-Clause
// The state that trap/entry.S stores, and what it means. Pure; host-tested.
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/arm64/layout.h>
#include <uk/hal/trap.hpp>

namespace uk::hal {

// In the order of trap/entry.S, lowest address first.
struct TrapFrame {
    uint64_t x[31];
    uint64_t sp;
    uint64_t pc;
    uint64_t pstate;
    uint64_t esr;
    uint64_t far;
    uint64_t vector; // 0 to 15, or UK_TRAP_KIND_FULL
    uint64_t stack;  // SP_EL1 when it came
};
static_assert(sizeof(TrapFrame) == UK_TRAP_FRAME_SIZE && offsetof(TrapFrame, pc) == 256 &&
              offsetof(TrapFrame, sp) == UK_TRAP_FRAME_SP && offsetof(TrapFrame, vector) == 288 &&
              offsetof(TrapFrame, stack) == UK_TRAP_FRAME_STACK);

} // namespace uk::hal

namespace uk::arm64 {

// The four vectors of each of the four places that an exception can come from.
enum class TrapKind : uint8_t { synchronous, irq, fiq, system_error };

constexpr TrapKind trap_kind(const hal::TrapFrame& frame) {
    return static_cast<TrapKind>(frame.vector & 3);
}
// Came while SP_EL1 was in use: inside another exception.
constexpr bool trap_is_nested(const hal::TrapFrame& frame) {
    return (frame.vector >= 4 && frame.vector < 8) || frame.vector == UK_TRAP_KIND_FULL;
}

// Came inside a fault whose handling had used up the trap stack, which begins at `trap_stack`. It
// was given its top then, and what was there is lost.
constexpr bool trap_found_no_room(const hal::TrapFrame& frame, uintptr_t trap_stack) {
    uintptr_t above = frame.stack - (trap_stack - UK_TRAP_STACK_GUARD);
    return trap_is_nested(frame) && above < UK_TRAP_STACK_GUARD + UK_TRAP_FRAME_SIZE;
}

// "data abort" and so on; never null.
[[nodiscard]] const char* trap_name(const hal::TrapFrame& frame);

// What the exception was about, in words; "" if the name says it all, or generic code does.
[[nodiscard]] const char* trap_detail(const hal::TrapFrame& frame);

// An instruction in uk_extable may end so: memory that is not there or answers with an error, or an
// instruction that this machine does not have.
[[nodiscard]] bool trap_may_be_expected(const hal::TrapFrame& frame);

// The part of `info` that an abort has and others have not, but for the stack.
void describe_abort(const hal::TrapFrame& frame, hal::TrapInfo& info);

// Asks uk_page_fault(), with the vector registers saved. True: the access can be tried again.
[[nodiscard]] bool repair_page_fault(const hal::TrapFrame& frame);

// True: the thread goes on in a handler of signals. signal/signal_hw.cpp
[[nodiscard]] bool signal_at_fault(hal::TrapFrame& frame);

} // namespace uk::arm64
