/* SPDX-License-Identifier: BSD-3-Clause */
/* memcpy(rdi dst, rsi src, rdx n) -> rax dst */
#include "mem.inc"

FUNCTION(memcpy)
    movq %rdi, %rax
    cmpq $16, %rdx
    jb .Lbelow_16
    cmpq $32, %rdx
    ja .Labove_32
    movq (%rsi), %rcx
    movq 8(%rsi), %r8
    movq -16(%rsi,%rdx), %r9
    movq -8(%rsi,%rdx), %r10
    movq %rcx, (%rdi)
    movq %r8, 8(%rdi)
    movq %r9, -16(%rdi,%rdx)
    movq %r10, -8(%rdi,%rdx)
    ret

.Lbelow_16:
    cmpl $8, %edx
    jb .Lbelow_8
    movq (%rsi), %rcx
    movq -8(%rsi,%rdx), %r8
    movq %rcx, (%rdi)
    movq %r8, -8(%rdi,%rdx)
    ret
.Lbelow_8:
    cmpl $4, %edx
    jb .Lbelow_4
    movl (%rsi), %ecx
    movl -4(%rsi,%rdx), %r8d
    movl %ecx, (%rdi)
    movl %r8d, -4(%rdi,%rdx)
    ret
.Lbelow_4:
    testl %edx, %edx
    jz 1f
    movzbl -1(%rsi,%rdx), %r8d  /* 1..3: the last byte, and the first two (or one) */
    cmpl $1, %edx
    je 2f
    movzwl (%rsi), %ecx
    movw %cx, (%rdi)
2:  movb %r8b, -1(%rdi,%rdx)
1:  ret

.Labove_32:
    cmpq $64, %rdx
    ja NAME(uk_memcpy_above_64)
    movq (%rsi), %rcx
    movq 8(%rsi), %r8
    movq 16(%rsi), %r9
    movq 24(%rsi), %r10
    movq %rcx, (%rdi)
    movq %r8, 8(%rdi)
    movq %r9, 16(%rdi)
    movq %r10, 24(%rdi)
    movq -32(%rsi,%rdx), %rcx
    movq -24(%rsi,%rdx), %r8
    movq -16(%rsi,%rdx), %r9
    movq -8(%rsi,%rdx), %r10
    movq %rcx, -32(%rdi,%rdx)
    movq %r8, -24(%rdi,%rdx)
    movq %r9, -16(%rdi,%rdx)
    movq %r10, -8(%rdi,%rdx)
    ret

    /* n > 64, no overlap, rax set: also the way of memmove. */
    .globl NAME(uk_memcpy_above_64)
    .hidden NAME(uk_memcpy_above_64)
NAME(uk_memcpy_above_64):
    cmpq $256, %rdx
    ja .Labove_256
.Lloop:
    leaq -32(%rdi,%rdx), %r11   /* where the last 32 bytes go */
    .p2align 4
1:  movq (%rsi), %rcx
    movq 8(%rsi), %r8
    movq 16(%rsi), %r9
    movq 24(%rsi), %r10
    movq %rcx, (%rdi)
    movq %r8, 8(%rdi)
    movq %r9, 16(%rdi)
    movq %r10, 24(%rdi)
    addq $32, %rsi
    addq $32, %rdi
    cmpq %r11, %rdi
    jb 1b
    subq %r11, %rdi             /* how far we are past the start of the last 32 */
    subq %rdi, %rsi
    movq (%rsi), %rcx
    movq 8(%rsi), %r8
    movq 16(%rsi), %r9
    movq 24(%rsi), %r10
    movq %rcx, (%r11)
    movq %r8, 8(%r11)
    movq %r9, 16(%r11)
    movq %r10, 24(%r11)
    ret

.Labove_256:
    /* Where dst lies 1..63 bytes above src within their pages, fast strings turn into a crawl: byte by byte. */
    movl %edi, %ecx
    subl %esi, %ecx
    andl $0xfff, %ecx
    decl %ecx
    cmpl $62, %ecx
    jbe .Lloop
    movq (%rsi), %r8            /* the first and the last 8 bytes, at any alignment */
    movq -8(%rsi,%rdx), %r9
    leaq -8(%rdi,%rdx), %r10
    movl %edi, %ecx
    negl %ecx
    andl $7, %ecx               /* bytes up to an aligned destination */
    addq %rcx, %rdi
    addq %rcx, %rsi
    subq %rcx, %rdx
    movq %rdx, %rcx
    shrq $3, %rcx
    rep movsq
    movq %r8, (%rax)
    movq %r9, (%r10)
    ret
END(memcpy)

    .section .note.GNU-stack, "", @progbits
