// SPDX-License-Identifier: BSD-3-Clause
// The buddy allocator as owner of the machine's frames, over the platform's direct map.
#include <uk/falloc/slot_binding.hpp>
#include <uk/fallocbuddy/buddy_frame_allocator.hpp>

namespace {

constinit uk::BuddyFrameAllocator<uk::falloc::HalDirectMap> g_frames;

} // namespace

UK_FRAME_SLOT(g_frames)
