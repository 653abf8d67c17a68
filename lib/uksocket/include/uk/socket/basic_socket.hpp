// SPDX-License-Identifier: BSD-3-Clause
// BasicSocket: an open file that is a socket, as a template over the environment; <uk/socket.hpp>
// binds it. What its functions promise is what POSIX.1-2017 and socket(7) say of the calls of the
// same name, as far as it is not said here.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

#include <uk/abi/fcntl.h>
#include <uk/abi/socket.h>
#include <uk/abi/stat.h>
#include <uk/base/ref.hpp>
#include <uk/base/result.hpp>
#include <uk/file/basic_file.hpp>
#include <uk/file/own_facts.hpp>
#include <uk/socket/message.hpp>
#include <uk/socket/options.hpp>

namespace uk {

namespace detail {
inline constexpr char kSocketFamily = 0; // its address says of a file that it is a socket
} // namespace detail

// All static.
template <class E>
concept SocketEnvironment = requires {
    typename E::File; // a BasicFile
    { E::now_ns() } -> std::same_as<uint64_t>;
    {
        E::broken()
        } -> std::same_as<void>; // SIGPIPE for the calling thread, where there are signals
};

enum class SocketSide : uint8_t { local, peer };

// Derive, `final`, for a family: those functions that the family has; the defaults say EOPNOTSUPP.
//
// All functions: thread context, without spinning locks, any number of threads at once; the C face
// holds a reference meanwhile. A thread that waits gives up with EINTR when a signal comes for it
// (wait_ready() does that); then nothing has been moved, so the call may be made again. What waits
// does not if the socket is_nonblocking(), and no longer than the option SO_RCVTIMEO or SO_SNDTIMEO
// says: ETIMEDOUT of wait_ready() is EAGAIN for the program, of connect() EINPROGRESS.
//
// Readiness is File's ready() and ready_source(), as pipes have them: change under a lock that
// ready() takes, then notify(). POLLIN: receive() or accept() would not wait (the end counts).
// POLLOUT: send() would not; connect() has ended. POLLRDHUP: nothing more comes; POLLHUP: and
// nothing more can go, or never was connected (stream). POLLERR: an error is pending.
template <SocketEnvironment E>
class BasicSocket : public E::File {
    using File = typename E::File;

  public:
    // The socket that a file is, or null.
    [[nodiscard]] static BasicSocket* of(File& file) {
        return file.family() == &detail::kSocketFamily ? static_cast<BasicSocket*>(&file) : nullptr;
    }
    [[nodiscard]] const SocketKind& kind() const { return kind_; }
    [[nodiscard]] bool is_nonblocking() const { return (this->status() & UK_O_NONBLOCK) != 0; }

    // Errors: EADDRINUSE, EADDRNOTAVAIL, EAFNOSUPPORT or EINVAL (the address is none of this
    // family), EINVAL (bound already), EACCES.
    [[nodiscard]] virtual Result<> bind(const SocketAddress& /*to*/) { return Errno::opnotsupp; }
    // Again: changes the backlog, which is 0 .. UK_SOMAXCONN here. Errors: EADDRINUSE, EINVAL,
    // EOPNOTSUPP.
    [[nodiscard]] virtual Result<> listen(unsigned /*backlog*/) { return Errno::opnotsupp; }
    // The first of those that have connected; waits. `status`: UK_O_NONBLOCK or 0, of the new one.
    // Whom it speaks to goes to `peer`, if not null. Errors: EAGAIN, EINTR, EINVAL (does not
    // listen), EOPNOTSUPP, ECONNABORTED, ENOMEM ...
    [[nodiscard]] virtual Result<Ref<BasicSocket>> accept(uint32_t /*status*/,
                                                          SocketAddress* /*peer*/) {
        return Errno::opnotsupp;
    }
    // Waits until it is done. After EINTR it goes on by itself: another connect() waits on.
    // AF_UNSPEC takes a connection of datagrams away. Errors: EINPROGRESS, EALREADY, EISCONN,
    // ECONNREFUSED, ETIMEDOUT, ENETUNREACH, EAFNOSUPPORT, EINVAL ...
    [[nodiscard]] virtual Result<> connect(const SocketAddress& /*to*/) { return Errno::opnotsupp; }
    // getsockname(), getpeername(). Errors: ENOTCONN (peer).
    [[nodiscard]] virtual Result<> name(SocketSide side, SocketAddress& out) = 0;
    // `how`: UK_SHUT_*, checked. Errors: ENOTCONN.
    [[nodiscard]] virtual Result<> shutdown(int /*how*/) { return Errno::opnotsupp; }

    // Returns how many bytes were taken: of a stream perhaps fewer than wanted, when it does not
    // wait or an error came later. Errors: EAGAIN, EINTR, EPIPE (with SIGPIPE for streams, unless
    // UK_MSG_NOSIGNAL), EMSGSIZE, ENOTCONN, EDESTADDRREQ, EISCONN, ECONNRESET, EFAULT, ENOMEM ...
    [[nodiscard]] Result<size_t> send(SocketOut& message) {
        if (is_nonblocking())
            message.flags |= UK_MSG_DONTWAIT;
        const Result<size_t> sent = do_send(message);
        if (sent.code() == Errno::pipe && kind_.type == UK_SOCK_STREAM &&
            (message.flags & UK_MSG_NOSIGNAL) == 0) [[unlikely]]
            E::broken();
        return sent;
    }
    // Returns how many bytes have come, 0 at the end of a stream; of a datagram that was cut its
    // whole size, if UK_MSG_TRUNC is among the flags. Errors: EAGAIN, EINTR, ENOTCONN, ECONNRESET,
    // ECONNREFUSED, EFAULT, EINVAL, ENOMEM ...
    [[nodiscard]] Result<size_t> receive(SocketIn& message) {
        if (is_nonblocking())
            message.flags |= UK_MSG_DONTWAIT;
        return do_receive(message);
    }

    // getsockopt(), setsockopt(): the family's, else those of SocketOptions. Returns the size of
    // the value, 0 of one that was set. Errors: ENOPROTOOPT, EINVAL, EDOM ...
    [[nodiscard]] Result<size_t> option(const SocketOption& option) {
        const Result<size_t> own = own_option(option);
        if (own.code() != Errno::noprotoopt || option.level != UK_SOL_SOCKET)
            return own;
        return options_.option(option, kind_);
    }

    Result<> stat(uk_stat& out) override {
        facts_.show(out);
        return ok();
    }
    OwnFacts* own_facts() override { return &facts_; }

  protected:
    // `status`: UK_O_NONBLOCK or 0.
    BasicSocket(const SocketKind& kind, uint32_t status)
        : File(FileKind::stream, UK_O_RDWR | (status & UK_O_NONBLOCK), &detail::kSocketFamily),
          kind_(kind) {}
    ~BasicSocket() = default;

    // As send() and receive(); wait if UK_MSG_DONTWAIT is not among the flags.
    [[nodiscard]] virtual Result<size_t> do_send(SocketOut& message) = 0;
    [[nodiscard]] virtual Result<size_t> do_receive(SocketIn& message) = 0;
    // The options that the family has, of any level; ENOPROTOOPT gives those of SOL_SOCKET to
    // SocketOptions. So a family that has to know of one of those looks at it here, and says
    // ENOPROTOOPT all the same.
    [[nodiscard]] virtual Result<size_t> own_option(const SocketOption& /*option*/) {
        return Errno::noprotoopt;
    }

    [[nodiscard]] SocketOptions& options() { return options_; }
    // For wait_ready(): until when a call that begins now may wait.
    [[nodiscard]] uint64_t send_deadline() const { return deadline(options_.send_timeout()); }
    [[nodiscard]] uint64_t receive_deadline() const { return deadline(options_.receive_timeout()); }

    // read() and write() are receive() and send() without flags.
    Result<size_t> do_read(IoPieces& to, FileIo& /*io*/) final {
        if (to.left() == 0)
            return size_t{0};
        SocketIn message{to};
        return receive(message);
    }
    Result<size_t> do_write(IoPieces& from, FileIo& /*io*/) final {
        SocketOut message{from};
        return send(message);
    }

  private:
    static uint64_t deadline(uint64_t timeout) {
        return timeout == SocketOptions::kNoTimeout ? timeout : E::now_ns() + timeout;
    }

    SocketKind kind_;
    SocketOptions options_;
    OwnFacts facts_{UK_S_IFSOCK | 0777};
};

} // namespace uk
