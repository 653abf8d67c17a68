// SPDX-License-Identifier: BSD-3-Clause
// Fuzz target: lines of /etc/passwd and /etc/group with any bytes, in a block of their exact size
// and room for a list of members behind them. All that an entry points to is text in that block.
#include <cstdlib>
#include <memory>

#include "lib/libnewlib/users.hpp"

namespace users = newlib::users;
using users::Parsed;

namespace {

struct Block {
    std::unique_ptr<char[]> bytes;
    size_t size;

    void require_text(const char* at) const {
        const char* end = bytes.get() + size;
        if (at < bytes.get() || at >= end ||
            memchr(at, 0, static_cast<size_t>(end - at)) == nullptr) {
            std::abort();
        }
    }
};

Block block_of(const uint8_t* line, size_t length, size_t room) {
    Block block{std::make_unique<char[]>(length + 1 + room), length + 1 + room};
    memcpy(block.bytes.get(), line, length);
    return block;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size == 0) {
        return 0;
    }
    const size_t room = data[0];
    const Block user = block_of(data + 1, size - 1, 0);
    struct passwd who {};
    if (users::parse(user.bytes.get(), user.bytes.get() + user.size, who) == Parsed::entry) {
        for (const char* text :
             {who.pw_name, who.pw_passwd, who.pw_gecos, who.pw_dir, who.pw_shell}) {
            user.require_text(text);
        }
    }
    const Block group = block_of(data + 1, size - 1, room);
    struct group what {};
    if (users::parse(group.bytes.get(), group.bytes.get() + group.size, what) == Parsed::entry) {
        group.require_text(what.gr_name);
        group.require_text(what.gr_passwd);
        for (char** member = what.gr_mem; *member != nullptr; member++) {
            group.require_text(*member);
        }
    }
    return 0;
}
