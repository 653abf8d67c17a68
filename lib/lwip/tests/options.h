/* SPDX-License-Identifier: BSD-3-Clause */
/* The options of lib/lwip for host tests, whose configuration has no network: the defaults. */
#ifndef UK_LWIP_TEST_OPTIONS_H
#define UK_LWIP_TEST_OPTIONS_H

#define CONFIG_LIBLWIP 1
#define CONFIG_LIBLWIP_IPV4 1
#define CONFIG_LIBLWIP_IPV6 1
#define CONFIG_LIBLWIP_DHCP 1
#define CONFIG_LIBLWIP_DNS 1
#define CONFIG_LIBLWIP_BOOT_WAIT_MS 4000
#define CONFIG_LIBLWIP_END_WAIT_MS 2000
#define CONFIG_LIBLWIP_BUFFERS 512
#define CONFIG_LIBLWIP_MEMORY_KIB 16384
#define CONFIG_LIBLWIP_CONNECTIONS 4096
#define CONFIG_LIBLWIP_UDP_SOCKETS 1024
#define CONFIG_LIBLWIP_TCP_MSS 1460
#define CONFIG_LIBLWIP_TCP_WINDOW_KIB 256
#define CONFIG_LIBLWIP_TCP_SEND_KIB 256
#define CONFIG_LIBLWIP_STATS 1
#define CONFIG_LIBLWIP_SOCKETS 1
#define CONFIG_LIBLWIP_DATAGRAMS 1
#define CONFIG_LIBLWIP_RAW 1

/* Tests let lwIP's own requests for memory fail; surroundings.cpp has this one. */
#ifndef __cplusplus
#define uk_lwip_allocate uk_lwip_test_allocate
#endif

#endif
