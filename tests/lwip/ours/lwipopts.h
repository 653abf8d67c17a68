/* SPDX-License-Identifier: BSD-3-Clause */
/* The image's options, and what the unit tests cannot do without: they look at counters. */
#ifndef UK_LWIP_UNIT_OPTS_H
#define UK_LWIP_UNIT_OPTS_H

#include "../../../lib/lwip/port/lwipopts.h"

#define LWIP_TESTMODE 1
#undef MEM_STATS
#define MEM_STATS 1
#define MIB2_STATS 1
#define ETHARP_SUPPORT_STATIC_ENTRIES 1
#undef LWIP_DNS /* takes memory when it starts, where tests count blocks */
#define LWIP_DNS 0
#undef LWIP_LOOPIF_MULTICAST /* the same */
#define LWIP_LOOPIF_MULTICAST 0
#undef LWIP_HOOK_TCP_ISN /* tests know the numbers that lwIP begins with; ours have their own test \
                          */
#undef TCP_SND_BUF       /* a test fills the window of the other side, which has our options */
#define TCP_SND_BUF (TCP_WND + 2 * TCP_MSS)

extern unsigned lwip_sys_now; /* of their sys_arch.h, which is for threads */

#endif
