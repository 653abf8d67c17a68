// SPDX-License-Identifier: BSD-3-Clause
// /proc/sys/kernel/random: names that nobody else has. Before the sources of randomness have
// delivered enough, reading fails with EAGAIN.
#include <uk/procfs.hpp>

#include <uk/random.hpp>
#include <uk/spinlock.hpp>

namespace uk::procfs {

namespace {

struct Uuid {
    uint8_t bytes[16];
};

// RFC 4122, 4.4.
Result<Uuid> make_uuid() {
    Uuid uuid;
    UK_TRY(random::fill(std::as_writable_bytes(std::span(uuid.bytes))));
    uuid.bytes[6] = (uuid.bytes[6] & 0x0f) | 0x40;
    uuid.bytes[8] = (uuid.bytes[8] & 0x3f) | 0x80;
    return uuid;
}

void append(Text& out, const Uuid& uuid) {
    for (unsigned i = 0; i < sizeof(uuid.bytes); i++)
        out.append("%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", uuid.bytes[i]);
    out.append_text("\n");
}

void write_uuid(Text& out) {
    const Result<Uuid> uuid = make_uuid();
    if (!uuid.ok())
        return out.fail(uuid.code());
    append(out, uuid.value());
}

struct Boot {
    bool known = false;
    Uuid id{};
};
constinit Guarded<Boot, Spinlock<LockRank::subsystem>> g_boot;

// The first one that somebody makes is that of all.
void write_boot_id(Text& out) {
    const Result<Uuid> made = make_uuid();
    if (!made.ok())
        return out.fail(made.code());
    append(out, g_boot.with([&](Boot& boot) {
        if (!boot.known)
            boot = {true, made.value()};
        return boot.id;
    }));
}

UK_PROC_ENTRY({.path = "sys/kernel/random/uuid", .write = write_uuid});
UK_PROC_ENTRY({.path = "sys/kernel/random/boot_id", .write = write_boot_id});

} // namespace

} // namespace uk::procfs
