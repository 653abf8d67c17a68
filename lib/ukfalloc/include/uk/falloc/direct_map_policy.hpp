// SPDX-License-Identifier: BSD-3-Clause
// The window on physical memory that a frame allocator is given as a policy.
#pragma once

#include <concepts>

#include <uk/base/address.hpp>
#include <uk/base/result.hpp>

namespace uk {

// As <uk/hal/memory.hpp> has it; tests bring their own (uk::fakes::Ram).
template <class M>
concept DirectMapPolicy = requires(M& m, PhysRange range, Paddr address, const void* pointer) {
    { m.open(range) } -> std::same_as<Result<PhysRange>>;
    { m.pointer(address) } -> std::same_as<void*>;
    { m.address(pointer) } -> std::same_as<Paddr>;
};

} // namespace uk
