// SPDX-License-Identifier: BSD-3-Clause
// What belongs to each further CPU, and its first steps.
#include <uk/x86/cpus.hpp>

#include <uk/base/atomic.hpp>
#include <uk/hal_arch/msr.hpp>
#include <uk/x86/boot.hpp>
#include <uk/x86/gate.hpp>
#include <uk/x86/layout.h>
#include <uk/x86/memory.hpp>

#include "cpu_memory.h"
#include "flush.hpp"

extern "C" {
extern uint64_t uk_pml4[];
extern uint64_t uk_gdt[];
[[noreturn]] void uk_cpu_main(void* memory);
}

namespace uk {
namespace {

using namespace x86;

// CpuStart::memory, where show_guarded() shows it: an overflow of the trap stack meets the gap.
struct CpuMemory {
    char trap_stack[UK_TRAP_STACK_SIZE];
    CpuBlock block;
    void* stack;
    uint16_t padding[3];
    TablePointer gdt_pointer;
    TablePointer idt_pointer;
    void (*entry)();
    uint64_t gdt[UK_SELECTOR_TSS / 8 + 2];
    Task task;
};
static_assert(sizeof(CpuMemory) <= hal::kCpuBytes);
static_assert(offsetof(CpuMemory, stack) == UK_CPU_MEMORY_STACK);
static_assert(offsetof(CpuMemory, gdt_pointer) == UK_CPU_MEMORY_GDT);

constinit Atomic<uint64_t> g_come{0}; // bit n: CPU n has come

} // namespace

// Gates are the same for all, and are complete by now.
Result<void*> x86::prepare_cpu(unsigned index, const hal::CpuStart& start) {
    void* guarded = UK_TRY(show_guarded(start.memory, hal::kCpuBytes));
    auto& memory = *static_cast<CpuMemory*>(guarded);
    char* trap_stack = memory.trap_stack + UK_TRAP_STACK_SIZE;
    memory.block = {start.thread, trap_stack, trap_stack, index};
    memory.stack = start.stack;
    memory.entry = start.entry;
    for (unsigned i = 0; i < UK_SELECTOR_TSS / 8; i++) {
        memory.gdt[i] = uk_gdt[i];
    }
    memory.task.fill(memory.gdt + UK_SELECTOR_TSS / 8);
    memory.gdt_pointer = {sizeof memory.gdt - 1, reinterpret_cast<uint64_t>(memory.gdt)};
    asm volatile("sidt %0" : "=m"(memory.idt_pointer));
    return guarded;
}

bool x86::cpu_has_come(unsigned index) {
    return (g_come.load_acquire() >> index & 1) != 0;
}

const uint64_t* x86::root_table() {
    return uk_pml4;
}

uint64_t x86::root_table_address() {
    return reinterpret_cast<uint64_t>(uk_pml4) - UK_KERNEL_BASE;
}

} // namespace uk

void uk_cpu_main(void* pointer) {
    using namespace uk;
    using namespace uk::x86;
    auto& memory = *static_cast<CpuMemory*>(pointer);
    const auto index = static_cast<unsigned>(memory.block.index);
    hal::msr_write(kGsBaseMsr, reinterpret_cast<uint64_t>(&memory.block));
    asm volatile("lidt %0\n\tltr %w1" : : "m"(memory.idt_pointer), "r"(UK_SELECTOR_TSS) : "memory");
    enable_extended_state();
    uk_platform_cpu_start(index);
    if constexpr (!cfg::arch_x86_64_vcpus) {
        flush_joins(index);
    }
    g_come.fetch_or_release(uint64_t{1} << index);
    memory.entry();
    __builtin_unreachable();
}
