// SPDX-License-Identifier: BSD-3-Clause
// TcpTable: TCP's control blocks by what a packet says, and by their port.
#pragma once

#include <cstdint>
#include <span>

#include <lwip/netif.h>
#include <lwip/tcp.h>

namespace uk::lwip {

// A pair of sockets, as 32-bit words: IPv4 takes one for an address, IPv6 four.
struct TcpTuple {
    const ip_addr_t* local;
    const ip_addr_t* remote;
    uint16_t local_port;
    uint16_t remote_port;
};

// Whoever does not know it can do no better than chance to find pairs of sockets that meet in one
// bucket: a sum with random factors, of which any two different pairs have the same upper 32 bits
// in one of 2^32 cases (Dietzfelbinger 1996, multiply-shift), and then a mixture that is one to
// one, so that pairs that lie close to each other do not stay so. A tenth of what SipHash takes.
class TcpSums {
  public:
    static constexpr unsigned kWords = 10;

    constexpr TcpSums() = default;
    explicit TcpSums(std::span<const uint64_t, kWords> secret);
    // Pure. In line, for each packet.
    [[nodiscard]] uint32_t of(const TcpTuple& tuple) const {
        uint64_t sum =
            factors_[8] + factors_[9] * (uint32_t{tuple.local_port} << 16 | tuple.remote_port);
#if LWIP_IPV6
        if (IP_IS_V6(tuple.local)) {
            for (unsigned i = 0; i < 4; i++)
                sum += factors_[i] * ip_2_ip6(tuple.local)->addr[i] +
                       factors_[4 + i] * ip_2_ip6(tuple.remote)->addr[i];
        }
#endif
#if LWIP_IPV4
        if (!IP_IS_V6(tuple.local))
            sum += factors_[0] * ip_2_ip4(tuple.local)->addr +
                   factors_[4] * ip_2_ip4(tuple.remote)->addr;
#endif
        // The lower bits of the sum know little of the secret. Each step can be undone.
        auto mixed = static_cast<uint32_t>(sum >> 32);
        mixed = (mixed ^ mixed >> 16) * 0x7feb352d;
        return mixed ^ mixed >> 15;
    }

  private:
    uint64_t factors_[kWords] = {};
};

// Blocks are chained through their `links`; nothing is allocated. Not synchronised.
class TcpTable {
  public:
    // Memory for the first block of each bucket, null; their counts are powers of two. It outlives
    // the table.
    constexpr TcpTable(std::span<tcp_pcb*> connections, std::span<tcp_pcb*> ports)
        : connections_(connections), ports_(ports) {}
    // Before the first block.
    void set_secret(const TcpSums& secret) { sums_ = secret; }

    // A connection: by its pair of sockets. Two of the same may be in (at different interfaces).
    void add_connection(tcp_pcb& pcb);
    void remove_connection(tcp_pcb& pcb);
    // By this interface. One in TIME_WAIT only if there is no other.
    [[nodiscard]] tcp_pcb* find(const TcpTuple& tuple, const netif* by) const;

    // Any: by its port, listeners before others. Takes as long with thousands at one port.
    void add_port(tcp_pcb& pcb, bool listens);
    void remove_port(tcp_pcb& pcb);
    [[nodiscard]] tcp_pcb* at_port(uint16_t port) const { return *port_slot(port); }

  private:
    [[nodiscard]] tcp_pcb** bucket(const TcpTuple& tuple) const {
        return &connections_[sums_.of(tuple) & (connections_.size() - 1)];
    }
    // What points at the first block of this port, or at the end of its bucket.
    [[nodiscard]] tcp_pcb** port_slot(uint16_t port) const;

    TcpSums sums_;
    std::span<tcp_pcb*> connections_, ports_;
};

} // namespace uk::lwip
