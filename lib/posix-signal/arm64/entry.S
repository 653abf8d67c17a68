/* SPDX-License-Identifier: BSD-3-Clause */
/* Where a thread goes on that was sent away to run handlers of signals: on SP_EL0, the application's stack, interrupts off, all
 * registers but pc, sp and flags still its own. They go into a struct uk_ucontext: x0 at 184, q0 at 480. Native images. */

    .macro general operation
    .irp n, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
    \operation x\n, [x0, #8 * \n]
    .endr
    .endm

    /* With the stack pointer 464 above the context. */
    .macro vectors operation
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    \operation q\n, [sp, #16 + 16 * \n]
    .endr
    .endm

    .section .text.signal, "ax", %progbits
    .globl uk_signal_entry
    .hidden uk_signal_entry
    .type uk_signal_entry, %function
uk_signal_entry:
    sub sp, sp, #4096                   /* below that the context has 464 bytes more */
    vectors str
    sub sp, sp, #464
    stp x0, x1, [sp, #184]
    add x0, sp, #184
    general str
    mrs x1, fpsr
    mrs x2, fpcr
    str w1, [sp, #472]
    str w2, [sp, #476]
    mov x0, sp
    mov x29, #0
    bl uk_signal_arrived
    msr daifset, #2
    add sp, sp, #464
    ldp w1, w2, [sp, #8]
    msr fpsr, x1
    msr fpcr, x2
    vectors ldr
    sub x0, sp, #464 - 184              /* interrupts are off: nobody writes below */
    ldp x1, x2, [x0, #248]              /* sp, pc */
    ldr x3, [x0, #264]
    msr elr_el1, x2
    msr spsr_el1, x3
    mov sp, x1
    general ldr
    ldp x0, x1, [x0]
    eret
    .size uk_signal_entry, . - uk_signal_entry

    .section .note.GNU-stack, "", %progbits
