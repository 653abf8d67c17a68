# SPDX-License-Identifier: BSD-3-Clause
# Where lwIP comes from; also for tests.
LIBLWIP_ORIGIN_NAME := lwip_2.1.3+dfsg1.orig.tar.xz
LIBLWIP_ORIGIN_URL := debsrc:lwip/$(LIBLWIP_ORIGIN_NAME)
LIBLWIP_ORIGIN_SHA256 := 0a8276d09fc4e97bbba2f953d74af2388fc2195ea156be9d7589e297a68fde24
LIBLWIP_ORIGIN_TOP := lwip-2.1.3
LIBLWIP_ORIGIN_ONLY := $(addprefix $(LIBLWIP_ORIGIN_TOP)/,COPYING src)
# What we compile of it, below src/.
LIBLWIP_UPSTREAM_SRCS := $(addprefix core/,def dns inet_chksum init ip mem netif pbuf raw stats tcp tcp_in tcp_out timeouts udp) \
    $(addprefix core/ipv4/,dhcp etharp icmp igmp ip4 ip4_addr ip4_frag) \
    $(addprefix core/ipv6/,ethip6 icmp6 inet6 ip6 ip6_addr ip6_frag mld6 nd6) netif/ethernet
