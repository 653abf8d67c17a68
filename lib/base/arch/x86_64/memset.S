/* SPDX-License-Identifier: BSD-3-Clause */
/* memset(rdi dst, esi c, rdx n) -> rax dst */
#include "mem.inc"

FUNCTION(memset)
    movq %rdi, %rax
    movzbl %sil, %ecx
    movabsq $0x0101010101010101, %r8
    imulq %r8, %rcx
    cmpq $16, %rdx
    jb .Lbelow_16
    movq %rcx, (%rdi)
    movq %rcx, 8(%rdi)
    cmpq $64, %rdx
    ja .Labove_64
    cmpq $32, %rdx
    jbe 1f
    movq %rcx, 16(%rdi)
    movq %rcx, 24(%rdi)
    movq %rcx, -32(%rdi,%rdx)
    movq %rcx, -24(%rdi,%rdx)
1:  movq %rcx, -16(%rdi,%rdx)
    movq %rcx, -8(%rdi,%rdx)
    ret

.Lbelow_16:
    cmpl $8, %edx
    jb .Lbelow_8
    movq %rcx, (%rdi)
    movq %rcx, -8(%rdi,%rdx)
    ret
.Lbelow_8:
    cmpl $4, %edx
    jb .Lbelow_4
    movl %ecx, (%rdi)
    movl %ecx, -4(%rdi,%rdx)
    ret
.Lbelow_4:
    testl %edx, %edx
    jz 1f
    movb %cl, -1(%rdi,%rdx)
    cmpl $1, %edx
    je 1f
    movw %cx, (%rdi)
1:  ret

.Labove_64:
    cmpq $256, %rdx
    ja .Labove_256
    leaq -32(%rdi,%rdx), %r11   /* where the last 32 bytes go */
1:  movq %rcx, (%rdi)
    movq %rcx, 8(%rdi)
    movq %rcx, 16(%rdi)
    movq %rcx, 24(%rdi)
    addq $32, %rdi
    cmpq %r11, %rdi
    jb 1b
    movq %rcx, (%r11)
    movq %rcx, 8(%r11)
    movq %rcx, 16(%r11)
    movq %rcx, 24(%r11)
    ret

.Labove_256:                    /* the first 16 bytes are done */
    movq %rcx, -8(%rdi,%rdx)
    leaq (%rdi,%rdx), %rdx
    addq $8, %rdi
    andq $-8, %rdi
    subq %rdi, %rdx
    movq %rax, %r8
    movq %rcx, %rax
    movq %rdx, %rcx
    shrq $3, %rcx
    rep stosq
    movq %r8, %rax
    ret
END(memset)

    .section .note.GNU-stack, "", @progbits
