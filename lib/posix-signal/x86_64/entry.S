/* SPDX-License-Identifier: BSD-3-Clause */
/* Where a thread goes on that was sent away to run handlers of signals: on the application's stack, interrupts off, all
 * registers but rip, rsp and the flags still the interrupted code's. Native images; uk_irq_state_* are what the architecture
 * saves of a thread that is preempted. */
#define UCONTEXT_BYTES 304              /* struct uk_ucontext */
#define REGISTERS 40                    /* in it: r8 to r15, rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip, flags */
#define FPSTATE (REGISTERS + 23 * 8)

    .macro registers operation
    place = REGISTERS
    .irp register, r8, r9, r10, r11, r12, r13, r14, r15, rdi, rsi, rbp, rbx, rdx, rax, rcx
    \operation \register, place
    place = place + 8
    .endr
    .endm
    .macro save register, place
    movq %\register, \place(%rsp)
    .endm
    .macro load register, place
    movq 40+\place(%rsp), %\register    /* above a frame of iretq */
    .endm

    .section .text.signal, "ax", @progbits
    .globl uk_signal_entry
    .hidden uk_signal_entry
    .type uk_signal_entry, @function
uk_signal_entry:
    subq $UCONTEXT_BYTES, %rsp
    registers save
    cld
    movq %rsp, %rbx
    subq uk_irq_state_size(%rip), %rsp
    andq $-64, %rsp
    movq %rsp, FPSTATE(%rbx)
    cmpb $0, uk_irq_state_is_xsave(%rip)
    je 1f
    xorl %eax, %eax                     /* its header: XSAVE writes the first word only */
    .irp word, 0, 8, 16, 24, 32, 40, 48, 56
    movq %rax, 512+\word(%rsp)
    .endr
    movl $-1, %eax
    movl %eax, %edx
    xsave64 (%rsp)
    jmp 2f
1:  fxsave64 (%rsp)
2:  fninit
    movq %rbx, %rdi
    xorl %ebp, %ebp
    call uk_signal_arrived
    movq FPSTATE(%rbx), %rcx
    cmpb $0, uk_irq_state_is_xsave(%rip)
    je 3f
    movl $-1, %eax
    movl %eax, %edx
    xrstor64 (%rcx)
    jmp 4f
3:  fxrstor64 (%rcx)
4:  movq %rbx, %rsp
    movl %cs, %eax
    pushq $0                            /* ss, rsp, flags, cs, rip */
    pushq REGISTERS+15*8(%rbx)
    pushq REGISTERS+17*8(%rbx)
    pushq %rax
    pushq REGISTERS+16*8(%rbx)
    registers load
    iretq
    .size uk_signal_entry, . - uk_signal_entry

    .section .note.GNU-stack, "", @progbits
