// SPDX-License-Identifier: BSD-3-Clause
// Where the initrd lies.
#include <uk/boot/initrd.hpp>

namespace uk::bootup {
namespace {

constinit std::span<const std::byte> g_initrd;

} // namespace

std::span<const std::byte> initrd() {
    return g_initrd;
}

void set_initrd(std::span<const char> bytes) {
    g_initrd = std::as_bytes(bytes);
}

} // namespace uk::bootup
