/* SPDX-License-Identifier: BSD-3-Clause */
/* The types of POSIX under their private names: what Linux has on the ISA. */
#ifndef _SYS__TYPES_H
#define _SYS__TYPES_H

#define __need_size_t
#define __need_wint_t
#include <stddef.h>

#include <machine/_isa_types.h>
#include <machine/_types.h>
#include <newlib.h>
#include <sys/config.h>

#undef __size_t /* of the compiler's <stddef.h> */
typedef __SIZE_TYPE__ __size_t;
#ifndef __machine_ssize_t_defined
typedef long signed int _ssize_t;
#endif
typedef _ssize_t __ssize_t;

typedef long __blkcnt_t;
typedef __uint64_t __dev_t;
typedef __uint64_t __fsblkcnt_t;
typedef __uint64_t __fsfilcnt_t;
typedef __uint32_t __gid_t;
typedef __uint32_t __id_t;
typedef __uint64_t __ino_t;
typedef int __key_t;
typedef __uint32_t __mode_t;
typedef long _off_t;
typedef _off_t __off_t;
typedef _off_t _off64_t;
typedef _off64_t __loff_t;
typedef long _fpos_t;
typedef int __pid_t;
typedef __uint32_t __socklen_t;
typedef __uint16_t __sa_family_t;
typedef long __suseconds_t;
typedef __uint32_t __uid_t;
typedef __uint32_t __useconds_t;

#define _CLOCK_T_ long
typedef _CLOCK_T_ __clock_t;
#define _CLOCKID_T_ int
typedef _CLOCKID_T_ __clockid_t;
#define _TIME_T_ long
typedef _TIME_T_ __time_t;
#define _TIMER_T_ void*
typedef _TIMER_T_ __timer_t;

typedef struct {
    int __count;
    union {
        wint_t __wch;
        unsigned char __wchb[4];
    } __value;
} _mbstate_t;

typedef void* _iconv_t;
typedef int __nl_item;
typedef __builtin_va_list __va_list;

#endif
