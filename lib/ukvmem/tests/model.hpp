// SPDX-License-Identifier: BSD-3-Clause
// Any bytes as a program for an address space, which is kept to a model that knows each page by
// itself: what it permits, and what its first byte is. For the random test and the fuzz target.
#pragma once

#include <map>
#include <optional>

#include "machine.hpp"

namespace uk::vmem::tests {

class Program {
  public:
    Program(const uint8_t* data, size_t size) : at_(data), end_(data + size) {}
    ~Program() { m_.space.clear(); }
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    // Runs all of it.
    void run() {
        while (at_ < end_) {
            step();
            check_sums();
        }
        for (uint64_t page = 0; page < kPages; page++) {
            check_page(kHere + page * kPageSize);
        }
    }

  private:
    static constexpr uint64_t kPages = 40;    // most happens in so many
    static constexpr Vaddr kHere{0x1ff'c000}; // across the end of a page table
    static constexpr uint64_t kFilePages = 8;

    struct Page {
        Kind kind;
        Protection protection;
        bool shared;
        uint64_t offset; // of files
        int value;       // of private pages
    };

    uint8_t byte() { return at_ < end_ ? *at_++ : 0; }
    Vaddr somewhere() { return kHere + byte() % kPages * kPageSize; }
    uint64_t pages() { return 1 + byte() % (kPages / 2); }
    Protection protection() {
        switch (byte() % 4) {
        case 0:
            return kNoAccess;
        case 1:
            return kReadOnly;
        case 2:
            return kReadExecute;
        default:
            return kReadWrite;
        }
    }
    // Each byte that decides what to do may let an allocation fail on the way.
    void step() {
        const uint8_t what = byte();
        m_.store.fail_at = what >= 192 ? m_.store.requests + 1 + byte() % 8 : 0;
        switch (what % 16) {
        case 0:
        case 1:
        case 2:
        case 3:
            return map(what % 16);
        case 4:
        case 5:
            return unmap();
        case 6:
        case 7:
            return protect();
        case 8:
            return discard();
        case 9:
            return populate();
        case 10:
            return sync();
        case 11:
            return garbage();
        default:
            return access(somewhere());
        }
    }

    [[nodiscard]] bool may_fail() const { return m_.store.fail_at != 0; }
    [[nodiscard]] bool is_mapped(VirtRange range) const {
        for (Vaddr at = range.start; at < range.end(); at += kPageSize) {
            if (!model_.contains(at.value())) {
                return false;
            }
        }
        return true;
    }
    [[nodiscard]] bool is_free(VirtRange range) const {
        auto found = model_.lower_bound(range.start.value());
        return found == model_.end() || found->first >= range.end().value();
    }
    void forget(VirtRange range) {
        model_.erase(model_.lower_bound(range.start.value()),
                     model_.lower_bound(range.end().value()));
    }

    MapRequest request() {
        MapRequest r{.size = pages() * kPageSize, .protection = protection(), .where = somewhere()};
        r.placement = static_cast<Placement>(byte() % 3);
        r.populate = byte() % 8 == 0;
        switch (byte() % 8) {
        case 0:
            r.kind = Kind::stack;
            r.guard = (1 + byte() % 3) * kPageSize;
            break;
        case 1:
            r.kind = Kind::device;
            r.offset = 0x1'0000'0000 + byte() * kPageSize;
            if (r.protection.execute) {
                r.protection = kReadOnly;
            }
            break;
        case 2:
            r.kind = Kind::file;
            r.shared = true;
            r.pager = &shared_;
            r.offset = byte() % kFilePages * kPageSize;
            break;
        case 3:
            r.kind = Kind::file;
            r.pager = &private_;
            r.offset = byte() % kFilePages * kPageSize;
            private_.blocks = r.offset % (2 * kPageSize) == 0;
            break;
        default:
            break;
        }
        return r;
    }
    void map(unsigned /*how*/) {
        const MapRequest r = request();
        const uint64_t all = r.size + r.guard;
        const bool was_free = is_free({r.where, all});
        Result<Vaddr> done = m_.space.map(r);
        // Shared pages beyond the end of the file cannot be had.
        const bool beyond = r.shared && r.populate && r.offset + r.size > kFilePages * kPageSize;
        if (!done.ok()) {
            const bool taken = r.placement == Placement::exact && !was_free;
            UK_VERIFY(taken ? done.code() == Errno::exist : may_fail() || beyond);
            if (r.placement == Placement::replace && is_gone({r.where, all})) {
                forget({r.where, all});
            }
            return;
        }
        UK_VERIFY(!beyond);
        const Vaddr start = done.value() - r.guard;
        UK_VERIFY(r.placement == Placement::anywhere || start == r.where);
        UK_VERIFY(r.placement == Placement::replace || is_free({start, all}));
        UK_VERIFY(r.placement != Placement::anywhere || !was_free || start == r.where);
        forget({start, all});
        for (uint64_t at = 0; at < all; at += kPageSize) {
            const bool guard = at < r.guard;
            const uint64_t offset = r.offset + at - r.guard;
            const bool has_data = r.kind == Kind::file && offset < kFilePages * kPageSize;
            model_[(start + at).value()] = {guard ? Kind::guard : r.kind,
                                            guard ? kNoAccess : r.protection, r.shared, offset,
                                            has_data ? int(offset / kPageSize) + 1 : 0};
        }
    }
    // A replacement that failed late has unmapped what was there.
    bool is_gone(VirtRange range) {
        Result<AreaInfo> found = m_.space.find(range.start);
        return !found.ok() || found.value().range.start >= range.end();
    }
    void unmap() {
        const VirtRange range{somewhere(), pages() * kPageSize};
        Result<> done = m_.space.unmap(range.start, range.size);
        UK_VERIFY(done.ok() || (done.code() == Errno::nomem && may_fail()));
        if (done.ok()) {
            forget(range);
        }
    }
    void protect() {
        const VirtRange range{somewhere(), pages() * kPageSize};
        const Protection wanted = protection();
        Errno expected = Errno::ok; // of the first page that forbids it
        for (Vaddr at = range.start; at < range.end() && expected == Errno::ok; at += kPageSize) {
            auto page = model_.find(at.value());
            if (page == model_.end()) {
                expected = Errno::nomem;
            } else if (page->second.kind == Kind::guard ||
                       (page->second.kind == Kind::device && wanted.execute)) {
                expected = Errno::acces;
            }
        }
        Result<> done = m_.space.protect(range.start, range.size, wanted);
        UK_VERIFY(done.code() == expected || (done.code() == Errno::nomem && may_fail()));
        if (done.ok()) {
            for (Vaddr at = range.start; at < range.end(); at += kPageSize) {
                model_[at.value()].protection = wanted;
            }
        } else if (expected == Errno::ok) {
            learn_protection(range); // it may have got half-way
        }
    }
    void learn_protection(VirtRange range) {
        for (Vaddr at = range.start; at < range.end(); at += kPageSize) {
            Protection found = m_.space.find(at).take().protection;
            found.device = false;
            model_[at.value()].protection = found;
        }
    }
    void discard() {
        const VirtRange range{somewhere(), pages() * kPageSize};
        Result<> done = m_.space.discard(range.start, range.size);
        UK_VERIFY(done.ok() == is_mapped(range));
        if (!done.ok()) {
            return;
        }
        for (Vaddr at = range.start; at < range.end(); at += kPageSize) {
            Page& page = model_[at.value()];
            if (page.kind == Kind::anonymous || page.kind == Kind::stack) {
                page.value = 0;
            } else if (page.kind == Kind::file && !page.shared && !private_.blocks) {
                page.value = page.offset < kFilePages * kPageSize
                                 ? static_cast<int>(page.offset / kPageSize) + 1
                                 : 0;
            }
        }
    }
    void populate() {
        const VirtRange range{somewhere(), pages() * kPageSize};
        Result<> done = m_.space.populate(range.start, range.size);
        UK_VERIFY(!done.ok() || is_mapped(range));
    }
    void sync() {
        const VirtRange range{somewhere(), pages() * kPageSize};
        Result<> done = m_.space.sync(range.start, range.size);
        UK_VERIFY(done.ok() ? is_mapped(range) : !is_mapped(range) || may_fail());
    }
    // Numbers that no sane caller has: nothing may change.
    void garbage() {
        uint64_t number[2] = {};
        for (uint64_t& n : number) {
            for (int i = 0; i < 8; i++) {
                n = n << 8 | byte();
            }
        }
        const Vaddr at{number[0] | uint64_t{1} << 47};
        UK_VERIFY(!m_.space.unmap(at, number[1]).ok());
        UK_VERIFY(!m_.space.protect(at, number[1], kReadOnly).ok());
        UK_VERIFY(!m_.space.populate(at, number[1]).ok());
        UK_VERIFY(!m_.space.discard(at, number[1]).ok());
        UK_VERIFY(!m_.space.sync(at, number[1]).ok());
        UK_VERIFY(
            !m_.space.map({.size = number[1], .where = at, .placement = Placement::replace}).ok());
        UK_VERIFY(m_.space.fault(at, Access::read) == Fault::unmapped);
    }

    void access(Vaddr at) {
        auto found = model_.find(at.value());
        const auto kind = static_cast<Access>(1 + byte() % 3);
        const int value = byte();
        std::byte* byte = m_.access(at, kind);
        if (found == model_.end()) {
            UK_VERIFY(byte == nullptr && m_.last == Fault::unmapped);
            return;
        }
        Page& page = found->second;
        const Protection p = page.protection;
        const bool allowed =
            p.read && (kind != Access::write || p.write) && (kind != Access::execute || p.execute);
        if (!allowed) {
            UK_VERIFY(byte == nullptr);
            UK_VERIFY(m_.last == (page.kind == Kind::guard ? Fault::guard : Fault::forbidden));
            return;
        }
        if (byte == nullptr) {
            const bool beyond = page.shared && page.offset >= kFilePages * kPageSize;
            UK_VERIFY(m_.last == Fault::no_data || m_.last == Fault::no_memory);
            UK_VERIFY(beyond || may_fail() || page.kind == Kind::file);
            return;
        }
        if (page.kind == Kind::device) {
            return;
        }
        int& content = page.shared ? file_.at(page.offset / kPageSize) : page.value;
        UK_VERIFY(std::to_integer<int>(*byte) == content);
        if (kind == Access::write) {
            *byte = static_cast<std::byte>(value);
            content = value;
        }
    }
    void check_page(Vaddr at) {
        m_.store.fail_at = 0;
        access(at);
    }
    void check_sums() {
        UK_VERIFY(m_.space.stats().mapped_bytes == model_.size() * kPageSize);
        uint64_t private_pages = 0;
        Vaddr at = kRange.start;
        size_t areas = 0;
        for (Result<AreaInfo> area = m_.space.find(at); area.ok(); area = m_.space.find(at)) {
            UK_VERIFY(area.value().range.start >= at);
            at = area.value().range.end();
            areas++;
        }
        for (const auto& [page, info] : model_) {
            PageEntry entry = m_.space.backend().find(Vaddr{page});
            UK_VERIFY(!entry.used || !(entry.protection.write && entry.protection.execute));
            UK_VERIFY(!entry.used || info.kind != Kind::guard);
            UK_VERIFY(entry.used || info.kind != Kind::device);
            private_pages += entry.used && !info.shared && info.kind != Kind::device ? 1 : 0;
        }
        UK_VERIFY(m_.space.stats().private_pages == private_pages);
        UK_VERIFY(m_.space.stats().areas == areas && m_.store.areas.size() == areas);
    }

    const uint8_t* at_;
    const uint8_t* end_;
    Machine m_;
    FakeFile shared_{m_, kFilePages};
    FakeFile private_{m_, kFilePages};
    std::map<uint64_t, Page> model_;
    std::array<int, kFilePages> file_{1, 2, 3, 4, 5, 6, 7, 8}; // the shared one's first bytes
};

} // namespace uk::vmem::tests
