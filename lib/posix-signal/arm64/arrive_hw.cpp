// SPDX-License-Identifier: BSD-3-Clause
// What the architecture's entry cannot know of a thread's state: where it was. Native images.
#include <cstddef>

#include <uk/abi/ucontext.h>
#include <uk/hal/irq.hpp>
#include <uk/hal/signal_frame.hpp>

// entry.S knows them.
static_assert(sizeof(uk_ucontext) == 4560);
static_assert(offsetof(uk_ucontext, uc_mcontext) + offsetof(uk_sigcontext, regs) == 184);
static_assert(offsetof(uk_ucontext, uc_mcontext) + offsetof(uk_sigcontext, uk_records) == 464);

static constexpr uint64_t kFlags = 0xf0000000; // of PSTATE, a handler may change NZCV

void uk_signal_arrived(uk_ucontext* context) {
    const uk::hal::Detour from = *uk_signal_detour();
    uk_sigcontext& registers = context->uc_mcontext;
    auto& vectors = reinterpret_cast<uk_fpsimd_context&>(registers.uk_records);
    context->uc_flags = 0;
    context->uc_link = nullptr;
    registers.fault_address = from.address;
    registers.sp = from.sp;
    registers.pc = from.pc;
    registers.pstate = from.flags;
    vectors.head = {0x46508001, sizeof vectors}; // FPSIMD_MAGIC
    *reinterpret_cast<uk_aarch64_ctx*>(&vectors + 1) = {0, 0};
    if (uk::hal::kThreadsOpenIrqs)
        uk::hal::irq_enable();
    uk_signal_run(context);
    registers.pstate = (registers.pstate & kFlags) | (from.flags & ~kFlags);
}
