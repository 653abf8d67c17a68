/* SPDX-License-Identifier: BSD-3-Clause */
/* Where assembly finds things in a further CPU's memory: struct CpuMemory of cpus_hw.cpp. */
#ifndef UK_X86_64_CPU_MEMORY_H
#define UK_X86_64_CPU_MEMORY_H

#define UK_CPU_MEMORY_STACK (UK_TRAP_STACK_SIZE + 32)
#define UK_CPU_MEMORY_GDT (UK_TRAP_STACK_SIZE + 46)

#endif /* UK_X86_64_CPU_MEMORY_H */
