// SPDX-License-Identifier: BSD-3-Clause
// UdpSocket: a UDP socket as an open file, as a template over the environment. Who receives takes
// turns by `receiving_`, inside of which the stack's lock is taken; the application's memory is
// touched under the first, never under the second.
#pragma once

#include <new>
#include <utility>

#include <uk/abi/in.h>
#include <uk/abi/ioctl.h>
#include <uk/abi/poll.h>
#include <uk/abi/socket.h>
#include <uk/socket/basic_socket.hpp>
#include <uk/spinlock/basic.hpp>
#include <uk/user.hpp>

#include "environment.hpp"
#include "udp_end.hpp"

namespace uk::lwip {

template <SocketEnvironment E>
class UdpSocket final : public E::Socket, private UdpEnd {
    using Base = typename E::Socket;
    using Core = typename E::Core;

  public:
    UdpSocket(int domain, uint32_t status)
        : Base({domain, UK_SOCK_DGRAM, UK_IPPROTO_UDP}, status), rules_{domain} {}

    // Errors: ENOMEM.
    [[nodiscard]] static Result<Ref<Base>> make(int domain, uint32_t status) {
        void* const memory = E::allocate(sizeof(UdpSocket));
        if (memory == nullptr)
            return Errno::nomem;
        return Ref<Base>::adopt(*::new (memory) UdpSocket(domain, status));
    }

    Result<> bind(const SocketAddress& to) override {
        const Place place = UK_TRY(place_to_bind(to, rules_));
        Core core;
        return UdpEnd::bind(place, type(), this->options().has(SocketOptions::kReuseAddress));
    }
    Result<> connect(const SocketAddress& to) override {
        if (to.family() == UK_AF_UNSPEC) {
            Core core;
            UdpEnd::disconnect();
            return ok();
        }
        const Place place = UK_TRY(place_to_reach(to, rules_));
        Core core;
        return UdpEnd::connect(place, type(), broadcasts());
    }
    Result<> name(SocketSide side, SocketAddress& out) override {
        Core core;
        const Place place = side == SocketSide::peer ? UK_TRY(UdpEnd::peer()) : UdpEnd::local();
        tell_place(out, rules_.domain, place);
        return ok();
    }
    Result<> shutdown(int how) override {
        Core core;
        return UdpEnd::shutdown(how != UK_SHUT_WR, how != UK_SHUT_RD);
    }
    uint32_t ready() override {
        Core core;
        return UdpEnd::ready();
    }
    typename E::Source* ready_source() override { return &source_; }
    Result<long> ioctl(unsigned request, uintptr_t argument) override {
        if (request != UK_SIOCINQ && request != UK_SIOCOUTQ)
            return Errno::notty;
        int count = 0;
        if (request == UK_SIOCINQ) {
            Core core;
            count = static_cast<int>(UdpEnd::next_size());
        }
        UK_TRY(user::write(Vaddr{argument}, count));
        return 0;
    }
    [[nodiscard]] uint64_t dropped() {
        Core core;
        return UdpEnd::dropped();
    }

  private:
    static constexpr uint32_t kIn = UK_POLLIN | UK_POLLRDNORM;
    static constexpr size_t kMostV4 = 65'507, kMostV6 = 65'527;
    static constexpr size_t kFew = 2048;    // go over the stack
    static constexpr size_t kPart = 32'768; // of a long one: lwIP's sizes have 16 bits

    ~UdpSocket() = default;

    [[nodiscard]] uint8_t type() const { return lwip_type(rules_); }
    bool broadcasts() { return this->options().has(SocketOptions::kBroadcast); }
    void on_events(uint32_t events) override { (void)source_.notify(events); }

    // Null: no memory. Under the stack's lock.
    static pbuf* allocate(size_t size) {
        const auto first = static_cast<uint16_t>(min(size, kPart));
        pbuf* const made = pbuf_alloc(PBUF_TRANSPORT, first, PBUF_RAM);
        if (made == nullptr || size == first)
            return made;
        pbuf* const rest = pbuf_alloc(PBUF_RAW, static_cast<uint16_t>(size - first), PBUF_RAM);
        if (rest == nullptr) {
            pbuf_free(made);
            return nullptr;
        }
        pbuf_cat(made, rest);
        return made;
    }

    Result<> send_few(IoPieces& from, size_t size, const Place* to);
    Result<> send_much(IoPieces& from, size_t size, const Place* to);
    Result<size_t> do_send(SocketOut& message) override;
    Result<size_t> receive_one(SocketIn& message);
    Result<> tell_info(ControlWriter& out, const Arrived& one);
    Result<size_t> do_receive(SocketIn& message) override;
    Result<size_t> own_option(const SocketOption& option) override;
    void destroy() override {
        {
            Core core;
            UdpEnd::close();
        }
        this->~UdpSocket();
        E::deallocate(this);
    }

    AddressRules rules_;
    typename E::Mutex receiving_;
    typename E::Source source_;
};

// --- sending ---

template <SocketEnvironment E>
Result<> UdpSocket<E>::send_few(IoPieces& from, size_t size, const Place* to) {
    char bytes[kFew];
    UK_TRY(from.take(bytes, size));
    Core core;
    pbuf* const data = allocate(size);
    if (data == nullptr)
        return Errno::nobufs;
    memcpy(data->payload, bytes, size);
    const Result<> sent = UdpEnd::send(*data, to, type(), broadcasts());
    pbuf_free(data);
    return sent;
}

template <SocketEnvironment E>
Result<> UdpSocket<E>::send_much(IoPieces& from, size_t size, const Place* to) {
    pbuf* data = nullptr;
    {
        Core core;
        data = allocate(size);
    }
    if (data == nullptr)
        return Errno::nobufs;
    Result<> done = ok();
    for (pbuf* part = data; part != nullptr && done.ok(); part = part->next)
        done = from.take(part->payload, part->len);
    Core core;
    if (done.ok())
        done = UdpEnd::send(*data, to, type(), broadcasts());
    pbuf_free(data);
    return done;
}

template <SocketEnvironment E>
Result<size_t> UdpSocket<E>::do_send(SocketOut& message) {
    if ((message.flags & UK_MSG_OOB) != 0)
        return Errno::opnotsupp;
    Place place;
    if (message.to != nullptr) {
        place = UK_TRY(place_to_reach(*message.to, rules_));
        if (place.port == 0)
            return Errno::inval;
    }
    const size_t size = message.data.left();
    if (size > (rules_.domain == UK_AF_INET ? kMostV4 : kMostV6))
        return Errno::msgsize;
    const Place* const to = message.to != nullptr ? &place : nullptr;
    UK_TRY(size <= kFew ? send_few(message.data, size, to) : send_much(message.data, size, to));
    return size;
}

// --- receiving ---

template <SocketEnvironment E>
Result<> UdpSocket<E>::tell_info(ControlWriter& out, const Arrived& one) {
#if LWIP_IPV4
    if (IP_IS_V4_VAL(one.to)) {
        const uint32_t address = ip4_addr_get_u32(ip_2_ip4(&one.to));
        const uk_in_pktinfo info{one.interface, {address}, {address}};
        return out.put(UK_IPPROTO_IP, UK_IP_PKTINFO, &info, sizeof info);
    }
#endif
#if LWIP_IPV6
    uk_in6_pktinfo info = {};
    memcpy(info.ipi6_addr.bytes, ip_2_ip6(&one.to)->addr, sizeof info.ipi6_addr.bytes);
    info.ipi6_ifindex = one.interface;
    return out.put(UK_IPPROTO_IPV6, UK_IPV6_PKTINFO, &info, sizeof info);
#else
    return ok();
#endif
}

// The first that is there; what of it does not fit is lost, and all of it where the memory is not
// there, as on Linux. Errors: EAGAIN, EFAULT.
template <SocketEnvironment E>
Result<size_t> UdpSocket<E>::receive_one(SocketIn& message) {
    LockGuard turn(receiving_);
    Arrived one;
    bool tells = false;
    {
        Core core;
        one = UK_TRY(UdpEnd::arrived());
        tells = UdpEnd::tells_info();
    }
    if (one.data == nullptr)
        return size_t{0};
    const size_t size = min(one.size, message.data.left());
    Result<> copied = put_chain(message.data, one.data, 0, size);
    if (message.from != nullptr)
        tell_place(*message.from, rules_.domain, one.from);
    if (copied.ok() && tells && message.control != nullptr)
        copied = tell_info(*message.control, one);
    if ((message.flags & UK_MSG_PEEK) == 0) {
        Core core;
        UdpEnd::drop_first();
    }
    UK_TRY(copied);
    if (size < one.size)
        message.got_flags |= UK_MSG_TRUNC;
    return (message.flags & UK_MSG_TRUNC) != 0 ? one.size : size;
}

template <SocketEnvironment E>
Result<size_t> UdpSocket<E>::do_receive(SocketIn& message) {
    if ((message.flags & UK_MSG_OOB) != 0)
        return Errno::opnotsupp;
    if ((message.flags & UK_MSG_ERRQUEUE) != 0)
        return Errno::again;
    if (message.from != nullptr)
        message.from->size = 0;
    for (bool waited = false;; waited = true) {
        const Result<size_t> got = receive_one(message);
        if (got.code() != Errno::again) {
            if (waited && (ready() & kIn) != 0)
                (void)source_.wake_next(kIn);
            return got;
        }
        if ((message.flags & UK_MSG_DONTWAIT) != 0)
            return got;
        UK_TRY(wait_for_packets<E>(
            source_, kIn | UK_POLLHUP | UK_POLLRDHUP | UK_POLLERR, ReadyShare::one,
            [this] { return (ready() & (kIn | UK_POLLERR)) != 0; }, this->receive_deadline()));
    }
}

// --- options ---

template <SocketEnvironment E>
Result<size_t> UdpSocket<E>::own_option(const SocketOption& option) {
    if (option.level == UK_SOL_SOCKET) {
        if (option.name == UK_SO_ERROR && !option.sets()) {
            Core core;
            return option.tell(static_cast<int>(UdpEnd::take_error()));
        }
        if (option.sets() && (option.name == UK_SO_RCVBUF || option.name == UK_SO_RCVBUFFORCE)) {
            UK_TRY(this->options().option(option, this->kind()));
            Core core;
            UdpEnd::set_receive_bytes(this->options().receive_buffer());
        }
        return Errno::noprotoopt;
    }
    if (option.level == UK_IPPROTO_IPV6 && rules_.domain != UK_AF_INET6)
        return Errno::noprotoopt;
    Core core;
    if (option.level != UK_IPPROTO_IPV6 || option.name != UK_IPV6_V6ONLY)
        return UdpEnd::option(option, type());
    if (!option.sets())
        return option.tell(int{rules_.only_v6});
    const int wanted = UK_TRY(option.wanted());
    if (UdpEnd::is_bound())
        return Errno::inval;
    rules_.only_v6 = wanted != 0;
    UdpEnd::close(); // its version is chosen anew; nothing was heard yet
    return size_t{0};
}

} // namespace uk::lwip
