// SPDX-License-Identifier: BSD-3-Clause
// The PCI of this machine: looked for at boot, handed to its drivers.
#include <uk/pci/driver.hpp>

#include <uk/hal/memory.hpp>
#include <uk/init.hpp>
#include <uk/print.h>

#include "host.hpp"

namespace uk::pci {
namespace {

constinit Host g_host{};
constinit Found g_found{};

Result<> find() {
    if (Result<> found = find_host(g_host); !found.ok()) {
        uk_pr_info("no PCI here: %s\n", found.error().name());
        return {};
    }
    scan(g_host, g_found);
    for (const Function& function : g_found.span()) {
        const Address at = function.address();
        uk_pr_debug("%02x:%02x.%u %04x:%04x class %06x\n", at.bus, at.device, at.function,
                    function.vendor(), function.device(), function.class_code());
    }
    if (g_found.dropped != 0) {
        uk_pr_warn("%u PCI functions are too many: the last %u are left out\n",
                   g_found.count + g_found.dropped, g_found.dropped);
    }
    return {};
}

bool try_driver(const Driver& driver, const Function& function) {
    const uint16_t device = function.device();
    if (function.vendor() != driver.vendor || device < driver.first || device > driver.last) {
        return false;
    }
    Result<> done = driver.probe(function);
    if (!done.ok() && done.code() != Errno::nodev) {
        const Address at = function.address();
        uk_pr_warn("PCI device %02x:%02x.%u cannot be used by %s: %s\n", at.bus, at.device,
                   at.function, driver.name, done.error().name());
    }
    return done.ok();
}

Result<> probe() {
    for (const Function& function : g_found.span()) {
        for (const Driver* driver : UK_SECTION_SPAN(uk_pci_drivers)) {
            if (try_driver(*driver, function)) {
                break;
            }
        }
    }
    return {};
}

UK_INIT(bus, "pci", find);
UK_INIT(dev, "pci drivers", probe);

} // namespace

Result<volatile void*> map_bar(const Function& function, unsigned bar, uint64_t offset,
                               size_t bytes) {
    const Bar what = UK_TRY(function.bar(bar));
    if (offset > what.size || bytes > what.size - offset) {
        return Errno::fault;
    }
    return hal::map_device(UK_TRY(g_host.to_cpu(what)) + offset, bytes);
}

Result<hal::IrqLine> interrupt_line(const Function& function) {
    return line_of(g_host, g_found, function);
}

} // namespace uk::pci
