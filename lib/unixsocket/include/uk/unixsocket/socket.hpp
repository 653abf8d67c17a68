// SPDX-License-Identifier: BSD-3-Clause
// UnixSocket: an endpoint as an open file, and what makes them; a template over the environment.
#pragma once

#include <new>
#include <utility>

#include <uk/abi/ioctl.h>
#include <uk/socket/families.hpp>
#include <uk/unixsocket/endpoint.hpp>

namespace uk::unixsocket {

template <Environment E>
class UnixSocket final : public E::Socket {
    using Base = typename E::Socket;
    using Own = Endpoint<E>;

  public:
    // The endpoint has no other file, and is closed with this one.
    UnixSocket(Ref<Own> endpoint, uint32_t status)
        : Base({UK_AF_UNIX, endpoint->type(), 0}, status), endpoint_(std::move(endpoint)) {}

    // On the heap; if there is no memory the endpoint is closed. Errors: ENOMEM.
    [[nodiscard]] static Result<Ref<Base>> make(Ref<Own> endpoint, uint32_t status) {
        void* const memory = E::allocate(sizeof(UnixSocket));
        if (memory == nullptr) {
            endpoint->close();
            return Errno::nomem;
        }
        return Ref<Base>::adopt(*::new (memory) UnixSocket(std::move(endpoint), status));
    }
    // What the row of the family has.
    [[nodiscard]] static Result<Ref<Base>> create(const SocketKind& kind, uint32_t status) {
        return make(UK_TRY(Own::make(UK_TRY(type_of(kind)))), status);
    }
    [[nodiscard]] static Result<SocketPair<Base>> create_pair(const SocketKind& kind,
                                                              uint32_t status) {
        const int type = UK_TRY(type_of(kind));
        Ref<Own> one = UK_TRY(Own::make(type)), other = UK_TRY(Own::make(type));
        Own::join(*one, *other);
        Result<Ref<Base>> first = make(one, status), second = make(other, status);
        if (!first.ok() || !second.ok())
            return Errno::nomem;
        return SocketPair<Base>{first.take(), second.take()};
    }

    [[nodiscard]] Own& endpoint() const { return *endpoint_; }

    Result<> bind(const SocketAddress& to) override { return endpoint_->bind(to); }
    Result<> listen(unsigned backlog) override {
        UK_TRY(endpoint_->listen(backlog));
        this->options().set(SocketOptions::kListening, true);
        return ok();
    }
    Result<Ref<Base>> accept(uint32_t status, SocketAddress* peer) override {
        return make(UK_TRY(endpoint_->accept(receiving(!this->is_nonblocking()), peer)), status);
    }
    Result<> connect(const SocketAddress& to) override {
        return endpoint_->connect(to, sending(!this->is_nonblocking()));
    }
    Result<> name(SocketSide side, SocketAddress& out) override {
        return endpoint_->name(side, out);
    }
    Result<> shutdown(int how) override {
        endpoint_->shutdown(how);
        return ok();
    }
    uint32_t ready() override { return endpoint_->ready(this->options().send_buffer()); }
    typename E::Source* ready_source() override { return &endpoint_->source(); }
    Result<long> ioctl(unsigned request, uintptr_t argument) override {
        static_assert(UK_SIOCINQ == UK_FIONREAD && UK_SIOCOUTQ == UK_TIOCOUTQ);
        switch (request) {
        case UK_SIOCINQ:
            return tell(argument, UK_TRY(endpoint_->incoming()));
        case UK_SIOCOUTQ:
            if (endpoint_->listens())
                return Errno::inval;
            return tell(argument, endpoint_->outgoing());
        default:
            return Errno::notty;
        }
    }

  private:
    ~UnixSocket() = default;

    // Linux takes SOCK_RAW for SOCK_DGRAM here.
    static Result<int> type_of(const SocketKind& kind) {
        if (kind.protocol != 0 && kind.protocol != UK_AF_UNIX)
            return Errno::protonosupport;
        switch (kind.type) {
        case UK_SOCK_STREAM:
        case UK_SOCK_DGRAM:
        case UK_SOCK_SEQPACKET:
            return kind.type;
        case UK_SOCK_RAW:
            return int{UK_SOCK_DGRAM};
        default:
            return Errno::socktnosupport;
        }
    }
    static Result<long> tell(uintptr_t argument, size_t count) {
        UK_TRY(user::write(Vaddr{argument}, static_cast<int>(count)));
        return 0;
    }
    Patience sending(bool waits) { return {waits, this->options().send_timeout()}; }
    Patience receiving(bool waits) { return {waits, this->options().receive_timeout()}; }

    Result<size_t> do_send(SocketOut& message) override {
        return endpoint_->send(message, this->options().send_buffer(),
                               sending((message.flags & UK_MSG_DONTWAIT) == 0));
    }
    Result<size_t> do_receive(SocketIn& message) override {
        return endpoint_->receive(message, receiving((message.flags & UK_MSG_DONTWAIT) == 0));
    }
    Result<size_t> own_option(const SocketOption& option) override {
        if (option.level != UK_SOL_SOCKET)
            return Errno::opnotsupp;
        if (option.sets()) {
            if (option.name == UK_SO_PASSCRED && option.value.size() >= sizeof(int))
                endpoint_->passes_credentials.store_relaxed(UK_TRY(option.wanted()) != 0);
            return Errno::noprotoopt;
        }
        switch (option.name) {
        case UK_SO_ERROR:
            return option.tell(static_cast<int>(endpoint_->take_error()));
        case UK_SO_PEERCRED:
            return option.tell(endpoint_->peer_credentials());
        default:
            return Errno::noprotoopt;
        }
    }
    void destroy() override {
        endpoint_->close();
        this->~UnixSocket();
        E::deallocate(this);
    }

    Ref<Own> endpoint_;
};

// All sockets of AF_UNIX of an image are of this class.
template <class E>
Endpoint<E>* endpoint_of(typename E::File& file) {
    auto* const socket = E::Socket::of(file);
    if (socket == nullptr || socket->kind().domain != UK_AF_UNIX)
        return nullptr;
    return &static_cast<UnixSocket<E>*>(socket)->endpoint();
}

} // namespace uk::unixsocket
