// SPDX-License-Identifier: BSD-3-Clause
// What sockets of the Internet ask of their environment, and what they share.
#pragma once

#include <concepts>
#include <cstddef>

#include <uk/base/minmax.hpp>
#include <uk/base/result.hpp>
#include <uk/file/io_pieces.hpp>
#include <uk/file/ready_wait.hpp>

#include <lwip/pbuf.h>

namespace uk::lwip {

// All static. Core holds the stack's lock while it lives; look() takes packets that have come, says
// whether there were any, and is called without the lock.
template <class E>
concept SocketEnvironment = ReadyEnvironment<E> && requires(size_t size, void* memory) {
    typename E::Socket; // a BasicSocket
    typename E::Mutex;
    typename E::Core;
    { E::look() } -> std::same_as<bool>;
    { E::allocate(size) } -> std::same_as<void*>;
    { E::deallocate(memory) } -> std::same_as<void>;
};

// As wait_ready(), but the thread first looks itself for what it waits for, as long as packets
// come: so an answer that is there soon costs no switch.
template <SocketEnvironment E, class Done>
[[nodiscard]] Result<> wait_for_packets(typename E::Source& source, uint32_t events,
                                        ReadyShare share, Done done, uint64_t deadline_ns) {
    constexpr int kMostLooks = 64; // then it is others whose packets come
    for (int i = 0; i < kMostLooks && E::look(); i++) {
        if (done())
            return ok();
    }
    const Result<> waited = wait_ready<E>(source, events, share, done, deadline_ns);
    return waited.code() == Errno::timedout ? Result<>(Errno::again) : waited;
}

// Copies `size` bytes that begin `offset` behind the start of a chain. What the last part of them
// refers to is not looked at: more may be appended meanwhile.
inline Result<> put_chain(IoPieces& to, const pbuf* from, size_t offset, size_t size) {
    while (size != 0) {
        if (offset < from->len) {
            const size_t part = min(size, from->len - offset);
            UK_TRY(to.put(static_cast<const char*>(from->payload) + offset, part));
            offset += part;
            size -= part;
        } else {
            offset -= from->len;
            from = from->next;
        }
    }
    return ok();
}

// Memory that bytes of the application go through: on the stack; more for long ones.
template <SocketEnvironment E>
class Bounce {
  public:
    Bounce() {} // the bytes have no value yet
    // There is room for `wanted` now, if there was memory.
    void need(size_t wanted) {
        if (wanted <= size_ || many_ != nullptr)
            return;
        many_ = E::allocate(min(wanted, kMost));
        size_ = many_ != nullptr ? min(wanted, kMost) : sizeof few_;
    }
    Bounce(const Bounce&) = delete;
    Bounce& operator=(const Bounce&) = delete;
    ~Bounce() {
        if (many_ != nullptr)
            E::deallocate(many_);
    }
    [[nodiscard]] void* data() { return many_ != nullptr ? many_ : few_; }
    [[nodiscard]] size_t size() const { return size_; }

  private:
    static constexpr size_t kMost = 32'768;

    void* many_ = nullptr;
    size_t size_ = sizeof few_;
    char few_[2048];
};

} // namespace uk::lwip
