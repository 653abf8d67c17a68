/* SPDX-License-Identifier: BSD-3-Clause */
/* lwIP's pools of objects (in place of its memp.c): from the heap, up to the number that the option
 * of each pool names, and kept in a list when they are free, so that the next one costs nothing. */
#include <lwip/opt.h>

#include <lwip/dns.h>
#include <lwip/etharp.h>
#include <lwip/igmp.h>
#include <lwip/ip4_frag.h>
#include <lwip/ip6_frag.h>
#include <lwip/memp.h>
#include <lwip/mld6.h>
#include <lwip/pbuf.h>
#include <lwip/priv/nd6_priv.h>
#include <lwip/priv/tcp_priv.h>
#include <lwip/raw.h>
#include <lwip/stats.h>
#include <lwip/tcp.h>
#include <lwip/timeouts.h>
#include <lwip/udp.h>
#if !NO_SYS || LWIP_SOCKET || LWIP_NETCONN
#include <lwip/priv/api_msg.h>
#include <lwip/priv/sockets_priv.h>
#include <lwip/priv/tcpip_priv.h>
#endif

struct uk_lwip_pool {
    const char* name;
    uint32_t size;
    uint32_t most;
    uint32_t used;
    uint32_t kept;
    void* free; /* the first word of each is the next */
};

/* So many free objects of a kind are kept; a burst's are given back. */
#define UK_LWIP_KEPT 512

static struct uk_lwip_pool pools[MEMP_MAX] = {
#define LWIP_MEMPOOL(pool, count, bytes, text) [MEMP_##pool] = {text, bytes, count, 0, 0, NULL},
#include <lwip/priv/memp_std.h>
};

#if MEMP_STATS
static struct stats_mem counters[MEMP_MAX];
#endif

void memp_init(void) {
#if MEMP_STATS
    for (int i = 0; i < MEMP_MAX; i++) {
        lwip_stats.memp[i] = &counters[i];
        counters[i].avail = (mem_size_t)pools[i].most;
#if defined(LWIP_DEBUG) || LWIP_STATS_DISPLAY
        counters[i].name = pools[i].name;
#endif
    }
#endif
}

static void* take(struct uk_lwip_pool* pool) {
    void* object = pool->free;
    if (object != NULL) {
        pool->free = *(void**)object;
        pool->kept--;
    } else if (pool->used < pool->most) {
        object = uk_lwip_allocate(pool->size);
    }
    if (object != NULL)
        pool->used++;
    return object;
}

void* memp_malloc(memp_t type) {
    UK_ASSERT(type < MEMP_MAX);
    void* object = take(&pools[type]);
    if (type == MEMP_SYS_TIMEOUT)
        uk_lwip_timer_started();
#if MEMP_STATS
    counters[type].used = (mem_size_t)pools[type].used;
    counters[type].err += object == NULL;
    if (counters[type].used > counters[type].max)
        counters[type].max = counters[type].used;
#endif
    return object;
}

void memp_free(memp_t type, void* object) {
    UK_ASSERT(type < MEMP_MAX);
    struct uk_lwip_pool* pool = &pools[type];
    if (object == NULL)
        return;
    UK_ASSERT(pool->used != 0);
    pool->used--;
#if MEMP_STATS
    counters[type].used = (mem_size_t)pool->used;
#endif
    if (pool->kept >= UK_LWIP_KEPT) {
        uk_lwip_free(object);
        return;
    }
    *(void**)object = pool->free;
    pool->free = object;
    pool->kept++;
}
