// SPDX-License-Identifier: BSD-3-Clause
// Echoes: RFC 792, RFC 4443, 4.
#include "echo.hpp"

#include <uk/format.h>

namespace uk::shell {
namespace {

constexpr size_t kHead = 8, kSequenceAt = 6;

uint8_t filling(size_t at) {
    return static_cast<uint8_t>(at);
}

} // namespace

void make_echo(std::span<uint8_t, kEchoSize> out, bool v6, uint16_t sequence) {
    for (size_t i = 0; i < out.size(); i++)
        out[i] = i < kHead ? 0 : filling(i);
    out[0] = v6 ? 128 : 8;
    out[kSequenceAt] = static_cast<uint8_t>(sequence >> 8);
    out[kSequenceAt + 1] = static_cast<uint8_t>(sequence);
}

Result<uint16_t> read_reply(std::span<const uint8_t> message, bool v6) {
    if (message.size() != kEchoSize || message[0] != (v6 ? 129 : 0) || message[1] != 0)
        return Errno::proto;
    for (size_t i = kHead; i < kEchoSize; i++) {
        if (message[i] != filling(i))
            return Errno::proto;
    }
    return static_cast<uint16_t>(message[kSequenceAt] << 8 | message[kSequenceAt + 1]);
}

void RoundTrips::add(uint64_t ns) {
    count_++;
    sum_ += ns;
    least_ = ns < least_ ? ns : least_;
    most_ = ns > most_ ? ns : most_;
}

MillisecondsText milliseconds_text(uint64_t ns) {
    MillisecondsText out;
    const uint64_t us = ns / 1000;
    (void)uk_snprintf(out.text, sizeof out.text, "%llu.%03llu",
                      static_cast<unsigned long long>(us / 1000),
                      static_cast<unsigned long long>(us % 1000));
    return out;
}

} // namespace uk::shell
