/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory and string functions of the whole image, for C11 and C++ (C linkage, the usual contracts).
 *
 * base owns them; a C library's <string.h> adds what needs its state or heap (strdup, strtok,
 * strerror, strcoll). All may be called from anywhere and use no floating-point or vector register,
 * so interrupt and fault handlers need not save any. Compilers do not open-code plain calls in
 * freestanding code: write __builtin_memcpy where the size is a small constant.
 *
 * In host tests this header is the host's <string.h>, plus the functions it lacks.
 */
#ifndef UK_STRING_H
#define UK_STRING_H

#include <stddef.h>

#ifdef UK_HOST_TEST
#include <string.h>
#include <strings.h>
/* Ours, compiled under another name so that the sanitizers keep theirs. */
#define strlcpy uk_host_strlcpy
#define strlcat uk_host_strlcat
#ifdef __cplusplus
extern "C" {
#endif
size_t uk_host_strlcpy(char* dst, const char* src, size_t size);
size_t uk_host_strlcat(char* dst, const char* src, size_t size);
#ifdef __cplusplus
}
#endif
#else

#ifdef __cplusplus
extern "C" {
#endif

void* memcpy(void* __restrict dst, const void* __restrict src, size_t n);
void* mempcpy(void* __restrict dst, const void* __restrict src, size_t n);
void* memccpy(void* __restrict dst, const void* __restrict src, int c, size_t n);
void* memmove(void* dst, const void* src, size_t n);
void* memset(void* dst, int c, size_t n);
int memcmp(const void* a, const void* b, size_t n);
int bcmp(const void* a, const void* b, size_t n);
void* memchr(const void* s, int c, size_t n);
void* memrchr(const void* s, int c, size_t n);
void* memmem(const void* hay, size_t hay_len, const void* needle, size_t needle_len);

size_t strlen(const char* s);
size_t strnlen(const char* s, size_t n);
int strcmp(const char* a, const char* b);
int strncmp(const char* a, const char* b, size_t n);
int strcasecmp(const char* a, const char* b); /* ASCII only */
int strncasecmp(const char* a, const char* b, size_t n);
char* strchr(const char* s, int c);
char* strchrnul(const char* s, int c);
char* strrchr(const char* s, int c);
char* strstr(const char* hay, const char* needle);
char* strcpy(char* __restrict dst, const char* __restrict src);
char* stpcpy(char* __restrict dst, const char* __restrict src);
char* strncpy(char* __restrict dst, const char* __restrict src, size_t n);
char* stpncpy(char* __restrict dst, const char* __restrict src, size_t n);
char* strcat(char* __restrict dst, const char* __restrict src);
char* strncat(char* __restrict dst, const char* __restrict src, size_t n);
/* Copy or append with a final NUL always, never past `size` bytes of dst (nothing when size is 0);
 * return the length that the whole text has, so >= size means it was cut. */
size_t strlcpy(char* __restrict dst, const char* __restrict src, size_t size);
size_t strlcat(char* __restrict dst, const char* __restrict src, size_t size);
size_t strspn(const char* s, const char* accept);
size_t strcspn(const char* s, const char* reject);
char* strpbrk(const char* s, const char* accept);
char* strsep(char** __restrict string, const char* __restrict delim);
char* strtok_r(char* __restrict s, const char* __restrict delim, char** __restrict save);

#ifdef __cplusplus
}
#endif
#endif /* UK_HOST_TEST */

#endif /* UK_STRING_H */
