// SPDX-License-Identifier: BSD-3-Clause
// TcpEnd: the bytes of a connection.
#include "tcp_end.hpp"

#include <lwip/priv/tcp_priv.h>

#include <uk/abi/poll.h>
#include <uk/base/minmax.hpp>

namespace uk::lwip {
namespace {

constexpr size_t kPromised = 0xffff; // a window that is told without a scale

// Of the window, for the option SO_RCVBUF. Less than the first window would be silly (RFC 9293,
// 3.8.6.2.2).
size_t kept_back(const TcpWishes& wishes, const tcp_pcb& of) {
    const size_t most = TCP_WND_MAX(&of);
    return most - min(max(size_t{wishes.receive_bytes}, kPromised), most);
}

// lwIP tells of room when a quarter of its largest window was read, which may be more than all of
// this one: SO_RCVBUF is less, or the other side knows no scale. So it is also told when it has
// become twice of what the other side knows of, which might wait for it by now.
void tell_room(tcp_pcb* of) {
    const auto left = static_cast<int32_t>(of->rcv_ann_right_edge - of->rcv_nxt);
    const tcpwnd_size_t known = left > 0 ? static_cast<tcpwnd_size_t>(left) : 0;
    if (of->state < ESTABLISHED || of->rcv_wnd < known + of->mss || of->rcv_wnd / 2 < known)
        return;
    tcp_ack_now(of);
    (void)tcp_output(of);
}

constexpr uint32_t kIn = UK_POLLIN | UK_POLLRDNORM;
constexpr uint32_t kOut = UK_POLLOUT | UK_POLLWRNORM;

// Fewer bytes are copied twice, which is cheaper than to take the lock twice.
constexpr size_t kLeastReserved = 512;
// A piece of a large segment: with its headers it is one of the larger blocks of BlockHeap.
constexpr size_t kPiece = 16'192;
constexpr unsigned kMostReserved = 5; // pieces

// Less than asked for, if there is no more; null: nothing.
pbuf* allocate_chain(size_t size) {
    pbuf* first = nullptr;
    while (size != 0) {
        const auto part = static_cast<uint16_t>(min(size, kPiece));
        pbuf* const piece =
            pbuf_alloc(first == nullptr ? PBUF_TRANSPORT : PBUF_RAW, part, PBUF_RAM);
        if (piece == nullptr)
            break;
        if (first == nullptr)
            first = piece;
        else
            pbuf_cat(first, piece);
        size -= part;
    }
    return first;
}

} // namespace

// --- arriving ---

err_t TcpEnd::on_received(void* self, tcp_pcb* pcb, pbuf* data, err_t /*problem*/) {
    auto* const end = static_cast<TcpEnd*>(self);
    if (data != nullptr) {
        (end->first_ == nullptr ? end->first_ : end->last_->next) = data;
        pbuf* last = data;
        while (last->next != nullptr)
            last = last->next;
        end->last_ = last;
        end->available_ += data->tot_len;
        end->on_events(kIn);
        return ERR_OK;
    }
    end->peer_ended_ = end->has_end_ = true;
    // From these states lwIP frees the block without a word; there is nothing left to be heard.
    if (pcb->state == CLOSING || pcb->state == TIME_WAIT) {
        end->let_go();
        end->state_ = State::gone;
    }
    end->on_events(kIn | UK_POLLRDHUP | (end->writes_ ? 0 : UK_POLLHUP));
    return ERR_OK;
}

Result<TcpEnd::Arrived> TcpEnd::arrived() {
    if (available_ != 0) [[likely]]
        return Arrived{first_, offset_, available_};
    if (has_end_) // is told before what broke the connection afterwards
        return Arrived{};
    if (error_ != Errno::ok)
        return take_error();
    if (peer_ended_ || !reads_)
        return Arrived{};
    if (state_ == State::open || state_ == State::connects || state_ == State::over)
        return Errno::again;
    return state_ == State::gone ? Result<Arrived>(Arrived{}) : Errno::notconn;
}

void TcpEnd::consume(size_t size) {
    UK_ASSERT(size <= available_);
    available_ -= size;
    offset_ += size;
    while (first_ != nullptr && offset_ >= first_->len) {
        pbuf* const read = first_;
        offset_ -= read->len;
        first_ = read->next;
        read->next = nullptr;
        pbuf_free(read);
    }
    if (first_ == nullptr)
        last_ = nullptr;
    give_window(size);
}

// So many bytes are read, and the other side may send as many, unless fewer shall be on the way.
// What it was promised once it keeps (RFC 9293, 3.8.6.2.1).
void TcpEnd::give_window(size_t size) {
    if (pcb_ == nullptr || pcb_->state == LISTEN)
        return;
    size += held_;
    held_ = min(size, kept_back(wishes_, *pcb_));
    for (size -= held_; size != 0;) {
        const auto part = static_cast<uint16_t>(min(size, size_t{0xffff}));
        tcp_recved(pcb_, part);
        size -= part;
    }
    tell_room(pcb_);
}

// A connection has begun: its first window was told in 16 bits, the rest is not promised yet.
void TcpEnd::cut_window() {
    held_ = min(kept_back(wishes_, *pcb_),
                pcb_->rcv_wnd > kPromised ? pcb_->rcv_wnd - kPromised : size_t{0});
    if (held_ == 0)
        return;
    pcb_->rcv_wnd -= static_cast<tcpwnd_size_t>(held_);
    pcb_->rcv_ann_wnd = min(pcb_->rcv_ann_wnd, pcb_->rcv_wnd);
    pcb_->rcv_ann_right_edge = pcb_->rcv_nxt + pcb_->rcv_ann_wnd; // lwIP thinks it told all of it
}

// --- leaving ---

// What is in the send buffer counts as SO_SNDBUF's, not as lwIP's.
void TcpEnd::renew_room() {
    if (pcb_ == nullptr || !writes_) {
        room_.store_relaxed(0);
        return;
    }
    const uint32_t used = TCP_SND_BUF - pcb_->snd_buf;
    const uint32_t most = min(wishes_.send_bytes, uint32_t{TCP_SND_BUF});
    room_.store_relaxed(most > used ? most - used : 0);
}

bool TcpEnd::can_write() const {
    if (!writes_ || state_ != State::open)
        return state_ != State::connects && state_ != State::over;
    const uint32_t most = min(wishes_.send_bytes, uint32_t{TCP_SND_BUF});
    return !starved_ && room() >= most / 3;
}

size_t TcpEnd::segment() const {
    return pcb_ != nullptr ? tcp_mss(pcb_) : TCP_MSS;
}

size_t TcpEnd::outgoing() const {
    return pcb_ != nullptr && !listens() ? TCP_SND_BUF - pcb_->snd_buf : 0;
}

Result<> TcpEnd::may_write() {
    if (error_ != Errno::ok)
        return take_error();
    if (state_ == State::connects || state_ == State::over)
        return Errno::again;
    if (pcb_ == nullptr || !writes_ || state_ != State::open)
        return Errno::pipe;
    return ok();
}

uint8_t TcpEnd::write_flags(bool more) const {
    return static_cast<uint8_t>(TCP_WRITE_FLAG_COPY |
                                (more || wishes_.cork ? TCP_WRITE_FLAG_MORE : 0));
}

// Sends what may go.
void TcpEnd::wrote(bool more) {
    renew_room();
    // A whole segment is not kept back.
    const bool is_small =
        pcb_->unsent != nullptr && pcb_->unsent->next == nullptr && pcb_->unsent->len < segment();
    if ((!more && !wishes_.cork) || !is_small)
        (void)tcp_output(pcb_);
}

Result<size_t> TcpEnd::write(const void* data, size_t size, bool more) {
    UK_TRY(may_write());
    size = min(size, room());
    const uint8_t flags = write_flags(more);
    err_t problem = ERR_OK;
    while (size != 0) {
        problem = tcp_write(pcb_, data, static_cast<uint16_t>(size), flags);
        if (problem != ERR_MEM)
            break;
        size = size > segment() ? size / 2 : 0; // less may fit into what memory there is
    }
    if (problem != ERR_OK && problem != ERR_MEM)
        return Errno::pipe; // lwIP has given up the connection's way out
    if (size == 0 && problem == ERR_MEM)
        keep_trying();
    wrote(more);
    return size;
}

pbuf* TcpEnd::reserve(size_t wanted) {
    size_t size = min(wanted, room());
    if (size < kLeastReserved || error_ != Errno::ok || state_ != State::open || pcb_ == nullptr)
        return nullptr; // write() says why
    // What nobody has sent yet may become longer, but not what is to be sent again.
    const tcp_seg* last = pcb_->unsent;
    while (last != nullptr && last->next != nullptr)
        last = last->next;
    const size_t most = tcp_most_segment(pcb_);
    if (pcb_->large == 0 && (last != nullptr || size > most))
        return nullptr;
    size_t before = 0;
    if (last != nullptr && last->len + kLeastReserved <= most &&
        lwip_ntohl(last->tcphdr->seqno) + TCP_TCPLEN(last) == pcb_->snd_lbb &&
        pbuf_clen(last->p) + kMostReserved <= TCP_LARGE_PBUFS)
        before = last->len;
    if (size >= most - before)
        size = most - before;
    else if (size < wanted && (before + size) % segment() < size)
        size -= (before + size) % segment(); // whole segments, if there is more
    return size >= kLeastReserved ? allocate_chain(size) : nullptr;
}

Result<size_t> TcpEnd::give(pbuf& filled, bool more) {
    const size_t size = filled.tot_len;
    const Result<> may = may_write();
    if (!may.ok()) {
        pbuf_free(&filled);
        return may.error();
    }
    const err_t problem = tcp_give(pcb_, &filled, write_flags(more));
    if (problem != ERR_OK && problem != ERR_MEM)
        return Errno::pipe;
    if (problem == ERR_MEM)
        keep_trying();
    wrote(more);
    return problem == ERR_OK ? size : 0;
}

void TcpEnd::flush() {
    if (pcb_ != nullptr && state_ == State::open)
        (void)tcp_output(pcb_);
}

// With nothing on its way nobody would say that there is memory again.
void TcpEnd::keep_trying() {
    starved_ = true;
    tcp_poll(pcb_, on_poll, 1);
    (void)tcp_output(pcb_);
}

err_t TcpEnd::on_poll(void* self, tcp_pcb* pcb) {
    auto* const end = static_cast<TcpEnd*>(self);
    tcp_poll(pcb, nullptr, 0);
    if (end != nullptr && end->starved_) {
        end->starved_ = false;
        end->on_events(kOut);
    }
    return ERR_OK;
}

err_t TcpEnd::on_sent(void* self, tcp_pcb* /*pcb*/, uint16_t /*size*/) {
    auto* const end = static_cast<TcpEnd*>(self);
    const bool could = end->can_write();
    end->starved_ = false;
    end->renew_room();
    if (!could && end->can_write())
        end->on_events(kOut);
    else if (!end->writes_)
        end->on_events(kOut); // a close that lingers waits for this
    return ERR_OK;
}

} // namespace uk::lwip
