// SPDX-License-Identifier: BSD-3-Clause
// Errors of ICMP: what they mean, and which socket hears of them.
#include "icmp_error.hpp"

#include <lwip/icmp.h>
#include <lwip/inet_chksum.h>
#include <lwip/ip.h>
#include <lwip/prot/icmp6.h>

#include <hooks.h>

#include <uk/string.h>

#include "tcp_end.hpp"
#include "udp_end.hpp"

namespace uk::lwip {
namespace {

constexpr size_t kHead = 8;  // of the message
constexpr size_t kStart = 8; // that is there of what the packet carried: ports, TCP's number
constexpr size_t kMostHeads = kHead + 60 + kStart;

struct Meaning {
    Errno problem;
    bool is_final;
};
// Codes of "destination unreachable", RFC 1122, 3.2.2.1, and RFC 1812, 5.2.7.1.
constexpr Meaning
    kMeanings[] = {{Errno::netunreach, false}, {Errno::hostunreach, false},
                   {Errno::noprotoopt, true},  {Errno::connrefused, true},
                   {Errno::ok, false}, // "fragmentation needed": lwIP has no use for it
                   {Errno::opnotsupp, false},  {Errno::netunreach, true},
                   {Errno::hostdown, true},    {Errno::nonet, true},
                   {Errno::netunreach, true},  {Errno::hostunreach, true},
                   {Errno::netunreach, false}, {Errno::hostunreach, false},
                   {Errno::hostunreach, true}, {Errno::hostunreach, true},
                   {Errno::hostunreach, true}};
// RFC 4443, 3.1.
constexpr Meaning kMeaningsV6[] = {{Errno::netunreach, false},  {Errno::acces, true},
                                   {Errno::hostunreach, false}, {Errno::hostunreach, false},
                                   {Errno::connrefused, true},  {Errno::acces, true},
                                   {Errno::acces, true}};

Meaning meaning_of(uint8_t type, uint8_t code, bool v6) {
    const std::span<const Meaning> table = v6 ? std::span<const Meaning>(kMeaningsV6) : kMeanings;
    if (type == (v6 ? int{ICMP6_TYPE_TE} : int{ICMP_TE}))
        return {Errno::hostunreach, false};
    if (type != (v6 ? int{ICMP6_TYPE_DUR} : int{ICMP_DUR}) || code >= table.size())
        return {Errno::ok, false};
    return table[code];
}

uint16_t word(const uint8_t* at) {
    return static_cast<uint16_t>(at[0] << 8 | at[1]);
}

// The head of the packet that it is about; returns its size, 0: it is none.
size_t parse_head(std::span<const uint8_t> packet, bool v6, IcmpError& out) {
#if LWIP_IPV6
    if (v6) {
        if (packet.size() < IP6_HLEN || packet[0] >> 4 != 6)
            return 0;
        out.protocol = packet[6];
        for (Place* place : {&out.local, &out.peer}) {
            const uint8_t* const at = &packet[place == &out.local ? 8 : 24];
            IP_SET_TYPE_VAL(place->ip, IPADDR_TYPE_V6);
            memcpy(ip_2_ip6(&place->ip)->addr, at, 16);
            ip6_addr_clear_zone(ip_2_ip6(&place->ip));
        }
        return IP6_HLEN;
    }
#endif
#if LWIP_IPV4
    const size_t size = packet.empty() ? 0 : (packet[0] & 0xf) * size_t{4};
    if (v6 || size < IP_HLEN || packet.size() < size || packet[0] >> 4 != 4)
        return 0;
    if ((word(&packet[6]) & 0x1fff) != 0) // a fragment that does not begin the datagram
        return 0;
    out.protocol = packet[9];
    for (Place* place : {&out.local, &out.peer}) {
        uint32_t ip = 0;
        memcpy(&ip, &packet[place == &out.local ? 12 : 16], sizeof ip);
        ip_addr_set_ip4_u32_val(place->ip, ip);
    }
    return size;
#else
    return 0;
#endif
}

void on_error(pbuf& packet, bool v6) {
    uint8_t bytes[kMostHeads];
    const size_t size = pbuf_copy_partial(&packet, bytes, sizeof bytes, 0);
    IcmpError error;
    if (!parse_icmp_error({bytes, size}, v6, error))
        return;
    if (error.protocol == IP_PROTO_TCP)
        TcpEnd::on_icmp_error(error);
#ifdef CONFIG_LIBLWIP_DATAGRAMS
    else if (error.protocol == IP_PROTO_UDP)
        UdpEnd::on_icmp_error(error);
#endif
}

} // namespace

bool parse_icmp_error(std::span<const uint8_t> message, bool v6, IcmpError& out) {
    if (message.size() < kHead)
        return false;
    const Meaning meaning = meaning_of(message[0], message[1], v6);
    if (meaning.problem == Errno::ok)
        return false;
    out.problem = meaning.problem;
    out.is_final = meaning.is_final;
    const size_t head = parse_head(message.subspan(kHead), v6, out);
    if (head == 0 || message.size() < kHead + head + kStart)
        return false;
    const uint8_t* const start = &message[kHead + head];
    out.local.port = word(start);
    out.peer.port = word(start + 2);
    out.sequence = uint32_t{word(start + 4)} << 16 | word(start + 6);
    return true;
}

} // namespace uk::lwip

extern "C" void uk_lwip_icmp_error(pbuf* packet, netif* from) {
    // lwIP looks at sums of echoes only.
    if ((from->chksum_flags & NETIF_CHECKSUM_CHECK_ICMP) == 0 || inet_chksum_pbuf(packet) == 0)
        uk::lwip::on_error(*packet, false);
}

extern "C" void uk_lwip_icmp6_error(pbuf* packet) {
    uk::lwip::on_error(*packet, true);
}
