/* SPDX-License-Identifier: BSD-3-Clause */
/* Options of level IPPROTO_TCP, and UDP's. */
#pragma once

#include <uk/abi/types.h>

#define UK_TCP_NODELAY 1
#define UK_TCP_MAXSEG 2
#define UK_TCP_CORK 3
#define UK_TCP_KEEPIDLE 4
#define UK_TCP_KEEPINTVL 5
#define UK_TCP_KEEPCNT 6
#define UK_TCP_SYNCNT 7
#define UK_TCP_LINGER2 8
#define UK_TCP_DEFER_ACCEPT 9
#define UK_TCP_WINDOW_CLAMP 10
#define UK_TCP_INFO 11
#define UK_TCP_QUICKACK 12
#define UK_TCP_CONGESTION 13
#define UK_TCP_USER_TIMEOUT 18
#define UK_TCP_FASTOPEN 23
#define UK_TCP_NOTSENT_LOWAT 25
#define UK_TCP_FASTOPEN_CONNECT 30

/* tcpi_state */
#define UK_TCP_ESTABLISHED 1
#define UK_TCP_SYN_SENT 2
#define UK_TCP_SYN_RECV 3
#define UK_TCP_FIN_WAIT1 4
#define UK_TCP_FIN_WAIT2 5
#define UK_TCP_TIME_WAIT 6
#define UK_TCP_CLOSE 7
#define UK_TCP_CLOSE_WAIT 8
#define UK_TCP_LAST_ACK 9
#define UK_TCP_LISTEN 10
#define UK_TCP_CLOSING 11

/* tcpi_options: what both sides agreed upon */
#define UK_TCPI_OPT_TIMESTAMPS 1
#define UK_TCPI_OPT_SACK 2
#define UK_TCPI_OPT_WSCALE 4
#define UK_TCPI_OPT_ECN 8
#define UK_TCPI_OPT_ECN_SEEN 16
#define UK_TCPI_OPT_SYN_DATA 32

/* What TCP_INFO tells; times in microseconds, but tcpi_last_*: milliseconds. */
struct uk_tcp_info {
    uint8_t tcpi_state;
    uint8_t tcpi_ca_state;
    uint8_t tcpi_retransmits;
    uint8_t tcpi_probes;
    uint8_t tcpi_backoff;
    uint8_t tcpi_options;
    uint8_t uk_window_scales; /* of what is sent in the lower 4 bits, of what is received above */
    uint8_t uk_padding;
    uint32_t tcpi_rto;
    uint32_t tcpi_ato;
    uint32_t tcpi_snd_mss;
    uint32_t tcpi_rcv_mss;
    uint32_t tcpi_unacked;
    uint32_t tcpi_sacked;
    uint32_t tcpi_lost;
    uint32_t tcpi_retrans;
    uint32_t tcpi_fackets;
    uint32_t tcpi_last_data_sent;
    uint32_t tcpi_last_ack_sent;
    uint32_t tcpi_last_data_recv;
    uint32_t tcpi_last_ack_recv;
    uint32_t tcpi_pmtu;
    uint32_t tcpi_rcv_ssthresh;
    uint32_t tcpi_rtt;
    uint32_t tcpi_rttvar;
    uint32_t tcpi_snd_ssthresh;
    uint32_t tcpi_snd_cwnd;
    uint32_t tcpi_advmss;
    uint32_t tcpi_reordering;
    uint32_t tcpi_rcv_rtt;
    uint32_t tcpi_rcv_space;
    uint32_t tcpi_total_retrans;
};
