// SPDX-License-Identifier: BSD-3-Clause
// What the stack does at the moment.
#include <uk/lwip/status.hpp>

#include <bit>

#include <lwip/dhcp.h>
#include <lwip/netif.h>
#include <lwip/priv/tcp_priv.h>
#include <lwip/stats.h>
#include <lwip/udp.h>

#include <uk/lwip/block_heap.hpp>
#include <uk/lwip/stack.hpp>
#include <uk/string.h>

#include "interface.hpp"
#include "stack_impl.hpp"
#include "unsent.hpp"

namespace uk::lwip {

const BlockHeap::Stats& memory_stats();

namespace {

Address from_lwip(const ip_addr_t& ip) {
    Address out;
#if LWIP_IPV6
    if (IP_IS_V6_VAL(ip) && !ip6_addr_isany_val(*ip_2_ip6(&ip))) {
        out.size = 16;
        memcpy(out.bytes, ip_2_ip6(&ip)->addr, 16);
    }
#endif
#if LWIP_IPV4
    if (IP_IS_V4_VAL(ip) && !ip4_addr_isany_val(*ip_2_ip4(&ip))) {
        out.size = 4;
        memcpy(out.bytes, &ip_2_ip4(&ip)->addr, 4);
    }
#endif
    return out;
}

void note_addresses(const netif& from, InterfaceStatus& out) {
#if LWIP_IPV4
    ip_addr_t ip;
    ip_addr_copy_from_ip4(ip, *netif_ip4_addr(&from));
    out.v4 = from_lwip(ip);
    ip_addr_copy_from_ip4(ip, *netif_ip4_gw(&from));
    out.gateway = from_lwip(ip);
    out.prefix = static_cast<uint8_t>(std::countl_one(lwip_ntohl(netif_ip4_netmask(&from)->addr)));
#if LWIP_DHCP
    out.by_dhcp = dhcp_supplied_address(&from) != 0;
#endif
#endif
#if LWIP_IPV6
    for (unsigned i = 0; i < LWIP_IPV6_NUM_ADDRESSES && i < InterfaceStatus::kMostV6; i++) {
        const auto state = netif_ip6_addr_state(&from, i);
        if (ip6_addr_isinvalid(state))
            continue;
        InterfaceStatus::V6& one = out.v6[out.v6_count++];
        one.address = from_lwip(*netif_ip_addr6(&from, i));
        one.state = ip6_addr_ispreferred(state) ? "preferred"
                    : ip6_addr_isvalid(state)   ? "deprecated"
                                                : "tentative";
    }
#endif
}

void note_device(Interface& from, InterfaceStatus& out) {
    netdev::Device& device = from.device();
    out.driver = device.info().driver;
    const netdev::Counters& counters = device.counters(0);
    out.rx_packets = counters.rx_packets.load_relaxed();
    out.rx_bytes = counters.rx_bytes.load_relaxed();
    out.tx_packets = counters.tx_packets.load_relaxed();
    out.tx_bytes = counters.tx_bytes.load_relaxed();
    out.rx_no_buffer = counters.rx_no_buffer.load_relaxed();
    out.rx_bad = counters.rx_bad.load_relaxed();
    out.tx_bad = counters.tx_bad.load_relaxed();
    out.rx_too_long = from.drops().rx_too_long;
    out.rx_copied = from.drops().rx_copied;
    out.tx_no_room = from.drops().tx_no_room;
    out.tx_no_memory = from.drops().tx_no_memory;
}

#if LWIP_STATS
// What lwIP's own counters of the link leave out: it counts there what never leaves the machine.
// That no buffer was free is no frame that was dropped: the device has kept it.
void add_devices(ProtocolStatus& link) {
    const auto count = [&](std::string_view name, uint64_t more) {
        for (ProtocolStatus::Problem& one : link.problems) {
            if (name == one.name)
                one.count += static_cast<uint32_t>(more);
        }
    };
    for (const netif* one = netif_list; one != nullptr; one = one->next) {
        if (one->linkoutput == nullptr)
            continue;
        InterfaceStatus of;
        note_device(Interface::of(*const_cast<netif*>(one)), of);
        const uint64_t bad = of.rx_bad + of.tx_bad + of.tx_no_room;
        link.received += static_cast<uint32_t>(of.rx_packets);
        link.sent += static_cast<uint32_t>(of.tx_packets);
        link.dropped += static_cast<uint32_t>(bad + of.rx_too_long + of.tx_no_memory);
        count("length", of.rx_too_long);
        count("memory", of.tx_no_memory);
        count("other", bad);
    }
}
#endif

// Fills an array, and counts what does not fit.
struct Filler {
    std::span<ConnectionStatus> out;
    size_t count = 0;

    void add(const ConnectionStatus& one) {
        if (count < out.size())
            out[count] = one;
        count++;
    }
};

void add_tcp(Filler& to, const tcp_pcb* first) {
    static constexpr const char* kStates[] = {"CLOSED",      "LISTEN",    "SYN_SENT",  "SYN_RECV",
                                              "ESTABLISHED", "FIN_WAIT1", "FIN_WAIT2", "CLOSE_WAIT",
                                              "CLOSING",     "LAST_ACK",  "TIME_WAIT"};
    for (const tcp_pcb* one = first; one != nullptr; one = one->next)
        to.add({"tcp", kStates[one->state], from_lwip(one->local_ip), from_lwip(one->remote_ip),
                one->local_port, one->remote_port, unsent_bytes(*one)});
}

} // namespace

Result<InterfaceStatus> interface_status(unsigned index) {
    InterfaceStatus out;
    Core core;
    const netif* one = netif_list;
    while (one != nullptr && index-- != 0)
        one = one->next;
    if (one == nullptr)
        return Errno::noent;
    out.index = netif_get_index(one);
    out.mtu = one->mtu;
    out.link = netif_is_link_up(one) != 0;
    note_addresses(*one, out);
    if (one->linkoutput == nullptr) {
        memcpy(out.name, "lo", 3);
        return out;
    }
    Interface& from = Interface::of(*const_cast<netif*>(one));
    (void)strlcpy(out.name, from.name(), sizeof out.name);
    memcpy(out.mac, one->hwaddr, sizeof out.mac);
    note_device(from, out);
    return out;
}

size_t connections(std::span<ConnectionStatus> out) {
    Filler to{out};
    Core core;
    for (const tcp_pcb_listen* one = tcp_listen_pcbs.listen_pcbs; one != nullptr; one = one->next)
        to.add({"tcp", "LISTEN", from_lwip(one->local_ip), {}, one->local_port, 0, 0});
    add_tcp(to, tcp_active_pcbs);
    add_tcp(to, tcp_tw_pcbs);
    for (const udp_pcb* one = udp_pcbs; one != nullptr; one = one->next)
        to.add({"udp", "", from_lwip(one->local_ip), from_lwip(one->remote_ip), one->local_port,
                one->remote_port, 0});
    return to.count;
}

size_t protocols([[maybe_unused]] std::span<ProtocolStatus, kMostProtocols> out) {
    size_t count = 0;
#if LWIP_STATS
    const auto add = [&](const char* name, const stats_proto& from) {
        out[count++] = {name,
                        from.xmit,
                        from.recv,
                        from.drop,
                        {{"checksum", from.chkerr},
                         {"length", from.lenerr},
                         {"memory", from.memerr},
                         {"route", from.rterr},
                         {"protocol", from.proterr},
                         {"option", from.opterr},
                         {"other", from.err}}};
    };
    Core core;
    add("link", lwip_stats.link);
    add_devices(out[0]);
#if LWIP_IPV4
    add("arp", lwip_stats.etharp);
    add("ip", lwip_stats.ip);
    add("ip_fragment", lwip_stats.ip_frag);
    add("icmp", lwip_stats.icmp);
#endif
#if LWIP_IPV6
    add("ip6", lwip_stats.ip6);
    add("ip6_fragment", lwip_stats.ip6_frag);
    add("icmp6", lwip_stats.icmp6);
    add("nd6", lwip_stats.nd6);
#endif
    add("udp", lwip_stats.udp);
    add("tcp", lwip_stats.tcp);
#endif
    return count;
}

MemoryStatus memory_status() {
    Core core;
    const BlockHeap::Stats& stats = memory_stats();
    return {stats.used_bytes, stats.refused};
}

} // namespace uk::lwip
