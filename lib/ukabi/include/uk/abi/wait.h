/* SPDX-License-Identifier: BSD-3-Clause */
/* Waiting for children. */
#pragma once

/* options */
#define UK_WNOHANG 0x1
#define UK_WSTOPPED 0x2
#define UK_WUNTRACED 0x2
#define UK_WEXITED 0x4
#define UK_WCONTINUED 0x8
#define UK_WNOWAIT 0x1000000

/* what waitid() waits for */
#define UK_P_ALL 0
#define UK_P_PID 1
#define UK_P_PGID 2
#define UK_P_PIDFD 3
