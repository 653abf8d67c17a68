// SPDX-License-Identifier: BSD-3-Clause
// Names of sockets: paths and abstract ones, and who has them; unix(7).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <uk/abi/un.h>
#include <uk/base/atomic.hpp>
#include <uk/base/list.hpp>
#include <uk/base/ref.hpp>
#include <uk/base/result.hpp>
#include <uk/socket/address.hpp>

namespace uk::unixsocket {

inline constexpr uint32_t kPathAt = offsetof(uk_sockaddr_un, sun_path);

// What an application's address says. Views into it.
struct WantedName {
    enum class Kind : uint8_t { none, path, abstract } kind = Kind::none;
    std::string_view text; // of an abstract one without the 0 in front of it

    // Errors: EINVAL (another family, or too long or short).
    [[nodiscard]] static Result<WantedName> of(const SocketAddress& address) {
        if (address.size < kPathAt || address.size > sizeof(uk_sockaddr_un) ||
            address.family() != UK_AF_UNIX)
            return Errno::inval;
        const auto* const path = reinterpret_cast<const char*>(address.bytes) + kPathAt;
        const size_t size = address.size - kPathAt;
        if (size == 0)
            return WantedName{};
        if (path[0] == '\0')
            return WantedName{Kind::abstract, {path + 1, size - 1}};
        size_t length = 0;
        while (length < size && path[length] != '\0')
            length++;
        return WantedName{Kind::path, {path, length}};
    }
};

// A name that a socket has, or had. Counted: what a listener accepts has its name, too.
// E: allocate(), deallocate(), Place: what holds the node of a path, empty for abstract names.
template <class E>
class Name {
  public:
    using Place = typename E::Place;

    // Errors: ENOMEM.
    [[nodiscard]] static Result<Ref<Name>> make(const WantedName& wanted, Place place) {
        void* const memory = E::allocate(sizeof(Name));
        if (memory == nullptr)
            return Errno::nomem;
        return Ref<Name>::adopt(*::new (memory) Name(wanted, std::move(place)));
    }
    void ref_retain() { refs_.fetch_add_relaxed(1); }
    void ref_release() {
        if (refs_.fetch_sub_acq_rel(1) != 1)
            return;
        this->~Name();
        E::deallocate(this);
    }

    void tell(SocketAddress& out) const {
        const uint16_t family = UK_AF_UNIX;
        memcpy(out.bytes, &family, sizeof(family));
        memcpy(out.bytes + kPathAt, bytes_, size_);
        out.size = kPathAt + size_;
    }
    // Null: abstract.
    [[nodiscard]] const void* key() const { return E::key(place_); }
    [[nodiscard]] std::string_view abstract() const {
        return {bytes_ + 1, static_cast<size_t>(size_ - 1)};
    }

    // What a socket without a name says.
    static void tell_none(SocketAddress& out) {
        const uint16_t family = UK_AF_UNIX;
        memcpy(out.bytes, &family, sizeof(family));
        out.size = kPathAt;
    }

  private:
    Name(const WantedName& wanted, Place place) : place_(std::move(place)) {
        const bool is_path = wanted.kind == WantedName::Kind::path;
        bytes_[0] = '\0';
        memcpy(bytes_ + (is_path ? 0 : 1), wanted.text.data(), wanted.text.size());
        if (is_path)
            bytes_[wanted.text.size()] = '\0';
        size_ = static_cast<uint32_t>(wanted.text.size() + 1);
    }
    ~Name() = default;

    Atomic<uint32_t> refs_{1};
    uint32_t size_ = 0;
    Place place_;
    char bytes_[UK_UNIX_PATH_MAX + 1];
};

// Who has which name. Endpoint has name() and a ListNode name_node. Under its user's lock.
template <class E, class Endpoint>
class NameTable {
  public:
    void add(Endpoint& endpoint) { bucket_of(*endpoint.name()).push_front(endpoint); }
    void remove(Endpoint& endpoint) { bucket_of(*endpoint.name()).erase(endpoint); }

    [[nodiscard]] Endpoint* find_abstract(std::string_view text, int type) {
        for (Endpoint& one : buckets_[hash(text)]) {
            if (one.name()->key() == nullptr && one.name()->abstract() == text &&
                one.type() == type)
                return &one;
        }
        return nullptr;
    }
    [[nodiscard]] Endpoint* find_node(const void* key) {
        for (Endpoint& one : buckets_[hash(key)]) {
            if (one.name()->key() == key)
                return &one;
        }
        return nullptr;
    }

  private:
    static constexpr size_t kBuckets = 32;
    using Bucket = List<&Endpoint::name_node>;

    static size_t hash(std::string_view text) {
        uint32_t value = 2'166'136'261; // FNV-1a
        for (const char c : text)
            value = (value ^ static_cast<unsigned char>(c)) * 16'777'619;
        return value % kBuckets;
    }
    static size_t hash(const void* key) {
        return reinterpret_cast<uintptr_t>(key) / 64 % kBuckets; // nodes lie that far apart
    }
    Bucket& bucket_of(const Name<E>& name) {
        return buckets_[name.key() != nullptr ? hash(name.key()) : hash(name.abstract())];
    }

    Bucket buckets_[kBuckets];
};

} // namespace uk::unixsocket
