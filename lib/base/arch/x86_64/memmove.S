/* SPDX-License-Identifier: BSD-3-Clause */
/* memmove(rdi dst, rsi src, rdx n) -> rax dst; everything that could be overwritten is loaded first */
#include "mem.inc"

FUNCTION(memmove)
    movq %rdi, %rax
    COPY_UP_TO_32 .Labove_32

.Labove_32:
    cmpq $64, %rdx
    ja .Labove_64
    pushq %rbx
    movq (%rsi), %rax
    movq 8(%rsi), %rbx
    movq 16(%rsi), %rcx
    movq 24(%rsi), %r8
    movq -32(%rsi,%rdx), %r9
    movq -24(%rsi,%rdx), %r10
    movq -16(%rsi,%rdx), %r11
    movq -8(%rsi,%rdx), %rsi
    movq %rax, (%rdi)
    movq %rbx, 8(%rdi)
    movq %rcx, 16(%rdi)
    movq %r8, 24(%rdi)
    movq %r9, -32(%rdi,%rdx)
    movq %r10, -24(%rdi,%rdx)
    movq %r11, -16(%rdi,%rdx)
    movq %rsi, -8(%rdi,%rdx)
    popq %rbx
    movq %rdi, %rax
    ret

.Labove_64:
    movq %rdi, %rcx
    subq %rsi, %rcx
    cmpq %rdx, %rcx
    jb .Lbackward               /* src < dst < src + n (or dst == src) */
    negq %rcx
    cmpq %rdx, %rcx
    jae NAME(uk_memcpy_above_64)   /* apart */
    movq -16(%rsi,%rdx), %r9    /* the end, before it is overwritten */
    movq -8(%rsi,%rdx), %r10
    leaq -16(%rdi,%rdx), %r11
    .p2align 4
1:  movq (%rsi), %rcx
    movq 8(%rsi), %r8
    movq %rcx, (%rdi)
    movq %r8, 8(%rdi)
    addq $16, %rsi
    addq $16, %rdi
    cmpq %r11, %rdi
    jb 1b
    movq %r9, (%r11)
    movq %r10, 8(%r11)
    ret

.Lbackward:
    movq (%rsi), %r9
    movq 8(%rsi), %r10
    .p2align 4
1:  movq -8(%rsi,%rdx), %rcx
    movq -16(%rsi,%rdx), %r8
    movq %rcx, -8(%rdi,%rdx)
    movq %r8, -16(%rdi,%rdx)
    subq $16, %rdx
    cmpq $16, %rdx
    ja 1b
    movq %r9, (%rdi)
    movq %r10, 8(%rdi)
    ret
END(memmove)

    .section .note.GNU-stack, "", @progbits
