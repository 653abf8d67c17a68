/* SPDX-License-Identifier: BSD-3-Clause */
/* Exception entries. Every gate switches to a small IST stack; the frame is moved from there to the
 * trap stack, below what an interrupted handler uses of it, so that nested exceptions keep each
 * other's frames. Interrupt Descriptor Table: Intel SDM 3A, chapter 6. */
#include <uk/x86/layout.h>

#define FRAME_WORDS 23                  /* struct hal::TrapFrame */
#define FRAME_BYTES (FRAME_WORDS * 8)
#define FRAME_RSP (21 * 8)

    .section .text.trap, "ax", @progbits
    .globl uk_trap_stubs
    .hidden uk_trap_stubs
    .balign 16
    .type uk_trap_stubs, @function
uk_trap_stubs:
    vector = 0
    .rept 32
    .balign 16
    /* These push an error code themselves. */
    .if !((0x60227d00 >> vector) & 1)
    pushq $0
    .endif
    pushq $vector
    jmp uk_trap_common
    vector = vector + 1
    .endr

    /* Every entry ends here, with an error code and a vector pushed. */
uk_trap_common:
    .irp register, rax, rcx, rdx, rbx, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15
    pushq %\register
    .endr
    movq %cr2, %rax
    pushq %rax
    cld
    movq %rsp, %rsi
    movq FRAME_RSP(%rsi), %rdi
#if CONFIG_HAL_CPUS > 1
    movq %gs:UK_CPU_TRAP_STACK, %rcx
#else
    movq $uk_trap_stack + UK_TRAP_STACK_SIZE, %rcx
#endif
    movq %rcx, %rax
    subq %rdi, %rax
    cmpq $UK_TRAP_STACK_SIZE, %rax
    jbe 1f                              /* nested: below the interrupted stack pointer */
    movq %rcx, %rdi
1:  subq $FRAME_BYTES, %rdi
    andq $-16, %rdi
    movq %rdi, %rbx
    movl $FRAME_WORDS, %ecx
    rep movsq
    movq %rbx, %rsp
    movq %rbx, %rdi
    xorl %ebp, %ebp
    call uk_trap
    addq $8, %rsp                       /* cr2 */
    .irp register, r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp, rbx, rdx, rcx, rax
    popq %\register
    .endr
    addq $16, %rsp                      /* vector, error code */
    iretq
    .size uk_trap_stubs, . - uk_trap_stubs

    /* size_t uk_probe_copy(void* to, uintptr_t from, size_t size): copies until a byte cannot be read
     * and returns how many it copied. */
    .section .text.probe, "ax", @progbits
    .globl uk_probe_copy
    .hidden uk_probe_copy
    .type uk_probe_copy, @function
uk_probe_copy:
    xorl %eax, %eax
1:  cmpq %rdx, %rax
    jae 3f
2:  movb (%rsi,%rax), %cl
    movb %cl, (%rdi,%rax)
    incq %rax
    jmp 1b
3:  ret
    .size uk_probe_copy, . - uk_probe_copy

    /* Pairs: an instruction that may fault, and where to go on if it does. */
    .section uk_extable, "a", @progbits
    .balign 8
    .quad 2b, 3b

    .section .note.GNU-stack, "", @progbits
