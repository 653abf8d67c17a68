// SPDX-License-Identifier: BSD-3-Clause
// TcpEnd: options of the levels IPPROTO_TCP, IPPROTO_IP and IPPROTO_IPV6; tcp(7), ip(7), ipv6(7).
#include "tcp_end.hpp"

#include <lwip/priv/tcp_priv.h>

#include <uk/abi/in.h>
#include <uk/abi/tcp.h>
#include <uk/base/minmax.hpp>

namespace uk::lwip {
namespace {

constexpr int kMostIdle = 32767, kMostCount = 127; // Linux's
constexpr int kLeastSegment = 88, kMostSegment = 32767;

uint8_t state_of(tcp_state state) {
    switch (state) {
    case LISTEN:
        return UK_TCP_LISTEN;
    case SYN_SENT:
        return UK_TCP_SYN_SENT;
    case SYN_RCVD:
        return UK_TCP_SYN_RECV;
    case ESTABLISHED:
        return UK_TCP_ESTABLISHED;
    case FIN_WAIT_1:
        return UK_TCP_FIN_WAIT1;
    case FIN_WAIT_2:
        return UK_TCP_FIN_WAIT2;
    case CLOSE_WAIT:
        return UK_TCP_CLOSE_WAIT;
    case CLOSING:
        return UK_TCP_CLOSING;
    case LAST_ACK:
        return UK_TCP_LAST_ACK;
    case TIME_WAIT:
        return UK_TCP_TIME_WAIT;
    case CLOSED:
        break;
    }
    return UK_TCP_CLOSE;
}

// Errors: EINVAL (not in the range).
Result<int> wanted_between(const SocketOption& option, int least, int most) {
    const int wanted = UK_TRY(option.wanted());
    if (wanted < least || wanted > most)
        return Errno::inval;
    return wanted;
}

} // namespace

void TcpEnd::set_wishes(const TcpWishes& wishes) {
    const bool uncorked = wishes_.cork && !wishes.cork;
    wishes_ = wishes;
    apply_wishes();
    if (listens())
        return;
    if (state_ == State::open)
        give_window(0);
    renew_room();
    if (uncorked || wishes_.no_delay)
        flush();
}

void TcpEnd::apply_wishes() {
    if (pcb_ == nullptr)
        return;
    pcb_->ttl = wishes_.ttl;
    pcb_->tos = wishes_.tos;
    if (wishes_.keep_alive)
        ip_set_option(pcb_, SOF_KEEPALIVE);
    else
        ip_reset_option(pcb_, SOF_KEEPALIVE);
    if (pcb_->state == LISTEN)
        return;
    if (wishes_.no_delay)
        tcp_nagle_disable(pcb_);
    else
        tcp_nagle_enable(pcb_);
    pcb_->keep_idle = wishes_.keep_idle_s * 1000;
    pcb_->keep_intvl = wishes_.keep_interval_s * 1000;
    pcb_->keep_cnt = wishes_.keep_count;
    // Segments that are made already keep their size.
    if (wishes_.segment != 0 && pcb_->unsent == nullptr)
        pcb_->mss = min(pcb_->mss, wishes_.segment);
}

Result<size_t> TcpEnd::option(const SocketOption& option) {
    switch (option.level) {
    case UK_IPPROTO_TCP:
        return option.sets() ? change_tcp(option) : tcp_option(option);
    case UK_IPPROTO_IP:
    case UK_IPPROTO_IPV6:
        return ip_option(option);
    default:
        return Errno::noprotoopt;
    }
}

Result<size_t> TcpEnd::tcp_option(const SocketOption& option) {
    switch (option.name) {
    case UK_TCP_NODELAY:
        return option.tell(int{wishes_.no_delay});
    case UK_TCP_CORK:
        return option.tell(int{wishes_.cork});
    case UK_TCP_MAXSEG:
        return option.tell(static_cast<int>(segment()));
    case UK_TCP_KEEPIDLE:
        return option.tell(static_cast<int>(wishes_.keep_idle_s));
    case UK_TCP_KEEPINTVL:
        return option.tell(static_cast<int>(wishes_.keep_interval_s));
    case UK_TCP_KEEPCNT:
        return option.tell(static_cast<int>(wishes_.keep_count));
    case UK_TCP_INFO:
        return info(option);
    default:
        return Errno::noprotoopt;
    }
}

Result<size_t> TcpEnd::change_tcp(const SocketOption& option) {
    TcpWishes wishes = wishes_;
    switch (option.name) {
    case UK_TCP_NODELAY:
        wishes.no_delay = UK_TRY(option.wanted()) != 0;
        break;
    case UK_TCP_CORK:
        wishes.cork = UK_TRY(option.wanted()) != 0;
        break;
    case UK_TCP_MAXSEG:
        wishes.segment =
            static_cast<uint16_t>(UK_TRY(wanted_between(option, kLeastSegment, kMostSegment)));
        break;
    case UK_TCP_KEEPIDLE:
        wishes.keep_idle_s = static_cast<uint32_t>(UK_TRY(wanted_between(option, 1, kMostIdle)));
        break;
    case UK_TCP_KEEPINTVL:
        wishes.keep_interval_s =
            static_cast<uint32_t>(UK_TRY(wanted_between(option, 1, kMostIdle)));
        break;
    case UK_TCP_KEEPCNT:
        wishes.keep_count = static_cast<uint32_t>(UK_TRY(wanted_between(option, 1, kMostCount)));
        break;
    default:
        return Errno::noprotoopt;
    }
    set_wishes(wishes);
    return size_t{0};
}

// What lwIP does not count is 0.
Result<size_t> TcpEnd::info(const SocketOption& option) const {
    uk_tcp_info out = {};
    out.tcpi_state = pcb_ != nullptr ? state_of(pcb_->state) : UK_TCP_CLOSE;
    if (pcb_ != nullptr && pcb_->state != LISTEN) {
        constexpr uint32_t kTick = 1000 * TCP_SLOW_INTERVAL; // us
        const uint32_t segment = max(uint32_t{pcb_->mss}, 1U);
        out.tcpi_rto = static_cast<uint32_t>(max(int{pcb_->rto}, 0)) * kTick;
        out.tcpi_options =
            static_cast<uint8_t>(((pcb_->flags & TF_SACK) != 0 ? UK_TCPI_OPT_SACK : 0) |
                                 ((pcb_->flags & TF_WND_SCALE) != 0 ? UK_TCPI_OPT_WSCALE : 0));
        out.tcpi_snd_mss = out.tcpi_rcv_mss = pcb_->mss;
        out.tcpi_advmss = TCP_MSS;
        out.tcpi_retransmits = pcb_->nrtx;
        out.tcpi_total_retrans = pcb_->sent_again;
        out.tcpi_probes = pcb_->persist_probe;
        out.tcpi_backoff = pcb_->persist_backoff;
        // In segments, the last one may be short: 0 is when everything was acknowledged.
        out.tcpi_unacked = (pcb_->snd_nxt - pcb_->lastack + segment - 1) / segment;
        out.tcpi_snd_cwnd = pcb_->cwnd / segment;
        out.tcpi_snd_ssthresh = pcb_->ssthresh / segment;
        out.tcpi_rcv_space = pcb_->rcv_wnd;
        out.tcpi_rtt = static_cast<uint32_t>(max(int{pcb_->sa}, 0)) / 8 * kTick;
        out.tcpi_rttvar = static_cast<uint32_t>(max(int{pcb_->sv}, 0)) / 4 * kTick;
        out.uk_window_scales = static_cast<uint8_t>(pcb_->snd_scale | pcb_->rcv_scale << 4);
    }
    if (pcb_ != nullptr && pcb_->state == LISTEN) {
        out.tcpi_unacked = children_count_; // as on Linux
        out.tcpi_sacked = backlog_ - 1;
    }
    return option.tell(out);
}

Result<size_t> TcpEnd::ip_option(const SocketOption& option) {
    const bool v6 = option.level == UK_IPPROTO_IPV6;
    TcpWishes wishes = wishes_;
    if (option.name == (v6 ? UK_IPV6_UNICAST_HOPS : UK_IP_TTL)) {
        if (!option.sets())
            return option.tell(int{wishes_.ttl});
        const int wanted = UK_TRY(wanted_between(option, -1, 255));
        if (wanted == 0 && !v6)
            return Errno::inval;
        wishes.ttl = static_cast<uint8_t>(wanted < 0 ? TCP_TTL : wanted);
    } else if (option.name == (v6 ? UK_IPV6_TCLASS : UK_IP_TOS)) {
        if (!option.sets())
            return option.tell(int{wishes_.tos});
        wishes.tos = static_cast<uint8_t>(max(UK_TRY(wanted_between(option, -1, 255)), 0));
    } else {
        return Errno::noprotoopt;
    }
    set_wishes(wishes);
    return size_t{0};
}

} // namespace uk::lwip
