// SPDX-License-Identifier: BSD-3-Clause
// What belongs to each CPU where there are several: a CPU is a thread of the host.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <uk/config.hpp>

#ifdef CONFIG_ARCH_X86_64
#include <uk/linuxu/x86_64/local.hpp>
#else
#include <uk/linuxu/arm64/local.hpp>
#endif

namespace uk::hal {
struct ThreadHead;
}

namespace uk::linuxu {

enum class Arrival : uint8_t { pending, here, refused };

// Touched by the CPU itself through Local, or through this_cpu() with interrupts off.
struct alignas(64) Cpu {
    bool irqs_on; // the first two are known to cpus.S
    bool irq_pending;
    bool in_handler;
    uint32_t index;
    uintptr_t kernel_stack; // its top; 0 = none yet
    hal::ThreadHead* thread;
    Cpu* self;
    uint32_t spins;
    // What others write or read.
    alignas(64) bool kicked;
    uint8_t arrival; // an Arrival; atomic
    int tid;         // of the host's thread
    void* signal_stack;
    size_t signal_stack_bytes;
    void (*entry)();
};
static_assert(offsetof(Cpu, irqs_on) == 0 && offsetof(Cpu, irq_pending) == 1);
inline constinit Cpu g_cpus[cfg::hal_cpus]{};

#define UK_LINUXU_LOCAL(member)                                                                    \
    ::uk::linuxu::Local<decltype(::uk::linuxu::Cpu::member), offsetof(::uk::linuxu::Cpu, member)>

// Called in loops that wait for another CPU: lets the host run it now and then.
void spin();

using IrqsOn = UK_LINUXU_LOCAL(irqs_on);
using IrqPending = UK_LINUXU_LOCAL(irq_pending);
using InHandler = UK_LINUXU_LOCAL(in_handler);
using KernelStack = UK_LINUXU_LOCAL(kernel_stack);

inline Cpu& this_cpu() {
    return *UK_LINUXU_LOCAL(self)::load();
}

} // namespace uk::linuxu
