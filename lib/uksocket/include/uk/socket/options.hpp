// SPDX-License-Identifier: BSD-3-Clause
// Options of sockets: how one is asked for, and those of level SOL_SOCKET that mean the same for
// all families.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <uk/abi/socket.h>
#include <uk/base/atomic.hpp>
#include <uk/base/minmax.hpp>
#include <uk/base/result.hpp>
#include <uk/string.h>

namespace uk {

// One getsockopt() or setsockopt(). The memory is the kernel's.
struct SocketOption {
    enum class Way : uint8_t { get, set };
    // No value is longer; of longer ones that are set, so many bytes are seen.
    static constexpr size_t kMost = 512;

    Way way;
    int level; // UK_SOL_SOCKET, UK_IPPROTO_TCP ...
    int name;
    std::span<std::byte> value; // set: what it shall be; get: room for it

    [[nodiscard]] bool sets() const { return way == Way::set; }
    // What it shall be. Errors: EINVAL (less than a T).
    template <class T = int>
    [[nodiscard]] Result<T> wanted() const {
        if (value.size() < sizeof(T))
            return Errno::inval;
        T out;
        memcpy(&out, value.data(), sizeof(T));
        return out;
    }
    // What it is, as far as there is room; returns how many bytes: what the family returns, too.
    template <class T>
    [[nodiscard]] Result<size_t> tell(const T& is) const {
        const size_t size = min(sizeof(T), value.size());
        memcpy(value.data(), &is, size);
        return size;
    }
};

// What a socket is, for SO_DOMAIN, SO_TYPE and SO_PROTOCOL.
struct SocketKind {
    int domain = UK_AF_UNSPEC;
    int type = 0;
    int protocol = 0;
};

// The options of level SOL_SOCKET of one socket. Any thread; each option is a word.
class SocketOptions {
  public:
    static constexpr uint64_t kNoTimeout = ~uint64_t{0};
    // Bytes, as Linux counts them: what a program asks for, twice.
    static constexpr uint32_t kBuffer = 212'992;
    static constexpr uint32_t kMostBuffer = 2 * 212'992;
    static constexpr uint32_t kLeastSendBuffer = 4'608, kLeastReceiveBuffer = 2'304;

    // Those that are on or off; bits.
    static constexpr uint32_t kReuseAddress = 1;
    static constexpr uint32_t kReusePort = 2;
    static constexpr uint32_t kKeepAlive = 4;
    static constexpr uint32_t kBroadcast = 8;
    static constexpr uint32_t kDontRoute = 16;
    static constexpr uint32_t kOutOfBandInline = 32;
    static constexpr uint32_t kPassCredentials = 64;
    static constexpr uint32_t kListening = 128; // SO_ACCEPTCONN; listen() sets it
    [[nodiscard]] bool has(uint32_t bit) const { return (bits_.load_relaxed() & bit) != 0; }
    void set(uint32_t bit, bool on) {
        if (on)
            (void)bits_.fetch_or_acq_rel(bit);
        else
            (void)bits_.fetch_and_acq_rel(~bit);
    }

    [[nodiscard]] uint32_t send_buffer() const { return send_buffer_.load_relaxed(); }
    [[nodiscard]] uint32_t receive_buffer() const { return receive_buffer_.load_relaxed(); }
    // Nanoseconds that a call may wait, or kNoTimeout.
    [[nodiscard]] uint64_t send_timeout() const { return send_timeout_.load_relaxed(); }
    [[nodiscard]] uint64_t receive_timeout() const { return receive_timeout_.load_relaxed(); }
    // l_linger in seconds, -1 if it is off.
    [[nodiscard]] int linger() const { return linger_.load_relaxed(); }

    // SO_ERROR: what went wrong since somebody asked, told once.
    void set_error(Errno problem) { error_.store_relaxed(static_cast<int>(problem)); }
    [[nodiscard]] bool has_error() const { return error_.load_relaxed() != 0; }
    [[nodiscard]] Errno take_error() {
        return has_error() ? static_cast<Errno>(error_.exchange_acq_rel(0)) : Errno::ok;
    }

    // As those of the listener that a new connection comes from; no pending error, and it listens
    // not.
    void inherit(const SocketOptions& from);

    // getsockopt(), setsockopt() of level SOL_SOCKET. Returns the size of the value, 0 of one that
    // was set. Errors: ENOPROTOOPT, EINVAL, EDOM.
    [[nodiscard]] Result<size_t> option(const SocketOption& option, const SocketKind& kind);

  private:
    Result<> change(const SocketOption& option);
    Result<size_t> answer(const SocketOption& option, const SocketKind& kind);

    Atomic<uint32_t> bits_{0};
    Atomic<uint32_t> send_buffer_{kBuffer};
    Atomic<uint32_t> receive_buffer_{kBuffer};
    Atomic<int> linger_{-1};
    Atomic<int> error_{0};
    Atomic<uint64_t> send_timeout_{kNoTimeout};
    Atomic<uint64_t> receive_timeout_{kNoTimeout};
};

} // namespace uk
