// SPDX-License-Identifier: BSD-3-Clause
// ACPI 6.4, sections 5.2.12.2 and 5.2.12.12.
#include <uk/acpi/cpus.hpp>

#include <uk/base/endian.hpp>

#include "madt.hpp"

namespace uk::acpi {
namespace {

constexpr uint8_t kLocalApic = 0;
constexpr uint8_t kLocalX2Apic = 9;
constexpr uint32_t kEnabled = 1;

struct LocalApic {
    uint8_t type;
    uint8_t length;
    uint8_t processor;
    uint8_t id;
    le32 flags;
};
static_assert(sizeof(LocalApic) == 8);

struct LocalX2Apic {
    uint8_t type;
    uint8_t length;
    uint8_t reserved[2];
    le32 id;
    le32 flags;
    le32 processor;
};
static_assert(sizeof(LocalX2Apic) == 16);

class Ids {
  public:
    explicit Ids(std::span<uint32_t> ids) : ids_(ids) {}

    void add(uint32_t id) {
        for (unsigned i = 0; i < count_ && i < ids_.size(); i++) {
            if (ids_[i] == id) {
                return;
            }
        }
        if (count_ < ids_.size()) {
            ids_[count_] = id;
        }
        count_++;
    }
    [[nodiscard]] unsigned count() const { return count_; }

  private:
    std::span<uint32_t> ids_;
    unsigned count_ = 0;
};

void use(const MadtEntry& entry, void* ids) {
    LocalApic apic;
    LocalX2Apic x2apic;
    if (as(entry, kLocalApic, apic)) {
        if ((apic.flags & kEnabled) != 0) {
            static_cast<Ids*>(ids)->add(apic.id);
        }
    } else if (as(entry, kLocalX2Apic, x2apic)) {
        if ((x2apic.flags & kEnabled) != 0) {
            static_cast<Ids*>(ids)->add(x2apic.id);
        }
    }
}

} // namespace

Result<unsigned> read_cpus(const Memory& memory, Paddr root, std::span<uint32_t> ids) {
    Ids found(ids);
    UK_TRY(each_madt_entry(memory, root, use, &found));
    return found.count();
}

} // namespace uk::acpi
