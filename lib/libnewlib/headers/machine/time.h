/* SPDX-License-Identifier: BSD-3-Clause */
/* What clock() counts, as POSIX has it. */
#pragma once

#define _CLOCKS_PER_SEC_ 1000000
