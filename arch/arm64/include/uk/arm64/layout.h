/* SPDX-License-Identifier: BSD-3-Clause */
/* Numbers that assembly, linker scripts and C++ of native arm64 images share. What an option
 * changes stands elsewhere: many sources read this. */
#ifndef UK_ARM64_LAYOUT_H
#define UK_ARM64_LAYOUT_H

/* The image is linked here, in the half of TTBR1; where it lies physically is known at run time. */
#define UK_KERNEL_BASE 0xffffffff80000000
/* Where the image wants to lie, counted from a multiple of 2 MiB (Linux arm64 boot protocol). */
#define UK_TEXT_OFFSET 0x80000
#define UK_IMAGE_MOST 0xfe00000 /* bytes in memory: boot/entry.S first maps it with 127 blocks */

/* Where physical memory is seen, once opened: 128 TiB. */
#define UK_DIRECT_MAP_BASE 0xffff000000000000
#define UK_DIRECT_MAP_SIZE 0x800000000000

/* Behind it: memory that is shown a second time, each piece with a gap below that nobody maps. */
#define UK_GUARDED_BASE 0xffff800000000000
#define UK_GUARDED_GAP UK_TRAP_STACK_GUARD

#define UK_TRAP_STACK_SIZE 8192  /* faults are handled and reported here */
#define UK_TRAP_STACK_GUARD 8192 /* what lies below it and cannot be written */
#define UK_TRAP_FRAME_SIZE 304   /* struct hal::TrapFrame, and two places in it */
#define UK_TRAP_FRAME_SP 248
#define UK_TRAP_FRAME_STACK 296
#define UK_TRAP_KIND_FULL 16 /* behind the numbers of the vectors: no room for a frame was left */
#define UK_VECTOR_STATE_SIZE 528 /* FPCR, FPSR, q0 to q31: saved only for a switch */

/* With several CPUs: what belongs to each (struct CpuBlock), at the top of its trap stack. */
#define UK_CPU_BLOCK_SIZE 48
#define UK_CPU_CONTROL 8 /* two words: TCR_EL1, TTBR0_EL1 */
#define UK_CPU_BEGIN 24  /* two words: the stack, the first thread */

/* MAIR_EL1, as the page table codec wants it: 0 = normal memory, write-back; 1 = device. */
#define UK_MAIR 0xff

/* The status of an image that never got to main. */
#define UK_EXIT_BOOT_FAILED 126

#endif /* UK_ARM64_LAYOUT_H */
