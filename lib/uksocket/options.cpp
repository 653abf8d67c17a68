// SPDX-License-Identifier: BSD-3-Clause
// The options of level SOL_SOCKET that mean the same for all families; socket(7).
#include <uk/socket/options.hpp>

#include <uk/abi/time.h>

namespace uk {

namespace {

constexpr uint64_t kSecond = 1'000'000'000;
constexpr uint64_t kMicrosecond = 1'000;

struct Switch {
    int name;
    uint32_t bit;
    bool settable;
};
constexpr Switch kSwitches[] = {
    {UK_SO_REUSEADDR, SocketOptions::kReuseAddress, true},
    {UK_SO_REUSEPORT, SocketOptions::kReusePort, true},
    {UK_SO_KEEPALIVE, SocketOptions::kKeepAlive, true},
    {UK_SO_BROADCAST, SocketOptions::kBroadcast, true},
    {UK_SO_DONTROUTE, SocketOptions::kDontRoute, true},
    {UK_SO_OOBINLINE, SocketOptions::kOutOfBandInline, true},
    {UK_SO_PASSCRED, SocketOptions::kPassCredentials, true},
    {UK_SO_ACCEPTCONN, SocketOptions::kListening, false},
};

const Switch* find_switch(int name) {
    for (const Switch& one : kSwitches) {
        if (one.name == name)
            return &one;
    }
    return nullptr;
}

// Half of the address space would not be asked for in earnest, and never ends either.
Result<uint64_t> nanoseconds(const uk_timeval& time) {
    if (time.tv_usec < 0 || time.tv_usec >= 1'000'000)
        return Errno::dom;
    if (time.tv_sec < 0)
        return uint64_t{0};
    if (time.tv_sec == 0 && time.tv_usec == 0)
        return SocketOptions::kNoTimeout;
    const auto seconds = static_cast<uint64_t>(time.tv_sec);
    if (seconds >= SocketOptions::kNoTimeout / kSecond / 2)
        return SocketOptions::kNoTimeout;
    return seconds * kSecond + static_cast<uint64_t>(time.tv_usec) * kMicrosecond;
}

uk_timeval timeval_of(uint64_t nanoseconds) {
    if (nanoseconds == SocketOptions::kNoTimeout)
        return {};
    return {.tv_sec = static_cast<int64_t>(nanoseconds / kSecond),
            .tv_usec = static_cast<int64_t>(nanoseconds % kSecond / kMicrosecond)};
}

// What a program asks for is data; the other half is for what stands around them.
uint32_t buffer_size(int wanted, bool forced, uint32_t least) {
    constexpr uint32_t kMostForced = 1U << 30;
    uint32_t most = forced ? kMostForced : SocketOptions::kMostBuffer;
    const auto bytes = static_cast<uint32_t>(wanted);
    if (forced && wanted < 0)
        return least;
    return max(bytes < most / 2 ? bytes * 2 : most, least);
}

} // namespace

void SocketOptions::inherit(const SocketOptions& from) {
    bits_.store_relaxed(from.bits_.load_relaxed() & ~kListening);
    send_buffer_.store_relaxed(from.send_buffer());
    receive_buffer_.store_relaxed(from.receive_buffer());
    linger_.store_relaxed(from.linger());
    send_timeout_.store_relaxed(from.send_timeout());
    receive_timeout_.store_relaxed(from.receive_timeout());
}

Result<size_t> SocketOptions::option(const SocketOption& option, const SocketKind& kind) {
    if (!option.sets())
        return answer(option, kind);
    UK_TRY(change(option));
    return size_t{0};
}

Result<> SocketOptions::change(const SocketOption& option) {
    switch (option.name) {
    case UK_SO_RCVTIMEO:
        receive_timeout_.store_relaxed(UK_TRY(nanoseconds(UK_TRY(option.wanted<uk_timeval>()))));
        return ok();
    case UK_SO_SNDTIMEO:
        send_timeout_.store_relaxed(UK_TRY(nanoseconds(UK_TRY(option.wanted<uk_timeval>()))));
        return ok();
    case UK_SO_LINGER: {
        const uk_linger wanted = UK_TRY(option.wanted<uk_linger>());
        linger_.store_relaxed(wanted.l_onoff == 0 ? -1 : max(wanted.l_linger, 0));
        return ok();
    }
    case UK_SO_SNDBUF:
    case UK_SO_SNDBUFFORCE:
        send_buffer_.store_relaxed(buffer_size(UK_TRY(option.wanted()),
                                               option.name == UK_SO_SNDBUFFORCE, kLeastSendBuffer));
        return ok();
    case UK_SO_RCVBUF:
    case UK_SO_RCVBUFFORCE:
        receive_buffer_.store_relaxed(buffer_size(
            UK_TRY(option.wanted()), option.name == UK_SO_RCVBUFFORCE, kLeastReceiveBuffer));
        return ok();
    default: {
        const int wanted = UK_TRY(option.wanted());
        const Switch* const one = find_switch(option.name);
        if (one == nullptr || !one->settable)
            return Errno::noprotoopt;
        set(one->bit, wanted != 0);
        return ok();
    }
    }
}

Result<size_t> SocketOptions::answer(const SocketOption& option, const SocketKind& kind) {
    switch (option.name) {
    case UK_SO_TYPE:
        return option.tell(kind.type);
    case UK_SO_DOMAIN:
        return option.tell(kind.domain);
    case UK_SO_PROTOCOL:
        return option.tell(kind.protocol);
    case UK_SO_ERROR:
        return option.tell(static_cast<int>(take_error()));
    case UK_SO_RCVTIMEO:
        return option.tell(timeval_of(receive_timeout()));
    case UK_SO_SNDTIMEO:
        return option.tell(timeval_of(send_timeout()));
    case UK_SO_SNDBUF:
        return option.tell(send_buffer());
    case UK_SO_RCVBUF:
        return option.tell(receive_buffer());
    case UK_SO_LINGER:
        return option.tell(uk_linger{linger() >= 0, max(linger(), 0)});
    case UK_SO_PEERCRED: // nobody known
        return option.tell(uk_ucred{0, ~uk_uid_t{0}, ~uk_gid_t{0}});
    case UK_SO_RCVLOWAT:
    case UK_SO_SNDLOWAT:
        return option.tell(1);
    default: {
        const Switch* const one = find_switch(option.name);
        if (one == nullptr)
            return Errno::noprotoopt;
        return option.tell(static_cast<int>(has(one->bit)));
    }
    }
}

} // namespace uk
