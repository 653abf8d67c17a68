// SPDX-License-Identifier: BSD-3-Clause
// ACPI 6.4, section 5.2.12.
#include <uk/acpi/cpus.hpp>

#include <uk/base/endian.hpp>

namespace uk::acpi {
namespace {

constexpr uint32_t kFirstEntry = 44;
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

bool read(const Memory& memory, Paddr from, void* to, size_t size) {
    return memory.read(memory.context, from, to, size);
}

} // namespace

Result<unsigned> read_cpus(const Memory& memory, Paddr root, std::span<uint32_t> ids) {
    const Table table = UK_TRY(find_table(memory, root, "APIC"));
    Ids found(ids);
    uint32_t at = kFirstEntry;
    while (at < table.length) {
        uint8_t head[2]; // type, length
        if (table.length - at < sizeof head) {
            return Errno::inval;
        }
        if (!read(memory, table.address + at, head, sizeof head)) {
            return Errno::fault;
        }
        if (head[1] < sizeof head || head[1] > table.length - at) {
            return Errno::inval;
        }
        LocalApic apic;
        LocalX2Apic x2apic;
        if (head[0] == kLocalApic && head[1] >= sizeof apic) {
            if (!read(memory, table.address + at, &apic, sizeof apic)) {
                return Errno::fault;
            }
            if ((apic.flags & kEnabled) != 0) {
                found.add(apic.id);
            }
        } else if (head[0] == kLocalX2Apic && head[1] >= sizeof x2apic) {
            if (!read(memory, table.address + at, &x2apic, sizeof x2apic)) {
                return Errno::fault;
            }
            if ((x2apic.flags & kEnabled) != 0) {
                found.add(x2apic.id);
            }
        }
        at += head[1];
    }
    return found.count();
}

} // namespace uk::acpi
