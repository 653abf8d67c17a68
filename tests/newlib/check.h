/* SPDX-License-Identifier: BSD-3-Clause */
/* In the place of upstream's: a check that fails is counted and the program goes on, so that all of
 * them are seen. */
#ifndef TESTS_NEWLIB_CHECK_H
#define TESTS_NEWLIB_CHECK_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

extern int program_checks_failed;

#define CHECK(a)                                                                                   \
    ((a) ? (void)0 : (void)(program_checks_failed++, printf("failed, line %d: %s\n", __LINE__, #a)))

#endif
