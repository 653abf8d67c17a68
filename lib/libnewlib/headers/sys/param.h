/* SPDX-License-Identifier: BSD-3-Clause */
/* Old names of limits, and small macros. */
#pragma once

#include <limits.h>
#include <machine/endian.h>
#include <sys/syslimits.h>

#define NBBY 8
#define HZ 100
#define NOFILE OPEN_MAX
#define NGROUPS NGROUPS_MAX
#define MAXPATHLEN PATH_MAX
#define MAXHOSTNAMELEN HOST_NAME_MAX
#define MAXSYMLINKS SYMLOOP_MAX

#ifndef MAX
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#endif
#ifndef MIN
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#endif
#ifndef howmany
#define howmany(x, y) (((x) + ((y)-1)) / (y))
#endif
#define roundup(x, y) (howmany(x, y) * (y))
#define powerof2(x) (((x) & ((x)-1)) == 0)
