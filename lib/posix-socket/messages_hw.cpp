// SPDX-License-Identifier: BSD-3-Clause
// The system calls that send and receive messages.
#include <uk/abi/time.h>
#include <uk/alloc/heap.hpp>
#include <uk/hal/clock.hpp>
#include <uk/posix/piece_list.hpp>
#include <uk/syscall.h>
#include <uk/syscall/edge.hpp>

#include "call.hpp"

namespace uk::posix {

namespace {

constexpr size_t kMostControl = 20'480; // bytes of one message: Linux's net.core.optmem_max

// The control data that the application sends, copied: little to the stack, more to the heap.
class ControlCopy {
  public:
    ControlCopy() = default;
    ControlCopy(const ControlCopy&) = delete;
    ControlCopy& operator=(const ControlCopy&) = delete;
    ~ControlCopy() { heap::deallocate(more_); }

    // Errors: ENOBUFS, ENOMEM, EFAULT.
    [[nodiscard]] Result<> read(const void* from, size_t size) {
        std::byte* to = few_;
        if (size > sizeof(few_)) {
            if (size > kMostControl)
                return Errno::nobufs;
            more_ = heap::allocate(size);
            if (more_ == nullptr)
                return Errno::nomem;
            to = static_cast<std::byte*>(more_);
        }
        UK_TRY(user::copy_in(to, Vaddr::of(from), size));
        all_ = {to, size};
        return ok();
    }
    [[nodiscard]] std::span<const std::byte> all() const { return all_; }

  private:
    alignas(8) std::byte few_[128];
    void* more_ = nullptr;
    std::span<const std::byte> all_;
};

Result<size_t> send_to(int fd, const void* data, size_t size, int flags, const uk_sockaddr* to,
                       uint32_t to_size) {
    Opened socket;
    UK_TRY(socket.open(fd));
    const IoPiece piece{const_cast<void*>(data), min(size, kMostMoved)};
    IoPieces pieces({&piece, 1}, IoMemory::application);
    SocketOut message{.data = pieces, .flags = flags};
    if (to == nullptr) [[likely]]
        return socket->send(message);
    SocketAddress address;
    UK_TRY(read_address(address, to, to_size));
    message.to = &address;
    return socket->send(message);
}

Result<size_t> receive_from(int fd, void* data, size_t size, int flags, uk_sockaddr* from,
                            uint32_t* from_size) {
    Opened socket;
    UK_TRY(socket.open(fd));
    const IoPiece piece{data, min(size, kMostMoved)};
    IoPieces pieces({&piece, 1}, IoMemory::application);
    SocketIn message{.data = pieces, .flags = flags};
    if (from == nullptr) [[likely]]
        return socket->receive(message);
    SocketAddress address;
    message.from = &address;
    const size_t got = UK_TRY(socket->receive(message));
    UK_TRY(write_address(address, from, from_size));
    return got;
}

// Linux says so of a list that is too long, where writev() says EINVAL.
Result<> read_pieces(PieceList& list, const uk_msghdr& head) {
    if (head.msg_iovlen > UK_IOV_MAX)
        return Errno::msgsize;
    return list.read(head.msg_iov, head.msg_iovlen);
}

// Errors: EINVAL (a negative size).
Result<uint32_t> name_size(const uk_msghdr& head) {
    if (static_cast<int32_t>(head.msg_namelen) < 0)
        return Errno::inval;
    return min(head.msg_namelen, static_cast<uint32_t>(SocketAddress::kMost));
}

Result<size_t> send_message(Socket& socket, const uk_msghdr* from, int flags) {
    const uk_msghdr head = UK_TRY(user::read<uk_msghdr>(Vaddr::of(from)));
    SocketAddress address;
    const uint32_t size = UK_TRY(name_size(head));
    PieceList list;
    UK_TRY(read_pieces(list, head));
    IoPieces pieces(list.all(), IoMemory::application);
    pieces.limit(kMostMoved);
    SocketOut message{.data = pieces, .flags = flags};
    if (head.msg_name != nullptr && size != 0) {
        UK_TRY(read_address(address, static_cast<uk_sockaddr*>(head.msg_name), size));
        message.to = &address;
    }
    if (head.msg_control == nullptr || head.msg_controllen == 0)
        return socket.send(message);
    ControlCopy control;
    UK_TRY(control.read(head.msg_control, head.msg_controllen));
    message.control = control.all();
    return socket.send(message);
}

Result<size_t> receive_message(Socket& socket, uk_msghdr* to, int flags) {
    const uk_msghdr head = UK_TRY(user::read<uk_msghdr>(Vaddr::of(to)));
    (void)UK_TRY(name_size(head));
    PieceList list;
    UK_TRY(read_pieces(list, head));
    IoPieces pieces(list.all(), IoMemory::application);
    pieces.limit(kMostMoved);
    SocketAddress address;
    ControlWriter control(Vaddr::of(head.msg_control),
                          head.msg_control != nullptr ? head.msg_controllen : 0);
    SocketIn message{.data = pieces, .flags = flags, .control = &control};
    if (head.msg_name != nullptr)
        message.from = &address;
    const size_t got = UK_TRY(socket.receive(message));
    if (head.msg_name != nullptr)
        UK_TRY(write_address(address, static_cast<uk_sockaddr*>(head.msg_name), &to->msg_namelen));
    const int got_flags =
        message.got_flags | (control.cut() ? UK_MSG_CTRUNC : 0) | (flags & UK_MSG_CMSG_CLOEXEC);
    UK_TRY(user::write(Vaddr::of(&to->msg_flags), got_flags));
    UK_TRY(user::write(Vaddr::of(&to->msg_controllen), uk_size_t{control.used()}));
    return got;
}

// One after the other; what went well before an error counts.
template <class One>
Result<size_t> many(uk_mmsghdr* messages, unsigned count, One one) {
    count = min(count, unsigned{UK_IOV_MAX});
    unsigned done = 0;
    for (; done < count; done++) {
        const Result<size_t> moved = one(messages[done].msg_hdr, done);
        Result<> result = moved.ok() ? ok() : Result<>(moved.error());
        if (result.ok())
            result = user::write(Vaddr::of(&messages[done].msg_len),
                                 static_cast<uint32_t>(moved.value()));
        if (!result.ok()) {
            if (done == 0)
                return result.error();
            break;
        }
    }
    return size_t{done};
}

Result<size_t> send_many(int fd, uk_mmsghdr* messages, unsigned count, int flags) {
    Opened socket;
    UK_TRY(socket.open(fd));
    return many(messages, count, [&](const uk_msghdr& head, unsigned /*done*/) {
        return send_message(*socket, &head, flags);
    });
}

// The time is looked at after each message, as on Linux: one that does not come is waited for.
Result<size_t> receive_many(int fd, uk_mmsghdr* messages, unsigned count, int flags,
                            uk_timespec* timeout) {
    Opened socket;
    UK_TRY(socket.open(fd));
    uint64_t deadline = ~uint64_t{0};
    if (timeout != nullptr) {
        const auto wanted = UK_TRY(user::read<uk_timespec>(Vaddr::of(timeout)));
        if (wanted.tv_sec < 0 || wanted.tv_nsec < 0 || wanted.tv_nsec >= 1'000'000'000)
            return Errno::inval;
        constexpr int64_t kMostSeconds = 4'000'000'000;
        deadline = hal::clock_monotonic_ns() +
                   static_cast<uint64_t>(min(wanted.tv_sec, kMostSeconds)) * 1'000'000'000 +
                   static_cast<uint64_t>(wanted.tv_nsec);
    }
    bool late = false;
    return many(messages, count, [&](uk_msghdr& head, unsigned done) -> Result<size_t> {
        if (late)
            return Errno::again;
        int now = flags & ~UK_MSG_WAITFORONE;
        if (done != 0 && (flags & UK_MSG_WAITFORONE) != 0)
            now |= UK_MSG_DONTWAIT;
        const Result<size_t> got = receive_message(*socket, &head, now);
        late = timeout != nullptr && hal::clock_monotonic_ns() >= deadline;
        return got;
    });
}

} // namespace

} // namespace uk::posix

using uk::OnSignal;
namespace posix = uk::posix;

extern "C" {

long uk_sys_sendto(int fd, const void* data, size_t size, int flags, const uk_sockaddr* to,
                   uint32_t to_size) {
    return uk::syscall<OnSignal::restart>(
        [&] { return posix::send_to(fd, data, size, flags, to, to_size); });
}

long uk_sys_recvfrom(int fd, void* data, size_t size, int flags, uk_sockaddr* from,
                     uint32_t* from_size) {
    return uk::syscall<OnSignal::restart>(
        [&] { return posix::receive_from(fd, data, size, flags, from, from_size); });
}

long uk_sys_sendmsg(int fd, const uk_msghdr* message, int flags) {
    return uk::syscall<OnSignal::restart>([&]() -> uk::Result<size_t> {
        posix::Opened socket;
        UK_TRY(socket.open(fd));
        return posix::send_message(*socket, message, flags);
    });
}

long uk_sys_recvmsg(int fd, uk_msghdr* message, int flags) {
    return uk::syscall<OnSignal::restart>([&]() -> uk::Result<size_t> {
        posix::Opened socket;
        UK_TRY(socket.open(fd));
        return posix::receive_message(*socket, message, flags);
    });
}

long uk_sys_sendmmsg(int fd, uk_mmsghdr* messages, unsigned count, int flags) {
    return uk::syscall<OnSignal::restart>(
        [&] { return posix::send_many(fd, messages, count, flags); });
}

long uk_sys_recvmmsg(int fd, uk_mmsghdr* messages, unsigned count, int flags,
                     uk_timespec* timeout) {
    return uk::syscall<OnSignal::restart>(
        [&] { return posix::receive_many(fd, messages, count, flags, timeout); });
}

} // extern "C"
