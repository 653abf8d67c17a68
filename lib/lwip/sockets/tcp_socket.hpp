// SPDX-License-Identifier: BSD-3-Clause
// TcpSocket: a TCP connection or a listener as an open file, as a template over the environment.
//
// Locks: who sends takes turns by `sending_`, who receives by `receiving_`; the stack's lock is
// taken inside them. The application's memory is touched under those, never under the stack's.
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
#include "tcp_end.hpp"

namespace uk::lwip {

template <SocketEnvironment E>
class TcpSocket final : public E::Socket, private TcpEnd {
    using Base = typename E::Socket;
    using Core = typename E::Core;

  public:
    TcpSocket(int domain, uint32_t status)
        : Base({domain, UK_SOCK_STREAM, UK_IPPROTO_TCP}, status), rules_{domain} {}

    // Errors: ENOMEM.
    [[nodiscard]] static Result<Ref<Base>> make(int domain, uint32_t status) {
        void* const memory = E::allocate(sizeof(TcpSocket));
        if (memory == nullptr)
            return Errno::nomem;
        return Ref<Base>::adopt(*::new (memory) TcpSocket(domain, status));
    }

    Result<> bind(const SocketAddress& to) override {
        const Place place = UK_TRY(place_to_bind(to, rules_));
        Core core;
        return TcpEnd::bind(place, lwip_type(rules_), reuses());
    }
    Result<> listen(unsigned backlog) override {
        Core core;
        UK_TRY(TcpEnd::listen(backlog, lwip_type(rules_), reuses()));
        this->options().set(SocketOptions::kListening, true);
        return ok();
    }
    Result<Ref<Base>> accept(uint32_t status, SocketAddress* peer) override;
    Result<> connect(const SocketAddress& to) override;
    Result<> name(SocketSide side, SocketAddress& out) override {
        Core core;
        const Place place = side == SocketSide::peer ? UK_TRY(TcpEnd::peer()) : TcpEnd::local();
        tell_place(out, rules_.domain, place);
        return ok();
    }
    Result<> shutdown(int how) override;
    uint32_t ready() override {
        Core core;
        return TcpEnd::ready();
    }
    typename E::Source* ready_source() override { return &source_; }
    Result<long> ioctl(unsigned request, uintptr_t argument) override;

  private:
    static constexpr uint32_t kIn = UK_POLLIN | UK_POLLRDNORM;
    static constexpr uint32_t kOut = UK_POLLOUT | UK_POLLWRNORM;
    static constexpr uint32_t kBroken = UK_POLLERR | UK_POLLHUP | UK_POLLRDHUP;

    ~TcpSocket() = default;

    // Of the connection that accept() gives.
    void inherit(TcpSocket& listener) {
        rules_ = listener.rules_;
        this->options().inherit(listener.options());
    }
    bool reuses() { return this->options().has(SocketOptions::kReuseAddress); }
    static bool waits(int flags) { return (flags & UK_MSG_DONTWAIT) == 0; }

    void on_events(uint32_t events) override { (void)source_.notify(events); }
    TcpEnd* make_child() override {
        void* const memory = E::allocate(sizeof(TcpSocket));
        if (memory == nullptr)
            return nullptr;
        auto* const child = ::new (memory) TcpSocket(rules_.domain, 0);
        child->inherit(*this);
        return child;
    }
    // The last that waits; null if there is none.
    Ref<TcpSocket> next_child(Place* peer = nullptr) {
        Core core;
        auto* const child = static_cast<TcpSocket*>(TcpEnd::take_child());
        if (child == nullptr)
            return {};
        if (peer != nullptr)
            *peer = child->far();
        return Ref<TcpSocket>::adopt(*child);
    }
    void drop_children() {
        while (Ref<TcpSocket> child = next_child())
            child->resets_ = true;
    }

    // Somebody was woken, and may have left something.
    void tell_next() {
        bool more = false;
        {
            Core core;
            more = (TcpEnd::ready() & (kIn | kBroken)) != 0;
        }
        if (more)
            (void)source_.wake_next(kIn);
    }

    Result<size_t> do_send(SocketOut& message) override;
    Result<size_t> do_receive(SocketIn& message) override;
    Result<size_t> send_part(IoPieces& from, Bounce<E>& bounce, bool more);
    Result<size_t> send_reserved(IoPieces& from, pbuf& memory, bool more);
    Result<size_t> receive_part(SocketIn& message);
    Result<> wait_for_room();
    Result<> wait_for_data(size_t wanted);
    Result<size_t> own_option(const SocketOption& option) override;
    Result<> look_at(const SocketOption& option);
    Result<size_t> v6_only(const SocketOption& option);
    void linger(int seconds);
    void destroy() override;

    AddressRules rules_;
    bool resets_ = false; // nobody has accepted it
    typename E::Mutex sending_;
    typename E::Mutex receiving_;
    typename E::Source source_;
};

// --- connections ---

template <SocketEnvironment E>
Result<Ref<typename E::Socket>> TcpSocket<E>::accept(uint32_t status, SocketAddress* peer) {
    for (bool waited = false;; waited = true) {
        Place from;
        Ref<TcpSocket> child = next_child(&from);
        bool listens = false, more = false;
        {
            Core core;
            listens = TcpEnd::listens();
            more = TcpEnd::ready() != 0;
        }
        if (child) {
            if (waited && more)
                (void)source_.wake_next(kIn);
            child->set_status(status);
            if (peer != nullptr)
                tell_place(*peer, rules_.domain, from);
            return Ref<Base>(std::move(child));
        }
        if (!listens)
            return Errno::inval;
        if (this->is_nonblocking())
            return Errno::again;
        UK_TRY(wait_for_packets<E>(
            source_, kIn | kBroken, ReadyShare::one,
            [this] {
                Core core;
                return !TcpEnd::listens() || TcpEnd::ready() != 0;
            },
            this->receive_deadline()));
    }
}

template <SocketEnvironment E>
Result<> TcpSocket<E>::connect(const SocketAddress& to) {
    if (to.family() == UK_AF_UNSPEC) {
        {
            Core core;
            TcpEnd::disconnect();
        }
        drop_children();
        this->options().set(SocketOptions::kListening, false);
        return ok();
    }
    const Place place = UK_TRY(place_to_reach(to, rules_));
    {
        Core core;
        const Result<> begun = TcpEnd::connect(place, lwip_type(rules_), reuses());
        const Errno how = begun.code();
        if (this->is_nonblocking() || (how != Errno::inprogress && how != Errno::already))
            return begun;
    }
    const Result<> waited = wait_for_packets<E>(
        source_, kOut | kBroken, ReadyShare::all,
        [this] {
            Core core;
            return !TcpEnd::connects();
        },
        this->send_deadline());
    if (!waited.ok())
        return waited.code() == Errno::again ? Errno::inprogress : waited;
    Core core;
    return TcpEnd::connected();
}

template <SocketEnvironment E>
Result<> TcpSocket<E>::shutdown(int how) {
    {
        Core core;
        UK_TRY(TcpEnd::shutdown(how != UK_SHUT_WR, how != UK_SHUT_RD));
        if (!TcpEnd::listens())
            this->options().set(SocketOptions::kListening, false);
    }
    if (!this->options().has(SocketOptions::kListening))
        drop_children();
    return ok();
}

// SO_LINGER with a time: close() waits until everything is with the other side.
template <SocketEnvironment E>
void TcpSocket<E>::linger(int seconds) {
    const uint64_t until = E::now_ns() + static_cast<uint64_t>(seconds) * 1'000'000'000;
    {
        Core core;
        (void)TcpEnd::shutdown(false, true);
    }
    (void)wait_for_packets<E>(
        source_, kOut | kBroken, ReadyShare::all,
        [this] {
            Core core;
            return TcpEnd::is_drained();
        },
        until);
}

template <SocketEnvironment E>
void TcpSocket<E>::destroy() {
    const int seconds = this->options().linger();
    bool unread = false;
    {
        Core core;
        unread = TcpEnd::incoming() != 0;
    }
    if (seconds > 0 && !resets_ && !unread)
        linger(seconds);
    {
        Core core;
        TcpEnd::close(resets_ || seconds == 0);
    }
    drop_children();
    this->~TcpSocket();
    E::deallocate(this);
}

// --- bytes ---

template <SocketEnvironment E>
Result<> TcpSocket<E>::wait_for_room() {
    return wait_for_packets<E>(
        source_, kOut | kBroken, ReadyShare::all,
        [this] {
            Core core;
            return TcpEnd::can_write();
        },
        this->send_deadline());
}

// Fills what TcpEnd::reserve() gave.
template <SocketEnvironment E>
Result<size_t> TcpSocket<E>::send_reserved(IoPieces& from, pbuf& memory, bool more) {
    const IoPieces start = from;
    Result<> taken = ok();
    for (pbuf* part = &memory; part != nullptr && taken.ok(); part = part->next)
        taken = from.take(part->payload, part->len);
    const bool is_last = from.left() == 0;
    Core core;
    if (!taken.ok()) {
        pbuf_free(&memory);
        return taken.error();
    }
    const Result<size_t> given = TcpEnd::give(memory, more && is_last);
    if (!given.ok() || given.value() == 0)
        from = start;
    return given;
}

// As much as fits, 0 if nothing does.
template <SocketEnvironment E>
Result<size_t> TcpSocket<E>::send_part(IoPieces& from, Bounce<E>& bounce, bool more) {
    LockGuard turn(sending_);
    pbuf* memory = nullptr;
    {
        Core core;
        memory = TcpEnd::reserve(from.left());
    }
    if (memory != nullptr)
        return send_reserved(from, *memory, more);
    bounce.need(from.left());
    const IoPieces start = from;
    size_t size = min(min(from.left(), bounce.size()), TcpEnd::room());
    // Whole segments, if there is more.
    if (size != from.left() && size > TCP_MSS)
        size -= size % TCP_MSS;
    UK_TRY(from.take(bounce.data(), size));
    const bool is_last = from.left() == 0;
    Result<size_t> written = Errno::again;
    {
        Core core;
        written = TcpEnd::write(bounce.data(), size, more && is_last);
    }
    if (written.ok() && written.value() == size) [[likely]]
        return written;
    from = start;
    if (written.ok() && written.value() != 0)
        (void)from.take(bounce.data(), written.value());
    return written;
}

template <SocketEnvironment E>
Result<size_t> TcpSocket<E>::do_send(SocketOut& message) {
    if ((message.flags & UK_MSG_OOB) != 0)
        return Errno::opnotsupp;
    IoPieces& from = message.data;
    const size_t whole = from.left();
    const bool more = (message.flags & UK_MSG_MORE) != 0;
    Bounce<E> bounce;
    for (size_t done = 0;;) {
        const Result<size_t> part = send_part(from, bounce, more);
        Errno problem = part.code();
        if (part.ok()) {
            done += part.value();
            if (done == whole) [[likely]]
                return whole;
            if (part.value() != 0)
                continue;
            problem = Errno::again;
        }
        if (problem == Errno::again && waits(message.flags))
            problem = wait_for_room().code();
        if (problem == Errno::ok)
            continue;
        if (done != 0)
            return done;
        return problem;
    }
}

template <SocketEnvironment E>
Result<> TcpSocket<E>::wait_for_data(size_t wanted) {
    return wait_for_packets<E>(
        source_, kIn | kBroken, ReadyShare::one,
        [this, wanted] {
            Core core;
            if (TcpEnd::incoming() >= wanted)
                return true;
            const uint32_t now = TcpEnd::ready();
            return (now & (UK_POLLRDHUP | UK_POLLHUP | UK_POLLERR)) != 0;
        },
        this->receive_deadline());
}

// What is there, up to what is wanted. Errors: those of arrived(), EFAULT.
template <SocketEnvironment E>
Result<size_t> TcpSocket<E>::receive_part(SocketIn& message) {
    LockGuard turn(receiving_);
    Arrived there;
    {
        Core core;
        there = UK_TRY(TcpEnd::arrived());
    }
    const size_t size = min(there.size, message.data.left());
    if (size == 0)
        return size;
    if ((message.flags & UK_MSG_TRUNC) == 0)
        UK_TRY(put_chain(message.data, there.first, there.offset, size));
    if ((message.flags & UK_MSG_PEEK) == 0) {
        Core core;
        TcpEnd::consume(size);
    }
    return size;
}

template <SocketEnvironment E>
Result<size_t> TcpSocket<E>::do_receive(SocketIn& message) {
    if ((message.flags & (UK_MSG_OOB | UK_MSG_ERRQUEUE)) != 0)
        return (message.flags & UK_MSG_OOB) != 0 ? Errno::inval : Errno::again;
    const size_t whole = message.data.left();
    if (whole == 0)
        return size_t{0};
    if (message.from != nullptr)
        message.from->size = 0;
    const bool all = (message.flags & UK_MSG_WAITALL) != 0;
    const bool peeks = (message.flags & UK_MSG_PEEK) != 0;
    if (all && peeks && waits(message.flags))
        UK_TRY(wait_for_data(whole));
    size_t done = 0;
    for (bool waited = false;; waited = true) {
        const Result<size_t> part = receive_part(message);
        if (part.ok()) {
            done += part.value();
            if (waited)
                tell_next();
            if (part.value() == 0 || done == whole || !all || peeks)
                return done;
            message.data.limit(whole - done); // MSG_TRUNC does not move the cursor
            continue;
        }
        Errno problem = part.code();
        if (problem == Errno::again && waits(message.flags))
            problem = wait_for_data(1).code();
        if (problem == Errno::ok)
            continue;
        if (done != 0)
            return done;
        return problem;
    }
}

template <SocketEnvironment E>
Result<long> TcpSocket<E>::ioctl(unsigned request, uintptr_t argument) {
    int count = 0;
    {
        Core core;
        if (request != UK_SIOCINQ && request != UK_SIOCOUTQ)
            return Errno::notty;
        if (TcpEnd::listens())
            return Errno::inval;
        count = static_cast<int>(request == UK_SIOCINQ ? TcpEnd::incoming() : TcpEnd::outgoing());
    }
    UK_TRY(user::write(Vaddr{argument}, count));
    return 0;
}

// --- options ---

template <SocketEnvironment E>
Result<size_t> TcpSocket<E>::own_option(const SocketOption& option) {
    if (option.level == UK_SOL_SOCKET) {
        if (option.name == UK_SO_ERROR && !option.sets()) {
            Core core;
            return option.tell(static_cast<int>(TcpEnd::take_error()));
        }
        if (option.sets())
            UK_TRY(look_at(option));
        return Errno::noprotoopt;
    }
    if (option.level == UK_IPPROTO_IPV6 && rules_.domain != UK_AF_INET6)
        return Errno::noprotoopt;
    if (option.level == UK_IPPROTO_IPV6 && option.name == UK_IPV6_V6ONLY)
        return v6_only(option);
    Core core;
    return TcpEnd::option(option);
}

template <SocketEnvironment E>
Result<size_t> TcpSocket<E>::v6_only(const SocketOption& option) {
    if (!option.sets())
        return option.tell(int{rules_.only_v6});
    const int wanted = UK_TRY(option.wanted());
    Core core;
    if (TcpEnd::is_bound())
        return Errno::inval;
    rules_.only_v6 = wanted != 0;
    return size_t{0};
}

// Options that SocketOptions keeps, and that TCP has to know.
template <SocketEnvironment E>
Result<> TcpSocket<E>::look_at(const SocketOption& option) {
    if (option.name != UK_SO_KEEPALIVE && option.name != UK_SO_SNDBUF &&
        option.name != UK_SO_SNDBUFFORCE && option.name != UK_SO_RCVBUF &&
        option.name != UK_SO_RCVBUFFORCE)
        return ok();
    UK_TRY(this->options().option(option, this->kind()));
    Core core;
    TcpWishes wishes = TcpEnd::wishes();
    wishes.keep_alive = this->options().has(SocketOptions::kKeepAlive);
    if (option.name == UK_SO_SNDBUF || option.name == UK_SO_SNDBUFFORCE)
        wishes.send_bytes = this->options().send_buffer();
    if (option.name == UK_SO_RCVBUF || option.name == UK_SO_RCVBUFFORCE) {
        const uint32_t buffer = this->options().receive_buffer(); // twice what was asked for
        wishes.receive_bytes = buffer < SocketOptions::kMostBuffer ? buffer / 2 : TCP_WND;
    }
    TcpEnd::set_wishes(wishes);
    return ok();
}

} // namespace uk::lwip
