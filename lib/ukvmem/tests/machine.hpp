// SPDX-License-Identifier: BSD-3-Clause
// What an AddressSpace stands on in host tests: real page tables over counted frames with contents,
// failures on demand, and a processor that accesses memory through them.
#pragma once

#include <cstring>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include <uk/pagetable/x86_codec.hpp>
#include <uk/assert.h>
#include <uk/vmem/address_space.hpp>

namespace uk::vmem::tests {

// RAM, the heap's areas, and the k-th failure.
struct Store {
    struct alignas(64) Frame {
        std::array<std::byte, kPageSize> bytes{};
    };
    std::map<uint64_t, std::unique_ptr<Frame>> frames; // those that are in use
    std::set<Area*> areas;
    uint64_t next = 0x10'0000;
    uint64_t ram = 64 << 20;
    size_t requests = 0;
    size_t fail_at = 0; // counted from 1; 0 = none
    bool locked = false;
    unsigned cpu = 0;   // whose faults come
    size_t flushes = 0; // how often all processors were asked to forget

    ~Store() {
        UK_VERIFY(areas.empty());
        UK_VERIFY(frames.empty());
    }
    bool fails() { return ++requests == fail_at; }
    Result<Paddr> take() {
        if (fails() || frames.size() * kPageSize >= ram) {
            return Errno::nomem;
        }
        frames[next] = std::make_unique<Frame>();
        next += kPageSize;
        return Paddr{next - kPageSize};
    }
    void give(Paddr frame) { UK_VERIFY(frames.erase(frame.value()) == 1); }
    std::byte* bytes(Paddr frame) { return frames.at(frame.value())->bytes.data(); }
};

struct Tables {
    Store* store;
    Result<Paddr> take() const { return store->take(); }
    void give(Paddr frame) const { store->give(frame); }
    uint64_t* table(Paddr frame) const { return reinterpret_cast<uint64_t*>(store->bytes(frame)); }
    void publish() const {}
    void forget(VirtRange /*range*/) const {}
    void forgotten() const { store->flushes++; }
    void code(Paddr /*frame*/) const {}
};

struct FakeLock {
    struct State {};
    bool held = false;
    State lock() {
        UK_VERIFY(!held && "the lock is taken twice");
        held = true;
        return {};
    }
    void unlock(State /*state*/) { held = false; }
};

struct FakeBackend {
    using Lock = FakeLock;
    Store* store;
    pagetable::PageTable<pagetable::X86Codec, Tables> table;

    FakeBackend(Store& s, Paddr root) : store(&s), table(root, Tables{&s}) {}
    Result<Paddr> take_frame() { return store->take(); }
    void give_frame(Paddr frame) { store->give(frame); }
    std::byte* bytes(Paddr frame) { return store->bytes(frame); }
    Result<> map(Vaddr page, Paddr frame, Protection protection) {
        return table.map(page, frame, protection);
    }
    void unmap(std::span<const VirtRange> ranges, const PageSink& taken) {
        table.unmap(ranges, taken);
    }
    Result<> protect(VirtRange range, Protection protection) {
        if (store->fails()) { // as where each piece costs something; half of it is done
            table.protect({range.start, range.size / kPageSize / 2 * kPageSize}, protection);
            return Errno::nomem;
        }
        table.protect(range, protection);
        return {};
    }
    PageEntry find(Vaddr page) { return table.find(page); }
    Area* take_area() { return store->fails() ? nullptr : *store->areas.insert(new Area).first; }
    void give_area(Area* area) {
        UK_VERIFY(store->areas.erase(area) == 1);
        delete area;
    }
    [[nodiscard]] uint64_t memory_size() const { return store->ram; }
    static constexpr unsigned kCpus = 64;
    [[nodiscard]] unsigned cpu() const { return store->cpu; }
};
static_assert(Backend<FakeBackend>);

constexpr VirtRange kRange{Vaddr{0x1'0000}, (uint64_t{1} << 47) - 0x1'1000};
constexpr Vaddr kSearch{0x1000'0000'0000};

// An address space, and an application that uses it.
struct Machine {
    Store store;
    Paddr root = store.take().take();
    AddressSpace<FakeBackend> space{FakeBackend{store, root}};
    Fault last = Fault::repaired; // why the latest access failed

    Machine() { space.init(kRange, kSearch); }
    ~Machine() {
        store.fail_at = 0;
        space.clear();
        UK_VERIFY(store.frames.size() == 1 && "frames or tables are lost");
        UK_VERIFY(space.stats().mapped_bytes == 0 && space.stats().private_pages == 0);
        store.give(root);
    }
    // The byte at `at`, or null; faults are taken as a processor does.
    std::byte* access(Vaddr at, Access access) {
        for (int tries = 0; tries < 4; tries++) {
            PageEntry entry = space.backend().find(at.align_down(kPageSize));
            Protection p = entry.protection;
            if (entry.used && p.read && (access != Access::write || p.write) &&
                (access != Access::execute || p.execute)) {
                auto frame = store.frames.find(entry.frame.value());
                return frame != store.frames.end() ? &frame->second->bytes[at.page_offset()]
                                                   : &nowhere;
            }
            last = space.fault(at, access);
            if (last != Fault::repaired) {
                return nullptr;
            }
        }
        UK_PANIC("faults again and again");
    }
    int read(Vaddr at) {
        std::byte* byte = access(at, Access::read);
        return byte != nullptr ? std::to_integer<int>(*byte) : -1;
    }
    bool write(Vaddr at, int value) {
        std::byte* byte = access(at, Access::write);
        if (byte != nullptr) {
            *byte = static_cast<std::byte>(value);
        }
        return byte != nullptr;
    }
    bool run(Vaddr at) { return access(at, Access::execute) != nullptr; }
    size_t frames() const { return store.frames.size(); }

    std::byte nowhere{}; // memory of devices
};

// A file in memory.
class FakeFile final : public Pager {
  public:
    FakeFile(Machine& machine, size_t pages) : machine_(machine), cache_(pages), dirty_(pages) {
        disk.resize(pages * kPageSize);
        for (size_t i = 0; i < disk.size(); i++) {
            disk[i] = static_cast<std::byte>(i / kPageSize + 1);
        }
    }
    ~FakeFile() {
        UK_VERIFY(users == 0 && shares == 0);
        for (auto& frame : cache_) {
            if (!frame.is_null()) {
                machine_.store.give(frame);
            }
        }
    }
    FakeFile(const FakeFile&) = delete;
    FakeFile& operator=(const FakeFile&) = delete;

    void hold() override { users++; }
    void drop() override { UK_VERIFY(users-- > 0); }
    bool may_block() const override { return blocks; }
    Result<> fill(uint64_t offset, std::span<std::byte> page) override {
        if (machine_.store.fails()) {
            return Errno::io;
        }
        std::memset(page.data(), 0, page.size());
        if (offset < disk.size()) {
            std::memcpy(page.data(), &disk[offset], kPageSize);
        }
        return {};
    }
    Result<Paddr> share(uint64_t offset) override {
        if (offset >= disk.size()) {
            return Errno::io;
        }
        Paddr& frame = cache_[offset / kPageSize];
        if (frame.is_null()) {
            frame = UK_TRY(machine_.store.take());
            std::memcpy(machine_.store.bytes(frame), &disk[offset], kPageSize);
        }
        shares++;
        return frame;
    }
    void unshare(uint64_t offset, Paddr frame) override {
        UK_VERIFY(cache_.at(offset / kPageSize) == frame && shares-- > 0);
    }
    Result<> will_write(uint64_t offset) override {
        if (full) {
            return Errno::nospc;
        }
        dirty_.at(offset / kPageSize) = true;
        return {};
    }
    Result<> write_back(uint64_t offset, uint64_t size) override {
        for (uint64_t at = offset; at < offset + size && at < disk.size(); at += kPageSize) {
            size_t i = at / kPageSize;
            if (dirty_[i]) {
                std::memcpy(&disk[at], machine_.store.bytes(cache_[i]), kPageSize);
                dirty_[i] = false;
                written++;
            }
        }
        return {};
    }

    std::vector<std::byte> disk;
    int users = 0;
    int shares = 0;
    int written = 0;
    bool blocks = false;
    bool full = false;

  private:
    Machine& machine_;
    std::vector<Paddr> cache_;
    std::vector<bool> dirty_;
};

} // namespace uk::vmem::tests
