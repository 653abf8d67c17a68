// SPDX-License-Identifier: BSD-3-Clause
// <iconv.h>: the edge of iconv.hpp.
#include <iconv.h>

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <new>

#include "iconv.hpp"

namespace encoding = newlib::encoding;

namespace {

template <class T>
T failed(int error) {
    errno = error;
    return reinterpret_cast<T>(-1);
}

template <>
size_t failed(int error) {
    errno = error;
    return SIZE_MAX;
}

// "UTF-8//IGNORE" is an encoding and a wish. An empty name is that of the C locale.
const encoding::Encoding* parse(const char* name, bool& ignores) {
    const size_t length = strcspn(name, "/");
    const char* rest = name + length;
    ignores = strncasecmp(rest, "//IGNORE", 8) == 0 && rest[8 + strspn(rest + 8, "/,")] == 0;
    if (!ignores && strspn(rest, "/") != strlen(rest)) {
        return nullptr;
    }
    return length == 0 ? encoding::find("ASCII", 5) : encoding::find(name, length);
}

} // namespace

iconv_t iconv_open(const char* to, const char* from) {
    bool ignores = false;
    bool unused = false;
    const encoding::Encoding* target = parse(to, ignores);
    const encoding::Encoding* source = parse(from, unused);
    if (target == nullptr || source == nullptr) {
        return failed<iconv_t>(EINVAL);
    }
    void* place = malloc(sizeof(encoding::Converter));
    return place == nullptr ? failed<iconv_t>(ENOMEM)
                            : new (place) encoding::Converter(*target, *source, ignores);
}

size_t iconv(iconv_t how, char** __restrict in, size_t* __restrict in_left, char** __restrict out,
             size_t* __restrict out_left) {
    auto& converter = *static_cast<encoding::Converter*>(how);
    if (in == nullptr || *in == nullptr) {
        converter.restart();
        return 0;
    }
    encoding::Text text = {*in, *in_left};
    encoding::Room room = {*out, *out_left};
    size_t ignored = 0;
    const encoding::End end = converter.convert(text, room, ignored);
    *in = const_cast<char*>(text.at);
    *in_left = text.left;
    *out = room.at;
    *out_left = room.left;
    switch (end) {
    case encoding::End::done:
        return ignored == 0 ? 0 : failed<size_t>(EILSEQ); // as glibc does at the end
    case encoding::End::no_room:
        return failed<size_t>(E2BIG);
    case encoding::End::short_of_input:
        return failed<size_t>(EINVAL);
    default:
        return failed<size_t>(EILSEQ);
    }
}

int iconv_close(iconv_t how) {
    free(how);
    return 0;
}
