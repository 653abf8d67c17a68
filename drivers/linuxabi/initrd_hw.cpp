// SPDX-License-Identifier: BSD-3-Clause
// The initrd of a process: a file of the host.
#include <uk/linuxabi/initrd.hpp>

#include <uk/linuxabi/call.hpp>
#include <uk/linuxabi/files.hpp>
#include <uk/string.h>

#include "pages_isa.hpp" // of the architecture's folder

namespace uk {
namespace {

using namespace linuxabi;

constexpr char kVariable[] = "UK_INITRD=";
constexpr long kAtCwd = -100;
constexpr long kReadOnly = 0;
constexpr long kCloseOnExec = 02000000;
constexpr long kSeekEnd = 2;

[[noreturn]] void give_up(const char* path, const char* why) {
    for (const char* text : {"Microlith: ", kVariable, path, ": ", why, "\n"}) {
        write_all(kStderr, text, strlen(text));
    }
    for (;;) {
        syscall(Sys::exit_group, 126);
    }
}

[[noreturn]] void give_up(const char* path, long result) {
    switch (static_cast<Errno>(-result)) {
    case Errno::noent:
        give_up(path, "there is no such file");
    case Errno::acces:
        give_up(path, "the host does not let this process read it");
    case Errno::isdir:
        give_up(path, "is a folder; support/cpio/pack makes an archive of it");
    case Errno::nomem:
        give_up(path, "the host has no room for it");
    default:
        give_up(path, errno_name(static_cast<Errno>(-result)));
    }
}

long must(long result, const char* path) {
    if (result < 0) {
        give_up(path, result);
    }
    return result;
}

} // namespace

// The descriptor is closed again: the mapping stays.
hal::BootBytes linuxabi::map_file_of(char** environment) {
    const char* const path = variable(environment, kVariable);
    if (path == nullptr) {
        return {};
    }
    const long file = must(syscall(Sys::openat, kAtCwd, path, kReadOnly | kCloseOnExec, 0), path);
    char nothing;
    must(syscall(Sys::read, file, &nothing, 0), path); // of a folder it fails, however it is opened
    const long size = must(syscall(Sys::lseek, file, 0, kSeekEnd), path);
    if (size == 0) {
        give_up(path, "is empty, or has no length");
    }
    const long data = must(syscall(Sys::mmap, 0, size, kRead, kPrivate, file, 0), path);
    syscall(Sys::close, file);
    return {reinterpret_cast<const char*>(data), static_cast<size_t>(size)};
}

} // namespace uk
