// SPDX-License-Identifier: BSD-3-Clause
// uk::boot(): from the platform's BootInfo to the application's main() and back.
#include <uk/alloc/heap.hpp>
#include <uk/boot.h>
#include <uk/boot/arguments.hpp>
#include <uk/boot/initrd.hpp>
#include <uk/boot/memory_map.hpp>
#include <uk/boot/shutdown.hpp>
#include <uk/config.hpp>
#include <uk/falloc/frame_allocator.hpp>
#include <uk/hal/boot_info.hpp>
#include <uk/hal/console.hpp>
#include <uk/libparam.hpp>
#include <uk/print.h>
#include <uk/string.h>

#include <string_view>

extern "C" int main(int argc, char** argv, char** envp);

// The libc's, if the image has one: returning from main is calling it (C17 5.1.2.2.3).
extern "C" [[gnu::weak, noreturn]] void exit(int status);

namespace uk {
namespace {

// The status of an image that never reached main. Not 1, which a program may well return.
constexpr int kBootFailed = 126;

// Constant text only, so that it also works in an image without log and with no memory at all. Not
// a panic, since nothing is broken: what was started is ended in order, and the status arrives as
// it is.
[[noreturn]] void give_up(std::string_view text) {
    hal::console_write(text.data(), text.size());
    uk::shutdown(hal::Shutdown::exit, kBootFailed);
}

void add_usable_memory(const hal::BootInfo& info) {
    std::span<const hal::MemoryRange> map(info.ranges, info.range_count);
    uint64_t added = 0;
    bootup::UsableMemory usable(map);
    for (PhysRange range = usable.next(); !range.empty(); range = usable.next()) {
        if (Result<> r = falloc::add_range(range); !r.ok()) {
            uk_pr_warn("RAM at 0x%llx, %llu KiB, is left unused: %s\n",
                       static_cast<unsigned long long>(range.start.value()),
                       static_cast<unsigned long long>(range.size >> 10), r.error().name());
            continue;
        }
        added += range.size;
    }
    if (info.ranges_dropped != 0) {
        uk_pr_warn("the loader's memory map has %zu entries too many; what they name is unused\n",
                   info.ranges_dropped);
    }
    if (added == 0) {
        give_up(info.range_count == 0
                    ? "Microlith: the loader gave no memory map; nothing to run in.\n"
                    : "Microlith: the memory map has no usable page besides the image itself; "
                      "give the machine more memory (-m 2M).\n");
    }
    uk_pr_info("%s, entered by %s, %llu KiB of RAM free\n", info.platform, info.loader,
               static_cast<unsigned long long>(added >> 10));
}

// Words of the command line, behind one free place for argv[0]: words[0] is that place,
// words[1..count] are the words, words[count + 1] is null.
struct CommandLine {
    char** words = nullptr;
    params::Words found;
};

char** allocate_words(size_t count, size_t text_bytes) {
    size_t pointers = (count + 2) * sizeof(char*);
    void* block = heap::allocate(pointers + text_bytes);
    if (block == nullptr) {
        give_up("Microlith: not enough memory for the command line; "
                "give the machine more memory (-m 2M), or shorten the line.\n");
    }
    char** words = static_cast<char**>(block);
    words[0] = nullptr;
    words[count + 1] = nullptr;
    return words;
}

// Copies the loader's text, which lies in memory that may be reused, and cuts it into words.
CommandLine read_text(const hal::BootBytes& line) {
    CommandLine result;
    params::Words expected = params::count_words({line.data, line.size});
    result.words = allocate_words(expected.count, line.size + 1);
    char* text = reinterpret_cast<char*>(result.words + expected.count + 2);
    if (line.size != 0) {
        memcpy(text, line.data, line.size);
    }
    text[line.size] = '\0';
    result.found = params::split({text, line.size + 1}, {result.words + 1, expected.count});
    if (result.found.open_quote) {
        uk_pr_warn("the command line ends inside a quotation\n");
    }
    return result;
}

CommandLine read_command_line(const hal::BootInfo& info) {
    if (info.arguments == nullptr) {
        return read_text(info.command_line);
    }
    CommandLine result;
    result.words = allocate_words(info.argument_count, 0);
    for (size_t i = 0; i < info.argument_count; i++) {
        result.words[i + 1] = info.arguments[i];
    }
    result.found = params::find_separator({info.arguments, info.argument_count});
    return result;
}

void apply_parameters(std::span<char* const> words) {
    if constexpr (cfg::libuklibparam) {
        Result<params::Outcome> outcome = params::apply_boot(words);
        if (!outcome.ok()) {
            give_up("Microlith: the image does not start with these kernel parameters; "
                    "`make run PARAMS=help` (a command line of `help --`) lists what there is.\n");
        }
        if (outcome.take() == params::Outcome::help) {
            params::print_help_boot();
            uk::shutdown(hal::Shutdown::exit, 0);
        }
    } else if (!words.empty()) {
        uk_pr_warn("kernel parameters are ignored: this image is built without LIBUKLIBPARAM\n");
    }
}

char** environment() {
    if constexpr (cfg::libuklibparam) {
        return params::environment();
    } else {
        static char* none[] = {nullptr};
        return none;
    }
}

} // namespace

void boot(const hal::BootInfo& info) {
    static char name[] = CONFIG_UK_NAME;

    add_usable_memory(info);
    if constexpr (cfg::libukboot_initrd) {
        bootup::set_initrd({info.initrd.data, info.initrd.size});
    }
    CommandLine line = read_command_line(info);

    // Without a `--` every word is the application's, as in Unikraft.
    bool separated = line.found.separator < line.found.count;
    size_t parameters = separated ? line.found.separator : 0;
    apply_parameters({line.words + 1, parameters});

    // argv[0] takes the place of the separator, or the free one in front.
    size_t first = separated ? parameters + 1 : 0;
    line.words[first] = name;
    size_t argc = line.found.count + 1 - first;
    if constexpr (cfg::libukboot_arguments)
        bootup::set_arguments({line.words + first, argc});

    if (!bootup::run_init_table().ok()) {
        give_up("Microlith: boot stopped.\n");
    }
    bootup::run_constructors();
    int status = main(static_cast<int>(argc), line.words + first, environment());
    if (exit != nullptr) {
        exit(status);
    }
    uk_run_destructors();
    uk_exit(status);
}

} // namespace uk
