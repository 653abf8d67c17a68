// SPDX-License-Identifier: BSD-3-Clause
// Gates of the interrupt lines. They come into being when a platform asks, so that images which
// wait for nothing spend no instruction on them at boot. Intel SDM 3A, chapter 6.
#include <uk/x86/irq.hpp>

#include <uk/assert.h>
#include <uk/hal/irq.hpp>
#include <uk/hal_arch/cpuid.hpp>
#include <uk/x86/gate.hpp>
#include <uk/x86/layout.h>
#include <uk/x86/trap.hpp>

extern "C" {
using UkFunction = void (*)();
extern const char uk_irq_stubs[]; // 16 bytes for each line
void uk_irq_switch();
UkFunction uk_interrupt(unsigned vector, uintptr_t sp);
// Until somebody gives threads their own, there is one stack for interrupts and exceptions.
constinit void* uk_kernel_stack = uk_trap_stack + UK_TRAP_STACK_SIZE;
constinit UkFunction uk_irq_act = nullptr;
constinit size_t uk_irq_state_size = 512; // what FXSAVE writes
constinit bool uk_irq_state_is_xsave = false;
}

namespace uk {
namespace {

using namespace x86;

constexpr uint64_t kIst = 5; // as the common exceptions
constexpr unsigned kGates = kFirstIrqVector + kIrqLines;

constinit Gate g_gates[kGates]{};
using Handler = void (*)(unsigned line);
constinit Handler g_handler = nullptr;
using Question = bool (*)();
constinit Question g_wanted = nullptr;
// uk_irq_switch, which images do not have in which nobody calls irq_on_exit().
constinit UkFunction g_after_interrupt = nullptr;

} // namespace

void x86::irq_init(void (*handler)(unsigned line)) {
    hal::IrqState state = hal::irq_save();
    g_handler = handler;
    TablePointer now{};
    asm volatile("sidt %0" : "=m"(now));
    const auto* gates = reinterpret_cast<const Gate*>(now.base);
    for (unsigned i = 0; i < kFirstIrqVector; i++) {
        g_gates[i] = gates[i];
    }
    auto address = reinterpret_cast<uint64_t>(uk_irq_stubs);
    for (unsigned i = kFirstIrqVector; i < kGates; i++) {
        g_gates[i] = gate_to(address, kIst);
        address += 16;
    }
    load_gates(g_gates);
    hal::irq_restore(state);
}

// The size for the state that XCR0 enables: Intel SDM 1, 13.2.
void hal::irq_on_exit(bool (*wanted)(), void (*act)()) {
    constexpr uint32_t kXsaveIsOn = 1 << 27; // leaf 1, ecx
    constexpr size_t kRest = 4096;           // of a kernel stack, for frame, alignment and act()
    IrqState state = irq_save();
    if ((cpuid_unchecked(1).ecx & kXsaveIsOn) != 0) {
        uk_irq_state_is_xsave = true;
        uk_irq_state_size = cpuid_unchecked(0xd).ebx;
    }
    UK_ASSERT(uk_irq_state_size + kRest <= kKernelStackBytes);
    uk_irq_act = act;
    g_after_interrupt = uk_irq_switch;
    g_wanted = wanted;
    irq_restore(state);
}

} // namespace uk

// On the kernel stack, interrupts off. Not null: goes on there before the interrupted code does.
UkFunction uk_interrupt(unsigned vector, uintptr_t sp) {
    uk::hal::handlers()++;
    uk::g_handler(vector - uk::x86::kFirstIrqVector);
    uk::hal::handlers()--;
    // What repairs a page fault may open interrupts, but is not a thread.
    bool act = uk::g_wanted != nullptr && !uk::x86::on_trap_stack(sp) && uk::g_wanted();
    return act ? uk::g_after_interrupt : nullptr;
}
