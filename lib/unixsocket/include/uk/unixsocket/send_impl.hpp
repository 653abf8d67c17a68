// SPDX-License-Identifier: BSD-3-Clause
// Endpoint: sending.
#pragma once

#include <utility>

#include <uk/unixsocket/endpoint.hpp>

namespace uk::unixsocket {

// --- what comes with the bytes ---

// Control messages of the application. Errors: EINVAL, EBADF, ESRCH (a process that is not there),
// ENOMEM.
template <class E>
Result<> Endpoint<E>::attach(const SocketOut& message, Attached& with) {
    if (passes_credentials.load_relaxed())
        with.credentials = E::credentials();
    if (message.control.empty()) [[likely]]
        return ok();
    ControlReader reader(message.control);
    for (ControlMessage one; UK_TRY(reader.next(one));) {
        if (one.level != UK_SOL_SOCKET)
            continue;
        if (one.type == UK_SCM_RIGHTS) {
            UK_TRY(with.rights.add(one.data));
        } else if (one.type == UK_SCM_CREDENTIALS && one.data.size() == sizeof(uk_ucred)) {
            memcpy(&with.credentials, one.data.data(), sizeof(uk_ucred));
            if (with.credentials.pid != E::credentials().pid)
                return Errno::srch;
        } else {
            return Errno::inval;
        }
    }
    return ok();
}

// The endpoint of a file, if it is a socket of this domain.
template <class E>
Endpoint<E>* endpoint_of(typename E::File& file);

// Sockets on their way to sockets on their way could keep one another for ever, with nobody left
// who has one. So none is on its way while others are on their way to it: ETOOMANYREFS. The same
// for what a listener has not given out yet.
template <class E>
Result<> Endpoint<E>::admit(Attached& with, Endpoint& to) {
    if (with.rights.empty()) [[likely]]
        return ok();
    LockGuard wiring(E::domain().mutex);
    unsigned sockets = 0;
    for (typename E::File* file : with.rights.all()) {
        const Endpoint* const one = endpoint_of<E>(*file);
        if (one == nullptr)
            continue;
        if (one->holds_ != 0 || one == &to || to.in_flight_ != 0 || to.not_accepted_)
            return Errno::toomanyrefs;
        sockets++;
    }
    to.holds_ += sockets;
    for (typename E::File* file : with.rights.all()) {
        if (Endpoint* const one = endpoint_of<E>(*file))
            one->in_flight_++;
    }
    return ok();
}

// They are on their way to this one no more.
template <class E>
void Endpoint<E>::forget(const Rights<E>& rights) {
    if (rights.empty()) [[likely]]
        return;
    LockGuard wiring(E::domain().mutex);
    for (typename E::File* file : rights.all()) {
        if (Endpoint* const one = endpoint_of<E>(*file)) {
            one->in_flight_--;
            holds_--;
        }
    }
}

// --- ways ---

template <class E>
Result<size_t> Endpoint<E>::send(SocketOut& message, size_t limit, const Patience& patience) {
    Attached with;
    UK_TRY(attach(message, with));
    if ((message.flags & UK_MSG_OOB) != 0)
        return Errno::opnotsupp;
    return type_ == UK_SOCK_STREAM ? send_stream(message, with, limit, patience)
                                   : send_packet(message, with, limit, patience);
}

template <class E>
template <class Room>
Result<> Endpoint<E>::wait_for_room(Endpoint& to, const Patience& patience, Room room) {
    if (!patience.waits)
        return Errno::again;
    {
        LockGuard guard(to.mutex_);
        to.waiting_++;
    }
    const Result<> waited = wait_ready<E>(
        to.room_, kAll, ReadyShare::all,
        [&] {
            LockGuard guard(to.mutex_);
            return to.is_shut(kReceive) || is_shut(kSend) || room();
        },
        patience.deadline<E>());
    LockGuard guard(to.mutex_);
    to.waiting_--;
    return waited.code() == Errno::timedout ? Result<>(Errno::again) : waited;
}

// As much as there is room for, 0 if for nothing. Joined with what came before, if nothing comes
// with it. Errors: EPIPE, EFAULT, ENOMEM.
template <class E>
Result<size_t> Endpoint<E>::put_part(IoPieces& from, Attached& with, size_t limit) {
    LockGuard guard(mutex_);
    if (is_shut(kReceive))
        return Errno::pipe;
    limit_ = limit;
    const size_t used = queue_.bytes();
    if (used >= limit)
        return size_t{0};
    constexpr size_t kMostPart = 65'536; // a fault takes back no more than this
    const size_t size = min(min(from.left(), limit - used), kMostPart);
    const IoPieces start = from;
    const auto copy = [&](char* to, size_t part) { return from.take(to, part); };
    const auto* const last = queue_.last();
    const bool joins = last != nullptr && with.rights.empty() && last->with.rights.empty() &&
                       same(with.credentials, last->with.credentials);
    const Result<> put = joins ? queue_.extend(size, copy) : queue_.append(size, with, copy);
    if (!put.ok()) {
        from = start;
        return put.error();
    }
    return size;
}

template <class E>
Result<size_t> Endpoint<E>::send_stream(SocketOut& message, Attached& with, size_t limit,
                                        const Patience& patience) {
    Endpoint* const peer = peer_.load_acquire();
    if (message.to != nullptr) [[unlikely]]
        return state_.load_relaxed() == kConnected ? Errno::isconn : Errno::opnotsupp;
    if (peer == nullptr) [[unlikely]]
        return Errno::notconn;
    if (is_shut(kSend)) [[unlikely]]
        return Errno::pipe;
    if (peer->passes_credentials.load_relaxed() && with.credentials.pid == 0)
        with.credentials = E::credentials();
    IoPieces& from = message.data;
    const size_t whole = from.left();
    if (whole == 0)
        return size_t{0};
    UK_TRY(admit(with, *peer));
    while (from.left() != 0) {
        const Result<size_t> part = peer->put_part(from, with, limit);
        Errno problem = part.code();
        if (part.ok() && part.value() != 0) [[likely]] {
            (void)peer->source_.notify(kIn);
            continue;
        }
        if (part.ok()) {
            problem =
                wait_for_room(*peer, patience, [&] { return peer->queue_.bytes() < limit; }).code();
            if (problem == Errno::ok && is_shut(kSend))
                problem = Errno::pipe;
        }
        if (problem == Errno::ok)
            continue;
        if (from.left() != whole)
            return whole - from.left();
        peer->forget(with.rights); // they have not begun
        return problem;
    }
    return whole;
}

// Under the mutex.
template <class E>
bool Endpoint<E>::has_room(const Endpoint& sender, size_t size, size_t limit) const {
    const bool is_peer = peer_.load_relaxed() == &sender;
    if (!is_peer && queue_.count() > kMostDatagrams)
        return false;
    return queue_.empty() || queue_.used() + size <= limit;
}

// Errors: EAGAIN (no room), EPIPE, ECONNREFUSED, EFAULT, ENOMEM.
template <class E>
Result<> Endpoint<E>::put_packet(const Endpoint& sender, IoPieces& from, Attached& with,
                                 size_t limit) {
    LockGuard guard(mutex_);
    if (dead_ && is_datagram())
        return Errno::connrefused;
    if (is_shut(kReceive))
        return Errno::pipe;
    limit_ = limit;
    if (!has_room(sender, from.left(), limit))
        return Errno::again;
    const IoPieces start = from;
    const Result<> put = queue_.append(from.left(), with,
                                       [&](char* to, size_t part) { return from.take(to, part); });
    if (!put.ok())
        from = start;
    return put;
}

// To whom a packet goes, all else being well; the order of Linux 6.14. Errors: those of connect(),
// EINVAL, ENOTCONN, EMSGSIZE, EPIPE.
template <class E>
Result<Ref<Endpoint<E>>> Endpoint<E>::may_send(const SocketOut& message, size_t limit) {
    constexpr size_t kReserve = 32; // Linux's
    if (!is_datagram()) {
        if (const Errno problem = take_error(); problem != Errno::ok)
            return problem;
    }
    const bool addressed = is_datagram() && message.to != nullptr;
    WantedName wanted;
    if (addressed)
        wanted = UK_TRY(WantedName::of(*message.to));
    else if (!is_datagram() && state_.load_acquire() != kConnected)
        return Errno::notconn;
    if (passes_credentials.load_relaxed() && name() == nullptr)
        UK_TRY(bind_to_some());
    if (message.data.left() > limit - kReserve)
        return Errno::msgsize;
    if (const Errno problem = take_error(); problem != Errno::ok)
        return problem;
    if (is_shut(kSend))
        return Errno::pipe;
    Ref<Endpoint> to;
    if (addressed) {
        to = UK_TRY(find(wanted));
    } else {
        LockGuard guard(mutex_);
        Endpoint* const peer = peer_.load_relaxed();
        if (peer == nullptr)
            return Errno::notconn;
        to = Ref<Endpoint>::share(*peer);
    }
    const Endpoint* const theirs = to->peer_.load_acquire();
    if (theirs != nullptr && theirs != this)
        return Errno::perm;
    return to;
}

// Datagrams have nowhere to go any more; those that came from there are lost, too.
template <class E>
void Endpoint<E>::lose_peer(const Endpoint& peer) {
    {
        LockGuard wiring(E::domain().mutex);
        if (peer_.load_relaxed() != &peer)
            return;
        join_clients(nullptr);
        state_.store_release(kIdle);
    }
    (void)flush();
}

template <class E>
Result<size_t> Endpoint<E>::send_packet(SocketOut& message, Attached& with, size_t limit,
                                        const Patience& patience) {
    Ref<Endpoint> to = UK_TRY(may_send(message, limit));
    const size_t size = message.data.left();
    if (to->passes_credentials.load_relaxed() && with.credentials.pid == 0)
        with.credentials = E::credentials();
    with.sender = Ref<Endpoint>::share(*this);
    UK_TRY(admit(with, *to));
    for (;;) {
        Errno problem = to->put_packet(*this, message.data, with, limit).code();
        if (problem == Errno::ok) [[likely]] {
            (void)to->source_.notify(kIn);
            return size;
        }
        if (problem == Errno::again) {
            problem = wait_for_room(*to, patience, [&] {
                          return to->has_room(*this, size, limit);
                      }).code();
            if (problem == Errno::ok && is_shut(kSend))
                problem = Errno::pipe;
        }
        if (problem == Errno::ok)
            continue;
        to->forget(with.rights);
        if (problem == Errno::connrefused && message.to == nullptr)
            lose_peer(*to);
        return problem;
    }
}

} // namespace uk::unixsocket
