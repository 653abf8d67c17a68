/* SPDX-License-Identifier: BSD-3-Clause */
/* A loop that keeps a pattern in every register and in the 128 bytes below the stack pointer, which code compiled with a
 * red zone uses, and looks at all of them all the time. */

    .section .rodata
    .balign 64
patterns:
    .quad 0x0123456789abcdef, 0x1123456789abcdee, 0x2123456789abcded, 0x3123456789abcdec
    .quad 0x4123456789abcdeb, 0x5123456789abcdea, 0x6123456789abcde9, 0x7123456789abcde8
    .quad 0x8123456789abcde7, 0x9123456789abcde6, 0xa123456789abcde5, 0xb123456789abcde4
    .quad 0xc123456789abcde3, 0xd123456789abcde2, 0xe123456789abcde1, 0xf123456789abcde0
vectors:
    .set i, 0
    .rept 64
    .quad 0x5a00c3a596e10000 + i
    .set i, i + 1
    .endr
mxcsr:
    .long 0x7f80                    /* all masked, towards zero */
x87_control:
    .word 0x0c7f                    /* the same */

    .bss
saved_mxcsr:
    .long 0
saved_x87_control:
    .word 0


    .text
    .set failed, 32
    .set place, 40
    .cfi_sections .debug_frame      /* the image has no place for .eh_frame */
    .set frame, 56

    .macro for_general what
    \what 0, %rax
    \what 1, %rbx
    \what 2, %rcx
    \what 3, %rdx
    \what 4, %rsi
    \what 5, %rdi
    \what 6, %rbp
    \what 7, %r8
    \what 8, %r9
    \what 9, %r10
    \what 10, %r11
    \what 11, %r12
    \what 12, %r13
    \what 13, %r14
    \what 14, %r15
    .endm
    .macro set_general number, register
    movq patterns+8*\number(%rip), \register
    .endm
    .macro look_general number, register
    movl $(1 + \number), failed(%rsp)
    cmpq patterns+8*\number(%rip), \register
    jne 9f
    .endm

    .macro set_vectors instruction, register, size
    .irp number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    \instruction vectors+\size*\number(%rip), %\register\number
    .endr
    .endm
    /* Through rax, which gets its pattern back. */
    .macro look_vectors instruction, register, size
    .irp number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movl $(100 + \number), failed(%rsp)
    \instruction %\register\number, (%rsp)
    .irp word, 0, 8, 16, 24
    .if \word < \size
    movq vectors+\size*\number+\word(%rip), %rax
    cmpq \word(%rsp), %rax
    jne 9f
    .endif
    .endr
    .endr
    .endm

    /* unsigned name(const volatile bool* stop): 0, or the number of what was changed: 1 + general
     * register, 50 control words, 60 flags, 70 stack pointer, 80 red zone, 100 + vector register. */
    .macro loop name, instruction, register, size
    .globl \name
    .type \name, @function
\name:
    .cfi_startproc
    .irp saved, rbp, rbx, r12, r13, r14, r15
    pushq %\saved
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset %\saved, 0
    .endr
    subq $(frame + 16), %rsp
    .cfi_adjust_cfa_offset frame + 16
    movq %rdi, frame(%rsp)
    movq %rsp, place(%rsp)
    stmxcsr saved_mxcsr(%rip)
    fnstcw saved_x87_control(%rip)
    ldmxcsr mxcsr(%rip)
    fldcw x87_control(%rip)
    set_vectors \instruction, \register, \size
    .irp word, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movq patterns+8*\word(%rip), %rax
    movq %rax, -8-8*\word(%rsp)
    .endr
    for_general set_general
1:  for_general look_general
    movl $60, failed(%rsp)
    stc
    nop
    nop
    nop
    jnc 9f
    movl $70, failed(%rsp)
    cmpq place(%rsp), %rsp
    jne 9f
    movl $80, failed(%rsp)
    .irp word, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movq patterns+8*\word(%rip), %rax
    cmpq -8-8*\word(%rsp), %rax
    jne 9f
    .endr
    movl $50, failed(%rsp)
    stmxcsr (%rsp)
    movl mxcsr(%rip), %eax
    cmpl (%rsp), %eax
    jne 9f
    fnstcw (%rsp)
    movw x87_control(%rip), %ax
    cmpw (%rsp), %ax
    jne 9f
    look_vectors \instruction, \register, \size
    movq frame(%rsp), %rax
    cmpb $0, (%rax)
    movq patterns(%rip), %rax
    je 1b
    movl $0, failed(%rsp)
9:  ldmxcsr saved_mxcsr(%rip)
    fldcw saved_x87_control(%rip)
    movl failed(%rsp), %eax
    addq $(frame + 16), %rsp
    .cfi_adjust_cfa_offset -(frame + 16)
    .irp saved, r15, r14, r13, r12, rbx, rbp
    popq %\saved
    .cfi_adjust_cfa_offset -8
    .cfi_restore %\saved
    .endr
    ret
    .cfi_endproc
    .size \name, . - \name
    .endm

    loop test_loop_base, movups, xmm, 16
    loop test_loop_avx, vmovups, ymm, 32

    /* unsigned test_loop(const volatile bool* stop): the second where processor and system have AVX. */
    .globl test_loop
    .type test_loop, @function
test_loop:
    pushq %rbx
    movl $1, %eax
    cpuid
    popq %rbx
    andl $0x18000000, %ecx          /* XSAVE is in use, and AVX */
    cmpl $0x18000000, %ecx
    jne test_loop_base
    xorl %ecx, %ecx
    xgetbv
    andl $6, %eax
    cmpl $6, %eax
    jne test_loop_base
    jmp test_loop_avx
    .size test_loop, . - test_loop

    /* void test_scramble(): changes everything that a called function may change. */
    .globl test_scramble
    .type test_scramble, @function
test_scramble:
    .irp register, rax, rcx, rdx, rsi, rdi, r8, r9, r10, r11
    movq $-1, %\register
    .endr
    .irp number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    pcmpeqd %xmm\number, %xmm\number
    .endr
    ret
    .size test_scramble, . - test_scramble

    .section .note.GNU-stack, "", @progbits
