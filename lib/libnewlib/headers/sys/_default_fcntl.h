/* SPDX-License-Identifier: BSD-3-Clause */
/* What newlib includes by this name. */
#pragma once

#include <sys/fcntl.h>
