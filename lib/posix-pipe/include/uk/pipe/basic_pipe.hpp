// SPDX-License-Identifier: BSD-3-Clause
// BasicPipe: what the ends of a pipe, or all open files of a FIFO, share; as a template over the
// environment. pipe(7), fifo(7), POSIX.1-2017 write().
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/abi/fcntl.h>
#include <uk/abi/ioctl.h>
#include <uk/abi/limits.h>
#include <uk/abi/poll.h>
#include <uk/base/atomic.hpp>
#include <uk/base/ref.hpp>
#include <uk/base/result.hpp>
#include <uk/file/basic_file.hpp>
#include <uk/file/own_facts.hpp>
#include <uk/file/ready_wait.hpp>
#include <uk/pipe/page_ring.hpp>
#include <uk/spinlock/basic.hpp>
#include <uk/user.hpp>

namespace uk::pipe {

// What one open file has of a pipe: which ways it goes.
struct PipeEnd {
    bool reads = false;
    bool writes = false;
    bool never_had_writer = false; // a FIFO opened for reading before anybody wrote: no POLLHUP yet
    uint32_t writers_then = 0;
};

// Counted. E is a ReadyEnvironment with File, Mutex, allocate(), deallocate() and broken(), which
// the writer calls whom nobody reads: SIGPIPE. Thread context, any number of threads.
template <ReadyEnvironment E>
class BasicPipe {
    using Source = typename E::Source;
    using Mutex = typename E::Mutex;

  public:
    static constexpr size_t kAtomic = UK_PIPE_BUF; // what one write() keeps together
    static constexpr size_t kMostBytes = size_t{1} << 31;

    // Errors: ENOMEM.
    [[nodiscard]] static Result<Ref<BasicPipe>> make() {
        void* memory = E::allocate(sizeof(BasicPipe));
        if (memory == nullptr)
            return Errno::nomem;
        return Ref<BasicPipe>::adopt(*::new (memory) BasicPipe);
    }
    void ref_retain() { refs_.fetch_add_relaxed(1); }
    void ref_release() {
        if (refs_.fetch_sub_acq_rel(1) != 1)
            return;
        this->~BasicPipe();
        E::deallocate(this);
    }

    // Another open file, as open() of a FIFO: who only reads waits for a writer and the other way
    // round. Each open end is closed once. Errors: EINTR, ENXIO (nonblocking, for writing, nobody
    // reads).
    [[nodiscard]] Result<PipeEnd> open(bool reads, bool writes, bool nonblocking);
    // The same without waiting: both ends of pipe().
    PipeEnd open_now(bool reads, bool writes);
    void close(const PipeEnd& end);

    // As File::read() and write(). Errors: EAGAIN, EINTR, EPIPE, EFAULT, ENOMEM.
    [[nodiscard]] Result<size_t> read(IoPieces& to, bool nonblocking);
    [[nodiscard]] Result<size_t> write(IoPieces& from, bool nonblocking);

    [[nodiscard]] uint32_t ready(const PipeEnd& end);
    // One for all ends that read, another for those that only write: what happens on one side is
    // no event for the other.
    Source& source(const PipeEnd& end) { return end.reads ? readable_ : writable_; }

    // For fstat(), if no path leads to it: both ends have the same.
    OwnFacts& facts() { return facts_; }

    // FIONREAD.
    [[nodiscard]] Result<long> ioctl(unsigned request, uintptr_t argument);
    // F_GETPIPE_SZ, F_SETPIPE_SZ (errors: EBUSY, EINVAL, ENOMEM).
    [[nodiscard]] Result<long> control(int command, uintptr_t argument);

  private:
    static constexpr uint32_t kPartner = 1U << 30; // somebody has opened the other end
    static constexpr uint32_t kIn = UK_POLLIN | UK_POLLRDNORM;
    static constexpr uint32_t kOut = UK_POLLOUT | UK_POLLWRNORM;

    BasicPipe() = default;
    ~BasicPipe() = default;

    Result<size_t> write_part(IoPieces& from, size_t whole);
    [[nodiscard]] Result<long> set_size(uintptr_t bytes);
    PipeEnd count(bool reads, bool writes) {
        readers_ += reads ? 1 : 0;
        writers_ += writes ? 1 : 0;
        readers_ever_ += reads ? 1 : 0;
        writers_ever_ += writes ? 1 : 0;
        both_ways_ += reads && writes ? 1 : 0;
        return {reads, writes, false, writers_ever_};
    }
    void tell_writers(bool both_ways) {
        (void)writable_.notify(kOut);
        if (both_ways)
            (void)readable_.notify(kOut);
    }
    [[nodiscard]] bool readable() {
        LockGuard guard(mutex_);
        return ring_.used() != 0 || writers_ == 0;
    }
    Result<> wait_for_room(size_t wanted) {
        {
            LockGuard guard(mutex_);
            waiting_writers_++;
        }
        // All of them: what does not fit for one may for another.
        const Result<> result = wait_ready<E>(writable_, kOut, ReadyShare::all, [&] {
            LockGuard guard(mutex_);
            return readers_ == 0 || ring_.room() >= wanted;
        });
        LockGuard guard(mutex_);
        waiting_writers_--;
        return result;
    }

    Atomic<uint32_t> refs_{1};
    Mutex mutex_; // what follows
    PageRing<E> ring_;
    unsigned readers_ = 0;
    unsigned writers_ = 0;
    uint32_t readers_ever_ = 0;
    uint32_t writers_ever_ = 0;
    unsigned waiting_writers_ = 0;
    unsigned both_ways_ = 0; // open ends that read and write
    Source readable_;
    Source writable_;
    OwnFacts facts_{UK_S_IFIFO | 0600};
};

template <ReadyEnvironment E>
PipeEnd BasicPipe<E>::open_now(bool reads, bool writes) {
    LockGuard guard(mutex_);
    return count(reads, writes);
}

template <ReadyEnvironment E>
Result<PipeEnd> BasicPipe<E>::open(bool reads, bool writes, bool nonblocking) {
    PipeEnd end;
    uint32_t partners = 0;
    {
        LockGuard guard(mutex_);
        if (writes && !reads && nonblocking && readers_ == 0)
            return Errno::nxio;
        end = count(reads, writes);
        const bool alone = reads != writes && (reads ? writers_ : readers_) == 0;
        end.never_had_writer = alone && nonblocking;
        partners = reads ? writers_ever_ : readers_ever_;
        if (!alone || nonblocking)
            partners--;
    }
    for (Source* source : {&readable_, &writable_})
        (void)source->notify(kPartner);
    // One that has come and gone meanwhile counts.
    const Result<> met = wait_ready<E>(source(end), kPartner, ReadyShare::all, [&] {
        LockGuard guard(mutex_);
        return (reads ? writers_ever_ : readers_ever_) != partners;
    });
    if (!met.ok()) {
        close(end);
        return met.error();
    }
    return end;
}

template <ReadyEnvironment E>
void BasicPipe<E>::close(const PipeEnd& end) {
    bool last = false;
    {
        LockGuard guard(mutex_);
        readers_ -= end.reads ? 1 : 0;
        writers_ -= end.writes ? 1 : 0;
        both_ways_ -= end.reads && end.writes ? 1 : 0;
        last = (readers_ == 0) != (writers_ == 0);
        if (readers_ == 0 && writers_ == 0) // what nobody has read is gone
            (void)ring_.take(ring_.used(), [](const char*, size_t) { return ok(); });
    }
    if (!last)
        return;
    for (Source* source : {&readable_, &writable_})
        (void)source->notify(kIn | kOut | UK_POLLHUP | UK_POLLERR);
}

template <ReadyEnvironment E>
Result<size_t> BasicPipe<E>::read(IoPieces& to, bool nonblocking) {
    if (to.left() == 0)
        return size_t{0};
    for (bool waited = false;; waited = true) {
        Result<size_t> got = size_t{0};
        bool any = false, more = false, room = false, both_ways = false;
        {
            LockGuard guard(mutex_);
            const bool was_short = ring_.room() < kAtomic;
            if (ring_.used() != 0) {
                any = true;
                got = ring_.take(to.left(),
                                 [&](const char* from, size_t size) { return to.put(from, size); });
                room = was_short && (ring_.room() >= kAtomic || waiting_writers_ != 0);
            } else if (writers_ == 0) {
                any = true; // the end
            }
            more = ring_.used() != 0 || writers_ == 0;
            both_ways = both_ways_ != 0;
        }
        if (any) {
            if (room)
                tell_writers(both_ways);
            if (waited && more)
                (void)readable_.wake_next(kIn);
            return got;
        }
        if (nonblocking)
            return Errno::again;
        UK_TRY(wait_ready<E>(readable_, kIn, ReadyShare::one, [this] { return readable(); }));
    }
}

// What fits now of a write of `whole` bytes; EPIPE if nobody reads.
template <ReadyEnvironment E>
Result<size_t> BasicPipe<E>::write_part(IoPieces& from, size_t whole) {
    LockGuard guard(mutex_);
    if (readers_ == 0)
        return Errno::pipe;
    if (ring_.room() < (whole <= kAtomic ? whole : 1))
        return size_t{0};
    const bool together = whole <= kAtomic;
    const IoPieces start = from;
    const Result<size_t> part = ring_.put(
        from.left(), together, [&](char* to, size_t size) { return from.take(to, size); });
    if (!part.ok())
        from = start;
    return part;
}

template <ReadyEnvironment E>
Result<size_t> BasicPipe<E>::write(IoPieces& from, bool nonblocking) {
    const size_t whole = from.left();
    while (from.left() != 0) {
        const size_t done = whole - from.left();
        const auto so_far = [&](Errno problem) {
            return done != 0 ? Result<size_t>(done) : Result<size_t>(problem);
        };
        const Result<size_t> part = write_part(from, whole);
        (void)readable_.notify(kIn); // as on Linux, also when nothing came
        if (!part.ok()) {
            if (part.code() == Errno::pipe)
                E::broken();
            return so_far(part.code());
        }
        if (from.left() == 0)
            break;
        if (nonblocking)
            return whole != from.left() ? Result<size_t>(whole - from.left()) : Errno::again;
        const Result<> waited = wait_for_room(min(from.left(), kAtomic));
        if (!waited.ok())
            return whole != from.left() ? Result<size_t>(whole - from.left()) : waited.error();
    }
    return whole;
}

template <ReadyEnvironment E>
uint32_t BasicPipe<E>::ready(const PipeEnd& end) {
    LockGuard guard(mutex_);
    uint32_t events = 0;
    if (end.reads) {
        events |= ring_.used() != 0 ? kIn : 0;
        if (writers_ == 0 && !(end.never_had_writer && end.writers_then == writers_ever_))
            events |= UK_POLLHUP;
    }
    if (end.writes) {
        events |= ring_.room() >= kAtomic ? kOut : 0;
        events |= readers_ == 0 ? UK_POLLERR : 0;
    }
    return events;
}

template <ReadyEnvironment E>
Result<long> BasicPipe<E>::set_size(uintptr_t bytes) {
    if (bytes > kMostBytes)
        return Errno::inval;
    size_t pages = 1;
    while (pages * PageRing<E>::kPage < bytes)
        pages *= 2;
    bool room = false, both_ways = false;
    {
        LockGuard guard(mutex_);
        both_ways = both_ways_ != 0;
        const bool was_short = ring_.room() < kAtomic;
        UK_TRY(ring_.resize(pages));
        room = was_short && ring_.room() >= kAtomic;
    }
    if (room)
        tell_writers(both_ways);
    return static_cast<long>(pages * PageRing<E>::kPage);
}

template <ReadyEnvironment E>
Result<long> BasicPipe<E>::ioctl(unsigned request, uintptr_t argument) {
    switch (request) {
    case UK_FIONREAD: {
        mutex_.lock();
        const auto count = static_cast<int>(ring_.used());
        mutex_.unlock();
        UK_TRY(user::write(Vaddr{argument}, count));
        return 0;
    }
    default:
        return Errno::notty;
    }
}

template <ReadyEnvironment E>
Result<long> BasicPipe<E>::control(int command, uintptr_t argument) {
    switch (command) {
    case UK_F_GETPIPE_SZ: {
        LockGuard guard(mutex_);
        return static_cast<long>(ring_.capacity());
    }
    case UK_F_SETPIPE_SZ:
        return set_size(argument);
    default:
        return Errno::notty;
    }
}

} // namespace uk::pipe
