// SPDX-License-Identifier: BSD-3-Clause
// UdpEnd: options of the levels IPPROTO_IP and IPPROTO_IPV6; ip(7), ipv6(7).
#include "udp_end.hpp"

#include <lwip/igmp.h>
#include <lwip/mld6.h>
#include <lwip/netif.h>

#include <uk/abi/in.h>
#include <uk/string.h>

namespace uk::lwip {
namespace {

// The options of both levels that mean the same.
enum class Meaning : uint8_t {
    none,
    ttl,
    tos,
    multicast_ttl,
    multicast_loop,
    multicast_interface,
    join,
    leave,
    info,
};
struct Name {
    int v4, v6;
    Meaning meaning;
};
constexpr Name kNames[] = {
    {UK_IP_TTL, UK_IPV6_UNICAST_HOPS, Meaning::ttl},
    {UK_IP_TOS, UK_IPV6_TCLASS, Meaning::tos},
    {UK_IP_MULTICAST_TTL, UK_IPV6_MULTICAST_HOPS, Meaning::multicast_ttl},
    {UK_IP_MULTICAST_LOOP, UK_IPV6_MULTICAST_LOOP, Meaning::multicast_loop},
    {UK_IP_MULTICAST_IF, UK_IPV6_MULTICAST_IF, Meaning::multicast_interface},
    {UK_IP_ADD_MEMBERSHIP, UK_IPV6_ADD_MEMBERSHIP, Meaning::join},
    {UK_IP_DROP_MEMBERSHIP, UK_IPV6_DROP_MEMBERSHIP, Meaning::leave},
    {UK_IP_PKTINFO, UK_IPV6_RECVPKTINFO, Meaning::info},
};

Meaning meaning_of(int name, bool v6) {
    for (const Name& one : kNames) {
        if ((v6 ? one.v6 : one.v4) == name)
            return one.meaning;
    }
    return Meaning::none;
}

// A program may give a byte where an int is meant, at the level IPPROTO_IP.
Result<int> wanted_number(const SocketOption& option) {
    if (option.level == UK_IPPROTO_IP && option.value.size() < sizeof(int))
        return static_cast<int>(UK_TRY(option.wanted<uint8_t>()));
    return option.wanted();
}

// Errors: EINVAL.
Result<uint8_t> wanted_byte(const SocketOption& option, int usual) {
    const int wanted = UK_TRY(wanted_number(option));
    if (wanted < -1 || wanted > 255)
        return Errno::inval;
    return static_cast<uint8_t>(wanted < 0 ? usual : wanted);
}

#if LWIP_IPV4
// The interface with the address; where none is named, the one that leads to others.
uint8_t interface_of(uint32_t v4) {
    for (const netif* one = netif_list; one != nullptr; one = one->next) {
        if (v4 != 0 && ip4_addr_get_u32(netif_ip4_addr(one)) == v4)
            return netif_get_index(one);
    }
    return v4 == 0 && netif_default != nullptr ? netif_get_index(netif_default) : 0;
}
#endif

} // namespace

Result<size_t> UdpEnd::option(const SocketOption& option, uint8_t type) {
    const bool v6 = option.level == UK_IPPROTO_IPV6;
    if (option.level != UK_IPPROTO_IP && !v6)
        return Errno::noprotoopt;
    UK_TRY(need_pcb(type));
    if (!option.sets())
        return answer(option, v6);
    UK_TRY(change(option, v6, type));
    return size_t{0};
}

Result<size_t> UdpEnd::answer(const SocketOption& option, bool v6) const {
    switch (meaning_of(option.name, v6)) {
    case Meaning::ttl:
        return option.tell(int{pcb_->ttl});
    case Meaning::tos:
        return option.tell(int{pcb_->tos});
    case Meaning::multicast_ttl:
        return option.tell(int{udp_get_multicast_ttl(pcb_)});
    case Meaning::multicast_loop:
        return option.tell(int{(pcb_->flags & UDP_FLAGS_MULTICAST_LOOP) != 0});
    case Meaning::info:
        return option.tell(int{tells_info_});
    case Meaning::multicast_interface:
        if (v6)
            return option.tell(int{udp_get_multicast_netif_index(pcb_)});
        return Errno::noprotoopt;
    default:
        return Errno::noprotoopt;
    }
}

Result<> UdpEnd::change(const SocketOption& option, bool v6, uint8_t /*type*/) {
    switch (meaning_of(option.name, v6)) {
    case Meaning::ttl: {
        const uint8_t wanted = UK_TRY(wanted_byte(option, UDP_TTL));
        if (wanted == 0 && !v6)
            return Errno::inval;
        pcb_->ttl = wanted;
        return ok();
    }
    case Meaning::tos:
        pcb_->tos = UK_TRY(wanted_byte(option, 0));
        return ok();
    case Meaning::multicast_ttl:
        udp_set_multicast_ttl(pcb_, UK_TRY(wanted_byte(option, 1)));
        return ok();
    case Meaning::multicast_loop:
        if (UK_TRY(wanted_number(option)) != 0)
            udp_set_flags(pcb_, UDP_FLAGS_MULTICAST_LOOP);
        else
            udp_clear_flags(pcb_, UDP_FLAGS_MULTICAST_LOOP);
        return ok();
    case Meaning::info:
        tells_info_ = UK_TRY(option.wanted()) != 0;
        return ok();
    case Meaning::multicast_interface: {
        Group group = {};
        if (v6) {
            const int wanted = UK_TRY(option.wanted());
            group.interface = static_cast<uint8_t>(wanted);
            if (wanted < 0 || wanted > 0xff)
                return Errno::nodev;
        } else if (option.value.size() >= sizeof(uk_ip_mreqn)) {
            group.interface =
                static_cast<uint8_t>(UK_TRY(option.wanted<uk_ip_mreqn>()).imr_ifindex);
        } else {
#if LWIP_IPV4
            const uint32_t wanted = UK_TRY(option.wanted<uint32_t>());
            group.interface = wanted != 0 ? interface_of(wanted) : 0;
            if (wanted != 0 && group.interface == 0)
                return Errno::addrnotavail;
#endif
        }
        if (group.interface != 0 && netif_get_by_index(group.interface) == nullptr)
            return Errno::nodev;
        udp_set_multicast_netif_index(pcb_, group.interface);
        return ok();
    }
    case Meaning::join:
        return change_group(option, v6, true);
    case Meaning::leave:
        return change_group(option, v6, false);
    case Meaning::none:
        break;
    }
    return Errno::noprotoopt;
}

// --- groups ---

Result<> UdpEnd::change_group(const SocketOption& option, bool v6, bool joins) {
    Group group = {};
#if LWIP_IPV6
    if (v6) {
        const auto wanted = UK_TRY(option.wanted<uk_ipv6_mreq>());
        IP_SET_TYPE_VAL(group.ip, IPADDR_TYPE_V6);
        memcpy(ip_2_ip6(&group.ip)->addr, wanted.ipv6mr_multiaddr.bytes, 16);
        group.interface = wanted.ipv6mr_interface != 0 || netif_default == nullptr
                              ? static_cast<uint8_t>(wanted.ipv6mr_interface)
                              : netif_get_index(netif_default);
        if (wanted.ipv6mr_interface > 0xff)
            return Errno::nodev;
    }
#endif
#if LWIP_IPV4
    if (!v6) {
        const auto wanted = UK_TRY(option.wanted<uk_ip_mreq>());
        ip_addr_set_ip4_u32_val(group.ip, wanted.imr_multiaddr.s_addr);
        group.interface = interface_of(wanted.imr_interface.s_addr);
        if (option.value.size() >= sizeof(uk_ip_mreqn)) {
            const int index = UK_TRY(option.wanted<uk_ip_mreqn>()).imr_ifindex;
            if (index != 0)
                group.interface = static_cast<uint8_t>(index);
        }
    }
#endif
    if (!is_multicast(group.ip))
        return Errno::inval;
    if (group.interface == 0 || netif_get_by_index(group.interface) == nullptr)
        return Errno::nodev;
    Group* place = nullptr;
    for (Group& one : groups_) {
        const bool is_it = one.interface == group.interface && ip_addr_cmp(&one.ip, &group.ip);
        if (is_it && joins)
            return Errno::addrinuse;
        if (is_it || (joins && one.interface == 0))
            place = &one;
    }
    if (place == nullptr)
        return joins ? Errno::nobufs : Errno::addrnotavail;
    UK_TRY(joins ? join(group) : leave(group));
    *place = joins ? group : Group{};
    return ok();
}

Result<> UdpEnd::join(const Group& group) {
    netif* const at = netif_get_by_index(group.interface);
    err_t joined = ERR_VAL;
#if LWIP_IPV6
    if (IP_IS_V6_VAL(group.ip))
        joined = mld6_joingroup_netif(at, ip_2_ip6(&group.ip));
#endif
#if LWIP_IPV4
    if (IP_IS_V4_VAL(group.ip))
        joined = igmp_joingroup_netif(at, ip_2_ip4(&group.ip));
#endif
    if (joined == ERR_OK)
        return ok();
    return joined == ERR_MEM ? Errno::nobufs : Errno::nodev;
}

Result<> UdpEnd::leave(const Group& group) {
    netif* const at = netif_get_by_index(group.interface);
    if (at == nullptr)
        return ok();
#if LWIP_IPV6
    if (IP_IS_V6_VAL(group.ip))
        (void)mld6_leavegroup_netif(at, ip_2_ip6(&group.ip));
#endif
#if LWIP_IPV4
    if (IP_IS_V4_VAL(group.ip))
        (void)igmp_leavegroup_netif(at, ip_2_ip4(&group.ip));
#endif
    return ok();
}

void UdpEnd::leave_all() {
    for (Group& one : groups_) {
        if (one.interface != 0)
            (void)leave(one);
        one = {};
    }
}

} // namespace uk::lwip
