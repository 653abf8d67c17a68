// SPDX-License-Identifier: BSD-3-Clause
// Addresses of the Internet.
#include "address.hpp"

#include <lwip/def.h>
#include <lwip/netif.h>

#include <uk/abi/in.h>
#include <uk/string.h>

namespace uk::lwip {
namespace {

[[maybe_unused]] constexpr size_t kLeastV6 = 24; // without sin6_scope_id, RFC 2133

Place place_v4([[maybe_unused]] uint32_t address, uint16_t port) {
    Place out;
#if LWIP_IPV4
    ip_addr_set_ip4_u32_val(out.ip, address);
#endif
    out.port = port;
    return out;
}

#if LWIP_IPV6
Place place_v6(const uk_in6_addr& address, uint32_t scope, uint16_t port) {
    Place out;
    IP_SET_TYPE_VAL(out.ip, IPADDR_TYPE_V6);
    ip6_addr_t* const ip = ip_2_ip6(&out.ip);
    memcpy(ip->addr, address.bytes, sizeof address.bytes);
    ip6_addr_clear_zone(ip);
    if (scope != 0 && scope <= 0xff && ip6_addr_has_scope(ip, IP6_UNKNOWN))
        ip6_addr_set_zone(ip, static_cast<uint8_t>(scope));
    out.port = port;
    return out;
}

bool is_mapped(const Place& place) {
    return IP_IS_V6_VAL(place.ip) && ip6_addr_isipv4mappedipv6(ip_2_ip6(&place.ip));
}
#endif

// Errors: EINVAL (short), EAFNOSUPPORT.
Result<Place> read(const SocketAddress& address, int domain) {
    if (address.size < sizeof(uint16_t))
        return Errno::inval;
    if (domain == UK_AF_INET) {
        const auto in = UK_TRY(address.as<uk_sockaddr_in>());
        if (in.sin_family != UK_AF_INET)
            return Errno::afnosupport;
        return place_v4(in.sin_addr.s_addr, lwip_ntohs(in.sin_port));
    }
#if LWIP_IPV6
    if (address.family() != UK_AF_INET6)
        return Errno::afnosupport;
    if (address.size < kLeastV6)
        return Errno::inval;
    uk_sockaddr_in6 in = {};
    memcpy(&in, address.bytes, min(sizeof in, size_t{address.size}));
    return place_v6(in.sin6_addr, in.sin6_scope_id, lwip_ntohs(in.sin6_port));
#else
    return Errno::afnosupport;
#endif
}

// The IPv4 address that an IPv6 one stands for (RFC 4291, 2.5.5.2). False: it stands for none.
bool unmap([[maybe_unused]] Place& place) {
#if LWIP_IPV6
    if (!is_mapped(place))
        return false;
    const uint32_t v4 = ip_2_ip6(&place.ip)->addr[3];
    place = place_v4(v4, place.port);
    return true;
#else
    return false;
#endif
}

} // namespace

uint8_t lwip_type(const AddressRules& rules) {
    if (rules.domain == UK_AF_INET)
        return IPADDR_TYPE_V4;
    return LWIP_IPV4 && !rules.only_v6 ? IPADDR_TYPE_ANY : IPADDR_TYPE_V6;
}

Result<Place> place_to_bind(const SocketAddress& address, const AddressRules& rules) {
    Place place = UK_TRY(read(address, rules.domain));
    if (rules.domain == UK_AF_INET)
        return place;
    if (unmap(place)) {
        if (rules.only_v6)
            return Errno::inval;
        return LWIP_IPV4 ? Result<Place>(place) : Errno::addrnotavail;
    }
    if (is_any(place.ip)) {
        IP_SET_TYPE_VAL(place.ip, lwip_type(rules));
    }
    return place;
}

Result<Place> place_to_reach(const SocketAddress& address, const AddressRules& rules) {
    Place place = UK_TRY(read(address, rules.domain));
    if (rules.domain != UK_AF_INET && unmap(place) && (rules.only_v6 || !LWIP_IPV4))
        return Errno::netunreach;
    if (is_any(place.ip))
        ip_addr_set_loopback_val(IP_IS_V6_VAL(place.ip), place.ip);
    return place;
}

void tell_place(SocketAddress& out, int domain, const Place& place) {
    if (domain == UK_AF_INET) {
        uk_sockaddr_in in = {};
        in.sin_family = UK_AF_INET;
        in.sin_port = lwip_htons(place.port);
#if LWIP_IPV4
        if (IP_IS_V4_VAL(place.ip))
            in.sin_addr.s_addr = ip4_addr_get_u32(ip_2_ip4(&place.ip));
#endif
        out.set(in);
        return;
    }
    uk_sockaddr_in6 in = {};
    in.sin6_family = UK_AF_INET6;
    in.sin6_port = lwip_htons(place.port);
#if LWIP_IPV6
    if (IP_IS_V6_VAL(place.ip)) {
        memcpy(in.sin6_addr.bytes, ip_2_ip6(&place.ip)->addr, sizeof in.sin6_addr.bytes);
        in.sin6_scope_id = ip6_addr_zone(ip_2_ip6(&place.ip));
    }
#endif
#if LWIP_IPV4
    if (IP_IS_V4_VAL(place.ip) && !is_any(place.ip)) {
        in.sin6_addr.bytes[10] = in.sin6_addr.bytes[11] = 0xff;
        memcpy(in.sin6_addr.bytes + 12, &ip_2_ip4(&place.ip)->addr, sizeof(uint32_t));
    }
#endif
    out.set(in);
}

bool is_any(const ip_addr_t& ip) {
    return IP_IS_ANY_TYPE_VAL(ip) || ip_addr_isany_val(ip);
}

bool is_own_or_any(const ip_addr_t& ip) {
    if (is_any(ip) || ip_addr_isloopback(&ip))
        return true;
    for (const netif* one = netif_list; one != nullptr; one = one->next) {
#if LWIP_IPV4
        if (IP_IS_V4_VAL(ip) && ip4_addr_cmp(netif_ip4_addr(one), ip_2_ip4(&ip)))
            return true;
#endif
#if LWIP_IPV6
        for (unsigned i = 0; IP_IS_V6_VAL(ip) && i < LWIP_IPV6_NUM_ADDRESSES; i++) {
            if (ip6_addr_isvalid(netif_ip6_addr_state(one, i)) &&
                ip6_addr_cmp_zoneless(netif_ip6_addr(one, i), ip_2_ip6(&ip)))
                return true;
        }
#endif
    }
    return false;
}

bool same_ip(const ip_addr_t& one, const ip_addr_t& other) {
    if (IP_IS_V6_VAL(one) != IP_IS_V6_VAL(other))
        return false;
#if LWIP_IPV6
    if (IP_IS_V6_VAL(one))
        return ip6_addr_cmp_zoneless(ip_2_ip6(&one), ip_2_ip6(&other));
#endif
#if LWIP_IPV4
    return ip4_addr_cmp(ip_2_ip4(&one), ip_2_ip4(&other));
#else
    return false;
#endif
}

bool overlap(const ip_addr_t& one, const ip_addr_t& other) {
    if (IP_IS_ANY_TYPE_VAL(one) || IP_IS_ANY_TYPE_VAL(other))
        return true;
    if (IP_IS_V6_VAL(one) != IP_IS_V6_VAL(other))
        return false;
    return is_any(one) || is_any(other) || ip_addr_cmp(&one, &other);
}

bool is_multicast(const ip_addr_t& ip) {
    return ip_addr_ismulticast(&ip);
}

bool is_broadcast([[maybe_unused]] const ip_addr_t& ip) {
#if LWIP_IPV4
    if (!IP_IS_V4_VAL(ip))
        return false;
    if (ip4_addr_get_u32(ip_2_ip4(&ip)) == IPADDR_BROADCAST)
        return true;
    for (netif* one = netif_list; one != nullptr; one = one->next) {
        if (ip4_addr_isbroadcast(ip_2_ip4(&ip), one))
            return true;
    }
#endif
    return false;
}

} // namespace uk::lwip
