/* SPDX-License-Identifier: BSD-3-Clause */
/* In front of each file of libm/test, which is of a time when `long` had 32 bits. */
#ifndef TESTS_NEWLIB_UPSTREAM_H
#define TESTS_NEWLIB_UPSTREAM_H

#include <ctype.h>
#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* test_is.c wants functions; newlib 3.3.0 has macros only. */
int(_tolower)(int letter);
int(_toupper)(int letter);

/* In the place of <ieeefp.h>, where the halves of a double have 64 bits each. */
#define _IEEE_FP_H_
typedef union {
    double value;
    struct {
        uint32_t lsw, msw;
    } parts;
} __ieee_double_shape_type;

/* What is left of `long x` and of `unsigned long int x` is an int of 32 bits. */
#define long volatile

#endif
