// SPDX-License-Identifier: BSD-3-Clause
// Sockets of AF_UNIX over threads of the host, with descriptors and paths of their own.
#pragma once

#include <cerrno>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <gtest/gtest.h>

#include <uk/unixsocket/socket.hpp>

#include "../../ukfile/tests/host_files.hpp"

namespace unix_tests {

using uk::Errno;
using uk::Ref;
using uk::Result;

struct HostUnix : HostFiles {
    using Socket = uk::BasicSocket<HostFiles>;
    using Place = std::shared_ptr<int>;
    using Domain = uk::unixsocket::Domain<HostUnix>;

    static Domain& domain() {
        static Domain all;
        return all;
    }
    static uk_ucred credentials() { return {1, 0, 0}; }

    static Result<Ref<File>> file_of(int fd) {
        std::lock_guard guard(mutex());
        const auto found = files().find(fd);
        if (found == files().end())
            return Errno::badf;
        return found->second;
    }
    static Result<int> add_file(Ref<File> file, bool /*close_on_exec*/) {
        std::lock_guard guard(mutex());
        int fd = 0;
        while (files().count(fd) != 0)
            fd++;
        files().emplace(fd, std::move(file));
        return fd;
    }
    static void close_fd(int fd) {
        Ref<File> gone;
        std::lock_guard guard(mutex());
        gone = files().at(fd);
        files().erase(fd);
    }
    static void close_all() {
        std::map<int, Ref<File>> gone;
        std::lock_guard guard(mutex());
        gone.swap(files());
    }

    static Result<Place> make_node(std::string_view path) {
        std::lock_guard guard(mutex());
        const auto [at, is_new] = paths().try_emplace(std::string(path), nullptr);
        if (!is_new)
            return Errno::addrinuse;
        at->second = std::make_shared<int>(0);
        return at->second;
    }
    static Result<Place> find_node(std::string_view path) {
        std::lock_guard guard(mutex());
        const auto found = paths().find(std::string(path));
        if (found == paths().end())
            return Errno::noent;
        return found->second;
    }
    static void unlink(std::string_view path) {
        std::lock_guard guard(mutex());
        paths().erase(std::string(path));
    }
    static const void* key(const Place& place) { return place.get(); }

  private:
    static std::recursive_mutex& mutex() { // files close files
        static std::recursive_mutex one;
        return one;
    }
    static std::map<int, Ref<File>>& files() {
        static std::map<int, Ref<File>> all;
        return all;
    }
    static std::map<std::string, Place>& paths() {
        static std::map<std::string, Place> all;
        return all;
    }
};
static_assert(uk::unixsocket::Environment<HostUnix>);

using UnixSocket = uk::unixsocket::UnixSocket<HostUnix>;
using Socket = HostUnix::Socket;

inline Ref<Socket> make_socket(int type, uint32_t status = 0) {
    return std::move(UnixSocket::create({UK_AF_UNIX, type, 0}, status)).value();
}
inline uk::SocketPair<Socket> make_pair(int type, uint32_t status = 0) {
    return std::move(UnixSocket::create_pair({UK_AF_UNIX, type, 0}, status)).value();
}

// A path, or, beginning with '@', an abstract name.
inline uk::SocketAddress address_of(std::string name) {
    uk_sockaddr_un bytes{UK_AF_UNIX, {}};
    const bool is_abstract = name[0] == '@';
    if (is_abstract)
        name[0] = '\0';
    memcpy(bytes.sun_path, name.data(), name.size());
    uk::SocketAddress address;
    address.set(bytes);
    address.size = static_cast<uint32_t>(2 + name.size() + (is_abstract ? 0 : 1));
    return address;
}

template <class T>
long number(const Result<T>& result) {
    if (!result.ok())
        return -static_cast<long>(result.code());
    if constexpr (std::is_void_v<T>)
        return 0;
    else
        return static_cast<long>(result.value());
}

inline long send(Socket& socket, std::string_view text, int flags = 0,
                 const uk::SocketAddress* to = nullptr, std::span<const std::byte> control = {}) {
    const uk::IoPiece piece{const_cast<char*>(text.data()), text.size()};
    uk::IoPieces from({&piece, 1}, uk::IoMemory::kernel);
    uk::SocketOut message{.data = from, .flags = flags, .to = to, .control = control};
    return number(socket.send(message));
}

struct Received {
    long result = 0;
    std::string text;
    int flags = 0;
    uk::SocketAddress from;
    std::string control;
    bool cut = false;
};
inline Received receive(Socket& socket, size_t most, int flags = 0, size_t control_room = 0) {
    Received got;
    got.text.resize(most);
    got.control.resize(control_room);
    const uk::IoPiece piece{got.text.data(), most};
    uk::IoPieces to({&piece, 1}, uk::IoMemory::kernel);
    uk::ControlWriter writer(uk::Vaddr::of(got.control.data()), control_room);
    uk::SocketIn message{.data = to, .flags = flags, .from = &got.from, .control = &writer};
    got.result = number(socket.receive(message));
    got.text.resize(got.result > 0 ? std::min(most, static_cast<size_t>(got.result)) : 0);
    got.flags = message.got_flags;
    got.control.resize(writer.used());
    got.cut = writer.cut();
    return got;
}

// A file that is no socket.
class PlainFile final : public HostFiles::File {
  public:
    PlainFile() : BasicFile(uk::FileKind::stream, UK_O_RDWR) {}
    Result<> stat(uk_stat& /*out*/) override { return uk::ok(); }

  private:
    Result<size_t> do_read(uk::IoPieces&, uk::FileIo&) override { return size_t{0}; }
    Result<size_t> do_write(uk::IoPieces& from, uk::FileIo&) override { return from.left(); }
    void destroy() override {
        this->~PlainFile();
        std::free(this);
    }
};

// The control message SCM_RIGHTS with these descriptors.
inline std::string rights(std::initializer_list<int> fds) {
    std::string bytes(uk::control_space(fds.size() * sizeof(int)), '\0');
    const uk_cmsghdr head{sizeof(uk_cmsghdr) + fds.size() * sizeof(int), UK_SOL_SOCKET,
                          UK_SCM_RIGHTS};
    memcpy(bytes.data(), &head, sizeof(head));
    memcpy(bytes.data() + sizeof(head), fds.begin(), fds.size() * sizeof(int));
    return bytes;
}
inline std::span<const std::byte> as_control(const std::string& text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}
// The descriptors in what was received.
inline std::vector<int> fds_in(const std::string& control) {
    std::vector<int> fds;
    uk::ControlReader reader(as_control(control));
    for (uk::ControlMessage one; reader.next(one).value_or(false);) {
        if (one.level != UK_SOL_SOCKET || one.type != UK_SCM_RIGHTS)
            continue;
        for (size_t at = 0; at + sizeof(int) <= one.data.size(); at += sizeof(int)) {
            int fd = 0;
            memcpy(&fd, one.data.data() + at, sizeof(int));
            fds.push_back(fd);
        }
    }
    return fds;
}

} // namespace unix_tests
