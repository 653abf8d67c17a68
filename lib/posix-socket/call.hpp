// SPDX-License-Identifier: BSD-3-Clause
// Private to posix-socket: what all its calls begin with.
#pragma once

#include <uk/abi/socket.h>
#include <uk/posix/fdtab.hpp>
#include <uk/socket.hpp>
#include <uk/user.hpp>

namespace uk::posix {

// The socket of a descriptor. Errors: EBADF, ENOTSOCK.
class Opened {
  public:
    [[nodiscard]] Result<> open(int fd) {
        file_ = UK_TRY(working_fd(fd));
        socket_ = Socket::of(*file_);
        return socket_ != nullptr ? ok() : Result<>(Errno::notsock);
    }
    Socket& operator*() const { return *socket_; }
    Socket* operator->() const { return socket_; }

  private:
    Ref<File> file_;
    Socket* socket_ = nullptr;
};

// An address that the application gives. Errors: EINVAL (too long), EFAULT.
[[nodiscard]] inline Result<> read_address(SocketAddress& out, const uk_sockaddr* from,
                                           uint32_t size) {
    if (size > SocketAddress::kMost)
        return Errno::inval;
    UK_TRY(user::copy_in(out.bytes, Vaddr::of(from), size));
    out.size = size;
    return ok();
}

// An address that the application gets: as much as it has room for, and how long it is. Errors:
// EFAULT, EINVAL.
[[nodiscard]] inline Result<> write_address(const SocketAddress& address, uk_sockaddr* to,
                                            uint32_t* room) {
    const auto given = UK_TRY(user::read<int32_t>(Vaddr::of(room)));
    if (given < 0)
        return Errno::inval;
    const uint32_t size = min(address.size, static_cast<uint32_t>(given));
    UK_TRY(user::copy_out(Vaddr::of(to), address.bytes, size));
    return user::write(Vaddr::of(room), address.size);
}

} // namespace uk::posix
