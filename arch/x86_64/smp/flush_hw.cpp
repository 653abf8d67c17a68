// SPDX-License-Identifier: BSD-3-Clause
// The others forget what they remember of page tables (TLB shootdown). Intel SDM 3A, 4.10.5.
#include <uk/hal/cpu.hpp>
#include <uk/hal/irq.hpp>
#include <uk/x86/cpus.hpp>

#include "flush.hpp"

namespace uk::x86 {
namespace {

constinit uint64_t g_members = 1;  // atomic; bit n: CPU n remembers page tables
constinit uint64_t g_requests = 0; // atomic; counts them
// Atomic, one for each CPU: the latest request that it had seen before it forgot. Several may be
// under way; whoever comes later is served with those before.
constinit uint64_t g_served[hal::kMostCpus]{};

void forget_all() {
    asm volatile("movq %%cr3, %%rax\n\tmovq %%rax, %%cr3" ::: "rax", "memory");
}

} // namespace

// What was changed before is not in this CPU's memory yet: it has just loaded CR3.
void flush_joins(unsigned index) {
    __atomic_fetch_or(&g_members, uint64_t{1} << index, __ATOMIC_SEQ_CST);
    forget_all();
}

void serve_flush() {
    hal::IrqState state = hal::irq_save();
    const unsigned self = hal::cpu_index();
    const uint64_t bit = uint64_t{1} << self;
    if ((__atomic_load_n(&g_flush_wanted, __ATOMIC_RELAXED) & bit) != 0) {
        __atomic_fetch_and(&g_flush_wanted, ~bit, __ATOMIC_SEQ_CST);
        const uint64_t seen = __atomic_load_n(&g_requests, __ATOMIC_SEQ_CST);
        forget_all();
        __atomic_store_n(&g_served[self], seen, __ATOMIC_RELEASE);
    }
    hal::irq_restore(state);
}

// Interrupts stay as they are: while it waits, it serves those who wait for it.
void flush_others() {
    hal::IrqState state = hal::irq_save(); // not moved meanwhile
    const unsigned self = hal::cpu_index();
    const uint64_t others = __atomic_load_n(&g_members, __ATOMIC_SEQ_CST) & ~(uint64_t{1} << self);
    if (others != 0) {
        const uint64_t request = __atomic_add_fetch(&g_requests, 1, __ATOMIC_SEQ_CST);
        __atomic_fetch_or(&g_flush_wanted, others, __ATOMIC_SEQ_CST);
        for (uint64_t left = others; left != 0; left &= left - 1) {
            interrupt_to_flush(static_cast<unsigned>(__builtin_ctzll(left)));
        }
        for (uint64_t left = others; left != 0; left &= left - 1) {
            const uint64_t* served = &g_served[__builtin_ctzll(left)];
            while (__atomic_load_n(served, __ATOMIC_ACQUIRE) < request) {
                hal::cpus_serve();
                hal::cpu_relax();
            }
        }
    }
    hal::irq_restore(state);
}

} // namespace uk::x86
