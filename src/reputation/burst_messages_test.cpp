// Messages about bursts: once each, to whoever is named, through failures and new starts.
#include "reputation/burst_messages.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "govern/keys.h"
#include "ledger/test_folder.h"

namespace zhike::reputation {
namespace {

struct Sent {
  std::uint64_t connector = 0;
  feedback::Postman::Letter letter;
};
struct Post {
  std::vector<Sent> sent;
  std::optional<Code> fails;
};

class Postman final : public feedback::Postman {
 public:
  explicit Postman(Post& post) : post_(post) {}
  Result<void> write(std::uint64_t connector, const Letter& letter) override {
    if (post_.fails) return fail(*post_.fails, "not now");
    post_.sent.push_back({connector, letter});
    return {};
  }

 private:
  Post& post_;
};

class BurstMessagesTest : public testing::Test {
 protected:
  template <class T>
  static T must(Result<T> result) {
    EXPECT_TRUE(result) << (result ? "" : to_string(result.error()));
    if constexpr (!std::is_void_v<T>) return result ? std::move(*result) : T{};
  }
  template <class T>
  static std::string_view code(const Result<T>& result) {
    return result ? "ok" : info(result.error().code).id;
  }
  void SetUp() override {
    keys_ = must(govern::Keys::open(folder_.path / "keys"));
    db_ = must(
        ledger::Db::open({.file = folder_.path / "ledger.db", .migrations = ZHIKE_MIGRATIONS "/ledger"}));
    audit_ = std::make_unique<govern::Audit>(*keys_);
    start();
  }
  /// As a new start of the service would.
  void start() {
    messages_ = std::make_unique<BurstMessages>(BurstMessages::Parts{
        .ledger = *db_,
        .audit = *audit_,
        .postman = std::make_unique<Postman>(post_),
        .clock = clock_,
        .zone = Zone::utc(),
        .public_url = "https://voice.example.com",
        .bursts = [this](Instant) -> Result<std::vector<FoundBurst>> { return found_; },
        .name_of = [](const std::string& key,
                      const std::string&) { return std::string(key == "mu" ? "东航" : ""); },
        .check_connector = [](std::uint64_t id) -> Result<void> {
          if (id != 7) return fail(Code::kBadField, "'connector' writes to nobody");
          return {};
        }});
  }
  /// A burst that began so many hours after the clock's time and lasted so long.
  FoundBurst burst(std::string brand, int begins, int lasts, bool negative = false) {
    FoundBurst out{.brand = std::move(brand), .burst = {}};
    out.burst.of_negative = negative;
    out.burst.from = begin_ + hours(begins);
    out.burst.to = begin_ + hours(begins + lasts);
    out.burst.noticed = begin_ + hours(begins + 1);
    out.burst.mentions = static_cast<std::uint64_t>(10 * lasts);
    out.burst.expected = 2.5;
    return out;
  }

  TestFolder folder_;
  const Instant begin_ = *parse_time("2026-03-02T10:00:00Z", Zone::utc());
  ManualClock clock_{begin_};
  const Grant owner_ = Grant::owner();
  std::unique_ptr<govern::Keys> keys_;
  std::unique_ptr<ledger::Db> db_;
  std::unique_ptr<govern::Audit> audit_;
  Post post_;
  std::vector<FoundBurst> found_;
  std::unique_ptr<BurstMessages> messages_;
  const BurstRecipient boss_{.connector = 7, .to = "boss@example.com", .language = "en"};
};

TEST_F(BurstMessagesTest, NobodyIsToldUntilSomebodyIsNamed) {
  found_ = {burst("mu", 0, 1)};
  EXPECT_EQ(must(messages_->look()), 0U);
  must(messages_->put(owner_, boss_));
  EXPECT_EQ(must(messages_->look()), 1U);
  EXPECT_EQ(must(messages_->send_due()), 1U);
  ASSERT_EQ(post_.sent.size(), 1U);
  EXPECT_EQ(post_.sent[0].connector, 7U);
  EXPECT_EQ(post_.sent[0].letter.to, "boss@example.com");
  EXPECT_EQ(post_.sent[0].letter.id, "burst-1");
  EXPECT_EQ(post_.sent[0].letter.subject, "东航: burst of posts");
  EXPECT_NE(post_.sent[0].letter.text.find("From 2026-03-02 10:00 to 2026-03-02 11:00 (UTC), 10 mentions"),
            std::string::npos)
      << post_.sent[0].letter.text;
  EXPECT_EQ(post_.sent[0].letter.link, "https://voice.example.com/reputation?view=bursts");
}

TEST_F(BurstMessagesTest, ABurstIsToldOnceHoweverItGrows) {
  must(messages_->put(owner_, boss_));
  found_ = {burst("mu", 0, 1)};
  must(messages_->look());
  must(messages_->send_due());
  found_ = {burst("mu", 0, 3), burst("mu", 1, 2, true)};
  EXPECT_EQ(must(messages_->look()), 0U) << "it grew, and its negative posts are part of it";
  start();
  EXPECT_EQ(must(messages_->look()), 0U);
  found_ = {burst("mu", 0, 3), burst("mu", 9, 1), burst("ca", 0, 1)};
  EXPECT_EQ(must(messages_->look()), 2U) << "another burst, and another brand";
  EXPECT_EQ(must(messages_->send_due()), 2U);
  EXPECT_EQ(must(messages_->send_due()), 0U);
  EXPECT_EQ(post_.sent.size(), 3U);
  const auto all = must(messages_->list(owner_));
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[2].to, begin_ + hours(3));
  EXPECT_EQ(all[2].mentions, 30U);
  EXPECT_EQ(all[2].state, BurstMessageState::kSent);
}

TEST_F(BurstMessagesTest, WhatFailsIsTriedAgainWithTheSameId) {
  must(messages_->put(owner_, boss_));
  found_ = {burst("mu", 0, 1)};
  must(messages_->look());
  post_.fails = Code::kConnectorOff;
  EXPECT_EQ(must(messages_->send_due()), 0U);
  EXPECT_EQ(must(messages_->list(owner_))[0].error, info(Code::kConnectorOff).id);
  post_.fails.reset();
  EXPECT_EQ(must(messages_->send_due()), 0U) << "not yet due";
  clock_.advance(minutes(1));
  EXPECT_EQ(must(messages_->send_due()), 1U);
  EXPECT_EQ(post_.sent[0].letter.id, "burst-1");
  EXPECT_EQ(must(messages_->list(owner_))[0].attempts, 2U);
}

TEST_F(BurstMessagesTest, WhatIsRefusedOrFailsTooOftenIsGivenUp) {
  must(messages_->put(owner_, boss_));
  found_ = {burst("mu", 0, 1)};
  must(messages_->look());
  post_.fails = Code::kConnectorRefused;
  must(messages_->send_due());
  EXPECT_EQ(must(messages_->list(owner_))[0].state, BurstMessageState::kGivenUp);
  found_ = {burst("ca", 1, 1)};
  must(messages_->look());
  post_.fails = Code::kConnectorOff;
  for (unsigned i = 0; i < BurstMessages::kAttemptsMax; ++i) {
    EXPECT_EQ(must(messages_->list(owner_))[0].state, BurstMessageState::kWaiting);
    must(messages_->send_due());
    clock_.advance(hours(7));
  }
  EXPECT_EQ(must(messages_->list(owner_))[0].state, BurstMessageState::kGivenUp);
}

TEST_F(BurstMessagesTest, OldBurstsAndThoseOfAllPostsAreNoNewsToWhoWantsNone) {
  found_ = {burst("mu", -5, 1), burst("mu", 1, 1), burst("ca", 1, 1, true)};
  BurstRecipient wanted = boss_;
  wanted.negative_only = true;
  must(messages_->put(owner_, wanted));
  EXPECT_EQ(must(messages_->look()), 1U);
  EXPECT_EQ(must(messages_->list(owner_))[0].brand, "ca");
  must(messages_->put(owner_, std::nullopt));
  EXPECT_EQ(must(messages_->list(owner_))[0].state, BurstMessageState::kGivenUp);
  EXPECT_EQ(must(messages_->send_due()), 0U);
  EXPECT_TRUE(post_.sent.empty());
}

TEST_F(BurstMessagesTest, WhoMayNotManageDataSeesNoAddress) {
  must(messages_->put(owner_, boss_));
  Grant viewer;
  viewer.permissions = 1U << static_cast<unsigned>(Permission::kViewMetrics);
  EXPECT_EQ(must(messages_->recipient(viewer))->to, "");
  EXPECT_EQ(must(messages_->recipient(owner_))->to, "boss@example.com");
  EXPECT_EQ(code(messages_->put(viewer, boss_)), "permission_missing");
  EXPECT_EQ(code(messages_->list({})), "permission_missing");
  Grant north = owner_;
  north.all_units = false;
  north.units = {"north"};
  EXPECT_EQ(code(messages_->put(north, boss_)), "permission_missing");
  found_ = {burst("mu", 0, 1)};
  must(messages_->look());
  EXPECT_EQ(must(messages_->list(owner_)).size(), 1U);
  EXPECT_TRUE(must(messages_->list(north)).empty()) << "it counts posts of all units";
  BurstRecipient wrong = boss_;
  wrong.connector = 8;
  EXPECT_EQ(code(messages_->put(owner_, wrong)), "bad_field");
  wrong = boss_;
  wrong.language = "fr";
  EXPECT_EQ(code(messages_->put(owner_, wrong)), "bad_field");
  wrong = boss_;
  wrong.to = "a\nb";
  EXPECT_EQ(code(messages_->put(owner_, wrong)), "bad_field");
}

}  // namespace
}  // namespace zhike::reputation
