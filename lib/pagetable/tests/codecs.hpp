// SPDX-License-Identifier: BSD-3-Clause
// The codecs that the tests of this folder run over. A new architecture adds its own here.
#pragma once

#include <gtest/gtest.h>

#include "arch/arm64/paging/codec.hpp"
#include "arch/x86_64/paging/codec.hpp"
#include <uk/pagetable/soft_codec.hpp>

namespace uk::pagetable::tests {

using Codecs = ::testing::Types<x86::PageCodec, arm64::PageCodec, SoftCodec>;

struct CodecName {
    template <class C>
    static std::string GetName(int) {
        return std::is_same_v<C, x86::PageCodec>     ? "x86_64"
               : std::is_same_v<C, arm64::PageCodec> ? "arm64"
                                                     : "soft";
    }
};

constexpr uint64_t k2M = uint64_t{2} << 20;
constexpr uint64_t k1G = uint64_t{1} << 30;

} // namespace uk::pagetable::tests
