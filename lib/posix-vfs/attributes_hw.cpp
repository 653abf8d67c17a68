// SPDX-License-Identifier: BSD-3-Clause
// Extended attributes of files: names and values copied, checks in Linux's order.
#include <uk/abi/xattr.h>
#include <uk/syscall.h>
#include <uk/syscall/edge.hpp>

#include "call.hpp"

namespace uk::posix {

namespace {

// Values and lists are at most this long, so that is all the room that a call needs.
constexpr size_t kMost = UK_XATTR_SIZE_MAX;
static_assert(UK_XATTR_LIST_MAX == kMost);

// Bytes on the heap; none of them if `size` is 0.
class Bytes {
  public:
    Bytes() = default;
    Bytes(const Bytes&) = delete;
    Bytes& operator=(const Bytes&) = delete;
    ~Bytes() { heap::deallocate(data_); }

    [[nodiscard]] Result<> make(size_t size) {
        if (size == 0)
            return ok();
        data_ = static_cast<std::byte*>(heap::allocate(size));
        size_ = data_ != nullptr ? size : 0;
        return data_ != nullptr ? Errno::ok : Errno::nomem;
    }
    [[nodiscard]] std::span<std::byte> span() const { return {data_, size_}; }
    [[nodiscard]] std::span<char> text() const { return {reinterpret_cast<char*>(data_), size_}; }

  private:
    std::byte* data_ = nullptr;
    size_t size_ = 0;
};

Result<Target> of_path(const char* path, bool follow) {
    return target_of(UK_AT_FDCWD, path, follow ? 0 : UK_AT_SYMLINK_NOFOLLOW);
}

Result<Target> of_descriptor(int fd) {
    Ref<File> file = UK_TRY(fd_table().get(fd));
    const vfs::OpenNode* opened = file->opened_node();
    if (opened == nullptr)
        return Target{{}, std::move(file)};
    if (opened->is_path_only())
        return Errno::badf;
    return Target{opened->place(), {}};
}

Result<> may_change(const Target& target) {
    return target.place && target.place.mount->read_only() ? Errno::rofs : Errno::ok;
}

Result<> read_name(Text& text, const char* from) {
    Result<> read = text.read(from, UK_XATTR_NAME_MAX + 1);
    if (read.code() == Errno::nametoolong || (read.ok() && text.view().empty()))
        return Errno::range;
    return read;
}

// What pipes and their like say: they have no attributes, and could not have some.
Errno without_path(std::string_view name, Errno of_users) {
    return name.starts_with("user.") ? of_users : Errno::opnotsupp;
}

Result<> set(Result<Target> found, const char* name, const void* value, size_t size, int flags) {
    const Target target = UK_TRY(std::move(found));
    UK_TRY(may_change(target));
    if ((flags & ~(UK_XATTR_CREATE | UK_XATTR_REPLACE)) != 0)
        return Errno::inval;
    Text text;
    UK_TRY(read_name(text, name));
    if (size > UK_XATTR_SIZE_MAX)
        return Errno::e2big;
    Bytes bytes;
    UK_TRY(bytes.make(size));
    UK_TRY(user::copy_in(bytes.span().data(), address(value), size));
    if (!target.place)
        return without_path(text.view(), Errno::perm);
    return vfs::set_attribute(target.place, text.view(), bytes.span(), flags);
}

// fill(room) says how much there is; that is copied to `out` if there is room.
template <class Fill>
Result<size_t> give(void* out, size_t size, Fill fill) {
    Bytes bytes;
    UK_TRY(bytes.make(size < kMost ? size : kMost));
    Result<size_t> filled = fill(bytes);
    if (filled.code() == Errno::range && size >= kMost)
        return Errno::e2big;
    const size_t length = UK_TRY(filled);
    if (size != 0)
        UK_TRY(user::copy_out(address(out), bytes.span().data(), length));
    return length;
}

Result<size_t> get(Result<Target> found, const char* name, void* value, size_t size) {
    const Target target = UK_TRY(std::move(found));
    Text text;
    UK_TRY(read_name(text, name));
    return give(value, size, [&](const Bytes& room) -> Result<size_t> {
        if (!target.place)
            return without_path(text.view(), Errno::nodata);
        return vfs::get_attribute(target.place, text.view(), room.span());
    });
}

Result<size_t> list(Result<Target> found, char* names, size_t size) {
    const Target target = UK_TRY(std::move(found));
    return give(names, size, [&](const Bytes& room) -> Result<size_t> {
        return target.place ? vfs::list_attributes(target.place, room.text())
                            : Result<size_t>(size_t{0});
    });
}

Result<> remove(Result<Target> found, const char* name) {
    const Target target = UK_TRY(std::move(found));
    UK_TRY(may_change(target));
    Text text;
    UK_TRY(read_name(text, name));
    if (!target.place)
        return without_path(text.view(), Errno::perm);
    return vfs::remove_attribute(target.place, text.view());
}

} // namespace

} // namespace uk::posix

namespace posix = uk::posix;

extern "C" {

long uk_sys_setxattr(const char* path, const char* name, const void* value, size_t size,
                     int flags) {
    return uk::syscall(
        [&] { return posix::set(posix::of_path(path, true), name, value, size, flags); });
}
long uk_sys_lsetxattr(const char* path, const char* name, const void* value, size_t size,
                      int flags) {
    return uk::syscall(
        [&] { return posix::set(posix::of_path(path, false), name, value, size, flags); });
}
long uk_sys_fsetxattr(int fd, const char* name, const void* value, size_t size, int flags) {
    return uk::syscall(
        [&] { return posix::set(posix::of_descriptor(fd), name, value, size, flags); });
}

long uk_sys_getxattr(const char* path, const char* name, void* value, size_t size) {
    return uk::syscall([&] { return posix::get(posix::of_path(path, true), name, value, size); });
}
long uk_sys_lgetxattr(const char* path, const char* name, void* value, size_t size) {
    return uk::syscall([&] { return posix::get(posix::of_path(path, false), name, value, size); });
}
long uk_sys_fgetxattr(int fd, const char* name, void* value, size_t size) {
    return uk::syscall([&] { return posix::get(posix::of_descriptor(fd), name, value, size); });
}

long uk_sys_listxattr(const char* path, char* names, size_t size) {
    return uk::syscall([&] { return posix::list(posix::of_path(path, true), names, size); });
}
long uk_sys_llistxattr(const char* path, char* names, size_t size) {
    return uk::syscall([&] { return posix::list(posix::of_path(path, false), names, size); });
}
long uk_sys_flistxattr(int fd, char* names, size_t size) {
    return uk::syscall([&] { return posix::list(posix::of_descriptor(fd), names, size); });
}

long uk_sys_removexattr(const char* path, const char* name) {
    return uk::syscall([&] { return posix::remove(posix::of_path(path, true), name); });
}
long uk_sys_lremovexattr(const char* path, const char* name) {
    return uk::syscall([&] { return posix::remove(posix::of_path(path, false), name); });
}
long uk_sys_fremovexattr(int fd, const char* name) {
    return uk::syscall([&] { return posix::remove(posix::of_descriptor(fd), name); });
}

} // extern "C"
