#include "connector/store.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "connector/kinds.h"
#include "ledger/test_folder.h"

namespace zhike::connector {
namespace {

class StoreTest : public testing::Test {
 protected:
  StoreTest() {
    db_ = std::move(
        *ledger::Db::open({.file = folder_.path / "ledger.db", .migrations = ZHIKE_MIGRATIONS "/ledger"}));
    open();
  }
  void open() { store_ = std::move(*Store::open(*db_, key_, clock_)); }
  static Connector shop(std::string key) {
    Connector c{.key = std::move(key), .name = "Shop", .kind = find_kind("webhook_in"), .source = {7}};
    c.secrets["secret"] = "Zy9-a-secret-nobody-may-read";
    c.settings["window_seconds"] = "60";
    return c;
  }
  Letter letter(ConnectorId id, std::uint64_t first) {
    return {.connector = id,
            .at = clock_.now(),
            .first = first,
            .last = first + 1,
            .events = 2,
            .attempts = 3,
            .error = "connector_refused",
            .detail = "HTTP 410",
            .body = "{\"text\":\"private words\"}"};
  }
  TestFolder folder_;
  ManualClock clock_{Instant{1'700'000'000'000}};
  crypto::Key key_ = crypto::random_key();
  std::unique_ptr<ledger::Db> db_;
  std::unique_ptr<Store> store_;
};

TEST_F(StoreTest, KeepsConnectorsOverARestart) {
  const auto made = store_->make(shop("shop"));
  ASSERT_TRUE(made);
  open();
  const auto found = store_->find(std::string_view("shop"));
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->id, (*made)->id);
  EXPECT_EQ(found->text("secret"), "Zy9-a-secret-nobody-may-read");
  EXPECT_EQ(found->number("window_seconds"), 60);
  EXPECT_EQ(found->source, SourceId{7});
  EXPECT_EQ(store_->find(std::string_view("other")), nullptr);
  EXPECT_EQ(store_->find(ConnectorId{99}).error().code, Code::kUnknownConnector);
}

TEST_F(StoreTest, SealsSecretsAndLetters) {
  const auto id = (*store_->make(shop("shop")))->id;
  ASSERT_TRUE(*store_->keep(letter(id, 10), "position", "11"));
  store_.reset();
  db_.reset();
  for (const auto& file : std::filesystem::directory_iterator(folder_.path)) {
    std::ifstream in(file.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    EXPECT_EQ(bytes.find("nobody-may-read"), std::string::npos) << file.path();
    EXPECT_EQ(bytes.find("private words"), std::string::npos) << file.path();
  }
}

TEST_F(StoreTest, RefusesAKeyTwiceAndBadChanges) {
  const auto id = (*store_->make(shop("shop")))->id;
  EXPECT_EQ(store_->make(shop("shop")).error().code, Code::kBadConnector);
  EXPECT_EQ(store_->change(id, {.settings = Settings{{"window_seconds", "x"}}}).error().code,
            Code::kBadConnector);
  EXPECT_EQ(store_->change(id, {.secrets = {{"secret", ""}}}).error().code, Code::kBadConnector)
      << "a secret that is needed cannot be taken away";
  EXPECT_EQ(store_->change({99}, {}).error().code, Code::kUnknownConnector);
  const auto changed = store_->change(id, {.name = "Store", .enabled = false});
  ASSERT_TRUE(changed);
  EXPECT_EQ((*changed)->text("secret"), "Zy9-a-secret-nobody-may-read")
      << "what a change does not name stays";
  open();
  EXPECT_EQ((*store_->find(id))->name, "Store");
  EXPECT_FALSE((*store_->find(id))->enabled);
}

TEST_F(StoreTest, LettersAreAskedForSentAndDiscarded) {
  const auto id = (*store_->make(shop("shop")))->id;
  const auto other = (*store_->make(shop("other")))->id;
  for (std::uint64_t i = 0; i < 4; ++i)
    ASSERT_TRUE(*store_->keep(letter(id, 10 + i), "position", std::to_string(i)));
  ASSERT_TRUE(*store_->keep(letter(other, 5), "position", "5"));
  EXPECT_EQ(*store_->state(id, "position"), "3");
  EXPECT_EQ(*store_->state(id, "nothing"), "");
  const auto all = *store_->letters(id, 0, 10);
  ASSERT_EQ(all.size(), 4U);
  EXPECT_GT(all[0].id, all[3].id) << "newest first";
  EXPECT_EQ(store_->letters(id, all[1].id, 10)->size(), 2U);
  EXPECT_TRUE(store_->asked_again(id, 10)->empty());
  EXPECT_EQ(*store_->ask_again(id, {all[0].id, all[1].id, 999}), 2U);
  auto asked = *store_->asked_again(id, 10);
  ASSERT_EQ(asked.size(), 2U);
  EXPECT_EQ(asked[0].body, "{\"text\":\"private words\"}");
  ASSERT_TRUE(store_->settle(asked[0].id, true, {}));
  asked[1].detail = "HTTP 500";
  ASSERT_TRUE(store_->settle(asked[1].id, false, asked[1]));
  EXPECT_TRUE(store_->asked_again(id, 10)->empty());
  EXPECT_EQ(*store_->open_letters(id), 3U);
  EXPECT_EQ(store_->letters(id, 0, 1)->at(0).detail, "HTTP 500");
  EXPECT_EQ(*store_->discard(id, {}), 3U);
  EXPECT_EQ(*store_->open_letters(id), 0U);
  EXPECT_EQ(*store_->open_letters(other), 1U) << "those of another stay";
  ASSERT_TRUE(store_->remove(other));
  EXPECT_EQ(*store_->open_letters(other), 0U);
  EXPECT_EQ(*store_->state(other, "position"), "");
}

}  // namespace
}  // namespace zhike::connector
