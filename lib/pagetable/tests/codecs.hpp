// SPDX-License-Identifier: BSD-3-Clause
// The codecs that the tests of this folder run over. A new architecture adds its own here.
#pragma once

#include <gtest/gtest.h>

#include <uk/pagetable/arm64_codec.hpp>
#include <uk/pagetable/x86_codec.hpp>
#include <uk/pagetable/soft_codec.hpp>

namespace uk::pagetable::tests {

using Codecs = ::testing::Types<X86Codec, Arm64Codec, SoftCodec>;

struct CodecName {
    template <class C>
    static std::string GetName(int) {
        return std::is_same_v<C, X86Codec>     ? "x86_64"
               : std::is_same_v<C, Arm64Codec> ? "arm64"
                                               : "soft";
    }
};

constexpr uint64_t k2M = uint64_t{2} << 20;
constexpr uint64_t k1G = uint64_t{1} << 30;

} // namespace uk::pagetable::tests
