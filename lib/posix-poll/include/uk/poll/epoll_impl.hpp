// SPDX-License-Identifier: BSD-3-Clause
// The larger functions of BasicEpoll.
#pragma once

#include <uk/poll/epoll.hpp>

namespace uk::poll {

// --- what files tell ---

// In a handler perhaps, under the source's lock: the item, and so its owner, stay meanwhile.
template <ReadyEnvironment E>
bool BasicEpoll<E>::on_item(Item& item, uint32_t happened) {
    uint32_t events = 0;
    {
        LockGuard guard(ready_lock_);
        events = item.events;
        if ((events & ~kModes) == 0 || (happened & events) == 0)
            return false;
        if (!item.listed.is_linked()) {
            ready_.push_back(item);
            ready_count_++;
        }
    }
    const bool woke = source_.notify(UK_POLLIN); // no RDNORM, as Linux
    // Of several sets with one file each, the next is told if this one has not asked for it.
    const uint32_t direction = happened & kInOut;
    return woke && (direction == 0 || direction == kInOut || (events & direction) != 0);
}

// A file in sets closes for good. Sets stay while we have the mutex of all.
template <ReadyEnvironment E>
void BasicEpoll<E>::forget(Source& source, const void* file) {
    LockGuard all(E::all_epolls());
    while (auto* watch = source.find(file)) {
        Item& item = *static_cast<Item*>(watch);
        LockGuard guard(item.owner.mutex_);
        item.owner.remove(item);
    }
}

// Nobody has it any more, and it is in no set: files that close meanwhile wait for us.
template <ReadyEnvironment E>
void BasicEpoll<E>::destroy() {
    {
        LockGuard all(E::all_epolls());
        while (Item* item = items_.min())
            remove(*item);
    }
    this->~BasicEpoll();
    E::deallocate(this);
}

// --- the set ---

template <ReadyEnvironment E>
Result<> BasicEpoll<E>::configure(int operation, File& file, int fd, const uk_epoll_event& event) {
    if (file.ready_source() == nullptr)
        return Errno::perm;
    BasicEpoll* const inner = of(file);
    if (inner == this)
        return Errno::inval;
    if (operation != UK_EPOLL_CTL_DEL && (event.events & UK_EPOLLEXCLUSIVE) != 0) {
        if (operation == UK_EPOLL_CTL_MOD ||
            (operation == UK_EPOLL_CTL_ADD &&
             (inner != nullptr || (event.events & ~kWithExclusive) != 0)))
            return Errno::inval;
    }
    if (inner == nullptr)
        return control_locked(operation, file, fd, event);
    LockGuard all(E::all_epolls());
    if (operation == UK_EPOLL_CTL_ADD)
        UK_TRY(check_nesting(*inner));
    return control_locked(operation, file, fd, event);
}

template <ReadyEnvironment E>
Result<> BasicEpoll<E>::control_locked(int operation, File& file, int fd,
                                       const uk_epoll_event& event) {
    LockGuard guard(mutex_);
    Item* const item = find(file, fd);
    switch (operation) {
    case UK_EPOLL_CTL_ADD:
        return item != nullptr ? Errno::exist : add(file, fd, event);
    case UK_EPOLL_CTL_MOD:
        if (item == nullptr)
            return Errno::noent;
        if ((item->events & UK_EPOLLEXCLUSIVE) != 0)
            return Errno::inval;
        change(*item, event);
        return ok();
    case UK_EPOLL_CTL_DEL:
        if (item == nullptr)
            return Errno::noent;
        remove(*item);
        return ok();
    default:
        return Errno::inval;
    }
}

template <ReadyEnvironment E>
Result<> BasicEpoll<E>::add(File& file, int fd, const uk_epoll_event& event) {
    BasicEpoll* const inner = of(file);
    void* memory = E::allocate(inner != nullptr ? sizeof(InnerItem) : sizeof(Item));
    if (memory == nullptr)
        return Errno::nomem;
    Item* item = nullptr;
    if (inner != nullptr) {
        auto* nested = ::new (memory) InnerItem(*this, *inner, fd);
        inner_.push_back(*nested);
        inner->outer_.push_back(*nested);
        item = nested;
    } else {
        item = ::new (memory) OuterItem(*this, file, fd);
    }
    item->events = event.events | UK_EPOLLERR | UK_EPOLLHUP;
    item->data = event.data;
    UK_VERIFY(items_.insert(*item) == nullptr);
    const bool exclusive = (event.events & UK_EPOLLEXCLUSIVE) != 0;
    file.ready_source()->add(*item, exclusive ? ReadyShare::one : ReadyShare::all);
    look_at(*item);
    return ok();
}

template <ReadyEnvironment E>
void BasicEpoll<E>::change(Item& item, const uk_epoll_event& event) {
    set_events(item, event.events | UK_EPOLLERR | UK_EPOLLHUP);
    item.data = event.data;
    look_at(item);
}

// It may be ready already.
template <ReadyEnvironment E>
void BasicEpoll<E>::look_at(Item& item) {
    const uint32_t now = item.file.ready() & item.events;
    if (now != 0)
        (void)on_item(item, now);
}

// With the mutex, or when nobody else has the set any more; one with a set in it also with that of
// all.
template <ReadyEnvironment E>
void BasicEpoll<E>::remove(Item& item) {
    item.file.ready_source()->remove(item);
    {
        LockGuard guard(ready_lock_);
        if (item.listed.is_linked()) {
            ready_.erase(item);
            ready_count_--;
        }
    }
    items_.erase(item);
    if (of(item.file) != nullptr) {
        auto& nested = static_cast<InnerItem&>(item);
        inner_.erase(nested);
        nested.inner.outer_.erase(nested);
        nested.~InnerItem();
    } else {
        static_cast<OuterItem&>(item).~OuterItem();
    }
    E::deallocate(&item);
}

// --- sets in sets; with the mutex of all ---

template <ReadyEnvironment E>
unsigned BasicEpoll<E>::height() const {
    unsigned most = 0;
    for (const InnerItem& item : inner_) {
        const unsigned below = item.inner.height() + 1;
        most = below > most ? below : most;
    }
    return most;
}

template <ReadyEnvironment E>
unsigned BasicEpoll<E>::depth() const {
    unsigned most = 0;
    for (const InnerItem& item : outer_) {
        const unsigned above = item.owner.depth() + 1;
        most = above > most ? above : most;
    }
    return most;
}

template <ReadyEnvironment E>
bool BasicEpoll<E>::leads_to(const BasicEpoll& other) const {
    if (this == &other)
        return true;
    for (const InnerItem& item : inner_) {
        if (item.inner.leads_to(other))
            return true;
    }
    return false;
}

template <ReadyEnvironment E>
Result<> BasicEpoll<E>::check_nesting(BasicEpoll& inner) {
    if (inner.leads_to(*this) || depth() + 1 + inner.height() > kMostNested)
        return Errno::loop;
    return ok();
}

// --- what is ready ---

template <ReadyEnvironment E>
uint32_t BasicEpoll<E>::ready() {
    LockGuard guard(mutex_);
    for (size_t left = listed_count(); left != 0; left--) {
        Item* const item = take_listed();
        if (item == nullptr)
            break;
        if ((item->file.ready() & item->events & ~kModes) != 0) {
            list_again(*item, true);
            return UK_POLLIN | UK_POLLRDNORM;
        }
    }
    return 0;
}

// Level-triggered files go to the end of the list, so that all get their turn; there the next call
// looks whether they are still ready.
template <ReadyEnvironment E>
template <class Put>
Result<size_t> BasicEpoll<E>::harvest(size_t most, Put& put) {
    size_t count = 0;
    bool faulted = false;
    {
        LockGuard guard(mutex_);
        for (size_t left = listed_count(); left != 0 && count < most; left--) {
            Item* const item = take_listed();
            if (item == nullptr)
                break;
            const uint32_t events = item->events;
            const uint32_t now = item->file.ready() & events & ~kModes;
            if (now == 0)
                continue;
            if (!put(now, item->data)) {
                list_again(*item, true);
                faulted = true;
                break;
            }
            count++;
            if ((events & UK_EPOLLONESHOT) != 0)
                set_events(*item, events & kModes);
            else if ((events & UK_EPOLLET) == 0)
                list_again(*item, false);
        }
    }
    if (any_listed())
        (void)source_.wake_next(UK_POLLIN);
    if (faulted && count == 0)
        return Errno::fault;
    return count;
}

} // namespace uk::poll
