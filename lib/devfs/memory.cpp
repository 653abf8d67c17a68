// SPDX-License-Identifier: BSD-3-Clause
// Devices without hardware: null, zero, full, random, urandom.
#include <uk/abi/mount.h>
#include <uk/base/minmax.hpp>
#include <uk/devfs/device.hpp>
#include <uk/random.hpp>
#include <uk/vfs/open_node.hpp>

namespace uk::devfs {

namespace {

constexpr std::byte kZeros[512]{};

struct Null {
    static Result<size_t> read(IoPieces& /*to*/) { return size_t{0}; }
    static Result<size_t> write(IoPieces& from) { return from.left(); }
};

// A part of what read() wants, again and again: next(part) gives it.
template <class Next>
Result<size_t> read_parts(IoPieces& to, size_t most, Next next) {
    size_t done = 0;
    while (to.left() != 0) {
        const size_t size = min(to.left(), most);
        Result<const std::byte*> part = next(size);
        Result<> put = part.ok() ? to.put(part.value(), size) : part.error();
        if (!put.ok())
            return done != 0 ? Result<size_t>(done) : put.error();
        done += size;
    }
    return done;
}

struct Zero {
    static Result<size_t> read(IoPieces& to) {
        return read_parts(to, sizeof(kZeros),
                          [](size_t) -> Result<const std::byte*> { return kZeros; });
    }
    static Result<size_t> write(IoPieces& from) { return from.left(); }
};

struct Full {
    static Result<size_t> read(IoPieces& to) { return Zero::read(to); }
    static Result<size_t> write(IoPieces& /*from*/) { return Errno::nospc; } // also of nothing
};

// What is written is taken and has no effect: the sources of lib/ukrandom are what counts.
struct Random {
    static Result<size_t> read(IoPieces& to) {
        std::byte bytes[512];
        return read_parts(to, sizeof(bytes), [&](size_t size) -> Result<const std::byte*> {
            UK_TRY(random::fill(std::span(bytes, size)));
            return static_cast<const std::byte*>(bytes);
        });
    }
    static Result<size_t> write(IoPieces& from) { return from.left(); }
};

// They have a position that stays 0, so that pread() and lseek() do as on Linux.
template <class Kind>
class Bytes : public vfs::OpenNode {
  public:
    Bytes(const vfs::Place& place, uint32_t flags) : OpenNode(place, flags) {}

  protected:
    ~Bytes() = default;

  private:
    Result<size_t> do_read(IoPieces& to, FileIo& /*io*/) override { return Kind::read(to); }
    Result<size_t> do_write(IoPieces& from, FileIo& /*io*/) override { return Kind::write(from); }
    Result<uint64_t> do_seek(uint64_t, int64_t, int) override { return uint64_t{0}; }
};

// Mapped, it is memory of nobody else: there is one process, so shared and private are the same.
class Zeros final : public Bytes<Zero> {
  public:
    using Bytes::Bytes;
    [[nodiscard]] Result<> map(vmem::MapRequest& request) override {
        if (is_path_only())
            return Errno::badf;
        if (!may_read() || (request.shared && request.protection.write && !may_write()))
            return Errno::acces;
        if (request.protection.execute && place().mount->has(UK_MS_NOEXEC))
            return Errno::perm;
        request.write_allowed = !request.shared || may_write();
        request.kind = vmem::Kind::anonymous;
        request.shared = false;
        request.offset = 0;
        return ok();
    }
};

UK_DEVFS_DEVICE({.name = "null", .number = number(1, 3), .open = vfs::make_open_node<Bytes<Null>>});
UK_DEVFS_DEVICE({.name = "zero", .number = number(1, 5), .open = vfs::make_open_node<Zeros>});
UK_DEVFS_DEVICE({.name = "full", .number = number(1, 7), .open = vfs::make_open_node<Bytes<Full>>});
UK_DEVFS_DEVICE({.name = "random",
                 .number = number(1, 8),
                 .open = vfs::make_open_node<Bytes<Random>>});
UK_DEVFS_DEVICE({.name = "urandom",
                 .number = number(1, 9),
                 .open = vfs::make_open_node<Bytes<Random>>});

} // namespace

} // namespace uk::devfs
