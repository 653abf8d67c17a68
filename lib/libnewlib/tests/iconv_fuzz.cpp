// SPDX-License-Identifier: BSD-3-Clause
// Fuzz target: text of any encoding from outside. What goes in and out are blocks of their exact
// size on the heap; each call ends, and stops only for what it says.
#include <cstdlib>
#include <iterator>
#include <memory>

#include "lib/libnewlib/iconv.hpp"

namespace encoding = newlib::encoding;
using encoding::End;

namespace {

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size < 4) {
        return 0;
    }
    const encoding::Encoding& from =
        encoding::kNames[data[0] % std::size(encoding::kNames)].encoding;
    const encoding::Encoding& to = encoding::kNames[data[1] % std::size(encoding::kNames)].encoding;
    const bool ignores = data[2] % 2 != 0;
    const size_t room = data[3], length = size - 4;
    auto text = std::make_unique<char[]>(length);
    memcpy(text.get(), data + 4, length);
    encoding::Converter converter(to, from, ignores);
    encoding::Text in{text.get(), length};
    for (;;) {
        auto bytes = std::make_unique<char[]>(room);
        encoding::Room out{bytes.get(), room};
        size_t ignored = 0;
        const size_t before = in.left;
        const End end = converter.convert(in, out, ignored);
        require(in.at + in.left == text.get() + length && out.at + out.left == bytes.get() + room);
        require(end != End::done || in.left == 0);
        require(ignores || ignored == 0);
        require(end != End::wrong || !ignores);
        if (end != End::no_room || in.left == before) { // no room for a single one
            return 0;
        }
    }
}
