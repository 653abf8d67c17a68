/* SPDX-License-Identifier: BSD-3-Clause */
/* Entries of the interrupt lines, vectors from 32 on. Nothing is written to the interrupted stack: the gates
 * switch to an IST stack, and from there the frame moves to the kernel stack of the running thread. */
#include <uk/x86/irq_lines.h>
#include <uk/x86/layout.h>

    .section .text.irq, "ax", @progbits
    .globl uk_irq_stubs, uk_irq_switch
    .hidden uk_irq_stubs, uk_irq_switch
    .balign 128     /* so all up to the frame's move is in one page: emulators look for interrupts at the next one's begin */
    .type uk_irq_stubs, @function
uk_irq_stubs:
    vector = 32
    .rept UK_IRQ_LINES
    .balign 16
    pushq $vector
    jmp uk_irq_common
    vector = vector + 1
    .endr

    .balign 16      /* Saves what functions may change, and rbp. */
uk_irq_common:
#ifdef CONFIG_ARCH_X86_64_IRQ_ANYWHERE
    testl $0x200, 24(%rsp)              /* interrupts were off: it is the last one, again */
    jz 4f
#endif
    pushq %rax
    pushq %rcx
#if CONFIG_HAL_CPUS > 1
    movq %gs:UK_CPU_KERNEL_STACK, %rax
#else
    movq uk_kernel_stack(%rip), %rax
#endif
    movq %rax, %rcx
    subq 48(%rsp), %rcx
    cmpq $UK_KERNEL_STACK_SIZE, %rcx
    jae 1f
    movq 48(%rsp), %rax                 /* interrupted on that stack: go on below, code there has no red zone */
1:  andq $-16, %rax
    movq %rsp, %rcx
    movq %rax, %rsp
    .irp place, 56, 48, 40, 32, 24      /* ss, rsp, flags, cs, rip */
    pushq \place(%rcx)
    .endr
    pushq %rbp
    movq %rsp, %rbp                     /* from here a backtrace finds rip */
    pushq 8(%rcx)                       /* rax */
    pushq (%rcx)                        /* rcx */
    .irp register, rdi, rsi, rdx, r8, r9, r10, r11
    pushq %\register
    .endr
    movl 16(%rcx), %edi                 /* vector */
    movq 48(%rcx), %rsi                 /* the interrupted stack pointer */
    subq $8, %rsp
    cld
#ifdef CONFIG_ARCH_X86_64_IRQ_ANYWHERE
    movq 8(%rbp), %rax                  /* rip, which the application's memory may be: that could fault */
    testq %rax, %rax
    jns 5f
    cmpb $0xf4, (%rax)                  /* between sti and hlt, whose wait is over; nobody else halts with interrupts on */
    jne 5f
    incq 8(%rbp)
#endif
5:  call uk_interrupt
    testq %rax, %rax
    jnz 2f
uk_irq_return:
#ifdef CONFIG_LIBUKSCHED_EDGE
    leaq 8(%rbp), %rdi                  /* what iretq will take */
    call uk_signal_at_irq_return
#endif
    leaq -72(%rbp), %rsp
    .irp register, r11, r10, r9, r8, rdx, rsi, rdi, rcx, rax, rbp
    popq %\register
    .endr
    iretq
2:  jmp *%rax
#ifdef CONFIG_ARCH_X86_64_IRQ_ANYWHERE
    /* Who serves the first serves this one. Unless it came while the first was on this very stack, whose frame is lost. */
4:  pushq %rax
    leaq 56(%rsp), %rax                 /* where this stack begins */
    subq 40(%rsp), %rax
    cmpq $UK_IST_STACK_SIZE, %rax
    popq %rax
    jb uk_irq_frame_was_lost
    addq $8, %rsp
    iretq
uk_irq_frame_was_lost:
    ud2
#endif
    .size uk_irq_stubs, . - uk_irq_stubs

    /* Where the above goes on if threads may be switched before it returns. Only now the whole state is saved. */
    .section .text.irq_act, "ax", @progbits
    .type uk_irq_switch, @function
uk_irq_switch:
    subq uk_irq_state_size(%rip), %rsp
    andq $-64, %rsp
    cmpb $0, uk_irq_state_is_xsave(%rip)
    je 3f
    xorl %eax, %eax                     /* its header: XSAVE writes the first word only */
    .irp word, 0, 8, 16, 24, 32, 40, 48, 56
    movq %rax, 512+\word(%rsp)
    .endr
    movl $-1, %eax
    movl %eax, %edx
    xsave64 (%rsp)
    fninit                              /* others left the x87 registers empty when they were switched */
    call *uk_irq_act(%rip)
    movl $-1, %eax
    movl %eax, %edx
    xrstor64 (%rsp)
    jmp uk_irq_return
3:  fxsave64 (%rsp)
    fninit
    call *uk_irq_act(%rip)
    fxrstor64 (%rsp)
    jmp uk_irq_return
    .size uk_irq_switch, . - uk_irq_switch

    .section .note.GNU-stack, "", @progbits
