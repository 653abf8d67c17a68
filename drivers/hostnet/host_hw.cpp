// SPDX-License-Identifier: BSD-3-Clause
// System calls of the host for network devices.
#include "host.hpp"

#include <uk/linuxabi/call.hpp>
#include <uk/linuxabi/files.hpp>
#include <uk/netdev.hpp>
#include <uk/string.h>

#include "host_isa.hpp" // of the architecture's folder

namespace uk::hostnet {
namespace {

using linuxabi::Sys;
using linuxabi::syscall;

constexpr int kHere = -100; // AT_FDCWD
constexpr int kReadWrite = 2;
constexpr int kNonBlocking = 0x800;
constexpr int kCloseOnExec = 0x80000;
constexpr int kGetFlags = 3; // fcntl
constexpr int kSetFlags = 4;
constexpr int kUnixFamily = 1;
constexpr int kStreamSocket = 1;

// <linux/if_tun.h>
constexpr unsigned long kSetInterface = 0x400454ca;
constexpr unsigned long kSetOffload = 0x400454d0;
constexpr int16_t kTap = 0x2;
constexpr int16_t kNoPacketInfo = 0x1000;
constexpr int16_t kWithHeader = 0x4000;
constexpr size_t kOffloadChecksum = 1;
constexpr size_t kOffloadTcp4 = 2;
constexpr size_t kOffloadTcp6 = 4;

struct InterfaceRequest {
    char name[16];
    int16_t flags;
    char rest[22];
};
static_assert(sizeof(InterfaceRequest) == 40);

struct UnixAddress {
    uint16_t family;
    char path[108];
};

Errno error_of(long result) {
    return static_cast<Errno>(-result);
}

void close_it(long descriptor) {
    syscall(Sys::close, static_cast<int>(descriptor));
}

} // namespace

long read_pieces(int descriptor, std::span<const Piece> pieces) {
    return syscall(Sys::readv, descriptor, pieces.data(), pieces.size());
}

long write_pieces(int descriptor, std::span<const Piece> pieces) {
    return syscall(Sys::writev, descriptor, pieces.data(), pieces.size());
}

bool can_be_read(int descriptor) {
    linuxabi::PollFd poll{descriptor, linuxabi::kPollIn, 0};
    const linuxabi::Timespec no_wait{0, 0};
    return linuxabi::poll_one(poll, &no_wait) && poll.revents != 0;
}

Result<int> open_tap(const char* name) {
    const long tap = syscall(Sys::openat, kHere, static_cast<const void*>("/dev/net/tun"),
                             kReadWrite | kNonBlocking | kCloseOnExec, 0);
    if (tap < 0)
        return error_of(tap);
    InterfaceRequest request{};
    memcpy(request.name, name, strnlen(name, sizeof request.name - 1));
    request.flags = static_cast<int16_t>(kTap | kNoPacketInfo | kWithHeader);
    const long done = syscall(Sys::ioctl, static_cast<int>(tap), kSetInterface, &request);
    if (done < 0) {
        close_it(tap);
        return error_of(done);
    }
    return static_cast<int>(tap);
}

Result<> set_tap_features(int descriptor, uint32_t features) {
    size_t flags = 0;
    if ((features & netdev::kReceiveChecksum) != 0) {
        flags = kOffloadChecksum;
        flags |= (features & netdev::kReceiveTcp4) != 0 ? kOffloadTcp4 : 0;
        flags |= (features & netdev::kReceiveTcp6) != 0 ? kOffloadTcp6 : 0;
    }
    const long done = syscall(Sys::ioctl, descriptor, kSetOffload, flags);
    return done < 0 ? Result<>{error_of(done)} : Result<>{};
}

Result<int> connect_to(const char* path) {
    UnixAddress address{kUnixFamily, {}};
    memcpy(address.path, path, strnlen(path, sizeof address.path - 1));
    const long socket = syscall(Sys::socket, kUnixFamily, kStreamSocket | kCloseOnExec, 0);
    if (socket < 0)
        return error_of(socket);
    const int descriptor = static_cast<int>(socket);
    const long done = syscall(Sys::connect, descriptor, &address, sizeof address);
    Result<> ready = done < 0 ? Result<>{error_of(done)} : make_non_blocking(descriptor);
    if (!ready.ok()) {
        close_it(socket);
        return ready.error();
    }
    return descriptor;
}

Result<> make_non_blocking(int descriptor) {
    long flags = syscall(Sys::fcntl, descriptor, kGetFlags, 0);
    if (flags >= 0)
        flags = syscall(Sys::fcntl, descriptor, kSetFlags, static_cast<int>(flags) | kNonBlocking);
    return flags < 0 ? Result<>{error_of(flags)} : Result<>{};
}

Result<int> duplicate(int descriptor) {
    const long made = syscall(Sys::dup, descriptor);
    if (made < 0)
        return error_of(made);
    return static_cast<int>(made);
}

void random_bytes(std::span<uint8_t> bytes) {
    (void)syscall(Sys::getrandom, bytes.data(), bytes.size(), 0);
}

} // namespace uk::hostnet
