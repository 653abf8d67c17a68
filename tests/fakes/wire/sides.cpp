// SPDX-License-Identifier: BSD-3-Clause
// Taps, packet sockets, and the two kinds of sockets that QEMU speaks.
#include "sides.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace wire {
namespace {

constexpr size_t kMostFrame = 65536 + 64;
constexpr unsigned kHeader = 10; // struct virtio_net_hdr without num_buffers

[[noreturn]] void fail(const std::string& what) {
    throw Problem(what + ": " + std::strerror(errno));
}

class Descriptor {
  public:
    explicit Descriptor(int fd, const std::string& what) : fd_(fd) {
        if (fd < 0) {
            fail(what);
        }
    }
    ~Descriptor() { close(fd_); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int get() const { return fd_; }

  private:
    int fd_;
};

// A descriptor of which each read() is a frame.
class Whole : public Side {
  public:
    Whole(int fd, const std::string& what, bool headers)
        : fd_(fd, what), head_(headers ? kHeader : 0) {}
    [[nodiscard]] int descriptor() const override { return fd_.get(); }
    std::optional<Frame> receive() override {
        const ssize_t size = read_one(buffer_, sizeof buffer_);
        if (size <= 0) {
            return std::nullopt;
        }
        return Frame{{buffer_, buffer_ + size}, head_};
    }
    bool send(const Frame& frame) override {
        return write(fd_.get(), frame.bytes.data(), frame.bytes.size()) >= 0;
    }

  protected:
    virtual ssize_t read_one(uint8_t* buffer, size_t size) { return read(fd_.get(), buffer, size); }

    Descriptor fd_;
    unsigned head_;
    uint8_t buffer_[kMostFrame];
};

class Tap final : public Whole {
  public:
    Tap(const std::string& name, bool headers)
        : Whole(open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC), "/dev/net/tun", headers) {
        ifreq request{};
        std::strncpy(request.ifr_name, name.c_str(), IFNAMSIZ - 1);
        request.ifr_flags = static_cast<short>(IFF_TAP | IFF_NO_PI | (headers ? IFF_VNET_HDR : 0));
        if (ioctl(fd_.get(), TUNSETIFF, &request) < 0) {
            fail("tap " + name);
        }
        if (headers && ioctl(fd_.get(), TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6) < 0) {
            fail("tap " + name + ": offloads");
        }
    }
};

// An interface from outside: what its other owner sends into it.
class Packets final : public Whole {
  public:
    Packets(const std::string& name, bool headers)
        : Whole(socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, htons(ETH_P_ALL)),
                "packet socket", headers) {
        sockaddr_ll address{};
        address.sll_family = AF_PACKET;
        address.sll_protocol = htons(ETH_P_ALL);
        address.sll_ifindex = static_cast<int>(if_nametoindex(name.c_str()));
        const int on = 1;
        packet_mreq all{};
        all.mr_ifindex = address.sll_ifindex;
        all.mr_type = PACKET_MR_PROMISC;
        if (address.sll_ifindex == 0 ||
            (headers && setsockopt(fd_.get(), SOL_PACKET, PACKET_VNET_HDR, &on, sizeof on) < 0) ||
            setsockopt(fd_.get(), SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof all) < 0 ||
            bind(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) < 0) {
            fail("interface " + name);
        }
    }

  private:
    // What the host itself sends there comes by here as well.
    ssize_t read_one(uint8_t* buffer, size_t size) override {
        for (;;) {
            sockaddr_ll from{};
            socklen_t length = sizeof from;
            const ssize_t got =
                recvfrom(fd_.get(), buffer, size, 0, reinterpret_cast<sockaddr*>(&from), &length);
            if (got <= 0 || from.sll_pkttype != PACKET_OUTGOING) {
                return got;
            }
        }
    }
};

sockaddr_un path_address(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path) {
        throw Problem("'" + path + "' is no path of a socket: 1 to 107 characters");
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    return address;
}

void bind_path(int fd, const std::string& path) {
    const sockaddr_un address = path_address(path);
    unlink(path.c_str());
    if (bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0) {
        fail(path);
    }
}

class Datagrams final : public Whole {
  public:
    Datagrams(const std::string& path, const std::string& peer)
        : Whole(socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket", false),
          peer_(path_address(peer)) {
        bind_path(fd_.get(), path);
    }
    bool send(const Frame& frame) override {
        return sendto(fd_.get(), frame.bytes.data(), frame.bytes.size(), 0,
                      reinterpret_cast<const sockaddr*>(&peer_), sizeof peer_) >= 0;
    }

  private:
    sockaddr_un peer_;
};

// Frames with their length, 4 bytes, big-endian, in front. Listens; one connection at a time.
class Stream final : public Side {
  public:
    explicit Stream(const std::string& path)
        : listener_(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket") {
        bind_path(listener_.get(), path);
        if (listen(listener_.get(), 1) < 0) {
            fail(path);
        }
    }
    [[nodiscard]] int descriptor() const override { return peer_ ? peer_->get() : listener_.get(); }
    std::optional<Frame> receive() override {
        if (!peer_) {
            const int fd = accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (fd < 0) {
                return std::nullopt;
            }
            peer_ = std::make_unique<Descriptor>(fd, "accept");
        }
        std::optional<Frame> frame = complete();
        while (!frame && fill()) {
            frame = complete();
        }
        return frame;
    }
    bool send(const Frame& frame) override;

  private:
    // False: nothing came.
    bool fill() {
        uint8_t more[65536];
        const ssize_t size = peer_ ? read(peer_->get(), more, sizeof more) : -1;
        if (size > 0) {
            came_.insert(came_.end(), more, more + size);
        } else if (size == 0 || (peer_ && errno != EAGAIN && errno != EINTR)) {
            hang_up();
        }
        return size > 0;
    }
    std::optional<Frame> complete() {
        uint32_t size = 0;
        if (came_.size() - at_ < sizeof size) {
            return std::nullopt;
        }
        std::memcpy(&size, &came_[at_], sizeof size);
        size = ntohl(size);
        if (size == 0 || size > kMostFrame) {
            hang_up();
            return std::nullopt;
        }
        if (came_.size() - at_ - sizeof size < size) {
            came_.erase(came_.begin(), came_.begin() + static_cast<ptrdiff_t>(at_));
            at_ = 0;
            return std::nullopt;
        }
        const auto start = came_.begin() + static_cast<ptrdiff_t>(at_ + sizeof size);
        at_ += sizeof size + size;
        return Frame{{start, start + size}, 0};
    }
    void hang_up() {
        peer_.reset();
        came_.clear();
        left_.clear();
        at_ = 0;
    }

    Descriptor listener_;
    std::unique_ptr<Descriptor> peer_;
    std::vector<uint8_t> came_; // from at_ on not given yet
    size_t at_ = 0;
    std::vector<uint8_t> left_; // the rest of a frame of which the socket took a part
};

bool Stream::send(const Frame& frame) {
    if (!peer_) {
        return false;
    }
    if (left_.empty()) {
        const uint32_t size = htonl(static_cast<uint32_t>(frame.bytes.size()));
        const auto* bytes = reinterpret_cast<const uint8_t*>(&size);
        left_.assign(bytes, bytes + sizeof size);
        left_.insert(left_.end(), frame.bytes.begin(), frame.bytes.end());
        const ssize_t done = ::send(peer_->get(), left_.data(), left_.size(), MSG_NOSIGNAL);
        left_.erase(left_.begin(), left_.begin() + std::max<ssize_t>(done, 0));
        if (done <= 0) {
            left_.clear(); // the whole frame is lost, and the stream stays in step
        }
        return done > 0;
    }
    const ssize_t done = ::send(peer_->get(), left_.data(), left_.size(), MSG_NOSIGNAL);
    left_.erase(left_.begin(), left_.begin() + std::max<ssize_t>(done, 0));
    return left_.empty() && send(frame);
}

} // namespace

std::unique_ptr<Side> open_side(const std::string& what, bool headers) {
    const size_t colon = what.find(':');
    const std::string kind = what.substr(0, colon);
    const std::string rest = colon == std::string::npos ? "" : what.substr(colon + 1);
    const bool is_socket = kind == "dgram" || kind == "stream";
    if (is_socket && headers) {
        throw Problem(what + ": QEMU's sockets carry no headers; leave --headers away");
    }
    if (kind == "tap") {
        return std::make_unique<Tap>(rest, headers);
    }
    if (kind == "packet") {
        return std::make_unique<Packets>(rest, headers);
    }
    if (kind == "dgram" && rest.find(',') != std::string::npos) {
        return std::make_unique<Datagrams>(rest.substr(0, rest.find(',')),
                                           rest.substr(rest.find(',') + 1));
    }
    if (kind == "stream") {
        return std::make_unique<Stream>(rest);
    }
    throw Problem("'" + what + "' is none of tap:NAME packet:NAME dgram:PATH,PEER stream:PATH");
}

} // namespace wire
