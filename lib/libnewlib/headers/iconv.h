/* SPDX-License-Identifier: BSD-3-Clause */
/* Text from one encoding to another: UTF-8, UTF-16 and UTF-32 (with LE or BE behind it: in that
 * order and without a mark), UCS-2, UCS-4, WCHAR_T, US-ASCII, ISO-8859-1, and other names of
 * theirs. */
#pragma once

#include <stddef.h>

typedef void* iconv_t;

#ifdef __cplusplus
extern "C" {
#endif

/* (iconv_t)-1 and EINVAL: a name that is not known. Behind "//" stands what is done about
 * characters that the target has not, and what is no text: IGNORE leaves them out, with EILSEQ when
 * all else is converted; TRANSLIT is EINVAL, as there is no table for it. */
iconv_t iconv_open(const char* to, const char* from);

/* (size_t)-1: EILSEQ, at what is no text or has no place in the target; EINVAL, at a character that
 * is cut off; E2BIG, no more room. Pointers and sizes stand behind what has been converted then.
 * Without an input the state is that of the start. */
size_t iconv(iconv_t how, char** __restrict in, size_t* __restrict in_left, char** __restrict out,
             size_t* __restrict out_left);

int iconv_close(iconv_t how);

#ifdef __cplusplus
}
#endif
