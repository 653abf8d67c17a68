// SPDX-License-Identifier: BSD-3-Clause
// Requests to xenstore and their answers. The server is trusted to answer as little as any other
// domain: sizes, types and counters are checked, and nothing is waited for without end.
#include <uk/xen/store.hpp>

#include <uk/string.h>
#include <uk/xen/errors.hpp>

namespace uk::xen {
namespace {

// So many messages that nobody asked for (watch events) may come before the answer.
constexpr unsigned kMostOthers = 1024;
constexpr size_t kLongestError = 32;

bool desynchronizes(Errno code) {
    return code == Errno::timedout || code == Errno::proto;
}

} // namespace

// `step(done, left)` moves some bytes and says how many; 0 means that the other side has to act.
template <class Step>
Result<> Store::move(size_t size, Step step) {
    unsigned round = 0;
    for (size_t done = 0; done != size;) {
        size_t count = UK_TRY(step(done, size - done));
        done += count;
        if (count != 0) {
            port_.notify(port_.context);
            round = 0;
        } else if (!port_.wait(port_.context, round++)) {
            return Errno::timedout;
        }
    }
    return {};
}

Result<> Store::send(const void* bytes, size_t size) {
    const auto* from = static_cast<const char*>(bytes);
    return move(size, [&](size_t done, size_t left) { return requests_.write(from + done, left); });
}

Result<> Store::receive(char* bytes, size_t size) {
    return move(size, [&](size_t done, size_t left) { return replies_.read(bytes + done, left); });
}

Result<> Store::skip(size_t size) {
    char bytes[64];
    while (size != 0) {
        size_t part = size < sizeof bytes ? size : sizeof bytes;
        UK_TRY(receive(bytes, part));
        size -= part;
    }
    return {};
}

Result<StoreHeader> Store::find_answer() {
    for (unsigned i = 0; i < kMostOthers; i++) {
        StoreHeader header{};
        UK_TRY(receive(reinterpret_cast<char*>(&header), sizeof header));
        if (header.size > kStorePayload) {
            return Errno::proto;
        }
        if (header.request == number_ && header.type != static_cast<uint32_t>(Type::event)) {
            return header;
        }
        UK_TRY(skip(header.size));
    }
    return Errno::proto;
}

Result<size_t> Store::take_answer(Type type, const StoreHeader& header, std::span<char> answer) {
    if (header.type == static_cast<uint32_t>(Type::error)) {
        char name[kLongestError] = {};
        size_t kept = header.size < sizeof name ? header.size : sizeof name;
        UK_TRY(receive(name, kept));
        UK_TRY(skip(header.size - kept));
        // Nothing that follows a whole message makes the next one unreadable.
        Errno code = errno_named({name, strnlen(name, kept)});
        return desynchronizes(code) ? Errno::io : code;
    }
    if (header.type != static_cast<uint32_t>(type)) {
        return Errno::proto;
    }
    size_t kept = header.size < answer.size() ? header.size : answer.size();
    UK_TRY(receive(answer.data(), kept));
    UK_TRY(skip(header.size - kept));
    if (type != Type::write && type != Type::remove && kept < header.size) {
        return Errno::range;
    }
    return kept;
}

Result<size_t> Store::ask(Type type, std::string_view path, std::string_view value,
                          std::span<char> answer) {
    if (path.empty() || memchr(path.data(), 0, path.size()) != nullptr) {
        return Errno::inval;
    }
    // The lengths may be anything, so they are not added before each is known to be small.
    if (path.size() >= kStorePayload || value.size() > kStorePayload - path.size() - 1) {
        return Errno::e2big;
    }
    if (broken_) {
        return Errno::io;
    }
    StoreHeader header{static_cast<uint32_t>(type), ++number_, 0,
                       static_cast<uint32_t>(path.size() + 1 + value.size())};
    auto exchange = [&]() -> Result<size_t> {
        UK_TRY(send(&header, sizeof header));
        UK_TRY(send(path.data(), path.size()));
        UK_TRY(send("", 1));
        UK_TRY(send(value.data(), value.size()));
        StoreHeader found = UK_TRY(find_answer());
        return take_answer(type, found, answer);
    };
    Result<size_t> done = exchange();
    broken_ = desynchronizes(done.code());
    return done;
}

Result<size_t> Store::read(std::string_view path, std::span<char> value) {
    return ask(Type::read, path, {}, value);
}

Result<size_t> Store::list(std::string_view path, std::span<char> names) {
    return ask(Type::list, path, {}, names);
}

Result<> Store::write(std::string_view path, std::string_view value) {
    UK_TRY(ask(Type::write, path, value, {}));
    return {};
}

Result<> Store::remove(std::string_view path) {
    UK_TRY(ask(Type::remove, path, {}, {}));
    return {};
}

} // namespace uk::xen
