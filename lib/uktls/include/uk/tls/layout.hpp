// SPDX-License-Identifier: BSD-3-Clause
// Where thread-local variables lie around the thread pointer: what compilers and linkers of an
// architecture have agreed on (ELF Handling For Thread-Local Storage, 3.4; for arm64 its ELF ABI).
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/base/bits.hpp>

namespace uk::tls {

/// What an architecture's ABI says.
struct Abi {
    bool below; // variables end where the thread pointer points to; else they follow the head
    size_t head_bytes; // that are there
};

/// What the linker script says of the variables (`uk_tls_image`). Their first values, from `data`
/// on, are followed by zeros up to `bytes`. `align` is a power of 2, or 0 if there are none.
struct Image {
    const void* data;
    size_t data_bytes;
    size_t bytes;
    size_t align;
};

/// One thread's block of memory, and what is where in it.
struct Layout {
    size_t bytes;
    size_t align;
    size_t pointer; // offset of the place that the thread pointer points to
    size_t image;   // offset of the first variable

    friend constexpr bool operator==(const Layout&, const Layout&) = default;
};

/// `image` as linked; its data is not looked at. The head, which the thread pointer points to, is
/// aligned to 16 even if no variable is.
constexpr Layout layout_of(Abi abi, const Image& image) {
    constexpr size_t kHeadAlign = 16;
    const size_t image_align = image.align != 0 ? image.align : 1;
    const size_t align = image_align > kHeadAlign ? image_align : kHeadAlign;
    const size_t spanned = align_up(image.bytes, image_align);
    if (abi.below) { // variant II: they end at the pointer
        const size_t pointer = align_up(spanned, align);
        return {pointer + abi.head_bytes, align, pointer, pointer - spanned};
    }
    const size_t first = align_up(abi.head_bytes, image_align); // variant I: they follow the head
    return {first + image.bytes, align, 0, first};
}

} // namespace uk::tls
