// SPDX-License-Identifier: BSD-3-Clause
// The walk over the structure block, token by token.
#include "scan.hpp"

namespace uk::devicetree {
namespace {

// Half of a letter's bits: 16 of them fit into an instruction.
constexpr uint32_t letter_bit(uint32_t letter) {
    return 1U << (letter & 15);
}
// As they are read from memory.
constexpr uint32_t letters(std::string_view name) {
    return static_cast<uint32_t>(name[3] << 24 | name[2] << 16 | name[1] << 8 | name[0]);
}

// Whether a name of Scan::kWanted begins so. Few names get past the first letter.
inline bool is_wanted(uint32_t begin) {
    constexpr uint32_t kLetters = [] {
        uint32_t all = 0;
        for (std::string_view name : Scan::kWanted) {
            all |= letter_bit(static_cast<unsigned char>(name[0]));
        }
        return all;
    }();
    if ((kLetters >> (begin & 15) & 1) == 0) {
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
// `ones` is Scan::ones_.
constexpr uint64_t zero_bytes(uint64_t word, uint64_t ones) {
    return (word - ones) & ~word & 0x8080808080808080;
}

template <class T>
inline T load(uintptr_t at) {
    T word;
    __builtin_memcpy(&word, reinterpret_cast<const void*>(at), sizeof word);
    return word;
}

constexpr uintptr_t kNowhere = ~uintptr_t{0};

// Where the token behind a name begins, if the `word` at `at` is the name's last with those zeros.
inline uintptr_t behind_zero(uintptr_t at, uint64_t zeros) {
    return at + 4 + (uintptr_t{static_cast<uint32_t>(zeros) == 0} << 2);
}

// Where the token behind a name begins; kNowhere if the name does not end in time. `last` is where
// a piece may be read at the latest.
inline uintptr_t behind_name(uintptr_t at, uintptr_t last, uint64_t ones) {
    constexpr uintptr_t kPiece = 8;
    constexpr unsigned kNear = 3;            // pieces; longer names are rare
    if (at + (kNear - 1) * kPiece <= last) { // one look at the end instead of three
#pragma GCC unroll 3
        for (unsigned i = 0; i < kNear; i++, at += kPiece) {
            if (uint64_t zeros = zero_bytes(load<uint64_t>(at), ones); zeros != 0) {
                return behind_zero(at, zeros);
            }
        }
    }
    for (; at <= last; at += kPiece) {
        if (uint64_t zeros = zero_bytes(load<uint64_t>(at), ones); zeros != 0) {
            return behind_zero(at, zeros);
        }
    }
    return kNowhere;
}

} // namespace

// The loop that boot's pass spends its time in: nine instructions for a property.
template <bool kStopAtWanted>
inline Scan::Token Scan::pass() {
    constexpr uint32_t kRawProperty = __builtin_bswap32(kProperty);
    constexpr uint32_t kRawBegin = __builtin_bswap32(kBeginNode);
    constexpr uint32_t kRawEnd = __builtin_bswap32(kEndNode);
    constexpr uint32_t kRawNop = __builtin_bswap32(kNop);
    const int limit = static_cast<int>(kMaxDepth) - depth_;
    const uint64_t ones = ones_;
    int below = 0; // this node; 1 = a child
    if (size_ < kPiece) {
        return Token::damaged;
    }
    const auto base = reinterpret_cast<uintptr_t>(base_);
    const uintptr_t last = base + size_ - kPiece;
    for (uintptr_t at = base + at_; at <= last;) {
        uint64_t word = load<uint64_t>(at);
        auto raw = static_cast<uint32_t>(word);
        if (raw == kRawProperty) [[likely]] {
            // Both words at once: the token is known, so taking it away leaves the size.
            at += property_bytes(__builtin_bswap64(word) - (uint64_t{kProperty} << 32));
            continue;
        }
        if (raw == kRawEnd) {
            at += 4;
            if (--below < 0) {
                at_ = at - base;
                depth_--;
                return Token::end_of_node;
            }
            continue;
        }
        if (raw == kRawBegin) {
            uintptr_t name_at = at + 4;
            at = behind_name(name_at, last, ones);
            if (below == limit) {
                break;
            }
            below++;
            if (kStopAtWanted && is_wanted(static_cast<uint32_t>(word >> 32)) && below == 1 &&
                at <= last) {
                name_ = reinterpret_cast<const char*>(name_at);
                at_ = at - base;
                depth_++;
                return Token::node;
            }
            continue;
        }
        if (raw != kRawNop) {
            break;
        }
        at += 4;
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
            const auto base = reinterpret_cast<uintptr_t>(base_);
            uintptr_t behind = behind_name(base + at_ + 4, base + size_ - kPiece, ones_);
            if (behind == kNowhere || ++depth_ > static_cast<int>(kMaxDepth)) {
                return Token::damaged;
            }
            name_ = reinterpret_cast<const char*>(base_ + at_ + 4);
            at_ = behind - base;
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
