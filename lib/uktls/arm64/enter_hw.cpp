// SPDX-License-Identifier: BSD-3-Clause
// The thread-local register, which needs no privilege.
#include <uk/tls.hpp>

void uk::tls::enter(void* thread_pointer) {
    asm volatile("msr tpidr_el0, %0" : : "r"(thread_pointer) : "memory");
}
