// SPDX-License-Identifier: BSD-3-Clause
// Exceptions: descriptor tables, repair of faults that were expected, the view of generic code.
#include <uk/x86/trap.hpp>

#include <span>

#include <uk/base/fixup.hpp>
#include <uk/config.hpp>
#include <uk/hal/cpus.hpp>
#include <uk/hal/irq.hpp>
#include <uk/hal/trap.hpp>
#include <uk/x86/gate.hpp>
#include <uk/hal_arch/msr.hpp>
#include <uk/x86/layout.h>

#include "frame.hpp"

extern "C" {
extern const char uk_trap_stubs[]; // 16 bytes for each vector
extern char uk_boot_stack[];
extern uint64_t uk_gdt[];
size_t uk_probe_copy(void* to, uintptr_t from, size_t size);
void uk_trap(uk::hal::TrapFrame* frame);
}

namespace uk {
namespace {

using namespace x86;

constinit Task g_task{};
constinit Gate g_gates[kVectors]{};

#if CONFIG_HAL_CPUS > 1
constinit hal::ThreadHead g_nobody{};
constinit CpuBlock g_block{&g_nobody, uk_trap_stack + UK_TRAP_STACK_SIZE,
                           uk_trap_stack + UK_TRAP_STACK_SIZE, 0};
#endif

// Exceptions that may come at any moment, or while another one is being entered, have their own.
constexpr uint64_t ist_of(unsigned vector) {
    switch (vector) {
    case kPageFault:
        return 1;
    case kDoubleFault:
        return 2;
    case kNmi:
        return 3;
    case kMachineCheck:
        return 4;
    default:
        return 5;
    }
}

void fill_gates() {
    auto address = reinterpret_cast<uint64_t>(uk_trap_stubs);
    for (unsigned vector = 0; vector < kVectors; vector++) {
        g_gates[vector] = gate_to(address, ist_of(vector));
        address += 16;
    }
}

bool repair(hal::TrapFrame& frame) {
    const uintptr_t go_on = fixup_of(frame.rip);
    if (go_on != 0) {
        frame.rip = go_on;
    }
    return go_on != 0;
}

} // namespace

void x86::trap_init() {
#if CONFIG_HAL_CPUS > 1
    hal::msr_write(kGsBaseMsr, reinterpret_cast<uint64_t>(&g_block));
#endif
    fill_gates();
    g_task.fill(uk_gdt + UK_SELECTOR_TSS / 8);
    load_gates(g_gates);
    asm volatile("ltr %w0" : : "r"(UK_SELECTOR_TSS) : "memory");
}

void x86::trap_triple_fault() {
    TablePointer none{0, 0};
    asm volatile("lidt %0\n\tint3" : : "m"(none) : "memory");
}

hal::TrapInfo hal::trap_info(const TrapFrame& frame) {
    TrapInfo info;
    info.number = static_cast<unsigned>(frame.vector);
    info.name = vector_name(info.number);
    info.detail = trap_detail(frame);
    info.error_code = frame.error_code;
    info.pc = frame.rip;
    info.sp = frame.rsp;
    info.frame_pointer = frame.rbp;
    info.stack_limit = reinterpret_cast<uintptr_t>(uk_boot_stack);
    if (frame.vector == kPageFault) {
        describe_page_fault(frame, info);
    }
    info.nested = on_trap_stack(frame.rsp) || in_interrupt();
    return info;
}

size_t hal::trap_registers(const TrapFrame& frame, std::span<NamedRegister> out) {
    const NamedRegister all[] = {
        {"rax", frame.rax}, {"rbx", frame.rbx},       {"rcx", frame.rcx}, {"rdx", frame.rdx},
        {"rsi", frame.rsi}, {"rdi", frame.rdi},       {"rbp", frame.rbp}, {"rsp", frame.rsp},
        {"r8", frame.r8},   {"r9", frame.r9},         {"r10", frame.r10}, {"r11", frame.r11},
        {"r12", frame.r12}, {"r13", frame.r13},       {"r14", frame.r14}, {"r15", frame.r15},
        {"rip", frame.rip}, {"rflags", frame.rflags}, {"cr2", frame.cr2},
    };
    size_t count = out.size() < std::size(all) ? out.size() : std::size(all);
    for (size_t i = 0; i < count; i++) {
        out[i] = all[i];
    }
    return count;
}

size_t hal::probe_read(void* to, uintptr_t from, size_t size) {
    return uk_probe_copy(to, from, size);
}

} // namespace uk

// On the trap stack, interrupts off. Returns from expected faults (uk_extable).
void uk_trap(uk::hal::TrapFrame* frame) {
    using namespace uk::x86;
    if constexpr (uk::cfg::libukvmem) {
        if (frame->vector == kPageFault && !on_trap_stack(frame->rsp) &&
            repair_page_fault(*frame)) {
            return;
        }
    }
    bool may_be_expected = frame->vector == kPageFault || frame->vector == kGeneralProtection ||
                           frame->vector == kStackFault;
    if (may_be_expected && uk::repair(*frame)) {
        return;
    }
    if constexpr (uk::cfg::libuksched_edge) {
        if (signal_at_fault(*frame)) {
            return;
        }
    }
    uk_crash(frame);
}
