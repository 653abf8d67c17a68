// SPDX-License-Identifier: BSD-3-Clause
// RawEnd: packets as they are, and echoes.
#include "raw_end.hpp"

#include <new>

#include <lwip/inet_chksum.h>
#include <lwip/ip.h>
#include <lwip/prot/icmp.h>
#include <lwip/prot/icmp6.h>
#include <lwip/prot/ip4.h>
#include <lwip/stats.h>

#include <uk/abi/in.h>
#include <uk/abi/poll.h>
#include <uk/string.h>

namespace uk::lwip {
namespace {

constexpr uint32_t kIn = UK_POLLIN | UK_POLLRDNORM;
constexpr uint32_t kOut = UK_POLLOUT | UK_POLLWRNORM;
constexpr size_t kOverhead = 256; // what a packet counts besides its bytes
constexpr size_t kEchoHead = 8;
constexpr size_t kSumAt = 2, kIdAt = 4;

constinit RawEnd* g_echoes = nullptr; // those that are open, by next_echo_; under the stack's lock

Errno errno_of(err_t problem) {
    switch (problem) {
    case ERR_OK:
        return Errno::ok;
    case ERR_RTE:
        return Errno::netunreach;
    case ERR_VAL:
        return Errno::inval;
    default:
        return Errno::nobufs;
    }
}

// lwIP counts those that it sends itself.
void count_message([[maybe_unused]] bool v6) {
#if LWIP_STATS && LWIP_IPV6
    if (v6) {
        lwip_stats.icmp6.xmit++;
        return;
    }
#endif
#if LWIP_STATS && LWIP_IPV4
    lwip_stats.icmp.xmit++;
#endif
}

// A reply that a socket takes is no packet of an unknown kind, which icmp6_input() makes of it when
// all sockets have seen it: taken back before. A message counts once, by its number.
void count_taken([[maybe_unused]] const pbuf& message) {
#if LWIP_STATS && LWIP_IPV6
    static constinit uint32_t last = 0;
    const uint32_t number = lwip_stats.icmp6.recv + 1;
    if (number == last || pbuf_get_at(&message, 0) != ICMP6_TYPE_EREP || message.len < kEchoHead)
        return;
    last = number;
    lwip_stats.icmp6.proterr--;
    lwip_stats.icmp6.drop--;
#endif
}

} // namespace

bool RawEnd::is_icmp() const {
    return shape_.protocol == (shape_.is_v6 ? UK_IPPROTO_ICMPV6 : UK_IPPROTO_ICMP);
}

Result<> RawEnd::open() {
    pcb_ = raw_new_ip_type(shape_.is_v6 ? IPADDR_TYPE_V6 : IPADDR_TYPE_V4, shape_.protocol);
    if (pcb_ == nullptr)
        return Errno::nobufs;
#if LWIP_IPV6
    if (shape_.is_v6 && is_icmp()) { // RFC 3542, 3.1
        pcb_->chksum_reqd = 1;
        pcb_->chksum_offset = kSumAt;
    }
#endif
    raw_recv(pcb_, on_received, this);
    if (shape_.echoes) {
        next_echo_ = g_echoes;
        g_echoes = this;
    }
    return ok();
}

void RawEnd::close() {
    if (pcb_ != nullptr)
        raw_remove(pcb_);
    pcb_ = nullptr;
    for (RawEnd** at = &g_echoes; *at != nullptr; at = &(*at)->next_echo_) {
        if (*at == this) {
            *at = next_echo_;
            break;
        }
    }
    while (first_ != nullptr)
        drop_first();
}

// --- where ---

Result<> RawEnd::bind(const Place& to) {
    if (!is_own_or_any(to.ip))
        return Errno::addrnotavail;
    if (shape_.echoes && to.port != 0) {
        const RawEnd* const other = find_echo(to.port);
        if (other != nullptr && other != this)
            return Errno::addrinuse;
        id_ = to.port;
    }
    (void)raw_bind(pcb_, &to.ip);
    if (shape_.echoes && id_ == 0)
        take_id();
    return ok();
}

Result<> RawEnd::connect(const Place& to) {
    if (ip_route(&pcb_->local_ip, &to.ip) == nullptr)
        return Errno::netunreach;
    (void)raw_connect(pcb_, &to.ip);
    return ok();
}

void RawEnd::disconnect() {
    raw_disconnect(pcb_);
}

Result<Place> RawEnd::peer() const {
    if ((pcb_->flags & RAW_FLAGS_CONNECTED) == 0)
        return Errno::notconn;
    return Place{pcb_->remote_ip, 0};
}

Place RawEnd::local() const {
    return {pcb_->local_ip, id_};
}

// --- sent ---

Result<> RawEnd::prepare_echo(pbuf& data) {
    uint8_t head[kEchoHead];
    const uint8_t request = shape_.is_v6 ? uint8_t{ICMP6_TYPE_EREQ} : uint8_t{ICMP_ECHO};
    if (pbuf_copy_partial(&data, head, sizeof head, 0) != sizeof head || head[0] != request ||
        head[1] != 0)
        return Errno::inval;
    if (id_ == 0)
        take_id();
    head[kSumAt] = head[kSumAt + 1] = 0;
    head[kIdAt] = static_cast<uint8_t>(id_ >> 8);
    head[kIdAt + 1] = static_cast<uint8_t>(id_);
    (void)pbuf_take(&data, head, sizeof head);
    if (!shape_.is_v6) {
        const uint16_t sum = inet_chksum_pbuf(&data);
        (void)pbuf_take_at(&data, &sum, sizeof sum, kSumAt);
    }
    return ok();
}

Result<> RawEnd::send(pbuf& data, const Place* to, bool broadcasts) {
    Place connected;
    if (to == nullptr) {
        const Result<Place> known = peer();
        if (!known.ok())
            return Errno::destaddrreq;
        connected = known.value();
        to = &connected;
    }
    if (is_broadcast(to->ip)) {
        if (!broadcasts)
            return Errno::acces;
        ip_set_option(pcb_, SOF_BROADCAST);
    }
    if (shape_.is_v6 && is_icmp()) {
        if (data.tot_len < kSumAt + 2)
            return Errno::inval;
        pbuf_put_at(&data, kSumAt, 0); // lwIP adds up what stands there, too
        pbuf_put_at(&data, kSumAt + 1, 0);
    }
    if (shape_.echoes)
        UK_TRY(prepare_echo(data));
    const err_t sent = raw_sendto(pcb_, &data, &to->ip);
    if (sent != ERR_OK)
        return errno_of(sent);
    if (is_icmp())
        count_message(shape_.is_v6);
    return ok();
}

// --- received ---

const RawEnd* RawEnd::find_echo(uint16_t id) {
    for (const RawEnd* one = g_echoes; one != nullptr; one = one->next_echo_) {
        if (one->id_ == id)
            return one;
    }
    return nullptr;
}

void RawEnd::take_id() {
    uint16_t id = 0;
    do
        id = static_cast<uint16_t>(LWIP_RAND());
    while (id == 0 || find_echo(id) != nullptr);
    id_ = id;
}

// Whether the sum of a message of ICMP is right, where sums are looked at: not on the loopback.
bool RawEnd::is_whole(pbuf& message, [[maybe_unused]] const ip_addr_t& from) const {
    const auto flags = ip_current_input_netif()->chksum_flags;
#if LWIP_IPV6
    if (shape_.is_v6)
        return (flags & NETIF_CHECKSUM_CHECK_ICMP6) == 0 ||
               ip6_chksum_pseudo(&message, IP6_NEXTH_ICMP6, message.tot_len, ip_2_ip6(&from),
                                 ip6_current_dest_addr()) == 0;
#endif
    return (flags & NETIF_CHECKSUM_CHECK_ICMP) == 0 || inet_chksum_pbuf(&message) == 0;
}

// Whether a message of ICMP is one for it.
bool RawEnd::wants(pbuf& message, const ip_addr_t& from) const {
    uint8_t head[kEchoHead] = {};
    const size_t size = pbuf_copy_partial(&message, head, sizeof head, 0);
    if (size < 4)
        return false;
    if (!is_whole(message, from))
        return false;
    if (!shape_.echoes)
        return (blocked_[head[0] / 32] >> head[0] % 32 & 1) == 0;
    const uint8_t reply = shape_.is_v6 ? uint8_t{ICMP6_TYPE_EREP} : uint8_t{ICMP_ER};
    return size == kEchoHead && head[0] == reply && id_ != 0 &&
           (head[kIdAt] << 8 | head[kIdAt + 1]) == id_;
}

// The packet stays lwIP's, and as it is.
u8_t RawEnd::on_received(void* self, raw_pcb* /*pcb*/, pbuf* packet, const ip_addr_t* from) {
    auto& end = *static_cast<RawEnd*>(self);
    const u16_t head = ip_current_header_tot_len();
    if (packet->tot_len < head || pbuf_remove_header(packet, head) != 0)
        return 0;
    const bool wanted = !end.is_icmp() || end.wants(*packet, *from);
    const bool whole = !end.shape_.is_v6 && !end.shape_.echoes;
    if (whole)
        (void)pbuf_add_header_force(packet, head);
    if (wanted && end.is_icmp() && end.shape_.is_v6)
        count_taken(*packet);
    if (wanted)
        end.receive(*packet, *from);
    if (!whole)
        (void)pbuf_add_header_force(packet, head);
    return 0;
}

void RawEnd::receive(pbuf& packet, const ip_addr_t& from) {
    if (used_ + packet.tot_len + kOverhead > most_)
        return;
    void* const memory = uk_lwip_allocate(sizeof(Packet) + packet.tot_len);
    if (memory == nullptr)
        return;
    auto* const copy = ::new (memory) Packet{nullptr, from, packet.tot_len, 0};
#if LWIP_IPV6
    if (shape_.is_v6)
        copy->ttl = IP6H_HOPLIM(ip6_current_header());
#endif
#if LWIP_IPV4
    if (!shape_.is_v6)
        copy->ttl = IPH_TTL(ip4_current_header());
#endif
    (void)pbuf_copy_partial(&packet, copy->bytes(), packet.tot_len, 0);
    (first_ == nullptr ? first_ : last_->next) = copy;
    last_ = copy;
    used_ += copy->size + kOverhead;
    on_events(kIn);
}

Result<const RawEnd::Packet*> RawEnd::arrived() const {
    if (first_ == nullptr)
        return Errno::again;
    return static_cast<const Packet*>(first_);
}

void RawEnd::drop_first() {
    Packet* const gone = first_;
    used_ -= gone->size + kOverhead;
    first_ = gone->next;
    if (first_ == nullptr)
        last_ = nullptr;
    uk_lwip_free(gone);
}

uint32_t RawEnd::ready() const {
    return kOut | (first_ != nullptr ? kIn : 0);
}

// --- options ---

Result<size_t> RawEnd::filter(const SocketOption& option) {
    const size_t size = shape_.is_v6 ? sizeof blocked_ : sizeof blocked_[0];
    if (!option.sets()) {
        const size_t part = min(size, option.value.size());
        memcpy(option.value.data(), blocked_, part);
        return part;
    }
    if (option.value.size() < size)
        return Errno::inval;
    memcpy(blocked_, option.value.data(), size);
    return size_t{0};
}

Result<size_t> RawEnd::option(const SocketOption& option) {
    constexpr int kFilter = 1; // ICMP_FILTER and ICMPV6_FILTER
    const bool v6 = shape_.is_v6;
    if (option.level == (v6 ? UK_IPPROTO_ICMPV6 : UK_IPPROTO_RAW) && option.name == kFilter &&
        is_icmp() && !shape_.echoes)
        return filter(option);
    if (option.level != (v6 ? UK_IPPROTO_IPV6 : UK_IPPROTO_IP))
        return Errno::noprotoopt;
    uint8_t* number = nullptr;
    if (option.name == (v6 ? UK_IPV6_UNICAST_HOPS : UK_IP_TTL))
        number = &pcb_->ttl;
    else if (option.name == (v6 ? UK_IPV6_TCLASS : UK_IP_TOS))
        number = &pcb_->tos;
    else if (option.name != (v6 ? UK_IPV6_RECVHOPLIMIT : UK_IP_RECVTTL))
        return Errno::noprotoopt;
    if (!option.sets())
        return option.tell(number != nullptr ? int{*number} : int{tells_ttl_});
    const int wanted = UK_TRY(option.wanted());
    if (number == nullptr) {
        tells_ttl_ = wanted != 0;
        return size_t{0};
    }
    if (wanted < -1 || wanted > 255 || (wanted == 0 && number == &pcb_->ttl && !v6))
        return Errno::inval;
    const uint8_t usual = number == &pcb_->ttl ? RAW_TTL : 0;
    *number = wanted < 0 ? usual : static_cast<uint8_t>(wanted);
    return size_t{0};
}

} // namespace uk::lwip
