// SPDX-License-Identifier: BSD-3-Clause
// Addresses of the Internet: as programs write them, and as lwIP does.
#pragma once

#include <cstdint>

#include <lwip/ip_addr.h>

#include <uk/base/result.hpp>
#include <uk/socket/address.hpp>

namespace uk::lwip {

// Ports in the byte order of the machine, as lwIP has them.
struct Place {
    ip_addr_t ip = {};
    uint16_t port = 0;
};

// What a socket makes of an address depends on its kind.
struct AddressRules {
    int domain = UK_AF_INET;
    bool only_v6 = false; // IPV6_V6ONLY
};

// The type of lwIP's control block: IPADDR_TYPE_V4, _V6 or _ANY.
[[nodiscard]] uint8_t lwip_type(const AddressRules& rules);

// To be bound to: the unspecified address of a socket of both versions is that of any version.
// Errors: EINVAL (short; or mapped with IPV6_V6ONLY), EAFNOSUPPORT.
[[nodiscard]] Result<Place> place_to_bind(const SocketAddress& address, const AddressRules& rules);
// To be spoken to: the unspecified address is the machine itself. Errors: EINVAL, EAFNOSUPPORT,
// ENETUNREACH (a version that the socket has not).
[[nodiscard]] Result<Place> place_to_reach(const SocketAddress& address, const AddressRules& rules);
// As a program of that domain wants to see it.
void tell_place(SocketAddress& out, int domain, const Place& place);

// Whether it is one of the machine's own, or of none in particular.
[[nodiscard]] bool is_own_or_any(const ip_addr_t& ip);
[[nodiscard]] bool is_any(const ip_addr_t& ip);
// Whether they are the same, whatever interface an IPv6 address belongs to.
[[nodiscard]] bool same_ip(const ip_addr_t& one, const ip_addr_t& other);
// Whether something bound to one may get what is sent to the other.
[[nodiscard]] bool overlap(const ip_addr_t& one, const ip_addr_t& other);
// Goes to many.
[[nodiscard]] bool is_multicast(const ip_addr_t& ip);
[[nodiscard]] bool is_broadcast(const ip_addr_t& ip);

} // namespace uk::lwip
