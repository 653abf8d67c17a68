/* SPDX-License-Identifier: BSD-3-Clause */
/* <unistd.h>: the console as file descriptors 0, 1 and 2, waiting, ending. There are no files. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <sys/types.h>

#define STDIN_FILENO 0
#define STDOUT_FILENO 1
#define STDERR_FILENO 2

#ifdef __cplusplus
extern "C" {
#endif

extern char** environ;

/* read(0) waits for at least one byte; 0 is the end of input. write(1) and write(2) write all.
 * Errors: EBADF, EFAULT (NULL buffer), and those of the console. */
ssize_t read(int fd, void* buffer, size_t size);
ssize_t write(int fd, const void* buffer, size_t size);

/* Wait at least so long. Nothing interrupts them: they return 0. */
unsigned sleep(unsigned seconds);
int usleep(useconds_t microseconds);

/* Always 1: an image is one process. */
pid_t getpid(void);

/* Ends the image: no atexit functions, buffered output is lost. */
__attribute__((__noreturn__)) void _exit(int status);

#ifdef __cplusplus
}
#endif
