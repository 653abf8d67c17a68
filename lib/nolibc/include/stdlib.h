/* SPDX-License-Identifier: BSD-3-Clause */
/* <stdlib.h>. Absent: system() and the multibyte functions. */
#pragma once

#include <stddef.h>

#include <alloca.h>

#ifdef __cplusplus
extern "C" {
#endif

#define EXIT_SUCCESS 0
#define EXIT_FAILURE 1
#define RAND_MAX 2147483647

/* The default heap. NULL with ENOMEM (aligned_alloc also EINVAL: alignment no power of two). A size
 * of 0 gives a block of its own; realloc(p, 0) frees p and returns NULL. */
__attribute__((__malloc__, __alloc_size__(1))) void* malloc(size_t size);
__attribute__((__malloc__, __alloc_size__(1, 2))) void* calloc(size_t count, size_t size);
__attribute__((__alloc_size__(2))) void* realloc(void* block, size_t size);
__attribute__((__alloc_size__(2, 3))) void* reallocarray(void* block, size_t count, size_t size);
__attribute__((__malloc__, __alloc_size__(2))) void* aligned_alloc(size_t alignment, size_t size);
int posix_memalign(void** block, size_t alignment, size_t size);
void free(void* block);

/* exit: functions of atexit, last first, buffered output written, then the image ends. */
__attribute__((__noreturn__)) void exit(int status);
/* At most 32 (more: -1). */
int atexit(void (*function)(void));
/* Neither of the two. */
__attribute__((__noreturn__)) void _Exit(int status);
/* Ends in a crash report. */
__attribute__((__noreturn__)) void abort(void);

int atoi(const char* text);
long atol(const char* text);
long long atoll(const char* text);
long strtol(const char* __restrict text, char** __restrict end, int base);
long long strtoll(const char* __restrict text, char** __restrict end, int base);
unsigned long strtoul(const char* __restrict text, char** __restrict end, int base);
unsigned long long strtoull(const char* __restrict text, char** __restrict end, int base);
/* Correctly rounded (to nearest, ties to even) at any length. There is no strtold. */
double atof(const char* text);
double strtod(const char* __restrict text, char** __restrict end);
float strtof(const char* __restrict text, char** __restrict end);

/* In place, O(n log n) at worst, bounded stack, not stable. */
void qsort(void* array, size_t count, size_t size, int (*compare)(const void*, const void*));
void qsort_r(void* array, size_t count, size_t size,
             int (*compare)(const void*, const void*, void*), void* context);
void* bsearch(const void* key, const void* array, size_t count, size_t size,
              int (*compare)(const void*, const void*));

typedef struct {
    int quot;
    int rem;
} div_t;
typedef struct {
    long quot;
    long rem;
} ldiv_t;
typedef struct {
    long long quot;
    long long rem;
} lldiv_t;
int abs(int value);
long labs(long value);
long long llabs(long long value);
div_t div(int numerator, int denominator);
ldiv_t ldiv(long numerator, long denominator);
lldiv_t lldiv(long long numerator, long long denominator);

/* Over environ, which starts with what the kernel parameter env.vars gives. Errors: EINVAL (a name
 * that is empty or contains '='), ENOMEM. */
char* getenv(const char* name);
int setenv(const char* name, const char* value, int overwrite);
int unsetenv(const char* name);
int putenv(char* assignment);
int clearenv(void);

/* Not for secrets. */
int rand(void);
void srand(unsigned seed);
int rand_r(unsigned* seed);

#ifdef __cplusplus
}
#endif
