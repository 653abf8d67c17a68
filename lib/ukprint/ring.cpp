// SPDX-License-Identifier: BSD-3-Clause
// The ring of log lines: [length low, length high, level and seen] then the text, all of it may
// wrap.
#include <uk/log/ring.hpp>
#include <uk/string.h>

namespace uk::log {

namespace {
constexpr uint8_t kSeen = 0x80;
}

size_t Ring::wrap(size_t position) const {
    return position >= storage_.size() ? position - storage_.size() : position;
}

uint8_t Ring::byte(size_t position) const {
    return static_cast<uint8_t>(storage_[wrap(position)]);
}

void Ring::put(size_t position, char value) {
    storage_[wrap(position)] = value;
}

// Bounded again, so that a ring that something has written over is still read inside.
size_t Ring::length_at(size_t position) const {
    const size_t length = byte(position) | static_cast<size_t>(byte(position + 1)) << 8;
    const size_t room = storage_.size() - kHeader;
    return length < room ? length : room;
}

void Ring::drop_oldest() {
    const size_t size = kHeader + length_at(head_);
    head_ = wrap(head_ + size);
    used_ -= size;
    lines_--;
}

void Ring::append(const char* text, size_t size, uint8_t level, bool seen) {
    if (storage_.size() <= kHeader) {
        return;
    }
    const size_t room = storage_.size() - kHeader;
    size = size > kMaxLine ? kMaxLine : size;
    size = size > room ? room : size;
    while (storage_.size() - used_ < kHeader + size) {
        drop_oldest();
    }
    size_t at = wrap(head_ + used_);
    put(at, static_cast<char>(size));
    put(at + 1, static_cast<char>(size >> 8));
    put(at + 2, static_cast<char>(level | (seen ? kSeen : 0)));
    at = wrap(at + kHeader);
    const size_t straight = size < storage_.size() - at ? size : storage_.size() - at;
    memcpy(&storage_[at], text, straight);
    memcpy(storage_.data(), text + straight, size - straight);
    used_ += kHeader + size;
    lines_++;
}

Ring::Line Ring::at(size_t position) const {
    const size_t size = length_at(position);
    const size_t start = wrap(position + kHeader);
    const size_t straight = size < storage_.size() - start ? size : storage_.size() - start;
    const uint8_t flags = byte(position + 2);
    return {&storage_[start],
            straight,
            storage_.data(),
            size - straight,
            static_cast<uint8_t>(flags & ~kSeen),
            (flags & kSeen) != 0};
}

size_t Ring::next(size_t position) const {
    return wrap(position + kHeader + length_at(position));
}

void Ring::set_seen(size_t position) {
    put(position + 2, static_cast<char>(byte(position + 2) | kSeen));
}

} // namespace uk::log
