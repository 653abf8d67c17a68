// SPDX-License-Identifier: BSD-3-Clause
// Endpoint: receiving, and what pollers see.
#pragma once

#include <utility>

#include <uk/unixsocket/endpoint.hpp>

namespace uk::unixsocket {

// What one receive() has taken so far.
template <class E>
struct Endpoint<E>::Taken {
    size_t bytes = 0;
    bool ends_here = false; // whatever comes next belongs to another receive()
    bool freed = false;     // there is room again for those who wait for it
    bool more = false;
    bool has_record = false;
    uk_ucred credentials{};
    size_t whole = 0; // of a packet
    Rights<E> rights;
    Ref<Endpoint> sender;
};

template <class E>
Result<size_t> Endpoint<E>::receive(SocketIn& message, const Patience& patience) {
    if ((message.flags & UK_MSG_OOB) != 0)
        return Errno::opnotsupp;
    Taken taken;
    if (type_ == UK_SOCK_STREAM)
        return receive_stream(message, taken, patience);
    return receive_packet(message, taken, patience);
}

template <class E>
Result<> Endpoint<E>::wait_for_more(const Patience& patience) {
    if (!patience.waits)
        return Errno::again;
    const Result<> waited = wait_ready<E>(
        source_, kIn, ReadyShare::one,
        [this] {
            LockGuard guard(mutex_);
            return !queue_.empty() || is_shut(kReceive) || error_ != Errno::ok;
        },
        patience.deadline<E>());
    return waited.code() == Errno::timedout ? Result<>(Errno::again) : waited;
}

// Who waits for room, for the first byte or until three quarters are free, hears of it.
template <class E>
void Endpoint<E>::after_taking(bool waited, bool freed, bool more) {
    if (freed) {
        (void)room_.notify(kOut);
        if (is_datagram()) {
            LockGuard guard(mutex_);
            for (Endpoint& client : clients_)
                (void)client.source_.notify(kOut);
        } else if (Endpoint* const peer = peer_.load_acquire()) {
            (void)peer->source_.notify(kOut);
        }
    }
    if (waited && more)
        (void)source_.wake_next(kIn);
}

// The program gets descriptors and credentials, as far as it has asked for them.
template <class E>
void Endpoint<E>::deliver(SocketIn& message, Taken& taken) {
    const bool passes = passes_credentials.load_relaxed();
    if (message.control == nullptr) {
        if (passes || !taken.rights.empty())
            message.got_flags |= UK_MSG_CTRUNC;
        return;
    }
    ControlWriter& control = *message.control;
    if (passes) {
        uk_ucred from = taken.credentials;
        if (from.pid == 0)
            from = {0, ~uk_uid_t{0}, ~uk_gid_t{0}};
        (void)control.put(UK_SOL_SOCKET, UK_SCM_CREDENTIALS, &from, sizeof(from));
    }
    if (taken.rights.empty()) [[likely]]
        return;
    const auto files = taken.rights.all();
    const size_t most = min(files.size(), control.fits() / sizeof(int));
    int fds[kMostRights];
    size_t count = 0;
    for (; count < most; count++) {
        const Result<int> fd = E::add_file(Ref<typename E::File>::share(*files[count]),
                                           (message.flags & UK_MSG_CMSG_CLOEXEC) != 0);
        if (!fd.ok())
            break;
        fds[count] = fd.value();
    }
    if (count != 0)
        (void)control.put(UK_SOL_SOCKET, UK_SCM_RIGHTS, fds, count * sizeof(int));
    if (count < files.size())
        control.set_cut();
}

// --- streams ---

// As much as goes together, under the mutex. Errors: EFAULT, ENOMEM; what is there stays.
template <class E>
Result<> Endpoint<E>::take_stream(SocketIn& message, Taken& taken) {
    const bool peeks = (message.flags & UK_MSG_PEEK) != 0;
    const bool passes = passes_credentials.load_relaxed();
    auto* record = queue_.first();
    size_t skip = peeks ? taken.bytes : 0; // of `record`; who peeks has seen so much already
    size_t offset = skip;
    for (; record != nullptr && skip >= record->left && skip != 0; record = record->next)
        skip -= record->left;
    while (record != nullptr && !taken.ends_here) {
        if (passes && taken.has_record && !same(taken.credentials, record->with.credentials)) {
            taken.ends_here = true;
            break;
        }
        const size_t part = min(message.data.left(), record->left - skip);
        UK_TRY(queue_.look(offset, part, [&](const char* from, size_t size) {
            return message.data.put(from, size);
        }));
        taken.credentials = record->with.credentials;
        taken.has_record = true;
        taken.bytes += part;
        const bool rest = part < record->left - skip;
        const bool rights = !record->with.rights.empty();
        if (peeks) {
            if (rights)
                UK_TRY(taken.rights.copy(record->with.rights));
            taken.ends_here = rights || rest;
            record = record->next;
            offset += part;
            skip = 0;
        } else {
            if (rights)
                taken.rights = std::move(record->with.rights);
            taken.ends_here = rights || rest;
            queue_.drop_bytes(part);
            if (!rest)
                queue_.drop_record();
            record = queue_.first();
        }
        if (message.data.left() == 0)
            taken.ends_here = true;
    }
    return ok();
}

template <class E>
Result<size_t> Endpoint<E>::receive_stream(SocketIn& message, Taken& taken,
                                           const Patience& patience) {
    if (state_.load_acquire() != kConnected) [[unlikely]]
        return Errno::inval;
    const size_t all = (message.flags & UK_MSG_WAITALL) != 0 ? message.data.left() : 1;
    const size_t target = max(all, size_t{1});
    Errno problem = Errno::ok;
    for (bool waited = false;; waited = true) {
        bool none = false, ended = false;
        {
            LockGuard guard(mutex_);
            const size_t before = queue_.bytes();
            problem = take_stream(message, taken).code();
            const size_t now = queue_.bytes();
            taken.freed =
                now < before && (waiting_ != 0 || (before * 4 > limit_ && now * 4 <= limit_));
            taken.more = now != 0;
            none = queue_.empty();
            ended = is_shut(kReceive);
            if (none && taken.bytes < target && !taken.ends_here && problem == Errno::ok)
                problem = std::exchange(error_, Errno::ok);
        }
        after_taking(waited, taken.freed, taken.more);
        if (problem != Errno::ok || taken.ends_here || taken.bytes >= target || ended)
            break;
        problem = wait_for_more(patience).code();
        if (problem != Errno::ok)
            break;
    }
    if ((message.flags & UK_MSG_PEEK) == 0)
        forget(taken.rights);
    if (problem != Errno::ok && taken.bytes == 0)
        return problem;
    deliver(message, taken);
    if (message.from != nullptr) {
        message.from->size = 0;
        const Endpoint* const peer = peer_.load_acquire();
        if (taken.has_record && peer != nullptr && peer->name() != nullptr)
            peer->name()->tell(*message.from);
    }
    return taken.bytes;
}

// --- packets ---

// The first one, under the mutex. Errors: EFAULT, ENOMEM; it stays then.
template <class E>
Result<> Endpoint<E>::take_packet(SocketIn& message, Taken& taken) {
    auto* const record = queue_.first();
    const bool peeks = (message.flags & UK_MSG_PEEK) != 0;
    taken.bytes = min(message.data.left(), record->left);
    UK_TRY(queue_.look(0, taken.bytes, [&](const char* from, size_t size) {
        return message.data.put(from, size);
    }));
    taken.whole = record->left;
    taken.credentials = record->with.credentials;
    taken.sender = record->with.sender;
    if (peeks)
        return taken.rights.copy(record->with.rights);
    taken.rights = std::move(record->with.rights);
    const size_t before = queue_.used();
    queue_.drop_record();
    taken.freed = waiting_ != 0 || (before * 4 > limit_ && queue_.used() * 4 <= limit_) ||
                  queue_.count() == kMostDatagrams;
    taken.more = !queue_.empty();
    return ok();
}

template <class E>
Result<size_t> Endpoint<E>::receive_packet(SocketIn& message, Taken& taken,
                                           const Patience& patience) {
    if (!is_datagram() && state_.load_acquire() != kConnected) [[unlikely]]
        return Errno::notconn;
    for (bool waited = false;; waited = true) {
        bool found = false, ended = false;
        Errno problem = Errno::ok;
        {
            LockGuard guard(mutex_);
            problem = std::exchange(error_, Errno::ok);
            found = problem == Errno::ok && !queue_.empty();
            ended = is_shut(kReceive);
            if (found)
                problem = take_packet(message, taken).code();
        }
        if (problem != Errno::ok)
            return problem;
        if (found) {
            after_taking(waited, taken.freed, taken.more);
            break;
        }
        if (ended && (patience.waits || !is_datagram())) {
            if (message.from != nullptr)
                message.from->size = 0;
            return size_t{0};
        }
        UK_TRY(wait_for_more(patience));
    }
    if ((message.flags & UK_MSG_PEEK) == 0)
        forget(taken.rights);
    deliver(message, taken);
    if (message.from != nullptr) {
        message.from->size = 0;
        if (const OwnName* const name = taken.sender->name())
            name->tell(*message.from);
    }
    if (taken.whole > taken.bytes)
        message.got_flags |= UK_MSG_TRUNC;
    return (message.flags & UK_MSG_TRUNC) != 0 ? taken.whole : taken.bytes;
}

// --- what can be asked ---

template <class E>
uint32_t Endpoint<E>::ready(size_t limit) {
    uint32_t events = 0;
    Ref<Endpoint> peer;
    {
        LockGuard guard(mutex_);
        const uint32_t shut = shut_.load_relaxed();
        events |= error_ != Errno::ok ? UK_POLLERR : 0;
        events |= shut == kBoth ? UK_POLLHUP : 0;
        events |= (shut & kReceive) != 0 ? UK_POLLRDHUP | kIn : 0;
        events |= !queue_.empty() || !pending_.empty() ? kIn : 0;
        if (!is_datagram() && state_.load_relaxed() == kIdle)
            events |= UK_POLLHUP;
        if (listens())
            return events;
        if (Endpoint* const other = peer_.load_acquire())
            peer = Ref<Endpoint>::share(*other);
    }
    if (!peer)
        return events | kOut;
    LockGuard guard(peer->mutex_);
    const size_t used = type_ == UK_SOCK_STREAM ? peer->queue_.bytes() : peer->queue_.used();
    const bool crowded =
        peer->peer_.load_relaxed() != this && peer->queue_.count() > kMostDatagrams;
    return used * 4 <= limit && !crowded ? events | kOut : events;
}

template <class E>
Errno Endpoint<E>::take_error() {
    LockGuard guard(mutex_);
    return std::exchange(error_, Errno::ok);
}

template <class E>
uk_ucred Endpoint<E>::peer_credentials() {
    LockGuard wiring(E::domain().mutex);
    return peer_credentials_;
}

template <class E>
Result<size_t> Endpoint<E>::incoming() {
    LockGuard guard(mutex_);
    if (listens())
        return Errno::inval;
    if (!is_datagram())
        return queue_.bytes();
    return queue_.empty() ? size_t{0} : queue_.first()->left;
}

template <class E>
size_t Endpoint<E>::outgoing() {
    Ref<Endpoint> peer;
    {
        LockGuard guard(mutex_);
        if (Endpoint* const other = peer_.load_acquire())
            peer = Ref<Endpoint>::share(*other);
    }
    if (!peer)
        return 0;
    LockGuard guard(peer->mutex_);
    return peer->queue_.bytes();
}

} // namespace uk::unixsocket
