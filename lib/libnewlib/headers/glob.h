/* SPDX-License-Identifier: BSD-3-Clause */
/* Paths that match a pattern, <glob.h>. */
#pragma once

#include <sys/types.h>

typedef struct {
    size_t gl_pathc; /* paths */
    char** gl_pathv; /* gl_offs null pointers with GLOB_DOOFFS, the paths, a null pointer */
    size_t gl_offs;
} glob_t;

/* flags */
#define GLOB_ERR 1       /* a folder that cannot be read is an error */
#define GLOB_MARK 2      /* a slash behind folders */
#define GLOB_NOSORT 4    /* as they come */
#define GLOB_DOOFFS 8    /* gl_offs places in front */
#define GLOB_NOCHECK 16  /* the pattern itself if nothing matches */
#define GLOB_APPEND 32   /* to what an earlier call found */
#define GLOB_NOESCAPE 64 /* a backslash is a backslash */
#define GLOB_PERIOD 128  /* names that begin with a dot match wildcards */

/* results beside 0 */
#define GLOB_NOSPACE 1
#define GLOB_ABORTED 2
#define GLOB_NOMATCH 3

#ifdef __cplusplus
extern "C" {
#endif

int glob(const char* __restrict pattern, int flags, int (*failed)(const char* path, int error),
         glob_t* __restrict found);
void globfree(glob_t* found);

#ifdef __cplusplus
}
#endif
