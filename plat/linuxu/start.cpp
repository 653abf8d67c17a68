// SPDX-License-Identifier: BSD-3-Clause
// From the stack that Linux leaves to a new process to uk::boot().
#include <uk/hal/boot_info.hpp>
#include <uk/hal/cpu.hpp>
#include <uk/linuxabi/initrd.hpp>
#include <uk/linuxabi/files.hpp>

#include "host.hpp"

namespace uk {

using namespace linuxu;

constinit const void* linuxu::g_vdso = nullptr;
constinit uintptr_t linuxu::g_stack_top = 0;
constinit char** linuxu::g_argv = nullptr;
constinit char** linuxu::g_envp = nullptr;

namespace {

constinit hal::BootInfo g_info;

void read_aux(const AuxEntry* entry) {
    for (; entry->type != kAtNull; entry++) {
        if (entry->type == kAtSysinfoEhdr) {
            g_vdso = reinterpret_cast<const void*>(static_cast<uintptr_t>(entry->value));
        }
    }
    g_stack_top = reinterpret_cast<uintptr_t>(entry);
}

#define UK_TEXT_(number) #number
#define UK_TEXT(number) UK_TEXT_(number)

[[noreturn]] void no_memory() {
    complain("Microlith: the host gives no " UK_TEXT(
        CONFIG_LINUXU_MEMORY_MIB) " MiB of address space for RAM; raise the limit (ulimit -v), or "
                                  "build with a smaller LINUXU_MEMORY_MIB.\n");
    for (;;) {
        syscall(Sys::exit_group, 126);
    }
}

} // namespace
} // namespace uk

// Called by _start with the initial stack: argc, argv, null, envp, null, auxiliary vector.
extern "C" [[noreturn]] void uk_linuxu_start(uintptr_t* stack) {
    using namespace uk;
    g_info.entry_cycles = hal::cpu_cycles();
    auto argc = static_cast<size_t>(stack[0]);
    g_argv = reinterpret_cast<char**>(stack + 1);
    g_envp = g_argv + argc + 1;
    read_aux(linuxabi::aux_vector(g_envp));
    linuxabi::fill_standard_descriptors();
    catch_faults();
    begin_cpu();
    if (map_memory() != 0) {
        no_memory();
    }
    g_info.platform = "linuxu";
    g_info.loader = "Linux process";
    g_info.arguments = argc == 0 ? g_argv : g_argv + 1; // without a name there are no words either
    g_info.argument_count = argc == 0 ? 0 : argc - 1;
    map_initrd(g_envp, g_info);
    g_info.add(Paddr{kRamStart}, kRamSize, hal::MemoryKind::usable);
    boot(g_info);
}
