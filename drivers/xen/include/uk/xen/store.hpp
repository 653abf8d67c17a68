// SPDX-License-Identifier: BSD-3-Clause
// xenstore: the tree of names and values by which domains and the tools tell each other things
// (public/io/xs_wire.h, docs/misc/xenstore.txt).
#pragma once

#include <span>
#include <string_view>

#include <uk/xen/ring.hpp>

namespace uk::xen {

struct StorePage {
    char requests[1024];
    char replies[1024];
    uint32_t requests_consumed;
    uint32_t requests_produced;
    uint32_t replies_consumed;
    uint32_t replies_produced;
    uint32_t features;
    uint32_t connection; // not 0: the server is not there (yet, or any more)
    uint32_t error;
};
static_assert(offsetof(StorePage, error) == 2072);

// What a message starts with.
struct StoreHeader {
    uint32_t type;
    uint32_t request;
    uint32_t transaction;
    uint32_t size; // of what follows
};

inline constexpr size_t kStorePayload = 4096; // the most that may follow

// The other side: notify() tells it to look; wait(round) passes some time, and is false when it is
// useless to go on waiting; round 0 is the first of a new wait.
struct StorePort {
    void (*notify)(void* context);
    bool (*wait)(void* context, unsigned round);
    void* context;
};

// One request at a time; not synchronised. Everything that comes back is outside input and checked.
// After ETIMEDOUT or EPROTO nobody knows where the next message begins: all later requests fail
// with EIO. Errors of all requests: EINVAL (a path with a zero byte, or empty), E2BIG (longer than
// a message may be), ETIMEDOUT, EPROTO, EIO, and what xenstore answers (ENOENT, EACCES, ...).
class Store {
  public:
    Store(volatile StorePage& page, StorePort port)
        : port_(port), requests_(page.requests, &page.requests_consumed, &page.requests_produced),
          replies_(page.replies, &page.replies_consumed, &page.replies_produced) {}

    // Puts the value of `path` into `value` and returns its size. ERANGE: it has more bytes.
    [[nodiscard]] Result<size_t> read(std::string_view path, std::span<char> value);
    // Puts the names below `path` into `names`, each with a terminating 0, and returns the size of
    // all. ERANGE as above.
    [[nodiscard]] Result<size_t> list(std::string_view path, std::span<char> names);
    // Makes the value of `path`; missing names are created.
    [[nodiscard]] Result<> write(std::string_view path, std::string_view value);
    // Takes `path` and all below it away.
    [[nodiscard]] Result<> remove(std::string_view path);

  private:
    enum class Type : uint32_t {
        list = 1,
        read = 2,
        write = 11,
        remove = 13,
        event = 15,
        error = 16
    };

    [[nodiscard]] Result<size_t> ask(Type type, std::string_view path, std::string_view value,
                                     std::span<char> answer);
    template <class Step>
    [[nodiscard]] Result<> move(size_t size, Step step);
    [[nodiscard]] Result<> send(const void* bytes, size_t size);
    [[nodiscard]] Result<> receive(char* bytes, size_t size);
    [[nodiscard]] Result<> skip(size_t size);
    [[nodiscard]] Result<StoreHeader> find_answer();
    [[nodiscard]] Result<size_t> take_answer(Type type, const StoreHeader& header,
                                             std::span<char> answer);

    StorePort port_;
    ByteRing<1024> requests_;
    ByteRing<1024> replies_;
    uint32_t number_ = 0;
    bool broken_ = false;
};

} // namespace uk::xen
