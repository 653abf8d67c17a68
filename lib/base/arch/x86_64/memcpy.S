/* SPDX-License-Identifier: BSD-3-Clause */
/* memcpy(rdi dst, rsi src, rdx n) -> rax dst */
#include "mem.inc"

FUNCTION(memcpy)
    movq %rdi, %rax
    COPY_UP_TO_32 .Labove_32

.Labove_32:
    cmpq $64, %rdx
    ja NAME(uk_memcpy_above_64)
    COPY_32 0, (%rsi), (%rdi)
    COPY_32 -32, "(%rsi,%rdx)", "(%rdi,%rdx)"
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
1:  COPY_32 0, (%rsi), (%rdi)
    addq $32, %rsi
    addq $32, %rdi
    cmpq %r11, %rdi
    jb 1b
    subq %r11, %rdi             /* how far we are past the start of the last 32 */
    subq %rdi, %rsi
    COPY_32 0, (%rsi), (%r11)
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
