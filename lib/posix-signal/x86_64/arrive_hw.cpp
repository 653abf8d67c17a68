// SPDX-License-Identifier: BSD-3-Clause
// What the architecture's entry cannot know of a thread's state: where it was. Native images.
#include <cstddef>

#include <uk/abi/ucontext.h>
#include <uk/hal/irq.hpp>
#include <uk/hal/signal_frame.hpp>

// entry.S knows them.
static_assert(sizeof(uk_ucontext) == 304 && offsetof(uk_ucontext, uc_mcontext) == 40);
static_assert(offsetof(uk_sigcontext, rcx) == 14 * 8 && offsetof(uk_sigcontext, rip) == 16 * 8);
static_assert(offsetof(uk_sigcontext, fpstate) == 23 * 8);

// What a handler may change: carry to overflow, but not the flags of traps and interrupts.
static constexpr uint64_t kFlags = 0xcd5;

void uk_signal_arrived(uk_ucontext* context) {
    const uk::hal::Detour from = *uk_signal_detour();
    uk_sigcontext& registers = context->uc_mcontext;
    context->uc_flags = 0;
    context->uc_link = nullptr;
    registers.rip = from.pc;
    registers.rsp = from.sp;
    registers.eflags = from.flags;
    registers.cs = registers.gs = registers.fs = registers.ss = 0;
    registers.err = from.error;
    registers.trapno = from.number;
    registers.cr2 = from.address;
    if (uk::hal::kThreadsOpenIrqs)
        uk::hal::irq_enable();
    uk_signal_run(context);
    registers.eflags = (registers.eflags & kFlags) | (from.flags & ~kFlags);
}
