// SPDX-License-Identifier: BSD-3-Clause
// ChaCha20, the generator over it, and the tests that sources must pass.
#include <uk/random/generator.hpp>

#include <random>
#include <set>
#include <string>

#include <gtest/gtest.h>
#include <uk/random/health.hpp>
#include <uk/random/jitter.hpp>
#include <uk/random/word_source.hpp>

namespace {

using namespace uk::random;

Key key_of(uint8_t first, uint8_t step) {
    Key key;
    for (size_t i = 0; i < key.size(); i++)
        key[i] = static_cast<std::byte>(first + step * i);
    return key;
}

std::string hex(std::span<const std::byte> bytes) {
    std::string text;
    for (std::byte b : bytes) {
        char two[3];
        snprintf(two, sizeof two, "%02x", std::to_integer<unsigned>(b));
        text += two;
    }
    return text;
}

std::string block_of(const Key& key, uint32_t counter, const Nonce& nonce) {
    Block block;
    chacha20_block(key, counter, nonce, block);
    return hex(block);
}

// RFC 8439, 2.3.2
TEST(ChaCha20, GivesTheBlockOfTheStandard) {
    Nonce nonce{};
    nonce[3] = std::byte{9};
    nonce[7] = std::byte{0x4a};
    EXPECT_EQ(block_of(key_of(0, 1), 1, nonce),
              "10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e"
              "d2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e");
}

// RFC 8439, A.1: vectors 1, 2, 4 and 5
TEST(ChaCha20, GivesTheBlocksOfTheAppendix) {
    EXPECT_EQ(block_of(Key{}, 0, Nonce{}),
              "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7"
              "da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586");
    EXPECT_EQ(block_of(Key{}, 1, Nonce{}),
              "9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed"
              "29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f");
    Key second{};
    second[1] = std::byte{0xff};
    EXPECT_EQ(block_of(second, 2, Nonce{}),
              "72d54dfbf12ec44b362692df94137f328fea8da73990265ec1bbbea1ae9af0ca"
              "13b25aa26cb4a648cb9b9d1be65b2c0924a66c54d545ec1b7374f4872e99f096");
    Nonce last{};
    last[11] = std::byte{2};
    EXPECT_EQ(block_of(Key{}, 0, last),
              "c2c64d378cd536374ae204b9ef933fcd1a8b2288b3dfa49672ab765b54ee27c7"
              "8a970e0e955c14f3a88e741b97c286f75f8fc299e8148362fa198a39531bed6d");
}

TEST(Pool, TellsEveryInputApart) {
    std::set<Key> digests;
    auto digest = [](std::initializer_list<std::string> parts) {
        Pool pool;
        for (const std::string& part : parts)
            pool.absorb(std::as_bytes(std::span(part)));
        return pool.extract();
    };
    const std::string nul(1, '\0');
    EXPECT_TRUE(digests.insert(digest({})).second);
    EXPECT_TRUE(digests.insert(digest({nul})).second);
    EXPECT_TRUE(digests.insert(digest({nul + nul})).second);
    EXPECT_TRUE(digests.insert(digest({nul, nul})).second);
    EXPECT_TRUE(digests.insert(digest({"a", "b"})).second);
    EXPECT_TRUE(digests.insert(digest({"b", "a"})).second);
    EXPECT_TRUE(digests.insert(digest({std::string(32, 'x')})).second);
    EXPECT_TRUE(digests.insert(digest({std::string(33, 'x')})).second);
}

TEST(Pool, CountsWhatIsCreditedUntilItIsTaken) {
    Pool pool;
    pool.credit(100);
    pool.credit(~0U - 50);
    EXPECT_GE(pool.bits(), kSeedBits);
    const Key one = pool.extract();
    EXPECT_EQ(pool.bits(), 0U);
    EXPECT_NE(one, pool.extract());
}

TEST(Generator, GivesEachRequestAKeyOfItsOwn) {
    Generator a;
    Generator b;
    a.mix(key_of(1, 1));
    b.mix(key_of(1, 1));
    std::set<Key> keys;
    for (int i = 0; i < 1000; i++) {
        const Key key = a.take();
        EXPECT_EQ(key, b.take());
        EXPECT_TRUE(keys.insert(key).second);
    }
    a.mix(key_of(2, 2));
    EXPECT_NE(a.take(), b.take());
}

// Nothing that was given can be found in what is there afterwards.
TEST(Generator, ForgetsWhatItGave) {
    Generator generator;
    generator.mix(key_of(7, 3));
    std::byte before[sizeof generator];
    memcpy(before, &generator, sizeof generator);
    const Key given = generator.take();
    std::byte after[sizeof generator];
    memcpy(after, &generator, sizeof generator);
    EXPECT_NE(hex(before), hex(after));
    EXPECT_EQ(hex(after).find(hex(given).substr(0, 16)), std::string::npos);
}

TEST(Stream, IsTheSameInWhateverPieces) {
    const Key key = key_of(5, 5);
    std::byte whole[1000];
    Stream(key).fill(whole);
    for (size_t piece : {1, 7, 63, 64, 65, 333}) {
        std::byte parts[1000];
        Stream stream(key);
        for (size_t at = 0; at < sizeof parts; at += piece)
            stream.fill(std::span(parts).subspan(at, std::min(piece, sizeof parts - at)));
        EXPECT_EQ(hex(whole), hex(parts));
    }
}

TEST(Stream, HasHalfOfItsBitsSet) {
    Stream stream(key_of(9, 1));
    std::byte bytes[4096];
    unsigned set = 0;
    for (int i = 0; i < 16; i++) {
        stream.fill(bytes);
        for (std::byte b : bytes)
            set += static_cast<unsigned>(__builtin_popcount(std::to_integer<unsigned>(b)));
    }
    EXPECT_NEAR(set, 16 * 4096 * 4, 6 * 362); // deviation of 524,288 coins: 362
}

TEST(HealthTest, LetsHealthySourcesPass) {
    std::mt19937_64 random(1);
    HealthTest noise;
    HealthTest coin; // one bit in each sample
    for (int i = 0; i < 1'000'000; i++) {
        ASSERT_TRUE(noise.add(random()));
        ASSERT_TRUE(coin.add(random() & 1));
    }
}

TEST(HealthTest, FindsOneThatStopped) {
    std::mt19937_64 random(2);
    HealthTest test;
    for (int i = 0; i < 1000; i++)
        ASSERT_TRUE(test.add(random()));
    unsigned more = 0;
    while (test.add(5))
        more++;
    EXPECT_LT(more, HealthTest::kRepeats);
    EXPECT_FALSE(test.add(random())) << "it stays failed";
}

TEST(HealthTest, FindsOneThatIsNearlyConstant) {
    std::mt19937_64 random(3);
    HealthTest test;
    unsigned seen = 0;
    while (test.add(random() % 20 == 0 ? random() : 5) && seen < 10'000)
        seen++;
    EXPECT_LT(seen, 10'000U);
}

TEST(Jitter, CreditsNoise) {
    std::mt19937_64 random(4);
    uint64_t now = 0;
    Pool pool;
    unsigned runs = 0;
    const JitterResult result = gather_jitter(
        pool, 256, [&] { return now += 1000 + random() % 64; }, [&](uint64_t) { runs++; });
    EXPECT_EQ(result.bits, 256U);
    EXPECT_EQ(result.problem, nullptr);
    EXPECT_GE(runs, 1024U + 4 * 256);
}

// Another time anywhere gives another digest, the last ones included.
TEST(Jitter, MixesEachTime) {
    unsigned calls = 0;
    const auto digest = [&](unsigned which) {
        std::mt19937_64 random(6);
        Pool pool;
        uint64_t now = 0;
        calls = 0;
        const auto clock = [&] {
            now += 1000 + random() % 64;
            return now + (calls++ == which ? 1 : 0);
        };
        EXPECT_EQ(gather_jitter(pool, 16, clock, [](uint64_t) {}).bits, 16U);
        return pool.extract();
    };
    const Key same = digest(~0U);
    const unsigned last = calls - 1;
    ASSERT_GT(last % 65, 1U); // times both, not the reading after a mixture
    for (unsigned which : {1U, 2U, 63U, 64U, 66U, 500U, last - 1, last})
        EXPECT_NE(digest(which), same) << which;
}

TEST(Jitter, RefusesAMachineThatIsTooRegular) {
    Pool pool;
    uint64_t now = 0;
    EXPECT_NE(gather_jitter(
                  pool, 256, [&] { return now += 100; }, [](uint64_t) {})
                  .problem,
              nullptr);
    EXPECT_NE(gather_jitter(
                  pool, 256, [] { return uint64_t{7}; }, [](uint64_t) {})
                  .problem,
              nullptr);
    uint64_t step = 0; // a clock that gets faster and faster
    EXPECT_NE(gather_jitter(
                  pool, 256, [&] { return now += step += 3; }, [](uint64_t) {})
                  .problem,
              nullptr);
    uint64_t turn = 0; // three lengths in turn
    EXPECT_NE(gather_jitter(
                  pool, 256, [&] { return now += turn++ % 512 == 0 ? 99 : 100; }, [](uint64_t) {})
                  .problem,
              nullptr);
    EXPECT_EQ(pool.bits(), 0U);
}

TEST(WordSource, CreditsHalfOfWhatItGot) {
    std::mt19937_64 random(5);
    Pool pool;
    unsigned words = 0;
    const Delivery delivery = gather_words(pool, 256, [&](uint64_t& word) {
        word = random();
        return words++ % 3 != 0; // at times there is none
    });
    EXPECT_EQ(delivery.bits, 256U);
    EXPECT_GE(words, 8U + 4U);
}

TEST(WordSource, RefusesBrokenOnes) {
    Pool pool;
    auto constant = [](uint64_t value) {
        return [value](uint64_t& word) {
            word = value;
            return true;
        };
    };
    EXPECT_NE(gather_words(pool, 256, constant(~uint64_t{0})).problem, nullptr);
    EXPECT_NE(gather_words(pool, 256, constant(0)).problem, nullptr);
    EXPECT_NE(gather_words(pool, 256, constant(0x123456789)).problem, nullptr);
    EXPECT_NE(gather_words(pool, 256, [](uint64_t&) { return false; }).problem, nullptr);
}

} // namespace
