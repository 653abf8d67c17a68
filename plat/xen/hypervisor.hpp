// SPDX-License-Identifier: BSD-3-Clause
// Xen as the files of this platform see it. All may be called from anywhere unless they say
// otherwise, once find() has succeeded.
#pragma once

#include <uk/base/address.hpp>
#include <uk/base/result.hpp>
#include <uk/hal/boot_info.hpp>
#include <uk/xen/abi.hpp>

namespace uk::xen {

// Finds the hypervisor and lets it fill the page of hypercalls. Once, at boot. Errors: ENODEV (no
// Xen below us), ENOSYS (it has no such page).
[[nodiscard]] Result<> find();

// Whether hypercalls work already.
[[nodiscard]] bool found();

// Whether this is the domain that controls the machine. False until start.cpp has read it.
extern bool g_is_control_domain;

// A hypercall; its value, or the error that Xen gave.
[[nodiscard]] Result<uint64_t> call(Call number, uint64_t a, uint64_t b = 0, uint64_t c = 0);

// The same with a structure that Xen reads and writes.
template <class T>
[[nodiscard]] Result<uint64_t> call(Call number, uint64_t operation, T* argument) {
    return call(number, operation, reinterpret_cast<uint64_t>(argument));
}

// Errors: those of Xen, and ENODEV for a parameter that is 0 (the domain has no such thing).
[[nodiscard]] Result<uint64_t> parameter(Parameter index);

// What is shared with the hypervisor; all zero until map_shared_info(), once, at boot.
struct alignas(kPageSize) SharedPage {
    volatile SharedInfo info;
};
extern SharedPage g_shared;
[[nodiscard]] Result<> map_shared_info();

// Puts a page of Xen's in the place of `page`, an aligned page of the image.
[[nodiscard]] Result<> place_page(MapSpace space, uint64_t index, volatile void* page);

// The number by which another domain or Xen knows a page of ours. Under PVH that is its physical
// one; a PV guest would look it up.
[[nodiscard]] inline uint64_t machine_frame(Paddr page) {
    return page.page_number();
}

// Makes a page that Xen laid into our memory visible. Boot or thread context.
[[nodiscard]] Result<volatile void*> view_page(uint64_t frame);

// The domain's memory map by hypercall, for a loader that gives none.
[[nodiscard]] Result<> read_memory_map(hal::BootInfo& info);

// Gives the CPU to other domains for a moment.
void yield();

// How long the other side of a ring is waited for. wait() passes a moment; false when it has been
// too long since round 0.
class Patience {
  public:
    [[nodiscard]] bool wait(unsigned round);

  private:
    uint64_t start_ = 0;
};

} // namespace uk::xen
