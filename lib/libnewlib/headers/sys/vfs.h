/* SPDX-License-Identifier: BSD-3-Clause */
/* The same as <sys/statfs.h>. */
#pragma once

#include <sys/statfs.h>
