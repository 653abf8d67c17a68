// SPDX-License-Identifier: BSD-3-Clause
// Directories in memory: names in a tree by hash and text, and in another in the order in which
// they came, which is what a reader of the directory goes along.
#include <uk/ramfs/directory.hpp>

#include <uk/ramfs/file_system.hpp>
#include <uk/string.h>

namespace uk::ramfs {

namespace {

template <class Word>
inline uint64_t word_at(const char* from) {
    Word word;
    __builtin_memcpy(&word, from, sizeof(word));
    return word;
}

// All of the bytes, by words that may overlap. Names that somebody chose to collide cost
// comparisons in a balanced tree, no more.
inline uint32_t hash_of(vfs::Name name) {
    constexpr uint64_t kOdd = 0x9e37'79b9'7f4a'7c15;
    const char* const bytes = name.data();
    const size_t size = name.size();
    uint64_t hash = size;
    if (size >= 8) {
        for (size_t at = 0; at + 8 < size; at += 8) {
            hash = (hash ^ word_at<uint64_t>(bytes + at)) * kOdd;
            hash ^= hash >> 32;
        }
        hash ^= word_at<uint64_t>(bytes + size - 8);
    } else if (size >= 4) {
        hash ^= word_at<uint32_t>(bytes) << 32 ^ word_at<uint32_t>(bytes + size - 4) << 3;
    } else {
        for (const char c : name)
            hash = hash << 8 | static_cast<uint8_t>(c);
    }
    hash *= kOdd;
    return static_cast<uint32_t>(hash >> 32);
}

// Of the same size; most that are compared are equal.
inline bool is_equal(const char* a, const char* b, size_t size) {
    if (size < 4) {
        for (size_t i = 0; i < size; i++) {
            if (a[i] != b[i])
                return false;
        }
        return true;
    }
    if (size < 8)
        return word_at<uint32_t>(a) == word_at<uint32_t>(b) &&
               word_at<uint32_t>(a + size - 4) == word_at<uint32_t>(b + size - 4);
    for (size_t at = 0; at + 8 < size; at += 8) {
        if (word_at<uint64_t>(a + at) != word_at<uint64_t>(b + at))
            return false;
    }
    return word_at<uint64_t>(a + size - 8) == word_at<uint64_t>(b + size - 8);
}

RamNode& ram(vfs::Node& node) {
    return static_cast<RamNode&>(node);
}

} // namespace

Entry::Entry(vfs::Name name, uint32_t hash_of_name, uint64_t sequence_number)
    : sequence(sequence_number), hash(hash_of_name), length(static_cast<uint8_t>(name.size())) {
    memcpy(reinterpret_cast<char*>(this + 1), name.data(), name.size());
}

bool RamDirectory::ByName::less(uint32_t hash_a, vfs::Name a, uint32_t hash_b, vfs::Name b) {
    if (hash_a != hash_b)
        return hash_a < hash_b;
    if (a.size() != b.size())
        return a.size() < b.size();
    return memcmp(a.data(), b.data(), a.size()) < 0;
}

int RamDirectory::ByName::order(const Key& key, const Entry& entry) {
    if (key.hash != entry.hash)
        return key.hash < entry.hash ? -1 : 1;
    const vfs::Name name = entry.name();
    if (key.name.size() == name.size() && is_equal(key.name.data(), name.data(), name.size()))
        return 0;
    return less(key.hash, key.name, entry.hash, name) ? -1 : 1;
}

void RamDirectory::destroy() {
    UK_ASSERT(entries_ == 0);
    clear_attributes();
    discard(this);
}

Result<> RamDirectory::ready() {
    if (to_fill_.load_acquire() != 0) [[unlikely]]
        return ram_file_system().fill();
    return ok();
}

// --- Entries -------------------------------------------------------------------------------------

Entry* RamDirectory::find_entry(vfs::Name name) const {
    return names_.find(Key{hash_of(name), name});
}

Result<Entry*> RamDirectory::make_entry(vfs::Name name) {
    UK_ASSERT(!name.empty() && name.size() <= vfs::kMostName);
    void* memory = heap::allocate(sizeof(Entry) + name.size());
    if (memory == nullptr)
        return Errno::nomem;
    return ::new (memory) Entry(name, hash_of(name), next_sequence_++);
}

// The node has this name now.
void RamDirectory::attach(Entry& entry, RamNode& node) {
    entry.node = Ref<RamNode>::share(node);
    if (node.home_.load_relaxed() == nullptr) {
        node.home_entry_ = &entry;
        node.home_.store_release(this);
    }
    if (node.is_directory()) {
        node.links_ = 2;
        links_++;
    } else {
        node.links_++;
    }
}

// Its node has it no more, and goes unless somebody has a reference.
void RamDirectory::detach(Entry& entry) {
    RamNode& node = *entry.node;
    if (node.home_.load_relaxed() == this && node.home_entry_ == &entry)
        node.home_.store_relaxed(nullptr);
    if (node.is_directory()) {
        node.links_ = 0;
        links_--;
    } else {
        node.links_--;
    }
    entry.node.reset();
}

void RamDirectory::insert(Entry& entry, RamNode& node) {
    [[maybe_unused]] Entry* other = names_.insert(entry);
    UK_ASSERT(other == nullptr);
    other = order_.insert(entry);
    UK_ASSERT(other == nullptr);
    entries_++;
    attach(entry, node);
}

void RamDirectory::erase(Entry& entry) {
    names_.erase(entry);
    order_.erase(entry);
    entries_--;
    detach(entry);
    entry.~Entry();
    heap::deallocate(&entry);
}

// --- What somebody asks --------------------------------------------------------------------------

void RamDirectory::facts(vfs::Facts& out) {
    (void)ready(); // its links are a matter of what it contains; if that failed it is empty
    RamNode::facts(out);
    out.size = 40 + 20 * entries_; // as tmpfs counts
}

Result<Ref<vfs::Node>> RamDirectory::lookup(vfs::Name name) {
    UK_TRY(ready());
    Entry* entry = find_entry(name);
    if (entry == nullptr)
        return Errno::noent;
    return Ref<Node>::share(*entry->node);
}

Result<Ref<vfs::Node>> RamDirectory::parent() {
    RamDirectory* up = home_.load_acquire();
    if (up == nullptr)
        return Errno::noent;
    return Ref<Node>::share(*up);
}

// While this is locked a node whose home it is keeps that name. Of others we have to look at all.
Result<size_t> RamDirectory::name_of(Node& child, std::span<char> room) {
    UK_TRY(ready());
    RamNode& node = ram(child);
    Entry* entry = nullptr;
    if (&child == this) // the root is its own home
        return Errno::noent;
    if (node.home_.load_acquire() == this) {
        entry = node.home_entry_;
    } else if (!child.is_directory()) {
        entry = order_.min();
        while (entry != nullptr && entry->node.get() != &node)
            entry = order_.next(*entry);
    }
    if (entry == nullptr)
        return Errno::noent;
    const vfs::Name name = entry->name();
    if (name.size() > room.size())
        return Errno::range;
    memcpy(room.data(), name.data(), name.size());
    return name.size();
}

Result<> RamDirectory::list(uint64_t from, vfs::EntrySink& sink) {
    UK_TRY(ready());
    for (Entry* entry = order_.upper_bound(from); entry != nullptr; entry = order_.next(*entry)) {
        const RamNode& node = *entry->node;
        if (!sink.entry(entry->name(), node.number(), node.kind(), entry->sequence))
            break;
    }
    return ok();
}

RamNode* RamDirectory::find(vfs::Name name) {
    Entry* entry = find_entry(name);
    return entry != nullptr ? entry->node.get() : nullptr;
}

// --- What somebody changes -----------------------------------------------------------------------

Result<RamNode*> RamDirectory::add(vfs::Name name, const vfs::NewNode& what) {
    Ref<RamNode> node = UK_TRY(ram_file_system().make_node(what));
    UK_TRY(add_name(name, *node));
    return node.get();
}

Result<> RamDirectory::add_name(vfs::Name name, RamNode& node) {
    insert(*UK_TRY(make_entry(name)), node);
    touch();
    return ok();
}

Result<> RamDirectory::drop(vfs::Name name, RamNode& node) {
    Entry* entry = find_entry(name);
    if (entry == nullptr || entry->node.get() != &node)
        return Errno::noent;
    if (node.is_directory() && static_cast<RamDirectory&>(node).entries_ != 0)
        return Errno::notempty;
    node.touch(false);
    erase(*entry);
    touch();
    return ok();
}

Result<Ref<vfs::Node>> RamDirectory::create(vfs::Name name, const vfs::NewNode& what) {
    UK_TRY(ready());
    return Ref<Node>::share(*UK_TRY(add(name, what)));
}

Result<> RamDirectory::link(vfs::Name name, Node& node) {
    UK_TRY(ready());
    UK_TRY(add_name(name, ram(node)));
    ram(node).touch(false);
    return ok();
}

Result<> RamDirectory::remove(vfs::Name name, Node& node) {
    UK_TRY(ready());
    return drop(name, ram(node));
}

Result<Ref<vfs::Node>> RamDirectory::create_nameless(const vfs::NewNode& what) {
    UK_TRY(ready());
    Ref<RamNode> node = UK_TRY(ram_file_system().make_node(what));
    return Ref<Node>::adopt(*node.release());
}

// Over a name that is there: entries stay where they are, nodes change places.
Result<> RamDirectory::replace(Entry& from, RamDirectory& to, Entry& target, bool exchange) {
    Ref<RamNode> node = from.node;
    Ref<RamNode> other = target.node;
    if (!exchange && other->is_directory() && static_cast<RamDirectory&>(*other).entries_ != 0)
        return Errno::notempty;
    node->touch(false);
    other->touch(false);
    if (!exchange) {
        erase(from);
        to.detach(target);
        to.attach(target, *node);
        return ok();
    }
    detach(from);
    to.detach(target);
    attach(from, *other);
    to.attach(target, *node);
    return ok();
}

Result<> RamDirectory::rename(const Rename& what) {
    UK_TRY(ready());
    RamDirectory& to = static_cast<RamDirectory&>(what.to);
    UK_TRY(to.ready());
    Entry* from = find_entry(what.name);
    if (from == nullptr || from->node.get() != &what.node)
        return Errno::noent;
    if (what.replaced != nullptr) {
        Entry* target = to.find_entry(what.to_name);
        if (target == nullptr || target->node.get() != what.replaced)
            return Errno::noent;
        UK_TRY(replace(*from, to, *target, what.exchange));
    } else {
        Entry* target = UK_TRY(to.make_entry(what.to_name));
        Ref<RamNode> node = from->node;
        erase(*from);
        to.insert(*target, *node);
        node->touch(false);
    }
    touch();
    if (&to != this)
        to.touch();
    return ok();
}

// Everything below, without recursion: trees may be deep. Nobody else has a node of it but by a
// mapping, which keeps the node alone.
void RamDirectory::clear_tree() {
    RamDirectory* at = this;
    for (;;) {
        Entry* entry = at->order_.max();
        if (entry == nullptr) {
            if (at == this)
                return;
            at = at->home_.load_relaxed();
            continue;
        }
        if (entry->node->is_directory() && static_cast<RamDirectory&>(*entry->node).entries_ != 0)
            at = static_cast<RamDirectory*>(entry->node.get());
        else
            at->erase(*entry);
    }
}

} // namespace uk::ramfs
