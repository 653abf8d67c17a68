// SPDX-License-Identifier: BSD-3-Clause
// Private to the tests: the library's functions under their renamed symbols, with the host's types
// (constants_test.cpp checks that they are laid out alike).
#pragma once

#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <sys/time.h>
#include <sys/types.h>

struct nolibc_file;

extern "C" {

extern int nolibc_errno;
extern char** nolibc_environ;
extern nolibc_file* const nolibc_stdin;
extern nolibc_file* const nolibc_stdout;
extern nolibc_file* const nolibc_stderr;

// stdio.h
int nolibc_printf(const char* format, ...);
int nolibc_fprintf(nolibc_file* stream, const char* format, ...);
int nolibc_dprintf(int fd, const char* format, ...);
int nolibc_sprintf(char* buffer, const char* format, ...);
int nolibc_snprintf(char* buffer, size_t size, const char* format, ...);
int nolibc_asprintf(char** text, const char* format, ...);
int nolibc_scanf(const char* format, ...);
int nolibc_sscanf(const char* text, const char* format, ...);
int nolibc_putchar(int c);
int nolibc_fputc(int c, nolibc_file* stream);
int nolibc_puts(const char* text);
int nolibc_fputs(const char* text, nolibc_file* stream);
size_t nolibc_fwrite(const void* data, size_t size, size_t count, nolibc_file* stream);
int nolibc_fflush(nolibc_file* stream);
int nolibc_getchar();
int nolibc_fgetc(nolibc_file* stream);
int nolibc_ungetc(int c, nolibc_file* stream);
char* nolibc_fgets(char* buffer, int size, nolibc_file* stream);
size_t nolibc_fread(void* data, size_t size, size_t count, nolibc_file* stream);
int nolibc_feof(nolibc_file* stream);
int nolibc_ferror(nolibc_file* stream);
void nolibc_clearerr(nolibc_file* stream);
int nolibc_fileno(nolibc_file* stream);
void nolibc_perror(const char* prefix);
int nolibc_setvbuf(nolibc_file* stream, char* buffer, int mode, size_t size);

// stdlib.h
void* nolibc_malloc(size_t size);
void* nolibc_calloc(size_t count, size_t size);
void* nolibc_realloc(void* block, size_t size);
void* nolibc_reallocarray(void* block, size_t count, size_t size);
void* nolibc_aligned_alloc(size_t alignment, size_t size);
int nolibc_posix_memalign(void** block, size_t alignment, size_t size);
void nolibc_free(void* block);
void nolibc_exit(int status);
int nolibc_atexit(void (*function)());
void nolibc__exit(int status);
void nolibc_abort();
void nolibc___assert_fail(const char* text, const char* file, unsigned line, const char* function);
int nolibc_atoi(const char* text);
long nolibc_strtol(const char* text, char** end, int base);
unsigned long nolibc_strtoul(const char* text, char** end, int base);
double nolibc_strtod(const char* text, char** end);
float nolibc_strtof(const char* text, char** end);
void nolibc_qsort(void* array, size_t count, size_t size, int (*compare)(const void*, const void*));
void nolibc_qsort_r(void* array, size_t count, size_t size,
                    int (*compare)(const void*, const void*, void*), void* context);
void* nolibc_bsearch(const void* key, const void* array, size_t count, size_t size,
                     int (*compare)(const void*, const void*));
div_t nolibc_div(int numerator, int denominator);
lldiv_t nolibc_lldiv(long long numerator, long long denominator);
char* nolibc_getenv(const char* name);
int nolibc_setenv(const char* name, const char* value, int overwrite);
int nolibc_unsetenv(const char* name);
int nolibc_putenv(char* assignment);
int nolibc_clearenv();
int nolibc_rand();
void nolibc_srand(unsigned seed);

// string.h, strings.h
char* nolibc_strtok(char* s, const char* delim);
char* nolibc_strdup(const char* s);
char* nolibc_strndup(const char* s, size_t n);
size_t nolibc_strxfrm(char* dst, const char* src, size_t n);
char* nolibc_strerror(int number);
int nolibc_strerror_r(int number, char* buffer, size_t size);
int nolibc_ffsll(long long value);

// time.h, unistd.h, setjmp.h
int nolibc_clock_gettime(clockid_t clock, timespec* now);
int nolibc_clock_getres(clockid_t clock, timespec* resolution);
int nolibc_timespec_get(timespec* now, int base);
time_t nolibc_time(time_t* now);
int nolibc_gettimeofday(timeval* now, void* zone);
int nolibc_nanosleep(const timespec* wanted, timespec* left);
tm* nolibc_gmtime_r(const time_t* when, tm* result);
time_t nolibc_timegm(tm* fields);
char* nolibc_asctime_r(const tm* fields, char* buffer);
char* nolibc_ctime_r(const time_t* when, char* buffer);
double nolibc_difftime(time_t end, time_t start);
size_t nolibc_strftime(char* buffer, size_t size, const char* format, const tm* fields);
ssize_t nolibc_read(int fd, void* buffer, size_t size);
ssize_t nolibc_write(int fd, const void* buffer, size_t size);
unsigned nolibc_sleep(unsigned seconds);
int nolibc_usleep(unsigned microseconds);
[[gnu::returns_twice]] int nolibc_setjmp(unsigned long* env);
[[noreturn]] void nolibc_longjmp(unsigned long* env, int value);

} // extern "C"

/// The heap under test (fake_system_test.cpp): makes the allocation after `successes` more fail.
void fake_heap_fail_after(long successes);
