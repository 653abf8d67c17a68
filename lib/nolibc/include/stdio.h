/* SPDX-License-Identifier: BSD-3-Clause */
/* <stdio.h> on the three standard streams; there are no files. stdout is line-buffered, stderr is
 * written once for each call, stdin is read as the console gives it. Formats: <uk/format.h>;
 * floating point only with CONFIG_LIBNOLIBC_FLOAT, else "%f" is printed as it stands. */
#pragma once

#include <stdarg.h>
#include <stddef.h>

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct nolibc_file FILE;

extern FILE* const stdin;
extern FILE* const stdout;
extern FILE* const stderr;
#ifndef stdin
#define stdin stdin
#define stdout stdout
#define stderr stderr
#endif

#define EOF (-1)
#define BUFSIZ 1024
#define _IOFBF 0
#define _IOLBF 1
#define _IONBF 2

#define NOLIBC_PRINTF(format_, first_) __attribute__((__format__(__printf__, format_, first_)))
#define NOLIBC_SCANF(format_, first_) __attribute__((__format__(__scanf__, format_, first_)))

/* Return the number of bytes written (s[n]printf: that the whole text has), or -1 with errno:
 * EOVERFLOW (beyond INT_MAX), EILSEQ (an invalid wide character), EBADF, errors of the console. */
NOLIBC_PRINTF(1, 2) int printf(const char* __restrict format, ...);
NOLIBC_PRINTF(2, 3) int fprintf(FILE* __restrict stream, const char* __restrict format, ...);
NOLIBC_PRINTF(2, 3) int dprintf(int fd, const char* __restrict format, ...);
NOLIBC_PRINTF(2, 3) int sprintf(char* __restrict buffer, const char* __restrict format, ...);
NOLIBC_PRINTF(3, 4)
int snprintf(char* __restrict buffer, size_t size, const char* __restrict format, ...);
NOLIBC_PRINTF(2, 3) int asprintf(char** __restrict text, const char* __restrict format, ...);
NOLIBC_PRINTF(1, 0) int vprintf(const char* __restrict format, va_list args);
NOLIBC_PRINTF(2, 0)
int vfprintf(FILE* __restrict stream, const char* __restrict format, va_list args);
NOLIBC_PRINTF(2, 0) int vdprintf(int fd, const char* __restrict format, va_list args);
NOLIBC_PRINTF(2, 0)
int vsprintf(char* __restrict buffer, const char* __restrict format, va_list args);
NOLIBC_PRINTF(3, 0)
int vsnprintf(char* __restrict buffer, size_t size, const char* __restrict format, va_list args);
NOLIBC_PRINTF(2, 0)
int vasprintf(char** __restrict text, const char* __restrict format, va_list args);

/* d i u o x X p c s n [ % with * width hh h l ll L j z t q; a e f g with CONFIG_LIBNOLIBC_FLOAT.
 * Absent: %lc, %ls, %m, positional arguments: conversion stops there. */
NOLIBC_SCANF(1, 2) int scanf(const char* __restrict format, ...);
NOLIBC_SCANF(2, 3) int fscanf(FILE* __restrict stream, const char* __restrict format, ...);
NOLIBC_SCANF(2, 3) int sscanf(const char* __restrict text, const char* __restrict format, ...);
NOLIBC_SCANF(1, 0) int vscanf(const char* __restrict format, va_list args);
NOLIBC_SCANF(2, 0)
int vfscanf(FILE* __restrict stream, const char* __restrict format, va_list args);
NOLIBC_SCANF(2, 0)
int vsscanf(const char* __restrict text, const char* __restrict format, va_list args);

int putchar(int c);
int putc(int c, FILE* stream);
int fputc(int c, FILE* stream);
int puts(const char* text);
int fputs(const char* __restrict text, FILE* __restrict stream);
size_t fwrite(const void* __restrict data, size_t size, size_t count, FILE* __restrict stream);
int fflush(FILE* stream);

int getchar(void);
int getc(FILE* stream);
int fgetc(FILE* stream);
int ungetc(int c, FILE* stream);
char* fgets(char* __restrict buffer, int size, FILE* __restrict stream);
size_t fread(void* __restrict data, size_t size, size_t count, FILE* __restrict stream);

int feof(FILE* stream);
int ferror(FILE* stream);
void clearerr(FILE* stream);
int fileno(FILE* stream);
void perror(const char* prefix);

/* Before the first output only. The stream uses `buffer` until the image ends; NULL or fewer bytes
 * than 16 leave it with its own. Returns -1 with EINVAL for another mode. */
int setvbuf(FILE* __restrict stream, char* __restrict buffer, int mode, size_t size);
void setbuf(FILE* __restrict stream, char* __restrict buffer);

#ifdef __cplusplus
}
#endif
