// SPDX-License-Identifier: BSD-3-Clause
// As abi.cpp: proof that the structures of sockets are those of the system calls.
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <uk/abi/if.h>
#include <uk/abi/in.h>
#include <uk/abi/socket.h>
#include <uk/abi/tcp.h>
#include <uk/abi/un.h>

#include "same.hpp"

SIZE(sockaddr);
SAME(sockaddr, sa_family);
SAME(sockaddr, sa_data);
SIZE(sockaddr_storage);
SAME(sockaddr_storage, ss_family);
SIZE(sockaddr_un);
SAME(sockaddr_un, sun_family);
SAME(sockaddr_un, sun_path);
SIZE(linger);
SAME(linger, l_onoff);
SAME(linger, l_linger);
SIZE(ucred);
SAME(ucred, pid);
SAME(ucred, uid);
SAME(ucred, gid);
SIZE(msghdr);
SAME(msghdr, msg_name);
SAME(msghdr, msg_namelen);
SAME(msghdr, msg_iov);
SAME(msghdr, msg_iovlen);
SAME(msghdr, msg_control);
SAME(msghdr, msg_controllen);
SAME(msghdr, msg_flags);
SIZE(mmsghdr);
SAME(mmsghdr, msg_hdr);
SAME(mmsghdr, msg_len);
SIZE(cmsghdr);
SAME(cmsghdr, cmsg_len);
SAME(cmsghdr, cmsg_level);
SAME(cmsghdr, cmsg_type);
SIZE(in_addr);
SAME(in_addr, s_addr);
SIZE(sockaddr_in);
SAME(sockaddr_in, sin_family);
SAME(sockaddr_in, sin_port);
SAME(sockaddr_in, sin_addr);
SIZE(in6_addr);
MEMBER(struct in6_addr, s6_addr, uk_in6_addr, bytes);
SIZE(sockaddr_in6);
SAME(sockaddr_in6, sin6_family);
SAME(sockaddr_in6, sin6_port);
SAME(sockaddr_in6, sin6_flowinfo);
SAME(sockaddr_in6, sin6_addr);
SAME(sockaddr_in6, sin6_scope_id);
SIZE(ip_mreq);
SAME(ip_mreq, imr_multiaddr);
SAME(ip_mreq, imr_interface);
SIZE(ip_mreqn);
SAME(ip_mreqn, imr_multiaddr);
SAME(ip_mreqn, imr_address);
SAME(ip_mreqn, imr_ifindex);
SIZE(in_pktinfo);
SAME(in_pktinfo, ipi_ifindex);
SAME(in_pktinfo, ipi_spec_dst);
SAME(in_pktinfo, ipi_addr);
SIZE(ipv6_mreq);
SAME(ipv6_mreq, ipv6mr_multiaddr);
SAME(ipv6_mreq, ipv6mr_interface);
SIZE(in6_pktinfo);
SAME(in6_pktinfo, ipi6_addr);
SAME(in6_pktinfo, ipi6_ifindex);
SIZE(tcp_info);
SAME(tcp_info, tcpi_state);
SAME(tcp_info, tcpi_ca_state);
SAME(tcp_info, tcpi_retransmits);
SAME(tcp_info, tcpi_probes);
SAME(tcp_info, tcpi_backoff);
SAME(tcp_info, tcpi_options);
SAME(tcp_info, tcpi_rto);
SAME(tcp_info, tcpi_ato);
SAME(tcp_info, tcpi_snd_mss);
SAME(tcp_info, tcpi_rcv_mss);
SAME(tcp_info, tcpi_unacked);
SAME(tcp_info, tcpi_sacked);
SAME(tcp_info, tcpi_lost);
SAME(tcp_info, tcpi_retrans);
SAME(tcp_info, tcpi_fackets);
SAME(tcp_info, tcpi_last_data_sent);
SAME(tcp_info, tcpi_last_ack_sent);
SAME(tcp_info, tcpi_last_data_recv);
SAME(tcp_info, tcpi_last_ack_recv);
SAME(tcp_info, tcpi_pmtu);
SAME(tcp_info, tcpi_rcv_ssthresh);
SAME(tcp_info, tcpi_rtt);
SAME(tcp_info, tcpi_rttvar);
SAME(tcp_info, tcpi_snd_ssthresh);
SAME(tcp_info, tcpi_snd_cwnd);
SAME(tcp_info, tcpi_advmss);
SAME(tcp_info, tcpi_reordering);
SAME(tcp_info, tcpi_rcv_rtt);
SAME(tcp_info, tcpi_rcv_space);
SAME(tcp_info, tcpi_total_retrans);
SIZE(ifreq);
MEMBER(struct ifreq, ifr_name, uk_ifreq, name);
MEMBER(struct ifreq, ifr_addr, uk_ifreq, what.addr);
MEMBER(struct ifreq, ifr_flags, uk_ifreq, what.flags);
MEMBER(struct ifreq, ifr_ifindex, uk_ifreq, what.ifindex);
SIZE(ifconf);
MEMBER(struct ifconf, ifc_len, uk_ifconf, ifc_len);
MEMBER(struct ifconf, ifc_buf, uk_ifconf, buffer);
