/* SPDX-License-Identifier: BSD-3-Clause */
/* Holds in registers and in memory what an interrupt, and a switch at its end, may not change; and changes all that a called
 * function may. Offsets: struct State in preempt_guest.cpp. */

#define NZCV 248
#define FPCR 256                                /* and FPSR */
#define VECTORS 272
#define BELOW 784
#define BELOW_SIZE 512
#define MOVED 1296

    .macro vectors operation base
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    \operation q\n, [\base, #VECTORS + 16 * \n]
    .endr
    .endm

    /* All but x16 to x18. */
    .macro generals operation base
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
    \operation x\n, [\base, #8 * \n]
    .endr
    .endm

    /* BELOW_SIZE bytes from x4 to x5; changes x6, x7. */
    .macro copy
    mov x6, #BELOW_SIZE
1:  ldr x7, [x4], #8
    str x7, [x5], #8
    sub x6, x6, #8
    cbnz x6, 1b
    .endm

    /* void uk_test_hold(const State* in, const volatile bool* stop, State* out): the processor and the memory below the stack
     * pointer are as `in` says until `stop`; `out` is how they are then. */
    .text
    .globl uk_test_hold
    .hidden uk_test_hold
    .type uk_test_hold, %function
uk_test_hold:
    stp x29, x30, [sp, #-192]!
    stp x19, x20, [sp, #16]
    stp x21, x22, [sp, #32]
    stp x23, x24, [sp, #48]
    stp x25, x26, [sp, #64]
    stp x27, x28, [sp, #80]
    stp d8, d9, [sp, #96]
    stp d10, d11, [sp, #112]
    stp d12, d13, [sp, #128]
    stp d14, d15, [sp, #144]
    stp x1, x2, [sp, #160]
    mrs x3, fpcr
    mov x4, sp
    stp x3, x4, [sp, #176]
    mov x16, x0
    add x4, x16, #BELOW
    sub x5, sp, #BELOW_SIZE
    copy
    ldr x3, [x16, #NZCV]
    msr nzcv, x3
    ldp x3, x4, [x16, #FPCR]
    msr fpcr, x3
    msr fpsr, x4
    vectors ldr, x16
    generals ldr, x16
    ldr x16, [sp, #160]
2:  ldrb w17, [x16]
    cbz w17, 2b
    ldr x16, [sp, #168]
    generals str, x16
    vectors str, x16
    mrs x3, fpcr
    mrs x4, fpsr
    stp x3, x4, [x16, #FPCR]
    mrs x3, nzcv
    str x3, [x16, #NZCV]
    sub x4, sp, #BELOW_SIZE
    add x5, x16, #BELOW
    copy
    ldp x3, x4, [sp, #176]
    msr fpcr, x3
    mov x5, sp
    sub x4, x5, x4
    str x4, [x16, #MOVED]
    ldp x19, x20, [sp, #16]
    ldp x21, x22, [sp, #32]
    ldp x23, x24, [sp, #48]
    ldp x25, x26, [sp, #64]
    ldp x27, x28, [sp, #80]
    ldp d8, d9, [sp, #96]
    ldp d10, d11, [sp, #112]
    ldp d12, d13, [sp, #128]
    ldp d14, d15, [sp, #144]
    ldp x29, x30, [sp], #192
    ret
    .size uk_test_hold, . - uk_test_hold

    /* void uk_test_spoil(uint64_t value): writes it to all registers that a called function may change. */
    .globl uk_test_spoil
    .hidden uk_test_spoil
    .type uk_test_spoil, %function
uk_test_spoil:
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    dup v\n\().2d, x0
    .endr
    .irp n, 8, 9, 10, 11, 12, 13, 14, 15
    mov v\n\().d[1], x0
    .endr
    msr fpsr, x0
    .irp n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17
    mov x\n, x0
    .endr
    ret
    .size uk_test_spoil, . - uk_test_spoil

    /* bool uk_test_fault(): a fault that is repaired; whether the registers are as they were. */
    .globl uk_test_fault
    .hidden uk_test_fault
    .type uk_test_fault, %function
uk_test_fault:
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17
    mov x\n, #1000 + \n
    .endr
    cmp xzr, xzr
3:  udf #0
4:  b.ne 6f
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17
    cmp x\n, #1000 + \n
    b.ne 6f
    .endr
    mov w0, #1
    ret
6:  mov w0, #0
    ret
    .size uk_test_fault, . - uk_test_fault

    .section uk_extable, "a", %progbits
    .balign 8
    .quad 3b, 4b

    .section .note.GNU-stack, "", %progbits
