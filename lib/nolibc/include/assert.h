/* SPDX-License-Identifier: BSD-3-Clause */
/* <assert.h>: a failed assertion ends the image with a crash report. May be included many times. */
#ifndef NOLIBC_ASSERT_H
#define NOLIBC_ASSERT_H

#ifdef __cplusplus
extern "C" {
#endif

__attribute__((__noreturn__, __cold__)) void __assert_fail(const char* text, const char* file,
                                                           unsigned line, const char* function);

#ifdef __cplusplus
}
#endif

#if !defined(__cplusplus) && !defined(static_assert)
#define static_assert _Static_assert
#endif

#endif

#undef assert
#ifdef NDEBUG
#define assert(condition) ((void)0)
#else
#define assert(condition)                                                                          \
    ((condition) ? (void)0 : __assert_fail(#condition, __FILE__, __LINE__, __func__))
#endif
