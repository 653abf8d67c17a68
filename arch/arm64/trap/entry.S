/* SPDX-License-Identifier: BSD-3-Clause */
/* Exception vectors. Threads run on SP_EL0, so the processor itself changes to SP_EL1, and nothing is
 * written to the interrupted stack. SP_EL1 is the kernel stack of the running thread; interrupts are
 * handled there. All other exceptions are faults: they have a stack of their own, the trap stack, so
 * that one in a broken or full kernel stack can still be reported. Before there are threads SP_EL1 is
 * the trap stack. Arm ARM (DDI 0487), D1.3. */
#include <uk/arm64/layout.h>

    .macro common kind
    mov x1, #\kind
    b uk_trap_common
    .endm

    /* x0 is free in between. With several CPUs x18, which nobody uses, holds it: frames have a useless
     * x18. With one it is parked where applications can only read. */
#if CONFIG_HAL_CPUS > 1
    .macro park
    mov x18, x0
    .endm
    .macro parked register
    mov \register, x18
    .endm
#else
    .macro park
    msr tpidrro_el0, x0
    .endm
    .macro parked register
    mrs \register, tpidrro_el0
    .endm
#endif

    /* The frame goes to the top of the trap stack; x0 = where SP_EL1 was. */
    .macro to_trap_stack
#if CONFIG_HAL_CPUS > 1
    mrs x0, tpidr_el1
#else
    adrp x0, uk_trap_stack_end
#endif
    add sp, sp, x0
    sub x0, sp, x0
    sub sp, sp, x0
    sub sp, sp, #UK_TRAP_FRAME_SIZE
    str x0, [sp, #UK_TRAP_FRAME_STACK]
    str x1, [sp, #8]
    parked x1
    str x1, [sp]
    .endm

    /* From SP_EL0, and from lower levels: faults. */
    .macro fault kind
    .balign 128
    park
    to_trap_stack
    mrs x0, sp_el0
    common \kind
    .endm

    /* From SP_EL0: interrupts. */
    .macro interrupt kind
    .balign 128
    sub sp, sp, #UK_TRAP_FRAME_SIZE
    stp x0, x1, [sp]
    add x1, sp, #UK_TRAP_FRAME_SIZE
    str x1, [sp, #UK_TRAP_FRAME_STACK]
    mrs x0, sp_el0
    common \kind
    .endm

    /* From SP_EL1, inside another exception: below it, if that is on the trap stack and leaves room. */
    .macro nested kind
    .balign 128
    park
#if CONFIG_HAL_CPUS > 1
    mrs x0, tpidr_el1
    sub x0, sp, x0
    add x0, x0, #UK_TRAP_STACK_SIZE
    sub x0, x0, #UK_CPU_BLOCK_SIZE + UK_TRAP_FRAME_SIZE
#else
    adrp x0, uk_trap_stack
    sub x0, sp, x0
    sub x0, x0, #UK_TRAP_FRAME_SIZE
#endif
    cmp x0, #UK_TRAP_STACK_SIZE
    b.hi 1f
    parked x0
    sub sp, sp, #UK_TRAP_FRAME_SIZE
    stp x0, x1, [sp]
    add x0, sp, #UK_TRAP_FRAME_SIZE
    str x0, [sp, #UK_TRAP_FRAME_STACK]
    common \kind
1:  to_trap_stack
    common \kind
    .endm

    /* x2 to x29 */
    .macro general operation, base
    \operation x2, x3, [\base, #16]
    \operation x4, x5, [\base, #32]
    \operation x6, x7, [\base, #48]
    \operation x8, x9, [\base, #64]
    \operation x10, x11, [\base, #80]
    \operation x12, x13, [\base, #96]
    \operation x14, x15, [\base, #112]
    \operation x16, x17, [\base, #128]
    \operation x18, x19, [\base, #144]
    \operation x20, x21, [\base, #160]
    \operation x22, x23, [\base, #176]
    \operation x24, x25, [\base, #192]
    \operation x26, x27, [\base, #208]
    \operation x28, x29, [\base, #224]
    .endm

    .section .text.trap, "ax", @progbits
    .globl uk_vectors
    .hidden uk_vectors
    .balign 2048
    .type uk_vectors, %function
uk_vectors:
    fault 0
    interrupt 1
    fault 2
    fault 3
    nested 4
    nested 5
    nested 6
    nested 7
    fault 8
    fault 9
    fault 10
    fault 11
    fault 12
    fault 13
    fault 14
    fault 15

    /* x0 = interrupted stack pointer, x1 = number of the vector; both are in the frame already, and
     * where SP_EL1 was. */
uk_trap_common:
    general stp, sp
    stp x30, x0, [sp, #240]
    mrs x2, elr_el1
    mrs x3, spsr_el1
    stp x2, x3, [sp, #256]
    mrs x2, esr_el1
    mrs x3, far_el1
    stp x2, x3, [sp, #272]
    str x1, [sp, #288]
    mov x0, sp
    mov x29, #0
    bl uk_trap
    cbnz x0, 1f
    .globl uk_trap_return
    .hidden uk_trap_return
uk_trap_return:
#ifdef CONFIG_LIBUKSCHED_EDGE
    mov x0, sp
    bl uk_signal_at_trap_return
#endif
    ldp x2, x3, [sp, #256]
    msr elr_el1, x2
    msr spsr_el1, x3
    general ldp, sp
    ldr x30, [sp, #240]
    mov x0, sp
    ldr x1, [x0, #UK_TRAP_FRAME_STACK]
    mov sp, x1
    ldp x0, x1, [x0]
    eret
1:  br x0
    .size uk_vectors, . - uk_vectors

    .macro vectors operation
    \operation q0, q1, [sp, #16]
    \operation q2, q3, [sp, #48]
    \operation q4, q5, [sp, #80]
    \operation q6, q7, [sp, #112]
    \operation q8, q9, [sp, #144]
    \operation q10, q11, [sp, #176]
    \operation q12, q13, [sp, #208]
    \operation q14, q15, [sp, #240]
    \operation q16, q17, [sp, #272]
    \operation q18, q19, [sp, #304]
    \operation q20, q21, [sp, #336]
    \operation q22, q23, [sp, #368]
    \operation q24, q25, [sp, #400]
    \operation q26, q27, [sp, #432]
    \operation q28, q29, [sp, #464]
    \operation q30, q31, [sp, #496]
    .endm

    /* At the end of an interrupt, the thread's frame at SP_EL1: the rest of its state goes below, then
     * uk_irq_act is called below that, on SP_EL0, in the state in which threads switch: interrupts off,
     * system errors reported. When it comes back SP_EL1 is the top of this stack. */
    .section .text.act, "ax", @progbits
    .globl uk_trap_act
    .hidden uk_trap_act
    .type uk_trap_act, %function
uk_trap_act:
    sub sp, sp, #UK_VECTOR_STATE_SIZE
    vectors stp
    mrs x0, fpcr
    mrs x1, fpsr
    stp x0, x1, [sp]
    adrp x2, uk_irq_act
    ldr x2, [x2, #:lo12:uk_irq_act]
    mov x0, sp
    msr spsel, #0
    mov sp, x0
    msr daifclr, #4
    blr x2
    mov x0, sp
    msr spsel, #1
    mov sp, x0
    vectors ldp
    ldp x0, x1, [sp]
    msr fpcr, x0
    msr fpsr, x1
    add sp, sp, #UK_VECTOR_STATE_SIZE
    ldr x0, [sp, #UK_TRAP_FRAME_SP]
    msr sp_el0, x0
    b uk_trap_return
    .size uk_trap_act, . - uk_trap_act

    /* size_t uk_probe_copy(void* to, uintptr_t from, size_t size): copies until a byte cannot be read
     * and returns how many it copied. */
    .section .text.probe, "ax", @progbits
    .globl uk_probe_copy
    .hidden uk_probe_copy
    .type uk_probe_copy, %function
uk_probe_copy:
    mov x3, #0
1:  cmp x3, x2
    b.hs 3f
2:  ldrb w4, [x1, x3]
    strb w4, [x0, x3]
    add x3, x3, #1
    b 1b
3:  mov x0, x3
    ret
    .size uk_probe_copy, . - uk_probe_copy

    /* bool uk_probe_word(const volatile void* at): whether a 32-bit register can be read. */
    .globl uk_probe_word
    .hidden uk_probe_word
    .type uk_probe_word, %function
uk_probe_word:
8:  ldr w1, [x0]
    mov w0, #1
    ret
9:  mov w0, #0
    ret
    .size uk_probe_word, . - uk_probe_word

    /* uint64_t f(uint64_t function, uint64_t a, uint64_t b, uint64_t c): calls out of this level. Where
     * nobody takes them the instruction is undefined, and the answer -1. */
    .section .text.firmware, "ax", @progbits
    .globl uk_call_hvc, uk_call_smc, uk_call_semihosting
    .hidden uk_call_hvc, uk_call_smc, uk_call_semihosting
    .type uk_call_hvc, %function
    .type uk_call_smc, %function
    .type uk_call_semihosting, %function
uk_call_hvc:
4:  hvc #0
    ret
uk_call_smc:
5:  smc #0
    ret
uk_call_semihosting:
6:  hlt #0xf000
    ret
7:  mov x0, #-1
    ret
    .size uk_call_hvc, . - uk_call_hvc

    /* Pairs: an instruction that may fault, and where to go on if it does. */
    .section uk_extable, "a", @progbits
    .balign 8
    .quad 2b, 3b
    .quad 4b, 7b
    .quad 5b, 7b
    .quad 6b, 7b
    .quad 8b, 9b

    .section .note.GNU-stack, "", @progbits
