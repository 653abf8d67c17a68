/* SPDX-License-Identifier: BSD-3-Clause */
/* Options of TCP. */
#pragma once

#include <stdint.h>
#include <uk/abi/tcp.h>

struct tcp_info {
    uint8_t tcpi_state;
    uint8_t tcpi_ca_state;
    uint8_t tcpi_retransmits;
    uint8_t tcpi_probes;
    uint8_t tcpi_backoff;
    uint8_t tcpi_options;
    uint8_t tcpi_snd_wscale : 4, tcpi_rcv_wscale : 4;
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

#define SOL_TCP 6
#define TCP_NODELAY UK_TCP_NODELAY
#define TCP_MAXSEG UK_TCP_MAXSEG
#define TCP_CORK UK_TCP_CORK
#define TCP_KEEPIDLE UK_TCP_KEEPIDLE
#define TCP_KEEPINTVL UK_TCP_KEEPINTVL
#define TCP_KEEPCNT UK_TCP_KEEPCNT
#define TCP_SYNCNT UK_TCP_SYNCNT
#define TCP_LINGER2 UK_TCP_LINGER2
#define TCP_DEFER_ACCEPT UK_TCP_DEFER_ACCEPT
#define TCP_WINDOW_CLAMP UK_TCP_WINDOW_CLAMP
#define TCP_INFO UK_TCP_INFO
#define TCP_QUICKACK UK_TCP_QUICKACK
#define TCP_CONGESTION UK_TCP_CONGESTION
#define TCP_USER_TIMEOUT UK_TCP_USER_TIMEOUT
#define TCP_FASTOPEN UK_TCP_FASTOPEN
#define TCP_NOTSENT_LOWAT UK_TCP_NOTSENT_LOWAT
#define TCP_FASTOPEN_CONNECT UK_TCP_FASTOPEN_CONNECT
#define TCP_ESTABLISHED UK_TCP_ESTABLISHED
#define TCP_SYN_SENT UK_TCP_SYN_SENT
#define TCP_SYN_RECV UK_TCP_SYN_RECV
#define TCP_FIN_WAIT1 UK_TCP_FIN_WAIT1
#define TCP_FIN_WAIT2 UK_TCP_FIN_WAIT2
#define TCP_TIME_WAIT UK_TCP_TIME_WAIT
#define TCP_CLOSE UK_TCP_CLOSE
#define TCP_CLOSE_WAIT UK_TCP_CLOSE_WAIT
#define TCP_LAST_ACK UK_TCP_LAST_ACK
#define TCP_LISTEN UK_TCP_LISTEN
#define TCP_CLOSING UK_TCP_CLOSING
#define TCPI_OPT_TIMESTAMPS UK_TCPI_OPT_TIMESTAMPS
#define TCPI_OPT_SACK UK_TCPI_OPT_SACK
#define TCPI_OPT_WSCALE UK_TCPI_OPT_WSCALE
#define TCPI_OPT_ECN UK_TCPI_OPT_ECN
#define TCPI_OPT_ECN_SEEN UK_TCPI_OPT_ECN_SEEN
#define TCPI_OPT_SYN_DATA UK_TCPI_OPT_SYN_DATA
