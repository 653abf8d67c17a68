/* SPDX-License-Identifier: BSD-3-Clause */
/* Scheduling policies and parameters, with Linux's numbers. */
#ifndef _SYS_SCHED_H_
#define _SYS_SCHED_H_

#define SCHED_OTHER 0
#define SCHED_FIFO 1
#define SCHED_RR 2
#define SCHED_BATCH 3
#define SCHED_IDLE 5

struct sched_param {
    int sched_priority;
};

#endif
