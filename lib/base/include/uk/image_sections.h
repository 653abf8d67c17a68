/* SPDX-License-Identifier: BSD-3-Clause */
/* For linker scripts: what is the same in all of them.
 *
 * Thread-local variables of applications. Their first values stand among the constants; lib/uktls
 * finds them by `uk_tls_image`. In an image without it there are none, and who uses some is told at
 * the link.
 *
 *     PHDRS { ... UK_TLS_PHDR }
 *     UK_TLS_SECTIONS(.tdata :, .tbss :) before .rodata; each may have an address before the colon
 *     .rodata : { ... UK_TLS_IMAGE } :rodata
 *
 * Constructors and destructors of applications, which lib/ukboot calls:
 *
 *     .data : { ... UK_INIT_ARRAYS } :data */
#ifndef UK_IMAGE_SECTIONS_H
#define UK_IMAGE_SECTIONS_H
/* clang-format off */

#ifdef CONFIG_LIBUKTLS

#define UK_TLS_PHDR tls PT_TLS FLAGS(4);
#define UK_TLS_ALIGN_ MAX(ALIGNOF(.tdata), ALIGNOF(.tbss))
#define UK_TLS_SECTIONS(values, zeros)           \
    . = ALIGN(MAX(UK_TLS_ALIGN_, 1));            \
    values { *(.tdata .tdata.*) } :rodata :tls   \
    zeros { *(.tbss .tbss.*) } :rodata :tls
/* struct uk::tls::Image */
#define UK_TLS_IMAGE                                      \
    . = ALIGN(8);                                         \
    uk_tls_image = .;                                     \
    QUAD(ADDR(.tdata))                                    \
    QUAD(SIZEOF(.tdata))                                  \
    QUAD(SIZEOF(.tdata) == 0 ? SIZEOF(.tbss) :            \
         SIZEOF(.tbss) == 0 ? SIZEOF(.tdata) :            \
         ADDR(.tbss) + SIZEOF(.tbss) - ADDR(.tdata))      \
    QUAD(UK_TLS_ALIGN_)

#else

#define UK_TLS_PHDR
#define UK_TLS_SECTIONS(values, zeros)                             \
    values { *(.tdata .tdata.* .tbss .tbss.*) } :rodata            \
    ASSERT(SIZEOF(.tdata) == 0, "thread_local and __thread need the option LIBUKTLS")
#define UK_TLS_IMAGE

#endif

#define UK_INIT_ARRAYS                            \
    . = ALIGN(8);                                 \
    __init_array_start = .;                       \
    KEEP(*(SORT_BY_INIT_PRIORITY(.init_array.*))) \
    KEEP(*(.init_array))                          \
    __init_array_end = .;                         \
    __fini_array_start = .;                       \
    KEEP(*(SORT_BY_INIT_PRIORITY(.fini_array.*))) \
    KEEP(*(.fini_array))                          \
    __fini_array_end = .;

/* clang-format on */
#endif
