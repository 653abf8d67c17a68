// SPDX-License-Identifier: BSD-3-Clause
// What is mounted when the application's main() begins: vfs.fstab, or what is found.
#include <uk/abi/mount.h>
#include <uk/init.hpp>
#include <uk/libparam.hpp>
#include <uk/print.h>
#include <uk/vfs/fstab.hpp>
#include <uk/vfs/mounting.hpp>

namespace uk::vfs {

namespace {

constexpr size_t kMostEntries = 32;
constexpr size_t kMostDrivers = 32; // that messages and checks know

constinit params::List<const char*, kMostEntries> g_fstab;
UK_LIBPARAM_NAMED("vfs.fstab", g_fstab, string,
                  "what to mount: \"device:mountpoint:driver:flags:options:mkmp\"");

int length(std::string_view text) {
    return static_cast<int>(text.size());
}

At inside(const Place& root) {
    return {.root = root, .start = root};
}

// With all that is missing above it.
Result<> make_path(const At& at, std::string_view path) {
    for (size_t end = 1; end <= path.size(); end++) {
        if (end < path.size() && path[end] != '/')
            continue;
        Result<> made = make_directory(at, path.substr(0, end), 0755);
        if (!made.ok() && made.code() != Errno::exist)
            return made;
    }
    return ok();
}

struct Known {
    Known() {
        for (const Driver* driver : UK_SECTION_SPAN(uk_vfs_drivers)) {
            if (count < kMostDrivers)
                names[count++] = driver->name;
        }
    }
    std::string_view names[kMostDrivers];
    size_t count = 0;
};

void explain(size_t number, const char* text, const FstabProblem& problem, const Known& known) {
    uk_pr_err("vfs.fstab, entry %zu '%s': %s '%.*s' %s", number, text, problem.field,
              length(problem.text), problem.text.data(), problem.why);
    if (!problem.nearest.empty())
        uk_pr_err("; did you mean '%.*s'?", length(problem.nearest), problem.nearest.data());
    if (problem.field == std::string_view("driver")) {
        uk_pr_err(" (drivers:");
        for (size_t i = 0; i < known.count; i++)
            uk_pr_err(" %.*s", length(known.names[i]), known.names[i].data());
        uk_pr_err(")");
    } else if (problem.field != std::string_view("flags")) {
        uk_pr_err(" (an entry is device:mountpoint:driver:flags:options:mkmp)");
    }
    uk_pr_err("\n");
}

// What is wrong with the mount point, which is not there or is no directory.
void explain_mount_point(size_t number, std::string_view path, bool was_to_be_made, Error error) {
    const char* advice = "";
    if (!was_to_be_made && error.code() == Errno::noent)
        advice = ": a sixth field, mkmp, has it made";
    else if (was_to_be_made && error.code() == Errno::rofs)
        advice = ": what is mounted above it cannot be written";
    uk_pr_err("vfs.fstab, entry %zu: the mount point '%.*s' %s: %s%s\n", number, length(path),
              path.data(), was_to_be_made ? "cannot be made" : "is not there", error.name(),
              advice);
}

Result<> mount_entry(size_t number, const FstabEntry& entry) {
    const Driver& driver = *find_driver(entry.driver);
    const std::string_view path = entry.mount_point;
    const Place root = mounts().root(); // empty if this is the root
    if (path != "/") {
        Result<> there = entry.makes_mount_point ? make_path(inside(root), path)
                                                 : Result<>(find(inside(root), path).code());
        if (!there.ok()) {
            explain_mount_point(number, path, entry.makes_mount_point, there.error());
            return there;
        }
    }
    Result<> done = mount(inside(root), path, driver,
                          {.source = entry.device, .flags = entry.flags, .options = entry.options});
    if (!done.ok()) {
        uk_pr_err("vfs.fstab, entry %zu: cannot mount '%.*s' at '%.*s': %s", number,
                  length(entry.device), entry.device.data(), length(path), path.data(),
                  done.error().name());
        if (done.code() == Errno::inval)
            uk_pr_err(" (options of %s: %s)", driver.name, driver.hint);
        uk_pr_err("\n");
    }
    return done;
}

// The initrd, or what was embedded, or nothing: then an empty ramfs.
Result<> mount_found_root() {
    const Place nothing;
    if (const Driver* archive = find_driver("cpiofs")) {
        for (const char* source : {"initrd0", "embedded"}) {
            Result<> done =
                mount(inside(nothing), "/", *archive, {.source = source, .tentative = true});
            if (done.ok() || done.code() != Errno::nodev)
                return done;
        }
    }
    if (const Driver* empty = find_driver("ramfs"))
        return mount(inside(nothing), "/", *empty, {});
    return ok(); // no files: every path is ENOENT
}

constinit struct {
    const char* path;
    const char* driver;
    bool has_entry = false; // of its own
} g_usual[] = {{"/dev", "devfs"}, {"/proc", "procfs"}};

// A root that cannot be written does without what it has no directory for.
void mount_usual(const Place& root) {
    for (const auto& each : g_usual) {
        const Driver* driver = find_driver(each.driver);
        if (driver == nullptr || each.has_entry)
            continue;
        Result<> done = make_path(inside(root), each.path);
        if (done.ok() || done.code() == Errno::rofs)
            done = mount(inside(root), each.path, *driver, {.source = each.driver});
        if (!done.ok())
            uk_pr_warn("no %s: %s\n", each.path, done.error().name());
    }
    (void)make_directory(inside(root), "/tmp", 01777); // is there, or cannot be
}

// What nobody may ever look for, in a root that costs nothing before somebody looks into it.
void leave_usual(std::span<const FstabEntry> entries) {
    for (auto& each : g_usual) {
        for (const FstabEntry& entry : entries)
            each.has_entry = each.has_entry || entry.mount_point == each.path;
    }
    mounts().at_first_look(mount_usual);
}

Result<> automount() {
    const std::span<const char* const> texts = g_fstab.span();
    const Known known;
    FstabEntry entries[kMostEntries];
    Result<> all;
    size_t root = texts.size();
    for (size_t i = 0; i < texts.size(); i++) {
        FstabProblem problem{};
        Result<FstabEntry> entry = read_fstab_entry(texts[i], {known.names, known.count}, problem);
        if (!entry.ok()) {
            explain(i + 1, texts[i], problem, known);
            all = entry.error();
            continue;
        }
        entries[i] = entry.value();
        if (entries[i].mount_point == "/" && root == texts.size())
            root = i;
    }
    UK_TRY(all);
    if (root < texts.size()) {
        UK_TRY(mount_entry(root + 1, entries[root]));
    } else {
        UK_TRY(mount_found_root());
        if (mounts().root())
            leave_usual({entries, texts.size()});
    }
    for (size_t i = 0; i < texts.size(); i++) {
        if (i != root)
            UK_TRY(mount_entry(i + 1, entries[i]));
    }
    return ok();
}

void unmount_all() {
    if (Result<> synced = sync_all(mounts()); !synced.ok())
        uk_pr_err("what was written may be lost: %s\n", synced.error().name());
}

UK_INIT(rootfs, "vfs automount", automount, .term = unmount_all, .hint = "see vfs.fstab=");

} // namespace

} // namespace uk::vfs
