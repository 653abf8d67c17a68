// SPDX-License-Identifier: BSD-3-Clause
// The others forget what they remember of page tables (TLB shootdown). Intel SDM 3A, 4.10.5.
#include <uk/hal/cpu.hpp>
#include <uk/hal/irq.hpp>
#include <uk/x86/cpus.hpp>

#include "flush.hpp"

namespace uk::x86 {
namespace {

constinit uint64_t g_members = 1;  // atomic; bit n: CPU n remembers page tables
constinit uint64_t g_resting = 0;  // atomic; bit n: CPU n uses none of what it remembers
constinit uint64_t g_requests = 0; // atomic; counts them
// Atomic, one for each CPU: the latest request that it had seen before it forgot. Several may be
// under way; whoever comes later is served with those before.
constinit uint64_t g_served[hal::kMostCpus]{};

// Serves all requests that have come before.
void forget_all(unsigned self) {
    const uint64_t seen = __atomic_load_n(&g_requests, __ATOMIC_SEQ_CST);
    asm volatile("movq %%cr3, %%rax\n\tmovq %%rax, %%cr3" ::: "rax", "memory");
    __atomic_store_n(&g_served[self], seen, __ATOMIC_RELEASE);
}

uint64_t own_bit() {
    return uint64_t{1} << hal::cpu_index();
}

} // namespace

// What was changed before is not in this CPU's memory yet: it has just loaded CR3.
void flush_joins(unsigned index) {
    __atomic_fetch_or(&g_members, uint64_t{1} << index, __ATOMIC_SEQ_CST);
    forget_all(index);
}

void serve_flush() {
    hal::IrqState state = hal::irq_save();
    if ((__atomic_load_n(&g_flush_wanted, __ATOMIC_RELAXED) & own_bit()) != 0) {
        __atomic_fetch_and(&g_flush_wanted, ~own_bit(), __ATOMIC_SEQ_CST);
        forget_all(hal::cpu_index());
    }
    hal::irq_restore(state);
}

// Interrupts stay as they are: while it waits, it serves those who wait for it.
void flush_others() {
    hal::IrqState state = hal::irq_save(); // not moved meanwhile
    const uint64_t request = __atomic_add_fetch(&g_requests, 1, __ATOMIC_SEQ_CST);
    const uint64_t others = __atomic_load_n(&g_members, __ATOMIC_SEQ_CST) & ~own_bit() &
                            ~__atomic_load_n(&g_resting, __ATOMIC_SEQ_CST);
    if (others != 0) {
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

void uk::hal::cpu_rest_begin() {
    __atomic_fetch_or(&x86::g_resting, x86::own_bit(), __ATOMIC_SEQ_CST);
}

// Whoever saw this CPU resting made its request before the bit goes, so the count tells of it.
void uk::hal::cpu_rest_end() {
    __atomic_fetch_and(&x86::g_resting, ~x86::own_bit(), __ATOMIC_SEQ_CST);
    const unsigned self = cpu_index();
    if (__atomic_load_n(&x86::g_requests, __ATOMIC_SEQ_CST) != x86::g_served[self]) {
        x86::forget_all(self);
    }
}
