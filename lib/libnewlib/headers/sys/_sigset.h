/* SPDX-License-Identifier: BSD-3-Clause */
/* Sets of signals, as the system calls take them. */
#pragma once

typedef unsigned long __sigset_t;
