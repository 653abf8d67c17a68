// SPDX-License-Identifier: BSD-3-Clause
// What the stack does at the moment, for people: interfaces, sockets, counters. Copies, of one
// moment each. All functions: thread context, without a Core.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <uk/base/result.hpp>
#include <uk/lwip/settings.hpp>

namespace uk::lwip {

// An address as text: RFC 5952 for IPv6. Pure.
struct AddressText {
    char text[40] = {};
};
[[nodiscard]] AddressText text_of(const Address& address);

struct InterfaceStatus {
    static constexpr size_t kMostV6 = 4;
    struct V6 {
        Address address;
        const char* state; // "preferred", "tentative", "deprecated"
    };

    char name[8] = {};            // "lo", "net0"
    uint32_t index = 0;           // sin6_scope_id of its addresses
    const char* driver = nullptr; // null: the loopback
    uint8_t mac[6] = {};
    uint16_t mtu = 0;
    bool link = false;
    Address v4, gateway;
    uint8_t prefix = 0;
    bool by_dhcp = false;
    V6 v6[kMostV6] = {};
    size_t v6_count = 0;
    // Of the device; drops, and what was received and copied, because few buffers were left.
    uint64_t rx_packets = 0, rx_bytes = 0, tx_packets = 0, tx_bytes = 0;
    uint64_t rx_no_buffer = 0, rx_bad = 0, rx_too_long = 0, rx_copied = 0;
    uint64_t tx_bad = 0, tx_no_room = 0, tx_no_memory = 0;
};
// Errors: ENOENT (there are not so many).
[[nodiscard]] Result<InterfaceStatus> interface_status(unsigned index);

struct ConnectionStatus {
    const char* protocol; // "tcp", "udp"
    const char* state;    // "ESTABLISHED", of UDP ""
    Address local, peer;  // of size 0: any
    uint16_t local_port, peer_port;
    uint32_t unsent; // bytes that are not acknowledged, too; without SYN and FIN
};
// Those that there are, listeners first; fills `out` as far as it goes and returns how many there
// are.
[[nodiscard]] size_t connections(std::span<ConnectionStatus> out);

// Counters of one protocol; they go round after 2^32. "link" is frames of devices, and packets of
// the loopback. 0 where LIBLWIP_STATS is off.
struct ProtocolStatus {
    struct Problem {
        const char* name; // "checksum", "length", "memory" ...
        uint32_t count;
    };

    const char* name; // "ip", "tcp" ...
    uint32_t sent, received, dropped;
    Problem problems[7]; // that packets had
};
inline constexpr size_t kMostProtocols = 12;
[[nodiscard]] size_t protocols(std::span<ProtocolStatus, kMostProtocols> out);

// Bytes of the stack's memory that are in use, and requests that were refused.
struct MemoryStatus {
    uint64_t used, refused;
};
[[nodiscard]] MemoryStatus memory_status();

} // namespace uk::lwip
