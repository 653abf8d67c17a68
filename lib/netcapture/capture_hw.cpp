// SPDX-License-Identifier: BSD-3-Clause
// netdev.capture=: what passes the network devices goes to a file.
#include <uk/alloc/box.hpp>
#include <uk/alloc/heap.hpp>
#include <uk/file.hpp>
#include <uk/hal/clock.hpp>
#include <uk/init.hpp>
#include <uk/libparam.hpp>
#include <uk/lock.hpp>
#include <uk/netcapture/watched_device.hpp>
#include <uk/print.h>
#include <uk/sched.hpp>
#include <uk/vfs/operations.hpp>

namespace uk::netcapture {
namespace {

constexpr size_t kRingBytes = 512 << 10; // what comes while the file is slow
constexpr size_t kRoomBytes = 96 << 10;  // one record at least
static_assert(kRoomBytes >= kMostRecord);

constinit const char* g_path = nullptr;
UK_LIBPARAM_NAMED("netdev.capture", g_path, string, "file that gets all packets, in pcap format");
constinit uint32_t g_most_kib = 16 << 10; // files usually are memory of the image
UK_LIBPARAM_NAMED("netdev.capture_kib", g_most_kib, u32, "how large that file grows, at most");

constinit Ring g_ring;
constinit Atomic<Thread*> g_writer{nullptr};

// When the clock was 0.
constinit uint64_t g_boot_ns = 0;

uint64_t wall_ns() {
    return g_boot_ns + hal::clock_monotonic_ns();
}

void wake() {
    if (Thread* writer = g_writer.load_acquire())
        sched::unpark(*writer);
}

constinit const Surroundings g_around = {wall_ns, wake};

// The file, and what is on its way to it.
struct Output {
    GlobalRef<File> file; // none: it ended
    std::byte* room = nullptr;
    uint64_t written = 0;
};
constinit Mutex g_output_lock("netcapture");
constinit Output g_output; // under the lock

// Under the lock.
void end_output(const char* why) {
    Ref<File> none;
    g_ring.close();
    g_output.file.swap(none);
    if (why != nullptr)
        uk_pr_warn("netdev.capture=%s: %s; it ends here\n", g_path, why);
}

// Under the lock. Errors: those of the file.
Result<> write_all(const void* data, size_t size) {
    const IoPiece piece = {const_cast<void*>(data), size};
    IoPieces pieces({&piece, 1}, IoMemory::kernel);
    while (pieces.left() != 0)
        UK_TRY(g_output.file->write(pieces));
    g_output.written += size;
    return ok();
}

void drain() {
    LockGuard guard(g_output_lock);
    while (g_output.file) {
        const size_t size = g_ring.take({g_output.room, kRoomBytes});
        if (size == 0)
            break;
        if (g_output.written + size > uint64_t{g_most_kib} << 10) {
            end_output("it is as large as netdev.capture_kib= allows");
            break;
        }
        if (const Result<> done = write_all(g_output.room, size); !done.ok())
            end_output(done.error().name());
    }
}

[[noreturn]] void* serve(void* /*argument*/) {
    for (;;) {
        drain();
        sched::park();
    }
}

// Errors: ENOMEM, and those of the file.
Result<> open_output() {
    const vfs::Place root = vfs::mounts().root();
    Ref<File> file = UK_TRY(vfs::open({.root = root, .start = root}, g_path,
                                      UK_O_WRONLY | UK_O_CREAT | UK_O_TRUNC, 0644));
    LockGuard guard(g_output_lock);
    g_output.room = static_cast<std::byte*>(heap::allocate(kRoomBytes));
    if (g_output.room == nullptr)
        return Errno::nomem;
    g_output.file.swap(file);
    const FileHeader header{.most_bytes = kMostBytes};
    return write_all(&header, sizeof header);
}

// Errors: ENOMEM, ENOSYS (an image without threads).
Result<> start_writer() {
    // Before programs that are busy: else the ring fills.
    Ref<Thread> writer = UK_TRY(sched::create(
        {.name = "netcapture", .priority = kDefaultPriority + 1, .service = true}, serve, nullptr));
    g_writer.store_release(writer.get());
    sched::unpark(*writer.release()); // for ever
    return ok();
}

// --- boot and end
// -----------------------------------------------------------------------------------

// Before drivers find devices.
Result<> prepare() {
    if (g_path == nullptr)
        return ok();
    auto* memory = static_cast<std::byte*>(heap::allocate(kRingBytes));
    if (memory == nullptr)
        return Errno::nomem;
    g_ring.init({memory, kRingBytes});
    const Result<uint64_t> now = hal::clock_wall_ns(); // without such a clock: since 1970
    g_boot_ns = now.ok() ? now.value() - hal::clock_monotonic_ns() : 0;
    return ok();
}

netdev::Device& watch(netdev::Device& device) {
    if (g_path == nullptr)
        return device;
    Result<Box<WatchedDevice>> made = make<WatchedDevice>(default_heap(), device, g_ring, g_around);
    if (!made.ok()) {
        uk_pr_err("netdev.capture=%s: no memory to watch net%u\n", g_path, device.index());
        return device;
    }
    return *made.value().release(); // for ever, as devices are
}

// Where there are files; what came before is in the ring.
Result<> start() {
    if (g_path == nullptr)
        return ok();
    Result<> begun = open_output();
    if (begun.ok())
        begun = start_writer();
    if (!begun.ok()) {
        uk_pr_err("netdev.capture=%s: %s\n", g_path, begun.error().name());
        g_ring.close();
        return begun;
    }
    if (netdev::count() == 0)
        uk_pr_warn("netdev.capture=%s: there is no network device\n", g_path);
    return ok();
}

// After the network's end, so that the last packets are in the file, too.
void finish() {
    if (g_path == nullptr)
        return;
    drain();
    if (g_ring.lost() != 0)
        uk_pr_warn("netdev.capture=%s: %lu packets came too quickly and are not in it\n", g_path,
                   static_cast<unsigned long>(g_ring.lost()));
    LockGuard guard(g_output_lock);
    end_output(nullptr);
}

UK_NETDEV_WRAPPER({.wrap = watch});
UK_INIT(bus, "capture of packets", prepare, .term = finish,
        .hint = "give the machine more memory, or leave netdev.capture= out");
UK_INIT(late, "file of captured packets", start,
        .hint = "netdev.capture= wants threads, and a path that can be written");

} // namespace
} // namespace uk::netcapture
