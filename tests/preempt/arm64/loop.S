/* SPDX-License-Identifier: BSD-3-Clause */
/* A loop that keeps a pattern in every register and in the 128 bytes below the stack pointer, and looks at all of them all
 * the time. x16 and x17 do the looking; x18 belongs to the CPU. */

    .section .rodata
    .balign 16
patterns:
    .set i, 0
    .rept 96
    .quad 0x5a00c3a596e10000 + i * 0x100000001
    .set i, i + 1
    .endr

    .text
    .set place, 0
    .set stop, 8
    .set saved_fpcr, 16

    .macro fail_if_other register, number
    mov w17, #\number
    cmp \register, x16
    b.ne 9f
    .endm

    /* unsigned test_loop(const volatile bool* stop): 0, or the number of what was changed: 1 + general
     * register, 50 control word, 60 flags, 70 stack pointer, 80 memory below it, 100 + vector register. */
    .globl test_loop
    .type test_loop, %function
test_loop:
    sub sp, sp, #192
    stp x19, x20, [sp, #32]
    stp x21, x22, [sp, #48]
    stp x23, x24, [sp, #64]
    stp x25, x26, [sp, #80]
    stp x27, x28, [sp, #96]
    stp x29, x30, [sp, #112]
    stp d8, d9, [sp, #128]
    stp d10, d11, [sp, #144]
    stp d12, d13, [sp, #160]
    stp d14, d15, [sp, #176]
    mov x16, sp
    stp x16, x0, [sp, #place]
    mrs x16, fpcr
    str x16, [sp, #saved_fpcr]
    mov x17, #3 << 22               /* towards zero */
    msr fpcr, x17
    adrp x17, patterns
    add x17, x17, #:lo12:patterns
    .irp number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    ldr x16, [x17, #8 * \number]
    stur x16, [sp, #-8 - 8 * \number]
    .endr
    .irp number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    ldr q\number, [x17, #256 + 16 * \number]
    .endr
    .irp number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
    ldr x\number, [x17, #8 * \number]
    .endr
1:  .irp number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
    ldr x16, =0x5a00c3a596e10000 + \number * 0x100000001
    fail_if_other x\number, 1 + \number
    .endr
    mov w17, #60
    cmp xzr, xzr
    nop
    nop
    nop
    b.ne 9f
    mov w17, #70
    ldr x16, [sp, #place]
    cmp sp, x16
    b.ne 9f
    mrs x16, fpcr
    mov w17, #50
    cmp x16, #3 << 22
    b.ne 9f
    .irp number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    ldur x16, [sp, #-8 - 8 * \number]
    fail_if_other x\number, 80
    .endr
    .irp number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    .irp half, 0, 1
    umov x16, v\number\().d[\half]
    ldr x17, =0x5a00c3a596e10000 + (32 + 2 * \number + \half) * 0x100000001
    cmp x16, x17
    mov w17, #100 + \number
    b.ne 9f
    .endr
    .endr
    ldr x16, [sp, #stop]
    ldrb w16, [x16]
    mov w17, #0
    cbz w16, 1b
9:  mov w0, w17
    ldr x16, [sp, #saved_fpcr]
    msr fpcr, x16
    ldp x19, x20, [sp, #32]
    ldp x21, x22, [sp, #48]
    ldp x23, x24, [sp, #64]
    ldp x25, x26, [sp, #80]
    ldp x27, x28, [sp, #96]
    ldp x29, x30, [sp, #112]
    ldp d8, d9, [sp, #128]
    ldp d10, d11, [sp, #144]
    ldp d12, d13, [sp, #160]
    ldp d14, d15, [sp, #176]
    add sp, sp, #192
    ret
    .size test_loop, . - test_loop

    /* void test_scramble(): changes everything that a called function may change. */
    .globl test_scramble
    .type test_scramble, %function
test_scramble:
    .irp number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17
    mov x\number, #-1
    .endr
    .irp number, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    movi v\number\().2d, #0xffffffffffffffff
    .endr
    .irp number, 8, 9, 10, 11, 12, 13, 14, 15
    mov v\number\().d[1], x0
    .endr
    ret
    .size test_scramble, . - test_scramble
    .ltorg

    .section .note.GNU-stack, "", %progbits
