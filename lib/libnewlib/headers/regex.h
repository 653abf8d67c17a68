/* SPDX-License-Identifier: BSD-3-Clause */
/* newlib's, with the types that it takes for granted. */
#pragma once

#include <sys/types.h>

#include_next <regex.h>
