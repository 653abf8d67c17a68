// SPDX-License-Identifier: BSD-3-Clause
// AF_INET and AF_INET6 of this image.
#include <uk/config.hpp>

#include "inet.hpp"
#include "tcp_socket.hpp"
#include "udp_socket.hpp"
#if LWIP_RAW
#include "raw_socket.hpp"
#endif

namespace uk::lwip {
namespace {

#if LWIP_RAW
constexpr int icmp_of(int domain) {
    return domain == UK_AF_INET ? UK_IPPROTO_ICMP : UK_IPPROTO_ICMPV6;
}
#endif

Result<Ref<Socket>> create(const SocketKind& kind, uint32_t status) {
    switch (kind.type) {
    case UK_SOCK_STREAM:
        if (kind.protocol != 0 && kind.protocol != UK_IPPROTO_TCP)
            return Errno::protonosupport;
        return TcpSocket<Inet>::make(kind.domain, status);
    case UK_SOCK_DGRAM:
#if LWIP_RAW
        if (kind.protocol == icmp_of(kind.domain))
            return RawSocket<Inet>::make(kind, status);
#endif
        if (kind.protocol != 0 && kind.protocol != UK_IPPROTO_UDP)
            return Errno::protonosupport;
        if constexpr (cfg::liblwip_datagrams)
            return UdpSocket<Inet>::make(kind.domain, status);
        return Errno::socktnosupport;
#if LWIP_RAW
    case UK_SOCK_RAW:
        if (kind.protocol <= 0 || kind.protocol >= UK_IPPROTO_RAW)
            return Errno::protonosupport;
        return RawSocket<Inet>::make(kind, status);
#endif
    default:
        return Errno::socktnosupport;
    }
}

} // namespace

#if LWIP_IPV4
UK_SOCKET_FAMILY({.domain = UK_AF_INET, .name = "inet (lwip)", .create = create});
#endif
#if LWIP_IPV6
UK_SOCKET_FAMILY({.domain = UK_AF_INET6, .name = "inet6 (lwip)", .create = create});
#endif

} // namespace uk::lwip
