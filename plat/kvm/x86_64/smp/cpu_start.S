/* SPDX-License-Identifier: BSD-3-Clause */
/* A further CPU begins here, at the start of a page below 1 MiB to which this is copied, in real mode. It goes to 64-bit
 * mode at once, on page tables that show this page where it is, and from there into the image. Intel SDM 3A, 9.9
 * and 9.8.5. */
#include <uk/x86/layout.h>

#include "cpu_start.h"


    .section .rodata.cpu_start, "a", @progbits
    .globl uk_cpu_start, uk_cpu_start_end
    .hidden uk_cpu_start, uk_cpu_start_end
    .balign 16
    .code16
uk_cpu_start:
    jmp 1f
    .org uk_cpu_start + UK_CPU_START_HERE
    .quad 0
    .org uk_cpu_start + UK_CPU_START_ROOT
    .quad 0
    .org uk_cpu_start + UK_CPU_START_MEMORY
    .quad 0
gdt:
    .quad 0
    .quad 0x00209b0000000000            /* code, ring 0, 64-bit, accessed */
gdt_pointer:
    .short gdt_pointer - gdt - 1
    .long 0
far:
    .long 0
    .short UK_SELECTOR_CODE

1:  cli
    cld
    movw %cs, %ax
    movw %ax, %ds
    movl UK_CPU_START_HERE, %ebx
    leal (gdt - uk_cpu_start)(%ebx), %eax
    movl %eax, gdt_pointer - uk_cpu_start + 2
    leal (2f - uk_cpu_start)(%ebx), %eax
    movl %eax, far - uk_cpu_start
    lgdtl gdt_pointer - uk_cpu_start
    movl $UK_CR4, %eax
    movl %eax, %cr4
    leal 0x1000(%ebx), %eax
    movl %eax, %cr3
    movl $UK_MSR_EFER, %ecx
    rdmsr
    orl $UK_EFER, %eax
    wrmsr
    movl $UK_CR0_VALUE, %eax
    movl %eax, %cr0
    ljmpl *(far - uk_cpu_start)

    .code64
2:  movq uk_cpu_start + UK_CPU_START_ROOT(%rip), %rcx
    movq uk_cpu_start + UK_CPU_START_MEMORY(%rip), %rdi
    movq $3f, %rax
    jmp *%rax
uk_cpu_start_end:

    /* In the image: the page is not needed any more. */
    .section .text.cpu_start, "ax", @progbits
3:  movq %rcx, %cr3
    jmp uk_cpu_entry

    .section .note.GNU-stack, "", @progbits
