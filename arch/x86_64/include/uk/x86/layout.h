/* SPDX-License-Identifier: BSD-3-Clause */
/* Numbers that assembly, linker scripts and C++ share; what an option changes stands elsewhere. */
#ifndef UK_X86_64_LAYOUT_H
#define UK_X86_64_LAYOUT_H

/* The image runs at its physical address plus this (the top 2 GiB, for -mcmodel=kernel). */
#define UK_KERNEL_BASE 0xffffffff80000000
#define UK_IMAGE_PHYS 0x100000

/* Where physical memory is seen, once opened: 64 TiB. */
#define UK_DIRECT_MAP_BASE 0xffff800000000000
#define UK_DIRECT_MAP_SIZE 0x400000000000

/* Behind it: memory that is shown a second time, each piece with a gap below that nobody maps. */
#define UK_GUARDED_BASE 0xffffc00000000000
#define UK_GUARDED_GAP 4096

/* What the loader left in a register; also how the C++ entry is told who it was. */
#define UK_PVH_MAGIC 0x336ec578
#define UK_MULTIBOOT2_MAGIC 0x36d76289
#define UK_MULTIBOOT2_HEADER_MAGIC 0xe85250d6

#define UK_TRAP_STACK_SIZE 8192   /* exceptions are handled and reported here */
#define UK_KERNEL_STACK_SIZE 8192 /* interrupts run here: one for each thread */
#define UK_IST_STACK_SIZE 256     /* one for each IST entry: holds a frame until it is moved */
#define UK_IST_COUNT 5

/* QEMU isa-debug-exit, where QEMU puts it by default, and the status of an image that never got to
 * main. */
#define UK_DEBUG_EXIT_PORT 0x501
#define UK_EXIT_BOOT_FAILED 126
/* An isa-debugcon, which takes all 8 bits of a status, if there is one; what it answers. */
#define UK_STATUS_PORT 0x505
#define UK_STATUS_PORT_ANSWER 0xe9

/* How every CPU runs: PG, WP, NE, ET, MP, PE; OSXMMEXCPT, OSFXSR, PAE; NXE, LME. */
#define UK_CR0_VALUE 0x80010033
#define UK_CR4 0x620
#define UK_EFER 0x900
#define UK_MSR_EFER 0xc0000080

#define UK_SELECTOR_CODE 0x08
#define UK_SELECTOR_TSS 0x10

/* With several CPUs: where GS points to. */
#define UK_CPU_THREAD 0
#define UK_CPU_KERNEL_STACK 8
#define UK_CPU_TRAP_STACK 16
#define UK_CPU_INDEX 24

#endif /* UK_X86_64_LAYOUT_H */
