/* SPDX-License-Identifier: BSD-3-Clause */
/* What loaders look for in the file: the PVH note and the Multiboot 2 header. There is no Multiboot 1
 * header: it would make QEMU's -kernel refuse the image or enter it another way. */
#include <uk/x86/layout.h>

    /* Xen public/elfnote.h: XEN_ELFNOTE_PHYS32_ENTRY, the physical address of the 32-bit entry. */
    .section .note.pvh, "a", @note
    .balign 4
    .long 4, 8, 18
    .asciz "Xen"
    .quad uk_pvh_entry - UK_KERNEL_BASE

    /* Multiboot 2 specification 2.0, section 3.1: in the first 32 KiB of the file, 8-byte aligned. */
    .section .multiboot2, "a", @progbits
    .balign 8
header:
    .long UK_MULTIBOOT2_HEADER_MAGIC
    .long 0                                     /* i386 protected mode */
    .long header_end - header
    .long -(UK_MULTIBOOT2_HEADER_MAGIC + (header_end - header)) & 0xffffffff

    .short 1, 0                                 /* information request: do not load us without */
    .long 12
    .long 6                                     /* a memory map */
    .balign 8
    .short 3, 0                                 /* entry address: ELF's own is 64 bits wide */
    .long 12
    .long uk_multiboot2_entry - UK_KERNEL_BASE
    .balign 8
    .short 6, 0                                 /* modules start on page boundaries */
    .long 8
    .short 0, 0                                 /* end */
    .long 8
header_end:

    .section .note.GNU-stack, "", @progbits
