// SPDX-License-Identifier: BSD-3-Clause
// The walk over the structure block, token by token.
#include "scan.hpp"

namespace uk::devicetree {
namespace {

constexpr uint32_t letter_bit(char letter) {
    return 1U << (letter & 31);
}
constexpr uint32_t letters(std::string_view name) {
    return static_cast<uint32_t>(name[0] << 24 | name[1] << 16 | name[2] << 8 | name[3]);
}

// Whether a name of Scan::kWanted begins so. Few names get past the first letter.
inline bool is_wanted(uint32_t begin) {
    constexpr uint32_t kLetters = [] {
        uint32_t all = 0;
        for (std::string_view name : Scan::kWanted) {
            all |= letter_bit(name[0]);
        }
        return all;
    }();
    if ((kLetters >> (begin >> 24 & 31) & 1) == 0) {
        return false;
    }
    for (std::string_view name : Scan::kWanted) {
        if (begin == letters(name)) {
            return true;
        }
    }
    return false;
}

// A word in which the lowest set bit marks the first zero byte of the (little-endian) `word`.
constexpr uint64_t zero_bytes(uint64_t word) {
    return (word - 0x0101010101010101) & ~word & 0x8080808080808080;
}

inline uint64_t load_piece(const std::byte* at) {
    uint64_t word;
    __builtin_memcpy(&word, at, sizeof word);
    return word;
}

} // namespace

// Where the token behind a name begins; 0 if the name does not end in time.
inline uint64_t Scan::behind_name(uint64_t at) const {
    constexpr int kNear = 3; // pieces; longer names are rare
    uint64_t zeros = 0;
    if (at + kNear * kPiece <= size_) { // one look at the end instead of three
#pragma GCC unroll 3
        for (int i = 0; i < kNear; i++, at += kPiece) {
            zeros = zero_bytes(load_piece(base_ + at));
            if (zeros != 0) {
                return at + (static_cast<uint32_t>(zeros) != 0 ? 4 : 8);
            }
        }
    }
    for (; may_read(at); at += kPiece) {
        zeros = zero_bytes(load_piece(base_ + at));
        if (zeros != 0) {
            return at + (static_cast<uint32_t>(zeros) != 0 ? 4 : 8);
        }
    }
    return 0;
}

// The loop that boot's pass spends its time in: about ten instructions for a property.
template <bool kStopAtWanted>
inline Scan::Token Scan::pass() {
    constexpr uint32_t kRawProperty = __builtin_bswap32(kProperty);
    const int limit = static_cast<int>(kMaxDepth) - depth_;
    int below = 0; // this node; 1 = a child
    if (size_ < kPiece) {
        return Token::damaged;
    }
    const uint64_t last = size_ - kPiece;
    for (uint64_t at = at_; at <= last;) {
        uint64_t word = load_piece(base_ + at);
        if (static_cast<uint32_t>(word) == kRawProperty) [[likely]] {
            at += property_bytes(__builtin_bswap32(static_cast<uint32_t>(word >> 32)));
            continue;
        }
        uint32_t token = __builtin_bswap32(static_cast<uint32_t>(word));
        if (token == kBeginNode) {
            uint64_t name_at = at + 4;
            at = behind_name(name_at);
            if (at == 0 || ++below > limit) {
                break;
            }
            uint64_t begin = __builtin_bswap64(word); // the name's begin is its lower half
            if (kStopAtWanted && below == 1 && is_wanted(static_cast<uint32_t>(begin))) {
                name_ = reinterpret_cast<const char*>(base_ + name_at);
                at_ = at;
                depth_++;
                return Token::node;
            }
        } else if (token == kEndNode) {
            at += 4;
            if (--below < 0) {
                at_ = at;
                depth_--;
                return Token::end_of_node;
            }
        } else if (token == kNop) {
            at += 4;
        } else {
            break;
        }
    }
    return Token::damaged;
}

Scan::Token Scan::next_wanted() {
    return pass<true>();
}

bool Scan::skip() {
    return pass<false>() == Token::end_of_node;
}

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
