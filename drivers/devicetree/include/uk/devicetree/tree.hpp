// SPDX-License-Identifier: BSD-3-Clause
// Reads a flattened device tree: what boot needs in one pass, devices when they are first used.
// (Devicetree Specification 0.4; "DT" and a number below are its sections.)
//
//     Tree tree = UK_TRY(Tree::open(bytes));
//     BootFacts facts = UK_TRY(read_boot(tree, info));
//     static constexpr const char* kGic[] = {"arm,gic-v3", "arm,cortex-a15-gic", "arm,gic-400"};
//     Device gic = UK_TRY(find(tree, kGic));
//
// A tree is outside input: no function reads outside the bytes given to open(), recurses, or takes
// more steps than the tree's size bounds, whatever the bytes are. Nothing is copied: pointers in
// results point into the tree. No function blocks, allocates or locks; all are pure and may be
// called from anywhere while the tree's bytes stay mapped (as normal memory: reads are not always
// aligned, so with the MMU on) and unchanged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <uk/base/address.hpp>
#include <uk/base/result.hpp>
#include <uk/hal/boot_info.hpp>

namespace uk::devicetree {

// How deep nodes may lie below the root; deeper ones make the tree a damaged one.
inline constexpr unsigned kMaxDepth = 32;
// Bigger trees are taken for nonsense (the boot protocol of arm64 allows 2 MiB as well).
inline constexpr size_t kMaxSize = size_t{2} << 20;
// What is needed of a tree to learn its size.
inline constexpr size_t kHeaderSize = 40;
inline constexpr uint32_t kMagic = 0xd00dfeed;

// How many bytes of the tree at `header` (kHeaderSize readable bytes, any alignment) are in use:
// without the room behind the last block, which is 1 MiB in QEMU. 0 = there is no tree, or one that
// is too big. Nothing else is checked.
[[nodiscard]] size_t tree_size(const void* header);

// A tree whose header has been checked. Copyable and small; does not own the bytes.
class Tree {
  public:
    // `bytes` starts with the tree, on an 8-byte boundary, and may be longer than it, or shorter by
    // what tree_size() leaves out. Checks the header and that all blocks lie inside (DT 5.2); what
    // the blocks hold is checked by whoever reads it. Errors: EINVAL (no tree, damaged, a version
    // that cannot be read (before 17, of 2007), not aligned).
    [[nodiscard]] static Result<Tree> open(std::span<const std::byte> bytes);

    [[nodiscard]] const void* data() const { return data_; }

  private:
    friend Result<struct BootFacts> read_boot(const Tree& tree, hal::BootInfo& info);
    const std::byte* data_ = nullptr;
    uint32_t size_ = 0;      // of what may be read
    uint32_t structure_ = 0; // offset of the structure block
    uint32_t structure_size_ = 0;
    uint32_t strings_ = 0;
    uint32_t strings_size_ = 0;
    uint32_t reservations_ = 0;
};

// What read_boot() finds that is not for BootInfo.
struct BootFacts {
    PhysRange initrd; // size 0 = none; already added to BootInfo as MemoryKind::loader
};

// One pass over the tree for what boot needs. Adds to `info`: memory nodes as usable;
// /memreserve/ and the regions of /reserved-memory as reserved, with or without `no-map` (DT 3.5);
// the initrd's memory as loader. Sets info.command_line to bootargs (points into the tree). The
// caller adds the tree's own memory and makes info.initrd readable. Memory nodes and /reserved-
// memory are those below the root, by their names. Errors: EINVAL (damaged: what was added till
// then stays in `info`, and is not to be relied on), ENODEV (no memory node with a size).
[[nodiscard]] Result<BootFacts> read_boot(const Tree& tree, hal::BootInfo& info);

// A device as its node describes it.
struct Device {
    static constexpr unsigned kMaxRegs = 4;
    static constexpr unsigned kMaxInterruptWords = 16;

    const char* compatible = nullptr; // the entry that matched; for console() the first
    unsigned reg_count = 0;
    unsigned interrupt_words = 0; // 0 = no interrupts, or more than fit
    unsigned interrupt_cells = 0; // words that make one interrupt; 0 = not known
    // Registers as the CPU addresses them, translated through the parents' `ranges` (DT 2.3.8);
    // what cannot be translated ends the list. At most kMaxRegs are kept.
    PhysRange regs[kMaxRegs];
    // The `interrupts` property, each word in the CPU's byte order; how to read it is the interrupt
    // controller's (GIC: kind 0 SPI / 1 PPI, number, flags).
    uint32_t interrupts[kMaxInterruptWords];
};

// The first device of the wanted kind: for each entry of `compatible` in turn, the first node that
// is enabled (no `status`, or "okay"; DT 2.3.4) and compatible with it. Slow (a pass for each
// entry): meant for first use, not for boot. Errors: ENODEV (none), EINVAL (damaged tree).
[[nodiscard]] Result<Device> find(const Tree& tree, std::span<const char* const> compatible);

// Calls use(device, context) for each enabled device that is compatible with this one, in the order
// of the tree. Slow (one pass). Errors: EINVAL (damaged tree; for what came before it was called).
[[nodiscard]] Result<> each(const Tree& tree, const char* compatible,
                            void (*use)(const Device& device, void* context), void* context);

// The device that firmware uses as console: /chosen's stdout-path, an alias or a path, without what
// follows its ':' (DT 3.6). Errors: ENODEV (none said, or no such device), EINVAL (damaged tree).
[[nodiscard]] Result<Device> console(const Tree& tree);

// The bits of MPIDR_EL1 that tell CPUs apart.
inline constexpr uint64_t kAffinityBits = 0xff'00ff'ffff;

// The CPUs that PSCI starts, by these bits (children of /cpus: DT 3.8; Arm CPU bindings), in the
// order of the tree, the caller's own among them: as many as `affinities` has room for. Those that
// are not enabled, have a number that no CPU can have, or one that was there before are left out.
// Slow. Errors: ENODEV (no /cpus), EINVAL (damaged tree, or numbers of another size).
[[nodiscard]] Result<unsigned> cpus(const Tree& tree, std::span<uint64_t> affinities);

// How firmware is called for power states (Power State Coordination Interface, Arm DEN0022).
struct PsciInfo {
    enum class Conduit : uint8_t { hvc, smc };
    Conduit conduit = Conduit::hvc;
};

// Errors: ENODEV (no enabled node "arm,psci-0.2" or "arm,psci-1.0", or one with an unknown
// `method`), EINVAL (damaged tree). PSCI 0.1 numbered its functions freely and is not supported.
[[nodiscard]] Result<PsciInfo> psci(const Tree& tree);

} // namespace uk::devicetree
