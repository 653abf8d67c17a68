// SPDX-License-Identifier: BSD-3-Clause
// UdpEnd: datagrams.
#include "udp_end.hpp"

#include <lwip/ip.h>
#include <lwip/netif.h>

#include <uk/abi/poll.h>
#include <uk/string.h>

namespace uk::lwip {

// Behind the addresses to and from: 16 bytes of an IPv4 datagram's 28, 40 of an IPv6 one's 48.
struct UdpEnd::Note {
    uint8_t is_v6;
    uint8_t interface;
    uint16_t port;
    uint8_t zone;
    uint8_t padding[3];

    [[nodiscard]] size_t address_bytes() const { return is_v6 != 0 ? 16 : 4; }
};

namespace {

constexpr uint32_t kIn = UK_POLLIN | UK_POLLRDNORM;
constexpr uint32_t kOut = UK_POLLOUT | UK_POLLWRNORM;
constexpr size_t kOverhead = 256; // what a datagram counts besides its bytes

Errno errno_of(err_t problem) {
    switch (problem) {
    case ERR_OK:
        return Errno::ok;
    case ERR_RTE:
        return Errno::netunreach;
    case ERR_USE:
        return Errno::addrinuse;
    case ERR_VAL:
        return Errno::inval;
    default:
        return Errno::nobufs;
    }
}

const void* raw(const ip_addr_t& ip) {
#if LWIP_IPV6
    if (IP_IS_V6_VAL(ip))
        return ip_2_ip6(&ip)->addr;
#endif
#if LWIP_IPV4
    return &ip_2_ip4(&ip)->addr;
#else
    return nullptr;
#endif
}

ip_addr_t address_of([[maybe_unused]] bool is_v6, const uint8_t* bytes,
                     [[maybe_unused]] uint8_t zone) {
    ip_addr_t out = {};
    IP_SET_TYPE_VAL(out, is_v6 ? IPADDR_TYPE_V6 : IPADDR_TYPE_V4);
#if LWIP_IPV6
    if (is_v6) {
        memcpy(ip_2_ip6(&out)->addr, bytes, 16);
        ip6_addr_set_zone(ip_2_ip6(&out), zone);
        return out;
    }
#endif
#if LWIP_IPV4
    memcpy(&ip_2_ip4(&out)->addr, bytes, 4);
#endif
    return out;
}

} // namespace

Result<> UdpEnd::need_pcb(uint8_t type) {
    if (pcb_ != nullptr)
        return ok();
    pcb_ = udp_new_ip_type(type);
    if (pcb_ == nullptr)
        return Errno::nobufs;
    udp_set_flags(pcb_, UDP_FLAGS_MULTICAST_LOOP);
    udp_recv(pcb_, on_received, this);
    return ok();
}

Result<> UdpEnd::bind(const Place& to, uint8_t type, bool reuse) {
    if (is_bound())
        return Errno::inval;
    if (!is_own_or_any(to.ip) && !is_multicast(to.ip) && !is_broadcast(to.ip))
        return Errno::addrnotavail;
    UK_TRY(need_pcb(type));
    if (reuse)
        ip_set_option(pcb_, SOF_REUSEADDR);
    const err_t bound = udp_bind(pcb_, &to.ip, to.port);
    if (bound != ERR_OK)
        return errno_of(bound);
    return ok();
}

Result<> UdpEnd::connect(const Place& to, uint8_t type, bool broadcasts) {
    if (is_broadcast(to.ip) && !broadcasts)
        return Errno::acces;
    UK_TRY(need_pcb(type));
    if (ip_route(&pcb_->local_ip, &to.ip) == nullptr)
        return Errno::netunreach;
    const err_t connected = udp_connect(pcb_, &to.ip, to.port);
    if (connected != ERR_OK)
        return errno_of(connected);
    reads_ = writes_ = true;
    return ok();
}

void UdpEnd::disconnect() {
    if (pcb_ != nullptr)
        udp_disconnect(pcb_);
    reads_ = writes_ = true;
}

Result<> UdpEnd::shutdown(bool receive, bool send) {
    UK_TRY(peer());
    reads_ = reads_ && !receive;
    writes_ = writes_ && !send;
    on_events(kIn | kOut | UK_POLLRDHUP | UK_POLLHUP);
    return ok();
}

void UdpEnd::close() {
    leave_all();
    if (pcb_ != nullptr)
        udp_remove(pcb_);
    pcb_ = nullptr;
    while (first_ != nullptr)
        drop_first();
}

Result<Place> UdpEnd::peer() const {
    if (pcb_ == nullptr || (pcb_->flags & UDP_FLAGS_CONNECTED) == 0)
        return Errno::notconn;
    return Place{pcb_->remote_ip, pcb_->remote_port};
}

// Where it is connected, its datagrams leave from one address.
Place UdpEnd::local() const {
    if (pcb_ == nullptr)
        return {};
    Place place{pcb_->local_ip, pcb_->local_port};
    if ((pcb_->flags & UDP_FLAGS_CONNECTED) == 0 || !is_any(place.ip))
        return place;
    netif* const way = ip_route(&pcb_->local_ip, &pcb_->remote_ip);
    if (way == nullptr)
        return place;
    if (const ip_addr_t* const own = ip_netif_get_local_ip(way, &pcb_->remote_ip))
        place.ip = *own;
    return place;
}

Result<> UdpEnd::send(pbuf& data, const Place* to, uint8_t type, bool broadcasts) {
    if (!writes_)
        return Errno::pipe;
    if (error_ != Errno::ok)
        return take_error();
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
        UK_TRY(need_pcb(type));
        ip_set_option(pcb_, SOF_BROADCAST);
    }
    UK_TRY(need_pcb(type));
    const err_t sent = send_whole(data, *to);
    if (sent != ERR_OK)
        return errno_of(sent);
    return ok();
}

// A device computes the checksum of a packet, and cannot of one that leaves in fragments.
err_t UdpEnd::send_whole(pbuf& data, const Place& to) {
    constexpr unsigned kHeads = 48; // IPv6 and UDP
    uint8_t index = pcb_->netif_idx;
    if (index == NETIF_NO_INDEX && is_multicast(to.ip))
        index = udp_get_multicast_netif_index(pcb_);
    netif* const way =
        index != NETIF_NO_INDEX ? netif_get_by_index(index) : ip_route(&pcb_->local_ip, &to.ip);
    if (way == nullptr)
        return ERR_RTE;
    const auto usual = way->chksum_flags;
    if (way->mtu != 0 && data.tot_len + kHeads > way->mtu)
        way->chksum_flags = static_cast<uint16_t>(usual | NETIF_CHECKSUM_GEN_UDP);
    const err_t sent = udp_sendto(pcb_, &data, &to.ip, to.port);
    way->chksum_flags = usual;
    return sent;
}

void UdpEnd::on_received(void* self, udp_pcb* /*pcb*/, pbuf* data, const ip_addr_t* from,
                         uint16_t port) {
    auto* const end = static_cast<UdpEnd*>(self);
    if (end->used_ + data->tot_len + kOverhead > end->most_ || !end->reads_) {
        end->dropped_++;
        pbuf_free(data);
        return;
    }
    Note note = {};
    note.is_v6 = IP_IS_V6(from) ? 1 : 0;
    note.interface = netif_get_index(ip_current_input_netif());
    note.port = port;
#if LWIP_IPV6
    if (note.is_v6 != 0)
        note.zone = ip6_addr_zone(ip_2_ip6(from));
#endif
    auto* const at = static_cast<std::byte*>(data->payload) - sizeof note;
    const size_t size = note.address_bytes();
    // `from` and the other one may be in the header that is written over.
    const ip_addr_t sender = *from, receiver = *ip_current_dest_addr();
    memcpy(at, &note, sizeof note);
    memcpy(at - size, raw(sender), size);
    memcpy(at - 2 * size, raw(receiver), size);
    end->append(*data);
    end->on_events(kIn);
}

void UdpEnd::append(pbuf& data) {
    (first_ == nullptr ? first_ : last_->next) = &data;
    pbuf* last = &data;
    while (last->tot_len != last->len)
        last = last->next;
    last_ = last;
    used_ += data.tot_len + kOverhead;
}

Result<UdpEnd::Arrived> UdpEnd::arrived() {
    if (error_ != Errno::ok)
        return take_error();
    if (first_ == nullptr)
        return reads_ ? Result<Arrived>(Errno::again) : Arrived{};
    Note note;
    const auto* const at = static_cast<const uint8_t*>(first_->payload) - sizeof note;
    memcpy(&note, at, sizeof note);
    const size_t size = note.address_bytes();
    return Arrived{.data = first_,
                   .size = first_->tot_len,
                   .from = {address_of(note.is_v6 != 0, at - size, note.zone), note.port},
                   .to = address_of(note.is_v6 != 0, at - 2 * size, 0),
                   .interface = note.interface};
}

void UdpEnd::drop_first() {
    pbuf* last = first_;
    while (last->tot_len != last->len)
        last = last->next;
    pbuf* const gone = first_;
    used_ -= gone->tot_len + kOverhead;
    first_ = last->next;
    last->next = nullptr;
    if (first_ == nullptr)
        last_ = nullptr;
    pbuf_free(gone);
}

void UdpEnd::on_icmp_error(const IcmpError& error) {
    for (udp_pcb* one = udp_pcbs; error.is_final && one != nullptr; one = one->next) {
        if (one->recv != on_received || (one->flags & UDP_FLAGS_CONNECTED) == 0 ||
            one->local_port != error.local.port || one->remote_port != error.peer.port ||
            !same_ip(one->remote_ip, error.peer.ip) || !overlap(one->local_ip, error.local.ip))
            continue;
        auto* const end = static_cast<UdpEnd*>(one->recv_arg);
        end->error_ = error.problem;
        end->on_events(UK_POLLERR | kIn | kOut);
    }
}

Errno UdpEnd::take_error() {
    const Errno problem = error_;
    error_ = Errno::ok;
    return problem;
}

uint32_t UdpEnd::ready() const {
    uint32_t events = kOut | (error_ != Errno::ok ? UK_POLLERR : 0);
    if (first_ != nullptr || !reads_)
        events |= kIn;
    if (!reads_)
        events |= UK_POLLRDHUP | (writes_ ? 0 : UK_POLLHUP);
    return events;
}

} // namespace uk::lwip
