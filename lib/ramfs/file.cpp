// SPDX-License-Identifier: BSD-3-Clause
// Nodes in memory that are no directories.
#include <uk/ramfs/file.hpp>

#include <uk/ramfs/file_system.hpp>
#include <uk/string.h>

namespace uk::ramfs {

// --- RamFile -------------------------------------------------------------------------------------

RamFile::RamFile(RamFileSystem& file_system, const vfs::NewNode& what)
    : RamNode(file_system, what), content_(Pages(file_system.limits().bytes)) {}

void RamFile::destroy() {
    clear_attributes();
    discard(this);
}

void RamFile::facts(vfs::Facts& out) {
    RamNode::facts(out);
    out.size = content_.size();
    out.stored = content_.stored();
}

Result<size_t> RamFile::read(IoPieces& to, uint64_t offset) {
    return content_.read(to, offset);
}

Result<size_t> RamFile::write(IoPieces& from, uint64_t offset) {
    Result<size_t> done = content_.write(from, offset);
    if (done.ok())
        touch();
    return done;
}

Result<> RamFile::resize(uint64_t size) {
    UK_TRY(content_.resize(size));
    touch();
    return ok();
}

Result<> RamFile::allocate(int mode, uint64_t offset, uint64_t size) {
    UK_TRY(content_.allocate(mode, offset, size));
    touch();
    return ok();
}

Result<uint64_t> RamFile::seek(uint64_t offset, bool hole) {
    return content_.seek(offset, hole);
}

// A mapping outlives the mount through which the file was opened.
void RamFile::hold() {
    file_system().ref_retain();
    ref_retain();
}

void RamFile::drop() {
    vfs::FileSystem& whole = file_system();
    ref_release();
    whole.ref_release();
}

Result<> RamFile::fill(uint64_t offset, std::span<std::byte> page) {
    return content_.fill(offset, page);
}

Result<Paddr> RamFile::share(uint64_t offset) {
    return content_.share(offset);
}

void RamFile::unshare(uint64_t offset, Paddr frame) {
    content_.unshare(offset, frame);
}

Result<> RamFile::will_write(uint64_t /*offset*/) {
    touch();
    return ok();
}

// --- RamLink -------------------------------------------------------------------------------------

RamLink::RamLink(RamFileSystem& file_system, const vfs::NewNode& what)
    : RamNode(file_system, what), size_(what.target.size()) {
    memcpy(reinterpret_cast<char*>(this + 1), what.target.data(), size_);
}

void RamLink::destroy() {
    clear_attributes();
    discard(this);
}

void RamLink::facts(vfs::Facts& out) {
    RamNode::facts(out);
    out.size = size_;
}

// --- RamSpecial ----------------------------------------------------------------------------------

void RamSpecial::destroy() {
    clear_attributes();
    discard(this);
}

void RamSpecial::facts(vfs::Facts& out) {
    RamNode::facts(out);
    out.device = device_;
}

} // namespace uk::ramfs
