// SPDX-License-Identifier: BSD-3-Clause
// RawSocket: packets above IP, or echoes of ICMP, as an open file; raw(7), and icmp(7) of the
// sockets for ping. Who receives takes turns by `receiving_`, inside of which the stack's lock is
// taken.
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
#include "raw_end.hpp"

namespace uk::lwip {

template <SocketEnvironment E>
class RawSocket final : public E::Socket, private RawEnd {
    using Base = typename E::Socket;
    using Core = typename E::Core;

  public:
    RawSocket(const SocketKind& kind, uint32_t status)
        : Base(kind, status), RawEnd({.is_v6 = kind.domain == UK_AF_INET6,
                                      .echoes = kind.type == UK_SOCK_DGRAM,
                                      .protocol = static_cast<uint8_t>(kind.protocol)}),
          rules_{kind.domain, true} {}

    // A datagram's protocol is that of its ICMP. Errors: ENOMEM, ENOBUFS.
    [[nodiscard]] static Result<Ref<Base>> make(const SocketKind& kind, uint32_t status) {
        void* const memory = E::allocate(sizeof(RawSocket));
        if (memory == nullptr)
            return Errno::nomem;
        auto* const made = ::new (memory) RawSocket(kind, status);
        auto socket = Ref<Base>::adopt(*made);
        Core core;
        UK_TRY(made->RawEnd::open());
        return socket;
    }

    Result<> bind(const SocketAddress& to) override {
        const Place place = UK_TRY(place_to_bind(to, rules_));
        Core core;
        return RawEnd::bind(place);
    }
    Result<> connect(const SocketAddress& to) override {
        if (to.family() == UK_AF_UNSPEC) {
            Core core;
            RawEnd::disconnect();
            return ok();
        }
        const Place place = UK_TRY(place_to_reach(to, rules_));
        Core core;
        return RawEnd::connect(place);
    }
    Result<> name(SocketSide side, SocketAddress& out) override {
        Core core;
        const Place place = side == SocketSide::peer ? UK_TRY(RawEnd::peer()) : RawEnd::local();
        tell_place(out, rules_.domain, place);
        return ok();
    }
    uint32_t ready() override {
        Core core;
        return RawEnd::ready();
    }
    typename E::Source* ready_source() override { return &source_; }
    Result<long> ioctl(unsigned request, uintptr_t argument) override {
        if (request != UK_SIOCINQ && request != UK_SIOCOUTQ)
            return Errno::notty;
        int count = 0;
        if (request == UK_SIOCINQ) {
            Core core;
            count = static_cast<int>(RawEnd::next_size());
        }
        UK_TRY(user::write(Vaddr{argument}, count));
        return 0;
    }

  private:
    static constexpr uint32_t kIn = UK_POLLIN | UK_POLLRDNORM;
    static constexpr size_t kMost = 65'000; // with heads in front lwIP's sizes have 16 bits

    ~RawSocket() = default;

    void on_events(uint32_t events) override { (void)source_.notify(events); }
    Result<size_t> do_send(SocketOut& message) override;
    Result<size_t> receive_one(SocketIn& message);
    Result<size_t> do_receive(SocketIn& message) override;
    Result<size_t> own_option(const SocketOption& option) override;
    void destroy() override {
        {
            Core core;
            RawEnd::close();
        }
        this->~RawSocket();
        E::deallocate(this);
    }

    AddressRules rules_;
    typename E::Mutex receiving_;
    typename E::Source source_;
};

template <SocketEnvironment E>
Result<size_t> RawSocket<E>::do_send(SocketOut& message) {
    if ((message.flags & UK_MSG_OOB) != 0)
        return Errno::opnotsupp;
    Place place;
    if (message.to != nullptr)
        place = UK_TRY(place_to_reach(*message.to, rules_));
    const size_t size = message.data.left();
    if (size > kMost)
        return Errno::msgsize;
    pbuf* data = nullptr;
    {
        Core core;
        data = pbuf_alloc(PBUF_IP, static_cast<uint16_t>(size), PBUF_RAM);
    }
    if (data == nullptr)
        return Errno::nobufs;
    Result<> done = message.data.take(data->payload, size);
    const bool broadcasts = this->options().has(SocketOptions::kBroadcast);
    Core core;
    if (done.ok())
        done = RawEnd::send(*data, message.to != nullptr ? &place : nullptr, broadcasts);
    pbuf_free(data);
    UK_TRY(done);
    return size;
}

// The first that is there; what of it does not fit is lost. Errors: EAGAIN, EFAULT.
template <SocketEnvironment E>
Result<size_t> RawSocket<E>::receive_one(SocketIn& message) {
    LockGuard turn(receiving_);
    const Packet* one = nullptr;
    bool tells = false;
    {
        Core core;
        one = UK_TRY(RawEnd::arrived());
        tells = RawEnd::tells_ttl();
    }
    const size_t whole = one->size, size = min(whole, message.data.left());
    Result<> copied = message.data.put(one->bytes(), size);
    if (message.from != nullptr)
        tell_place(*message.from, rules_.domain, {one->from, 0});
    if (copied.ok() && tells && message.control != nullptr) {
        const int ttl = one->ttl;
        const bool v6 = RawEnd::shape().is_v6;
        copied = message.control->put(v6 ? UK_IPPROTO_IPV6 : UK_IPPROTO_IP,
                                      v6 ? UK_IPV6_HOPLIMIT : UK_IP_TTL, &ttl, sizeof ttl);
    }
    if ((message.flags & UK_MSG_PEEK) == 0) {
        Core core;
        RawEnd::drop_first();
    }
    UK_TRY(copied);
    if (size < whole)
        message.got_flags |= UK_MSG_TRUNC;
    return (message.flags & UK_MSG_TRUNC) != 0 ? whole : size;
}

template <SocketEnvironment E>
Result<size_t> RawSocket<E>::do_receive(SocketIn& message) {
    if ((message.flags & UK_MSG_OOB) != 0)
        return Errno::opnotsupp;
    if ((message.flags & UK_MSG_ERRQUEUE) != 0)
        return Errno::again;
    if (message.from != nullptr)
        message.from->size = 0;
    for (;;) {
        const Result<size_t> got = receive_one(message);
        if (got.code() != Errno::again || (message.flags & UK_MSG_DONTWAIT) != 0)
            return got;
        UK_TRY(wait_for_packets<E>(
            source_, kIn, ReadyShare::all, [this] { return (ready() & kIn) != 0; },
            this->receive_deadline()));
    }
}

template <SocketEnvironment E>
Result<size_t> RawSocket<E>::own_option(const SocketOption& option) {
    if (option.level != UK_SOL_SOCKET) {
        Core core;
        return RawEnd::option(option);
    }
    if (option.sets() && (option.name == UK_SO_RCVBUF || option.name == UK_SO_RCVBUFFORCE)) {
        UK_TRY(this->options().option(option, this->kind()));
        Core core;
        RawEnd::set_receive_bytes(this->options().receive_buffer());
    }
    return Errno::noprotoopt;
}

} // namespace uk::lwip
