// SPDX-License-Identifier: BSD-3-Clause
// Host tests of features.
#include "../header.hpp"

#include <gtest/gtest.h>

namespace {

using namespace uk::virtio;
using namespace uk::netdev;
using F = NetFeature;

TEST(NetFeatures, NeedEachOther) {
    EXPECT_EQ(features_from_device(F::kHostTso4 | F::kGuestTso4 | F::kMergeable), 0u);
    EXPECT_EQ(features_from_device(F::kChecksum | F::kHostTso6), kSendChecksum | kSendTcp6);
    EXPECT_EQ(features_from_device(F::kGuestChecksum | F::kGuestTso4), kReceiveChecksum)
        << "large packets come in several buffers only";
    EXPECT_EQ(features_from_device(F::kGuestChecksum | F::kGuestTso4 | F::kMergeable),
              kReceiveChecksum | kReceiveTcp4);
    EXPECT_EQ(features_for_device(kSendTcp4 | kReceiveTcp6), 0u);
    for (uint32_t ours = 0; ours < 64; ours++) {
        const uint32_t back = features_from_device(features_for_device(ours) | F::kMergeable);
        EXPECT_EQ(back & ~ours, 0u) << ours;
    }
    EXPECT_EQ(features_from_device(features_for_device(63) | F::kMergeable), 63u);
}

} // namespace
