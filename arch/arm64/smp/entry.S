/* SPDX-License-Identifier: BSD-3-Clause */
/* Where a further CPU begins: x0 = its block (struct CpuBlock), MMU off, EL2 or EL1. It runs where the
 * image lies physically until the MMU is on, with the tables that the first CPU made. Until then
 * nothing is read from memory but this section, which never changes. */
#include <uk/arm64/layout.h>

#include "../boot/control.h"

    .section .text.cpu_entry, "ax", @progbits
    .globl uk_cpu_entry
    .hidden uk_cpu_entry
    .balign 2048                                /* as vectors are */
    .type uk_cpu_entry, %function
uk_cpu_entry:
    mov x20, x0
    mrs x0, CurrentEL
    cmp x0, #2 << 2
    b.ne 1f
    bl uk_leave_el2
1:  msr daifset, #0xf
    msr spsel, #1
    mov x0, #CPACR_FP
    msr cpacr_el1, x0
    mov x0, #UK_MAIR
    msr mair_el1, x0
    ldr x0, =TCR_UPPER | TCR_NO_LOWER
    mrs x1, id_aa64mmfr0_el1
    and x1, x1, #7                              /* PARange; its values are those of TCR.IPS */
    cmp x1, #5
    mov x2, #5                                  /* 48 bits */
    csel x1, x1, x2, lo
    orr x0, x0, x1, lsl #TCR_IPS_SHIFT
    msr tcr_el1, x0
    adrp x0, uk_l0
    msr ttbr1_el1, x0
    ldr x0, =uk_cpu_entry                       /* its link address */
    msr vbar_el1, x0
    ic iallu
    tlbi vmalle1
    dsb nsh
    isb
    /* As in boot/entry.S: what lies behind the instruction that switches the MMU on has no mapping at
     * its address, and the exception is the way to the link address. */
    ldr x0, =SCTLR_FIRST | SCTLR_WXN
    msr sctlr_el1, x0
    isb
1:  b 1b

    .org uk_cpu_entry + 0x200                   /* vector: same level, SP_EL1, synchronous */
    ldp x0, x1, [x20, #UK_CPU_CONTROL]
    msr ttbr0_el1, x1                           /* the application's half, if it is in use */
    isb
    msr tcr_el1, x0
    isb
    tlbi vmalle1
    dsb nsh
    isb
    adrp x0, uk_vectors
    add x0, x0, :lo12:uk_vectors
    msr vbar_el1, x0
    msr tpidr_el1, x20
    mov sp, x20                                 /* the trap stack */
    ldp x0, x1, [x20, #UK_CPU_BEGIN]
    msr tpidrro_el0, x1
    msr spsel, #0
    mov sp, x0
    isb
    msr daifclr, #4
    mov x29, #0
    mov x30, #0
    bl uk_cpu_main
    brk #0
    .ltorg
    .size uk_cpu_entry, . - uk_cpu_entry

    .section .note.GNU-stack, "", %progbits
