/* SPDX-License-Identifier: BSD-3-Clause */
/* From a loader that speaks the Linux arm64 boot protocol (Documentation/arm64/booting.rst) to C++
 * with the image mapped W^X at its link address and nothing else mapped. x0 = device tree, MMU off,
 * EL2 or EL1. The code runs at three places in turn: where the image lies physically; at the bottom
 * of the lower half, so that the page tables proper are made with caches on; at its link address. */
#include <uk/arm64/layout.h>

#include "control.h"

#define TABLE 3                                 /* a table lies there */
#define PAGE(attributes) (0x703 | (attributes)) /* page, accessed, inner shareable, normal memory */
#define READ_ONLY (1 << 7)
#define NO_EXECUTE (1 << 53)                    /* at EL1 */
#define NEVER_USER (1 << 54)

#define FIRST_BLOCK (0x701 | NEVER_USER)        /* 2 MiB of normal memory, all allowed */
#define FIRST_TABLE_SIZE 1024                   /* 128 blocks: UK_IMAGE_MOST */

    .section .text.boot, "ax", @progbits
    .globl uk_image_header
    .hidden uk_image_header
uk_image_header:
    b uk_entry
    .long 0
    .quad UK_TEXT_OFFSET
    .quad uk_image_size
    .quad 0xa                                   /* little-endian, 4 KiB pages, anywhere in memory */
    .quad 0, 0, 0
    .ascii "ARM\x64"
    .long 0

    .globl uk_entry
    .hidden uk_entry
    .type uk_entry, %function
uk_entry:
    mov x20, x0
    mov x22, #0
    mrs x0, CurrentEL
    cmp x0, #2 << 2
    b.ne 1f
    mov x22, #1
    bl uk_leave_el2
1:  msr daifset, #0xf
    msr spsel, #1
    mrs x21, cntvct_el0
    mov x0, #CPACR_FP
    msr cpacr_el1, x0
    isb
    adrp x19, uk_image_start                    /* where the image lies physically */
    and x24, x19, #~0x1fffff                    /* what is added to the first addresses */
    bl make_first_table

    mov x0, #UK_MAIR
    msr mair_el1, x0
    ldr x25, =TCR_UPPER | TCR_LOWER
    mrs x1, id_aa64mmfr0_el1
    and x1, x1, #7                              /* PARange; its values are those of TCR.IPS */
    cmp x1, #5
    mov x2, #5                                  /* 48 bits */
    csel x1, x1, x2, lo
    orr x25, x25, x1, lsl #TCR_IPS_SHIFT
    orr x0, x25, #TCR_NO_UPPER
    msr tcr_el1, x0
    ic iallu
    tlbi vmalle1
    dsb nsh
    isb
    /* The instruction behind the one that switches the MMU on has no mapping at its address. That
     * exception is the way to `mapped`. */
    sub x0, x19, x24
    msr vbar_el1, x0
    ldr x26, =SCTLR_FIRST
    isb
    msr sctlr_el1, x26
    isb
    cbz x24, mapped                             /* in the first 2 MiB of memory all is where it was */
1:  b 1b

    .org uk_image_header + 0x200                /* vector: same level, SP_EL1, synchronous */
    /* From here on memory is written through the caches. */
mapped:
    bl make_tables
    ldr x0, =2f
    br x0
2:  ldr x0, =TCR_LOWER
    bic x25, x25, x0
    orr x25, x25, #TCR_NO_LOWER
    msr tcr_el1, x25
    orr x26, x26, #SCTLR_WXN
    msr sctlr_el1, x26
    msr ttbr0_el1, xzr
    isb
    tlbi vmalle1
    dsb nsh
    isb
    adrp x0, uk_vectors
    add x0, x0, :lo12:uk_vectors
    msr vbar_el1, x0
    adrp x0, uk_trap_stack_end
#if CONFIG_HAL_CPUS > 1
    sub x0, x0, #UK_CPU_BLOCK_SIZE
    str xzr, [x0]                               /* CPU 0 */
    msr tpidr_el1, x0
    adrp x1, uk_no_thread
    add x1, x1, :lo12:uk_no_thread
    msr tpidrro_el0, x1
#endif
    mov sp, x0
    msr spsel, #0                               /* code runs on SP_EL0, exceptions on SP_EL1 */
    adrp x0, uk_boot_stack_end
    mov sp, x0
    isb
    adrp x0, uk_zero_start
    adrp x1, uk_image_end
    bl zero

    msr daifclr, #4                             /* system errors are reported from here on */
    mov x0, x20                                 /* device tree */
    mov x1, x21                                 /* the counter at entry */
    mov x2, x22                                 /* whether we were the hypervisor */
    mov x3, x19                                 /* where the image lies physically */
    mov x29, #0                                 /* the last frame of every backtrace */
    mov x30, #0
    bl uk_platform_start
    brk #0

    /* Everything EL1 needs is let through, and EL2 is left for ever. Uses x0. */
    .globl uk_leave_el2
    .hidden uk_leave_el2
uk_leave_el2:
    ldr x0, =HCR_EL2_VALUE
    msr hcr_el2, x0
    isb
    ldr x0, =SCTLR_OFF
    msr sctlr_el1, x0
    mov x0, #3                                  /* counter and timer are ours */
    msr cnthctl_el2, x0
    msr cntvoff_el2, xzr
    mov x0, #CPTR_EL2_VALUE
    msr cptr_el2, x0
    msr hstr_el2, xzr
    mrs x0, mdcr_el2
    and x0, x0, #0x1f                           /* as many event counters as there were; no traps */
    msr mdcr_el2, x0
    mrs x0, midr_el1
    msr vpidr_el2, x0
    mrs x0, mpidr_el1
    msr vmpidr_el2, x0
    mrs x0, id_aa64pfr0_el1
    ubfx x0, x0, #24, #4
    cbz x0, 1f
    mrs x0, s3_4_c12_c9_5                       /* ICC_SRE_EL2: SRE, Enable */
    orr x0, x0, #1
    orr x0, x0, #8
    msr s3_4_c12_c9_5, x0
    isb
    msr s3_4_c12_c11_0, xzr                     /* ICH_HCR_EL2 */
1:  mrs x0, id_aa64mmfr0_el1
    ubfx x0, x0, #56, #4
    cbz x0, 2f
    msr s3_4_c1_c1_4, xzr                       /* fine-grained traps: HFGRTR, HFGWTR, HFGITR, */
    msr s3_4_c1_c1_5, xzr
    msr s3_4_c1_c1_6, xzr
    msr s3_4_c3_c1_4, xzr                       /* HDFGRTR, HDFGWTR */
    msr s3_4_c3_c1_5, xzr
2:  mov x0, #SPSR_EL1H
    msr spsr_el2, x0
    msr elr_el2, x30
    eret

    /* One table of the lower half, written to memory past the caches: lines that a loader left are
     * thrown away before, lest they be written back, and after, lest the walker read them. It lies
     * where the boot stack will be. */
make_first_table:
    mov x23, x30
    adrp x0, uk_boot_stack
    add x1, x0, #FIRST_TABLE_SIZE
    bl forget
    adrp x0, uk_boot_stack
    bl zero
    adrp x0, uk_boot_stack
    msr ttbr0_el1, x0
    ldr x2, =FIRST_BLOCK
    mov x3, x24
    adrp x4, uk_image_end
1:  add x1, x3, x2
    str x1, [x0], #8
    add x3, x3, #0x200000
    cmp x3, x4
    b.lo 1b
    dsb sy
    adrp x0, uk_boot_stack
    add x1, x0, #FIRST_TABLE_SIZE
    mov x30, x23

    /* x0 to x1, a multiple of 512 bytes: drops cache lines, which are at most 128 bytes long. */
forget:
    mrs x2, ctr_el0
    ubfx x2, x2, #16, #4
    mov x3, #4
    lsl x3, x3, x2
1:  .rept 4
    dc ivac, x0
    add x0, x0, x3
    .endr
    cmp x0, x1
    b.lo 1b
    dsb sy
    ret

    /* x0 to x1, a multiple of 1 KiB. */
zero:
    .irp register, 0, 1, 2, 3
    movi v\register\().2d, #0
    .endr
1:  .rept 16
    st1 {v0.2d-v3.2d}, [x0], #64
    .endr
    cmp x0, x1
    b.lo 1b
    ret

    /* The image's tables in the upper half. They hold physical addresses: ours and x24. */
make_tables:
    mov x23, x30
    adrp x0, uk_l0
    adrp x1, uk_boot_stack
    bl zero
    adrp x0, uk_l1
    adrp x1, uk_trap_stack
    bl zero

    add x6, x24, #TABLE
    adrp x0, uk_l0
    adrp x1, uk_l1
    add x2, x1, x6
    str x2, [x0, #511 * 8]
    adrp x3, uk_l2
    add x2, x3, x6
    str x2, [x1, #510 * 8]
    adrp x4, uk_l3
    adrp x5, uk_boot_stack                      /* where the tables of this level end */
    mov x1, x4
1:  add x2, x1, x6
    str x2, [x3], #8
    add x1, x1, #4096
    cmp x1, x5
    b.lo 1b

    add x0, x0, x24
    msr ttbr1_el1, x0
    mov x0, x19
    ldr x1, =uk_image_start
    add x4, x4, #UK_TEXT_OFFSET / 4096 * 8
    adr x5, parts
    adr x6, parts_end
2:  ldp x7, x8, [x5], #16
    b 4f
3:  orr x2, x0, x8
    str x2, [x4], #8
    add x0, x0, #4096
    add x1, x1, #4096
4:  cmp x1, x7
    b.lo 3b
    cmp x5, x6
    b.lo 2b
    dsb ishst
    msr tcr_el1, x25
    isb
    ret x23
    .size uk_entry, . - uk_entry

    /* Where each part of the image ends, and how its pages are mapped. */
    .balign 8
parts:
    .quad uk_text_end, PAGE(READ_ONLY | NEVER_USER)
    .quad uk_rodata_end, PAGE(READ_ONLY | NEVER_USER | NO_EXECUTE)
    .quad uk_l3, PAGE(NEVER_USER | NO_EXECUTE)
    .quad uk_boot_stack, PAGE(READ_ONLY | NEVER_USER | NO_EXECUTE)
    .quad uk_l1, PAGE(NEVER_USER | NO_EXECUTE)
    .quad uk_trap_stack, PAGE(READ_ONLY | NEVER_USER | NO_EXECUTE)
    .quad uk_image_end, PAGE(NEVER_USER | NO_EXECUTE)
parts_end:
    .ltorg

    .section .note.GNU-stack, "", @progbits
