// SPDX-License-Identifier: BSD-3-Clause
// Frames in a stream.
#include "framing.hpp"

#include <uk/assert.h>
#include <uk/string.h>

namespace uk::hostnet {

std::span<std::byte> Framing::space() {
    if (begin_ != 0) {
        memmove(memory_.data(), memory_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    return memory_.subspan(end_);
}

void Framing::came(size_t bytes) {
    UK_ASSERT(bytes <= memory_.size() - end_);
    end_ += bytes;
}

size_t Framing::length() const {
    size_t length = 0;
    for (size_t i = 0; i < kLengthBytes; i++)
        length = length << 8 | static_cast<size_t>(memory_[begin_ + i]);
    return length;
}

Framing::Found Framing::look(std::span<const std::byte>& frame) const {
    const size_t there = end_ - begin_;
    if (there < kLengthBytes)
        return Found::nothing;
    const size_t size = length();
    if (size == 0 || size > memory_.size() - kLengthBytes)
        return Found::broken;
    if (there - kLengthBytes < size)
        return Found::nothing;
    frame = memory_.subspan(begin_ + kLengthBytes, size);
    return Found::frame;
}

void Framing::pop() {
    begin_ += kLengthBytes + length();
    UK_ASSERT(begin_ <= end_);
    if (begin_ == end_)
        begin_ = end_ = 0;
}

} // namespace uk::hostnet
