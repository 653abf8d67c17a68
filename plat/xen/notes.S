/* SPDX-License-Identifier: BSD-3-Clause */
/* What Xen's domain builder reads in the file besides the PVH entry (public/elfnote.h), and the page
 * that Xen fills with the code of hypercalls. */
#include <uk/x86/layout.h>

    .macro note type, text
    .balign 4
    .long 4, 2f - 1f, \type
    .asciz "Xen"
1:  .asciz "\text"
2:
    .endm

    .section .note.pvh, "a", @note
    note 6, "Microlith"                 /* GUEST_OS */
    note 8, "generic"                   /* LOADER */
    note 5, "xen-3.0"                   /* XEN_VERSION: of the interface */

    /* SUPPORTED_FEATURES: can be the control domain (feature 11). */
    .balign 4
    .long 4, 4, 17
    .asciz "Xen"
    .long 1 << 11
    .balign 4

    /* Executable and never written by us: it takes no room in the file. */
    .section .textpage, "ax", @nobits
    .balign 4096
    .globl uk_hypercall_page
    .hidden uk_hypercall_page
uk_hypercall_page:
    .skip 4096

    .section .note.GNU-stack, "", @progbits
