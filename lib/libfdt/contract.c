/* SPDX-License-Identifier: BSD-3-Clause */
/* Compiles only while our declarations and upstream's agree; makes no code. */
#include <libfdt.h>

#include <uk/fdt.h>

_Static_assert(UK_FDT_NOT_FOUND == -FDT_ERR_NOTFOUND && UK_FDT_BAD_PATH == -FDT_ERR_BADPATH,
               "libfdt's error numbers");
