// SPDX-License-Identifier: BSD-3-Clause
// Masks, actions and queues of signals, at last against a plain description of them.
#include <uk/signal/model.hpp>

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace {

using namespace uk::signal;
using uk::Errno;

constexpr uintptr_t kHandler = 0x1000;

struct World {
    std::vector<Entry> entries = std::vector<Entry>(8);
    std::array<Action, UK_NSIG> actions{};
    Model model{entries, actions};
    ThreadPart main;
    ThreadPart other;

    World() {
        model.add_thread(main, 0);
        model.add_thread(other, 0);
        for (int number = 1; number <= UK_NSIG; number++)
            handle(number);
    }
    ~World() {
        (void)model.remove_thread(main);
        (void)model.remove_thread(other);
        Told told = model.send({UK_SIGUSR1}, nullptr, nullptr).take();
        EXPECT_EQ(told.thread, nullptr);
        ThreadPart heir; // takes what is left, so that the queue is empty
        model.add_thread(heir, 0);
        Delivery out;
        while (model.take(heir, out))
            (void)model.set_mask(heir, 0);
        (void)model.remove_thread(heir);
    }
    void handle(int number, uint64_t flags = 0, uint64_t mask = 0, uintptr_t handler = kHandler) {
        const Action action{handler, flags, mask, 0};
        (void)model.set_action(number, &action);
    }
    Told send(int number, ThreadPart* to = nullptr, ThreadPart* near = nullptr,
              uint64_t value = 0) {
        return model.send({number, UK_SI_QUEUE, 1, 0, value}, to, near).take();
    }
    int take(ThreadPart& part) {
        Delivery out;
        if (!model.take(part, out))
            return 0;
        last = out;
        (void)model.set_mask(part, out.mask_before); // the handler returned
        return out.info.number;
    }
    Delivery last{};
};

TEST(SignalModel, GivesTheLowestNumberFirstAndFaultsBeforeAll) {
    World w;
    for (const int number : {UK_SIGTERM, UK_SIGHUP, 40, UK_SIGSEGV, 34})
        w.send(number, &w.main);
    EXPECT_EQ(w.take(w.main), UK_SIGSEGV);
    EXPECT_EQ(w.take(w.main), UK_SIGHUP);
    EXPECT_EQ(w.take(w.main), UK_SIGTERM);
    EXPECT_EQ(w.take(w.main), 34);
    EXPECT_EQ(w.take(w.main), 40);
    EXPECT_EQ(w.take(w.main), 0);
}

TEST(SignalModel, KeepsOneOfEachStandardSignalAndQueuesOthers) {
    World w;
    for (uint64_t i = 1; i <= 3; i++) {
        w.send(UK_SIGUSR1, &w.main, nullptr, i);
        w.send(35, &w.main, nullptr, i);
    }
    EXPECT_EQ(w.take(w.main), UK_SIGUSR1);
    EXPECT_EQ(w.last.info.value, 1U);
    for (uint64_t i = 1; i <= 3; i++) {
        EXPECT_EQ(w.take(w.main), 35);
        EXPECT_EQ(w.last.info.value, i);
    }
    EXPECT_EQ(w.take(w.main), 0);
}

TEST(SignalModel, SaysWhenThereIsNoRoomButLosesNoStandardSignal) {
    World w;
    for (int i = 0; i < 8; i++)
        EXPECT_TRUE(w.model.send({40}, &w.main, nullptr).ok());
    EXPECT_EQ(w.model.send({40}, &w.main, nullptr).code(), Errno::again);
    EXPECT_TRUE(w.model.send({UK_SIGTERM, UK_SI_QUEUE, 1, 2, 3}, &w.main, nullptr).ok());
    EXPECT_EQ(w.take(w.main), UK_SIGTERM);
    EXPECT_EQ(w.last.info.code, UK_SI_USER);
    EXPECT_EQ(w.last.info.value, 0U);
    for (int i = 0; i < 8; i++)
        EXPECT_EQ(w.take(w.main), 40);
    EXPECT_TRUE(w.model.send({40}, &w.main, nullptr).ok());
}

TEST(SignalModel, MasksHoldSignalsBackButNotKill) {
    World w;
    (void)w.model.set_mask(w.main, ~uint64_t{0});
    EXPECT_EQ(w.main.mask() & kUnstoppable, 0U);
    EXPECT_EQ(w.send(UK_SIGTERM, &w.main).thread, nullptr);
    EXPECT_FALSE(w.model.has_work(w.main));
    EXPECT_EQ(w.take(w.main), 0);
    EXPECT_EQ(w.send(UK_SIGKILL, &w.main).thread, &w.main);
    EXPECT_EQ(w.take(w.main), UK_SIGKILL);
    (void)w.model.set_mask(w.main, 0);
    EXPECT_TRUE(w.model.has_work(w.main));
    EXPECT_EQ(w.take(w.main), UK_SIGTERM);
}

TEST(SignalModel, ProcessSignalsGoToWhoeverLetsThemThrough) {
    World w;
    EXPECT_EQ(w.send(UK_SIGUSR1, nullptr, &w.other).thread, &w.other);
    EXPECT_EQ(w.take(w.other), UK_SIGUSR1);
    (void)w.model.set_mask(w.other, bit_of(UK_SIGUSR1));
    const Told told = w.send(UK_SIGUSR1, nullptr, &w.other);
    EXPECT_EQ(told.thread, &w.main);
    EXPECT_TRUE(told.runs_handler);
    // The one that was told blocks it now: another one is.
    (void)w.model.set_mask(w.other, 0);
    EXPECT_EQ(w.model.set_mask(w.main, bit_of(UK_SIGUSR1)).thread, &w.other);
    EXPECT_EQ(w.take(w.main), 0);
    EXPECT_EQ(w.take(w.other), UK_SIGUSR1);
}

TEST(SignalModel, WhoLeavesLosesItsOwnAndPassesOnTheProcesss) {
    World w;
    auto third = std::make_unique<ThreadPart>();
    w.model.add_thread(*third, 0);
    w.send(UK_SIGUSR1, nullptr, third.get());
    w.send(36, third.get());
    EXPECT_NE(w.model.remove_thread(*third).thread, nullptr);
    EXPECT_EQ(w.take(w.main), UK_SIGUSR1);
    EXPECT_EQ(w.take(w.main), 0);
}

TEST(SignalModel, HandlersRunWithTheirMask) {
    World w;
    w.handle(UK_SIGUSR1, 0, bit_of(UK_SIGTERM));
    w.handle(UK_SIGUSR2, UK_SA_NODEFER);
    w.send(UK_SIGUSR1, &w.main);
    Delivery out;
    ASSERT_TRUE(w.model.take(w.main, out));
    EXPECT_EQ(w.main.mask(), bit_of(UK_SIGUSR1) | bit_of(UK_SIGTERM));
    EXPECT_EQ(out.mask_before, 0U);
    w.send(UK_SIGUSR2, &w.main);
    ASSERT_TRUE(w.model.take(w.main, out));
    EXPECT_EQ(w.main.mask(), bit_of(UK_SIGUSR1) | bit_of(UK_SIGTERM));
    (void)w.model.set_mask(w.main, 0);
}

TEST(SignalModel, ResethandCallsOnce) {
    World w;
    w.handle(UK_SIGUSR1, UK_SA_RESETHAND);
    w.send(UK_SIGUSR1, &w.main);
    EXPECT_EQ(w.take(w.main), UK_SIGUSR1);
    EXPECT_EQ(w.last.action.handler, kHandler);
    EXPECT_EQ(w.model.set_action(UK_SIGUSR1, nullptr).take().handler, uintptr_t{UK_SIG_DFL});
}

TEST(SignalModel, IgnoringForgetsWhatWaits) {
    World w;
    (void)w.model.set_mask(w.main, ~uint64_t{0});
    w.send(35, &w.main);
    w.send(35);
    w.handle(35, 0, 0, UK_SIG_IGN);
    (void)w.model.set_mask(w.main, 0);
    EXPECT_EQ(w.take(w.main), 0);
    EXPECT_EQ(w.send(35, &w.main).thread, nullptr);
    w.handle(UK_SIGCHLD, 0, 0, UK_SIG_DFL);
    EXPECT_EQ(w.send(UK_SIGCHLD, &w.main).thread, nullptr);
    EXPECT_FALSE(w.model.has_work(w.main));
}

TEST(SignalModel, StoppingIsRefusedUnlessHandled) {
    World w;
    EXPECT_EQ(w.send(UK_SIGTSTP, &w.main).thread, &w.main);
    EXPECT_EQ(w.take(w.main), UK_SIGTSTP);
    w.handle(UK_SIGTSTP, 0, 0, UK_SIG_DFL);
    EXPECT_EQ(w.model.send({UK_SIGTSTP}, &w.main, nullptr).code(), Errno::nosys);
    EXPECT_EQ(w.model.send({UK_SIGSTOP}, nullptr, nullptr).code(), Errno::nosys);
}

TEST(SignalModel, RefusesWhatIsNoSignal) {
    World w;
    const Action action{kHandler, 0, 0, 0};
    for (const int number : {0, -1, 65, 1 << 30}) {
        EXPECT_EQ(w.model.send({number}, nullptr, nullptr).code(), Errno::inval);
        EXPECT_EQ(w.model.set_action(number, &action).code(), Errno::inval);
    }
    EXPECT_EQ(w.model.set_action(UK_SIGKILL, &action).code(), Errno::inval);
    EXPECT_EQ(w.model.set_action(UK_SIGSTOP, &action).code(), Errno::inval);
    EXPECT_TRUE(w.model.set_action(UK_SIGKILL, nullptr).ok());
}

TEST(SignalModel, SigsuspendGivesTheMaskBackAfterTheHandler) {
    World w;
    (void)w.model.set_mask(w.main, bit_of(UK_SIGUSR1));
    w.send(UK_SIGUSR1, &w.main);
    w.model.lend_mask(w.main, bit_of(UK_SIGTERM));
    Delivery out;
    ASSERT_TRUE(w.model.take(w.main, out));
    EXPECT_EQ(w.main.mask(), bit_of(UK_SIGTERM) | bit_of(UK_SIGUSR1));
    EXPECT_EQ(out.mask_before, bit_of(UK_SIGUSR1));
    (void)w.model.set_mask(w.main, out.mask_before);
    w.model.return_mask(w.main); // nothing lent any more
    EXPECT_EQ(w.main.mask(), bit_of(UK_SIGUSR1));
    w.model.lend_mask(w.main, 0);
    w.model.return_mask(w.main);
    EXPECT_EQ(w.main.mask(), bit_of(UK_SIGUSR1));
}

TEST(SignalModel, SigtimedwaitTakesBlockedSignals) {
    World w;
    Info info;
    (void)w.model.set_mask(w.main, ~uint64_t{0});
    (void)w.model.set_mask(w.other, ~uint64_t{0});
    EXPECT_FALSE(w.model.take_waited(w.main, bit_of(37), info));
    const Told told = w.send(37, nullptr, &w.other, 9);
    EXPECT_EQ(told.thread, &w.main);
    EXPECT_FALSE(told.runs_handler);
    ASSERT_TRUE(w.model.take_waited(w.main, bit_of(37), info));
    EXPECT_EQ(info.value, 9U);
    EXPECT_EQ(w.send(37, &w.main).thread, nullptr); // it waits no more
    ASSERT_TRUE(w.model.take_waited(w.main, bit_of(37) | bit_of(38), info));
}

TEST(SignalModel, FaultsComeAtOnceIfSomebodyHandlesThem) {
    World w;
    EXPECT_TRUE(w.model.catches(w.main, UK_SIGSEGV));
    const Delivery out = w.model.take_fault(w.main, {UK_SIGSEGV, UK_SEGV_MAPERR, 0, 0, 8});
    EXPECT_EQ(out.info.value, 8U);
    EXPECT_FALSE(w.model.catches(w.main, UK_SIGSEGV)); // one in its handler
    (void)w.model.set_mask(w.main, 0);
    w.handle(UK_SIGSEGV, 0, 0, UK_SIG_DFL);
    EXPECT_FALSE(w.model.catches(w.main, UK_SIGSEGV));
}

TEST(SignalModel, TellsTheApplicationAsLinuxDoes) {
    const uk_siginfo fault = to_siginfo({UK_SIGSEGV, UK_SEGV_ACCERR, 0, 0, 0x123});
    EXPECT_EQ(fault.fields.fault.addr, reinterpret_cast<void*>(0x123));
    const uk_siginfo queued = to_siginfo({40, UK_SI_QUEUE, 7, 8, 9});
    EXPECT_EQ(queued.fields.rt.pid, 7);
    EXPECT_EQ(queued.fields.rt.uid, 8U);
    EXPECT_EQ(queued.fields.rt.value.sival_ptr, reinterpret_cast<void*>(9));
    const uk_siginfo timer = to_siginfo({14, UK_SI_TIMER, 3, 4, 5});
    EXPECT_EQ(timer.fields.timer.timerid, 3);
    EXPECT_EQ(timer.fields.timer.overrun, 4);
}

TEST(AltStack, HasWhatLiesInIt) {
    const AltStack stack{1000, 100};
    EXPECT_FALSE(stack.has(1000));
    EXPECT_TRUE(stack.has(1001));
    EXPECT_TRUE(stack.has(1100)); // its top, before anything was pushed
    EXPECT_FALSE(stack.has(1101));
    EXPECT_FALSE(AltStack{}.has(0));
}

// Against a plain description of what should happen: queues as lists, choice by search.
TEST(SignalModel, AgreesWithItsDescription) {
    for (unsigned seed = 0; seed < 300; seed++) {
        std::mt19937 random(seed);
        World w;
        ThreadPart* const parts[] = {&w.main, &w.other};
        std::map<int, std::deque<uint64_t>> own[2];
        std::map<int, std::deque<uint64_t>> shared;
        uint64_t masks[2] = {};
        size_t waiting = 0;
        for (uint64_t step = 1; step < 200; step++) {
            const unsigned who = random() % 2;
            const int number = std::vector<int>{1, 8, 10, 15, 34, 35, 36}[random() % 7];
            if (random() % 2 == 0) {
                const bool to_process = random() % 2 == 0;
                auto& queue = (to_process ? shared : own[who])[number];
                const bool there = number < 32 && !queue.empty();
                const bool ok = w.model
                                    .send({number, UK_SI_QUEUE, 1, 0, step},
                                          to_process ? nullptr : parts[who], nullptr)
                                    .ok();
                if (there || (waiting == 8 && number >= 32)) {
                    EXPECT_EQ(ok, there);
                } else {
                    EXPECT_TRUE(ok);
                    queue.push_back(waiting == 8 ? 0 : step);
                    waiting += waiting == 8 ? 0 : 1;
                }
            } else if (random() % 3 == 0) {
                masks[who] ^= bit_of(number);
                (void)w.model.set_mask(*parts[who], masks[who]);
            } else {
                int expected = 0;
                std::deque<uint64_t>* from = nullptr;
                for (const int candidate : {8, 1, 10, 15, 34, 35, 36}) {
                    if ((masks[who] & bit_of(candidate)) != 0)
                        continue;
                    from = !own[who][candidate].empty() ? &own[who][candidate] : &shared[candidate];
                    if (!from->empty()) {
                        expected = candidate;
                        break;
                    }
                }
                EXPECT_EQ(w.model.has_work(*parts[who]), expected != 0);
                ASSERT_EQ(w.take(*parts[who]), expected) << "seed " << seed << " step " << step;
                if (expected != 0) {
                    EXPECT_EQ(w.last.info.value, from->front());
                    waiting -= from->front() == 0 ? 0 : 1;
                    from->pop_front();
                }
            }
        }
    }
}

} // namespace
