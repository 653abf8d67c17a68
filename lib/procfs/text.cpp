// SPDX-License-Identifier: BSD-3-Clause
// Text that grows.
#include <uk/procfs/text.hpp>

#include <uk/alloc/heap.hpp>
#include <uk/base/format.hpp>
#include <uk/string.h>

namespace uk::procfs {

namespace {

constexpr size_t kFirstRoom = 512;

} // namespace

Text::~Text() {
    heap::deallocate(data_);
}

void Text::append(const char* fmt, ...) {
    va_list arguments;
    va_start(arguments, fmt);
    auto sink = [this](std::string_view piece) {
        append_text(piece);
        return 0;
    };
    (void)vformat_to(sink, fmt, arguments); // the sink never stops it
    va_end(arguments);
}

void Text::append_text(std::string_view text) {
    if (text.empty() || !make_room(text.size()))
        return;
    memcpy(data_ + size_, text.data(), text.size());
    size_ += text.size();
}

void Text::clear() {
    size_ = 0;
    error_ = Errno::ok;
}

bool Text::make_room(size_t more) {
    if (error_ != Errno::ok)
        return false;
    if (more <= room_ - size_)
        return true;
    size_t wanted = room_ == 0 ? kFirstRoom : 2 * room_;
    while (wanted - size_ < more)
        wanted *= 2;
    auto* data = static_cast<char*>(heap::reallocate(data_, wanted));
    if (data == nullptr) {
        error_ = Errno::nomem;
        return false;
    }
    data_ = data;
    room_ = wanted;
    return true;
}

} // namespace uk::procfs
