/* SPDX-License-Identifier: BSD-3-Clause */
/* Where lwIP's TCP finds its control blocks: in place of walks over its lists, so that a packet and
 * a connection cost the same with ten connections and with thousands. Under the stack's lock. Each
 * takes a constant time, as long as strangers do not know the secret of the sums. */
#ifndef UK_LWIP_TCP_TABLE_H
#define UK_LWIP_TCP_TABLE_H

#include <lwip/tcp.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Takes a block into one of tcp_pcb_lists: into tcp_tw_pcbs as the last, so that the oldest is the
 * first, into the others as the first. Its version of IP, and its port, are right already; in
 * tcp_active_pcbs and tcp_tw_pcbs also addresses and the other port. They stay as they are until it
 * leaves. */
void uk_lwip_tcp_enter(struct tcp_pcb** list, struct tcp_pcb* pcb);
/* Out of this list; nothing happens to one that is in none. */
void uk_lwip_tcp_leave(struct tcp_pcb** list, struct tcp_pcb* pcb);

/* The connection that a packet is for, or one of it in TIME_WAIT; `by`: the interface that it
 * came by. Null: none. */
struct tcp_pcb* uk_lwip_tcp_find(const ip_addr_t* local, u16_t local_port, const ip_addr_t* remote,
                                 u16_t remote_port, const struct netif* by);
/* The first block of all lists that has this port; listeners come before others. The next one is
 * `links.behind`. */
struct tcp_pcb* uk_lwip_tcp_at_port(u16_t local_port);

/* `at` of uk_lwip_tcp_at_port() or `links.behind` of a listener: null when the listeners are over.
 */
static inline struct tcp_pcb_listen* uk_lwip_tcp_listener(struct tcp_pcb* at) {
    return at != NULL && at->state == LISTEN ? (struct tcp_pcb_listen*)at : NULL;
}

#ifdef __cplusplus
}
#endif

#endif
