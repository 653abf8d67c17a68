// SPDX-License-Identifier: BSD-3-Clause
// Extended attributes of one node: a list, since there are few.
#include <uk/ramfs/node.hpp>

#include <uk/abi/xattr.h>
#include <uk/string.h>

namespace uk::ramfs {

// Name, then value, follow in memory.
struct Attributes::One {
    One* next;
    uint32_t value_size;
    uint8_t name_size;

    char* text() { return reinterpret_cast<char*>(this + 1); }
    vfs::Name name() { return {text(), name_size}; }
    std::byte* value() { return reinterpret_cast<std::byte*>(text() + name_size); }
    size_t size() const { return sizeof(One) + name_size + value_size; }
};

// The pointer to it, or the one at the end.
Attributes::One** Attributes::find(vfs::Name name) {
    One** place = &first_;
    while (*place != nullptr && (*place)->name() != name)
        place = &(*place)->next;
    return place;
}

Result<size_t> Attributes::get(vfs::Name name, std::span<std::byte> room) const {
    One* one = *const_cast<Attributes*>(this)->find(name);
    if (one == nullptr)
        return Errno::nodata;
    if (room.empty())
        return size_t{one->value_size};
    if (room.size() < one->value_size)
        return Errno::range;
    memcpy(room.data(), one->value(), one->value_size);
    return size_t{one->value_size};
}

void Attributes::drop(One** place, Counter& bytes) {
    One* one = *place;
    *place = one->next;
    bytes.give(one->size());
    heap::deallocate(one);
}

Result<> Attributes::set(vfs::Name name, std::span<const std::byte> value, int flags,
                         Counter& bytes) {
    if (name.size() > UK_XATTR_NAME_MAX)
        return Errno::range;
    if (value.size() > UK_XATTR_SIZE_MAX)
        return Errno::e2big;
    One** old = find(name);
    if (*old != nullptr && (flags & UK_XATTR_CREATE) != 0)
        return Errno::exist;
    if (*old == nullptr && (flags & UK_XATTR_REPLACE) != 0)
        return Errno::nodata;
    if (*old == nullptr && names_ + name.size() + 1 > UK_XATTR_LIST_MAX)
        return Errno::nospc;
    const size_t size = sizeof(One) + name.size() + value.size();
    UK_TRY(bytes.take(size));
    void* memory = heap::allocate(size);
    if (memory == nullptr) {
        bytes.give(size);
        return Errno::nomem;
    }
    One* one =
        ::new (memory) One{*old != nullptr ? (*old)->next : nullptr,
                           static_cast<uint32_t>(value.size()), static_cast<uint8_t>(name.size())};
    memcpy(one->text(), name.data(), name.size());
    if (!value.empty())
        memcpy(one->value(), value.data(), value.size());
    if (*old != nullptr)
        drop(old, bytes);
    else
        names_ += static_cast<uint32_t>(name.size() + 1);
    *old = one;
    return ok();
}

Result<> Attributes::remove(vfs::Name name, Counter& bytes) {
    One** place = find(name);
    if (*place == nullptr)
        return Errno::nodata;
    names_ -= static_cast<uint32_t>(name.size() + 1);
    drop(place, bytes);
    return ok();
}

Result<size_t> Attributes::list(std::span<char> room) const {
    if (room.empty())
        return size_t{names_};
    if (room.size() < names_)
        return Errno::range;
    char* to = room.data();
    for (One* one = first_; one != nullptr; one = one->next) {
        memcpy(to, one->text(), one->name_size);
        to += one->name_size;
        *to++ = '\0';
    }
    return size_t{names_};
}

void Attributes::clear(Counter& bytes) {
    while (first_ != nullptr)
        drop(&first_, bytes);
    names_ = 0;
}

} // namespace uk::ramfs
