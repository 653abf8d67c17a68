// SPDX-License-Identifier: BSD-3-Clause
// The walk over the structure block, token by token.
#include "scan.hpp"

namespace uk::devicetree {

bool Scan::read_property() {
    uint32_t size = load_be32(base_ + at_ + 4);
    uint64_t behind = at_ + property_bytes(size);
    if (!may_read(behind)) {
        return false;
    }
    uint32_t name = load_be32(base_ + at_ + 8);
    if (name >= strings_size_) {
        return false;
    }
    property_ = {strings_ + name, strings_size_ - name, base_ + at_ + 12, size};
    at_ = behind;
    return true;
}

Scan::Token Scan::next() {
    for (; may_read(at_); at_ += 4) {
        switch (load_be32(base_ + at_)) {
        case kProperty:
            return read_property() ? Token::property : Token::damaged;
        case kBeginNode: {
            uint64_t behind = behind_name(at_ + 4);
            if (behind == 0 || ++depth_ > static_cast<int>(kMaxDepth)) {
                return Token::damaged;
            }
            name_ = reinterpret_cast<const char*>(base_ + at_ + 4);
            at_ = behind;
            return Token::node;
        }
        case kEndNode:
            at_ += 4;
            depth_--;
            return Token::end_of_node;
        case kNop:
            break;
        default:
            return Token::damaged;
        }
    }
    return Token::damaged;
}

bool Scan::skip() {
    return next_child([](uint32_t) { return false; }) == Token::end_of_node;
}

bool Scan::ends_well() {
    for (; at_ + 4 <= size_; at_ += 4) {
        uint32_t token = load_be32(base_ + at_);
        if (token != kNop) {
            return token == kEnd;
        }
    }
    return false;
}

} // namespace uk::devicetree
