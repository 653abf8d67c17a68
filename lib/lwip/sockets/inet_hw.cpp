// SPDX-License-Identifier: BSD-3-Clause
// AF_INET and AF_INET6 of this image.
#include "inet.hpp"
#include "tcp_socket.hpp"
#include "udp_socket.hpp"

namespace uk::lwip {
namespace {

Result<Ref<Socket>> create(const SocketKind& kind, uint32_t status) {
    switch (kind.type) {
    case UK_SOCK_STREAM:
        if (kind.protocol != 0 && kind.protocol != UK_IPPROTO_TCP)
            return Errno::protonosupport;
        return TcpSocket<Inet>::make(kind.domain, status);
    case UK_SOCK_DGRAM:
        if (kind.protocol != 0 && kind.protocol != UK_IPPROTO_UDP)
            return Errno::protonosupport;
        return UdpSocket<Inet>::make(kind.domain, status);
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
