// SPDX-License-Identifier: BSD-3-Clause
// Device: a row in the table of what /dev has; drivers and libraries add theirs.
//
//     UK_DEVFS_DEVICE({.name = "null", .number = uk::devfs::number(1, 3), .open = open_null});
//
// A row is found by its number, whatever file system has the node: mknod() elsewhere gives the same
// device.
#pragma once

#include <cstdint>

#include <uk/base/ref.hpp>
#include <uk/base/section_table.hpp>
#include <uk/vfs/node.hpp>

namespace uk::devfs {

// As st_rdev and mknod() have it.
[[nodiscard]] constexpr uint64_t number(uint64_t major, uint64_t minor) {
    return (minor & 0xff) | (major & 0xfff) << 8 | (minor & ~uint64_t{0xff}) << 12 |
           (major & ~uint64_t{0xfff}) << 32;
}

// Static.
struct Device {
    const char* name; // one component
    uint64_t number;  // those of Linux where it has the device
    uint32_t permissions = 0666;
    // As vfs::Node::open().
    Result<Ref<File>> (*open)(const vfs::Place& place, uint32_t flags);
};

UK_SECTION_TABLE(uk_devfs_devices, uk::devfs::Device);

} // namespace uk::devfs

#define UK_DEVFS_DEVICE(...) UK_SECTION_ROW(uk_devfs_devices, uk::devfs::Device, __VA_ARGS__)
