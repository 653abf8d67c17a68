// SPDX-License-Identifier: BSD-3-Clause
// Endpoint: names, connections, ends.
#pragma once

#include <utility>

#include <uk/unixsocket/endpoint.hpp>

namespace uk::unixsocket {

// --- names ---

template <class E>
Result<> Endpoint<E>::set_name(const WantedName& wanted, typename E::Place place) {
    Ref<OwnName> made = UK_TRY(OwnName::make(wanted, std::move(place)));
    Domain<E>& domain = E::domain();
    LockGuard guard(domain.mutex);
    if (wanted.kind == WantedName::Kind::abstract &&
        domain.names.find_abstract(wanted.text, type_) != nullptr)
        return Errno::addrinuse;
    name_.store_release(made.release());
    domain.names.add(*this);
    return ok();
}

template <class E>
Result<> Endpoint<E>::bind(const SocketAddress& to) {
    if (to.size == kPathAt && to.family() == UK_AF_UNIX)
        return bind_to_some();
    const WantedName wanted = UK_TRY(WantedName::of(to));
    {
        LockGuard guard(E::domain().mutex);
        if (bound_)
            return Errno::inval;
        bound_ = true; // nobody else will try meanwhile
    }
    Result<> done = ok();
    typename E::Place place{};
    if (wanted.kind == WantedName::Kind::path) {
        Result<typename E::Place> made = E::make_node(wanted.text);
        if (made.ok())
            place = made.take();
        else
            done = made.error();
    }
    if (done.ok())
        done = set_name(wanted, std::move(place));
    if (!done.ok()) {
        LockGuard guard(E::domain().mutex);
        bound_ = false;
    }
    return done;
}

// Five hexadecimal digits that nobody has.
template <class E>
Result<> Endpoint<E>::bind_to_some() {
    constexpr unsigned kDigits = 5, kMost = 1U << (4 * kDigits);
    {
        LockGuard guard(E::domain().mutex);
        if (bound_)
            return ok();
        bound_ = true;
    }
    Result<> done = Errno::nospc;
    for (unsigned tries = 0; tries < kMost; tries++) {
        uint32_t number = 0;
        {
            LockGuard guard(E::domain().mutex);
            number = E::domain().next_name++;
        }
        char text[kDigits];
        for (unsigned i = 0; i < kDigits; i++)
            text[i] = "0123456789abcdef"[number >> (4 * (kDigits - 1 - i)) & 15];
        done = set_name({WantedName::Kind::abstract, {text, kDigits}}, {});
        if (done.code() != Errno::addrinuse)
            break;
    }
    if (!done.ok()) {
        LockGuard guard(E::domain().mutex);
        bound_ = false;
    }
    return done;
}

template <class E>
Result<> Endpoint<E>::name(SocketSide side, SocketAddress& out) {
    LockGuard guard(E::domain().mutex); // a peer stays a peer
    const Endpoint* const whose = side == SocketSide::local ? this : peer_.load_acquire();
    if (whose == nullptr)
        return Errno::notconn;
    if (const OwnName* const own = whose->name())
        own->tell(out);
    else
        OwnName::tell_none(out);
    return ok();
}

template <class E>
Result<Ref<Endpoint<E>>> Endpoint<E>::find(const WantedName& wanted) {
    Domain<E>& domain = E::domain();
    typename E::Place place{};
    if (wanted.kind == WantedName::Kind::path)
        place = UK_TRY(E::find_node(wanted.text));
    else if (wanted.kind == WantedName::Kind::none)
        return Errno::inval;
    LockGuard guard(domain.mutex);
    Endpoint* const found = wanted.kind == WantedName::Kind::path
                                ? domain.names.find_node(E::key(place))
                                : domain.names.find_abstract(wanted.text, type_);
    if (found == nullptr)
        return Errno::connrefused;
    if (found->type_ != type_)
        return Errno::prototype;
    return Ref<Endpoint>::share(*found); // its file has one as long as it has a name
}

// --- connections ---

template <class E>
Result<> Endpoint<E>::listen(unsigned backlog) {
    if (is_datagram())
        return Errno::opnotsupp;
    LockGuard wiring(E::domain().mutex);
    if (name() == nullptr || state_.load_relaxed() == kConnected)
        return Errno::inval;
    peer_credentials_ = E::credentials();
    {
        LockGuard guard(mutex_);
        backlog_ = backlog;
        state_.store_release(kListening);
    }
    (void)room_.notify(kOut); // perhaps it is longer now
    return ok();
}

// Both are new, or under the domain's mutex.
template <class E>
void Endpoint<E>::join(Endpoint& one, Endpoint& other) {
    one.ref_retain();
    other.ref_retain();
    one.peer_credentials_ = other.peer_credentials_ = E::credentials();
    one.peer_.store_release(&other);
    other.peer_.store_release(&one);
    if (one.is_datagram()) {
        one.clients_.push_back(other);
        other.clients_.push_back(one);
    }
    one.state_.store_release(kConnected);
    other.state_.store_release(kConnected);
}

// A connection to a listener, if it has room; `other_end` is the new endpoint that its accept()
// will give. Errors: ECONNREFUSED, EISCONN, EINVAL.
template <class E>
Result<> Endpoint<E>::connect_stream(Endpoint& to, Ref<Endpoint>& other_end, bool& full) {
    LockGuard wiring(E::domain().mutex);
    {
        LockGuard guard(to.mutex_);
        if (!to.listens() || to.dead_ || to.is_shut(kReceive))
            return Errno::connrefused;
        full = to.pending_count_ > to.backlog_;
        if (full)
            return ok();
    }
    switch (state_.load_relaxed()) {
    case kConnected:
        return Errno::isconn;
    case kListening:
        return Errno::inval;
    default:
        break;
    }
    if (OwnName* const theirs = to.name()) { // it is there, as a listener has one
        theirs->ref_retain();
        other_end->name_.store_release(theirs);
        other_end->bound_ = true;
    }
    other_end->not_accepted_ = true;
    join(*this, *other_end);
    LockGuard guard(to.mutex_);
    to.pending_.push_back(*other_end.release());
    to.pending_count_++;
    return ok();
}

template <class E>
Result<> Endpoint<E>::connect(const SocketAddress& to, const Patience& patience) {
    if (is_datagram())
        return connect_datagrams(to);
    const WantedName wanted = UK_TRY(WantedName::of(to));
    if (passes_credentials.load_relaxed() && name() == nullptr)
        UK_TRY(bind_to_some());
    const uint64_t deadline = patience.waits ? patience.deadline<E>() : 0;
    Ref<Endpoint> other_end = UK_TRY(make(type_));
    for (;;) {
        Ref<Endpoint> listener = UK_TRY(find(wanted));
        bool full = false;
        UK_TRY(connect_stream(*listener, other_end, full));
        if (!full) {
            (void)listener->source_.notify(kIn);
            (void)source_.notify(kOut);
            return ok();
        }
        if (!patience.waits)
            return Errno::again;
        const Result<> waited = wait_ready<E>(
            listener->room_, kOut, ReadyShare::all,
            [&] {
                LockGuard guard(listener->mutex_);
                return listener->dead_ || listener->is_shut(kReceive) ||
                       listener->pending_count_ <= listener->backlog_;
            },
            deadline);
        if (!waited.ok())
            return waited.code() == Errno::timedout ? Errno::again : waited.code();
    }
}

// Another peer, or none. Under the domain's mutex.
template <class E>
void Endpoint<E>::join_clients(Endpoint* peer) {
    Endpoint* before = nullptr;
    if (peer != nullptr) {
        peer->ref_retain();
        LockGuard guard(mutex_);
        before = peer_.exchange_acq_rel(peer);
    } else {
        LockGuard guard(mutex_);
        before = peer_.exchange_acq_rel(nullptr);
    }
    if (before != nullptr) {
        {
            LockGuard guard(before->mutex_);
            before->clients_.erase(*this);
        }
        before->ref_release();
    }
    if (peer != nullptr) {
        LockGuard guard(peer->mutex_);
        peer->clients_.push_back(*this);
    }
}

template <class E>
Result<> Endpoint<E>::connect_datagrams(const SocketAddress& to) {
    Ref<Endpoint> other;
    if (to.size < sizeof(uint16_t))
        return Errno::inval;
    if (to.family() != UK_AF_UNSPEC) {
        const WantedName wanted = UK_TRY(WantedName::of(to));
        if (passes_credentials.load_relaxed() && name() == nullptr)
            UK_TRY(bind_to_some());
        other = UK_TRY(find(wanted));
        Endpoint* const theirs = other->peer_.load_acquire();
        if (theirs != nullptr && theirs != this)
            return Errno::perm;
    }
    Ref<Endpoint> before;
    {
        LockGuard wiring(E::domain().mutex);
        Endpoint* const old = peer_.load_relaxed();
        if (old == other.get())
            return ok();
        if (old != nullptr)
            before = Ref<Endpoint>::share(*old);
        join_clients(other.get());
        state_.store_release(other ? kConnected : kIdle);
    }
    if (!before)
        return ok();
    const bool lost = flush(); // what the old one has sent
    if (lost && before->peer_.load_acquire() == this) {
        {
            LockGuard guard(before->mutex_);
            if (!before->dead_)
                before->error_ = Errno::connreset;
        }
        (void)before->source_.notify(kAll);
    }
    return ok();
}

template <class E>
Result<Ref<Endpoint<E>>> Endpoint<E>::accept(const Patience& patience, SocketAddress* peer) {
    if (is_datagram())
        return Errno::opnotsupp;
    Endpoint* first = nullptr;
    bool ended = false;
    const auto look = [&] {
        LockGuard guard(mutex_);
        first = pending_.pop_front();
        if (first != nullptr)
            pending_count_--;
        ended = !listens() || (first == nullptr && is_shut(kReceive) && patience.waits);
        return ended || first != nullptr;
    };
    if (!look()) {
        if (!patience.waits)
            return Errno::again;
        const Result<> waited =
            wait_ready<E>(source_, kIn, ReadyShare::one, look, patience.deadline<E>());
        if (!waited.ok())
            return waited.code() == Errno::timedout ? Errno::again : waited.code();
    }
    if (ended)
        return Errno::inval;
    (void)room_.notify(kOut);
    Ref<Endpoint> accepted = Ref<Endpoint>::adopt(*first);
    {
        LockGuard wiring(E::domain().mutex);
        accepted->not_accepted_ = false;
    }
    if (peer != nullptr)
        UK_TRY(accepted->name(SocketSide::peer, *peer));
    return accepted;
}

// --- ends ---

template <class E>
void Endpoint<E>::shut(uint32_t ways) {
    LockGuard guard(mutex_);
    (void)shut_.fetch_or_acq_rel(ways);
}

template <class E>
void Endpoint<E>::tell_end() {
    (void)source_.notify(kAll);
    (void)room_.notify(kAll);
}

template <class E>
void Endpoint<E>::shutdown(int how) {
    const auto ways = static_cast<uint32_t>(how) + 1; // UK_SHUT_RD, WR, RDWR
    shut(ways);
    if (!is_datagram()) {
        if (Endpoint* const peer = peer_.load_acquire()) {
            peer->shut(((ways & kReceive) != 0 ? kSend : 0) | ((ways & kSend) != 0 ? kReceive : 0));
            peer->tell_end();
        }
    }
    tell_end();
}

// What nobody will receive any more; whether there was something.
template <class E>
bool Endpoint<E>::flush() {
    for (bool any = false;; any = true) {
        Attached gone; // dropped without the lock
        {
            LockGuard guard(mutex_);
            if (queue_.empty())
                return any;
            gone.rights = std::move(queue_.first()->with.rights);
            queue_.drop_record();
        }
        forget(gone.rights);
    }
}

template <class E>
void Endpoint<E>::leave_peer(bool not_accepted, bool unread) {
    Endpoint* peer = nullptr;
    if (is_datagram()) {
        join_clients(nullptr);
        return;
    }
    peer = peer_.exchange_acq_rel(nullptr);
    if (peer == nullptr)
        return;
    {
        LockGuard guard(peer->mutex_);
        (void)peer->shut_.fetch_or_acq_rel(kBoth);
        if (unread || not_accepted)
            peer->error_ = Errno::connreset;
    }
    peer->tell_end();
    peer->ref_release();
}

template <class E>
void Endpoint<E>::close(bool not_accepted) {
    Ref<Endpoint> self = Ref<Endpoint>::share(*this);
    List<&Endpoint::pending_node_> pending;
    {
        LockGuard wiring(E::domain().mutex);
        if (name_node.is_linked())
            E::domain().names.remove(*this);
        bool unread = false;
        {
            LockGuard guard(mutex_);
            dead_ = true;
            (void)shut_.fetch_or_acq_rel(kBoth);
            unread = !queue_.empty();
            pending.splice_back(pending_);
            pending_count_ = 0;
            for (Endpoint& client : clients_)
                (void)client.source_.notify(kOut);
        }
        leave_peer(not_accepted, unread);
    }
    tell_end();
    while (Endpoint* const one = pending.pop_front()) {
        one->close(true);
        one->ref_release();
    }
    (void)flush();
}

} // namespace uk::unixsocket
