/* SPDX-License-Identifier: BSD-3-Clause */
/* Where a further CPU comes into the image (uk/x86/cpus.hpp). */
#include <uk/x86/layout.h>

#include "cpu_memory.h"

    .section .text.cpu_entry, "ax", @progbits
    .globl uk_cpu_entry
    .hidden uk_cpu_entry
    .type uk_cpu_entry, @function
uk_cpu_entry:
    movq UK_CPU_MEMORY_STACK(%rdi), %rsp
    lgdt UK_CPU_MEMORY_GDT(%rdi)
    xorl %eax, %eax                     /* 64-bit mode needs no data segments */
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %ss
    movl %eax, %fs
    movl %eax, %gs
    pushq $UK_SELECTOR_CODE
    pushq $1f
    lretq
1:  xorl %ebp, %ebp                     /* the last frame of every backtrace */
    cld
    call uk_cpu_main
    ud2
    .size uk_cpu_entry, . - uk_cpu_entry

    .section .note.GNU-stack, "", @progbits
