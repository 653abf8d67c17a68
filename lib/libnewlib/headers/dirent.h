/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading folders, <dirent.h>. One stream may be used by several threads, but what readdir() gave
   is the next call's to overwrite. A position of telldir() stays good whatever is made and removed.
 */
#pragma once

#include <sys/cdefs.h>
#include <sys/dirent.h>

#ifdef __cplusplus
extern "C" {
#endif

DIR* opendir(const char* path);
DIR* fdopendir(int fd); /* the stream's own from now on */
int closedir(DIR* stream);
int dirfd(DIR* stream);
/* NULL at the end, errno untouched; a folder that was removed is at its end */
struct dirent* readdir(DIR* stream);
int readdir_r(DIR* __restrict stream, struct dirent* __restrict room,
              struct dirent** __restrict entry);
void rewinddir(DIR* stream);
void seekdir(DIR* stream, long position);
long telldir(DIR* stream);
int scandir(const char* path, struct dirent*** entries, int (*wanted)(const struct dirent*),
            int (*order)(const struct dirent**, const struct dirent**));
int alphasort(const struct dirent** a, const struct dirent** b);
#if __BSD_VISIBLE
int fdclosedir(DIR* stream); /* the descriptor, open still */
#endif
#if __GNU_VISIBLE
int scandirat(int folder, const char* path, struct dirent*** entries,
              int (*wanted)(const struct dirent*),
              int (*order)(const struct dirent**, const struct dirent**));
int versionsort(const struct dirent** a, const struct dirent** b);
#endif

#ifdef __cplusplus
}
#endif
