// SPDX-License-Identifier: BSD-3-Clause
// TcpTable, and the one that lwIP's TCP uses.
#include "tcp_table.hpp"

#include <bit>

#include <lwip/priv/tcp_priv.h>

#include <tcp_table.h>

#include <uk/base/minmax.hpp>

namespace uk::lwip {
namespace {

TcpTuple tuple_of(const tcp_pcb& pcb) {
    return {&pcb.local_ip, &pcb.remote_ip, pcb.local_port, pcb.remote_port};
}

bool has(const tcp_pcb& pcb, const TcpTuple& tuple) {
    return pcb.remote_port == tuple.remote_port && pcb.local_port == tuple.local_port &&
           ip_addr_cmp(&pcb.remote_ip, tuple.remote) && ip_addr_cmp(&pcb.local_ip, tuple.local);
}

} // namespace

TcpSums::TcpSums(std::span<const uint64_t, kWords> secret) {
    for (unsigned i = 0; i < kWords; i++)
        factors_[i] = secret[i];
}

void TcpTable::add_connection(tcp_pcb& pcb) {
    tcp_pcb** const first = bucket(tuple_of(pcb));
    pcb.links.bucket = *first;
    *first = &pcb;
}

void TcpTable::remove_connection(tcp_pcb& pcb) {
    for (tcp_pcb** at = bucket(tuple_of(pcb)); *at != nullptr; at = &(*at)->links.bucket) {
        if (*at == &pcb) {
            *at = pcb.links.bucket;
            return;
        }
    }
}

tcp_pcb* TcpTable::find(const TcpTuple& tuple, const netif* by) const {
    tcp_pcb* waits = nullptr;
    for (tcp_pcb* each = *bucket(tuple); each != nullptr; each = each->links.bucket) {
        if (!has(*each, tuple))
            continue;
        if (each->netif_idx != NETIF_NO_INDEX && each->netif_idx != netif_get_index(by))
            continue;
        if (each->state != TIME_WAIT) [[likely]]
            return each;
        waits = each;
    }
    return waits;
}

// Programs get ports one after the other, so these need no sum.
tcp_pcb** TcpTable::port_slot(uint16_t port) const {
    tcp_pcb** at = &ports_[port & (ports_.size() - 1)];
    while (*at != nullptr && (*at)->local_port != port)
        at = &(*at)->links.port;
    return at;
}

// Of a port's blocks the first is in the bucket; its `before` is the last.
void TcpTable::add_port(tcp_pcb& pcb, bool listens) {
    tcp_pcb** const slot = port_slot(pcb.local_port);
    tcp_pcb* const first = *slot;
    if (first == nullptr) {
        pcb.links.before = &pcb;
        pcb.links.behind = pcb.links.port = nullptr;
        *slot = &pcb;
        return;
    }
    pcb.links.before = first->links.before;
    if (listens) {
        pcb.links.behind = first;
        pcb.links.port = first->links.port;
        first->links.before = *slot = &pcb;
    } else {
        pcb.links.behind = nullptr;
        first->links.before = first->links.before->links.behind = &pcb;
    }
}

void TcpTable::remove_port(tcp_pcb& pcb) {
    tcp_pcb** const slot = port_slot(pcb.local_port);
    tcp_pcb* const first = *slot;
    tcp_pcb* const next = pcb.links.behind;
    if (&pcb != first) {
        pcb.links.before->links.behind = next;
        (next != nullptr ? next : first)->links.before = pcb.links.before;
    } else if (next != nullptr) {
        next->links.port = pcb.links.port;
        next->links.before = pcb.links.before;
        *slot = next;
    } else {
        *slot = pcb.links.port;
    }
}

// --- the one of this image
// ------------------------------------------------------------------------
namespace {

// Full, four connections to a bucket.
constexpr unsigned kBuckets = std::bit_ceil(max(unsigned{MEMP_NUM_TCP_PCB} / 4, 16u));

constinit tcp_pcb* g_connections[kBuckets] = {};
constinit tcp_pcb* g_ports[kBuckets] = {};
constinit TcpTable g_table(g_connections, g_ports);
constinit bool g_has_secret = false;
constinit tcp_pcb** g_tw_end = &tcp_tw_pcbs; // of its list, where the youngest goes

bool is_connected(tcp_pcb* const* list) {
    return list == &tcp_active_pcbs || list == &tcp_tw_pcbs;
}

void need_secret() {
    if (g_has_secret) [[likely]]
        return;
    uint64_t words[TcpSums::kWords];
    for (uint64_t& word : words)
        word = uint64_t{LWIP_RAND()} << 32 | LWIP_RAND();
    g_table.set_secret(TcpSums(words));
    g_has_secret = true;
}

// `links.list` is what points at a block, so that it leaves without a search.
void link(tcp_pcb** at, tcp_pcb& pcb) {
    pcb.next = *at;
    if (pcb.next != nullptr)
        pcb.next->links.list = &pcb.next;
    pcb.links.list = at;
    *at = &pcb;
}

} // namespace
} // namespace uk::lwip

using namespace uk::lwip;

extern "C" void uk_lwip_tcp_enter(tcp_pcb** list, tcp_pcb* pcb) {
    need_secret();
    const bool waits = list == &tcp_tw_pcbs;
    link(waits ? g_tw_end : list, *pcb);
    if (waits)
        g_tw_end = &pcb->next;
    g_table.add_port(*pcb, list == &tcp_listen_pcbs.pcbs);
    if (is_connected(list))
        g_table.add_connection(*pcb);
}

extern "C" void uk_lwip_tcp_leave(tcp_pcb** list, tcp_pcb* pcb) {
    tcp_pcb** const at = pcb->links.list;
    if (at == nullptr)
        return;
    if (pcb->next != nullptr)
        pcb->next->links.list = at;
    else if (g_tw_end == &pcb->next)
        g_tw_end = at;
    *at = pcb->next;
    pcb->next = nullptr;
    pcb->links.list = nullptr;
    g_table.remove_port(*pcb);
    if (is_connected(list))
        g_table.remove_connection(*pcb);
}

extern "C" tcp_pcb* uk_lwip_tcp_find(const ip_addr_t* local, u16_t local_port,
                                     const ip_addr_t* remote, u16_t remote_port, const netif* by) {
    return g_table.find({local, remote, local_port, remote_port}, by);
}

extern "C" tcp_pcb* uk_lwip_tcp_at_port(u16_t local_port) {
    return g_table.at_port(local_port);
}
