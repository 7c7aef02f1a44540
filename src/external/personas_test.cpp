// Personas: what is kept, who may change it, and whom their conditions come to.
#include "external/personas.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "external/test_world.h"

namespace zhike::external {
namespace {

Grant grant_of(std::vector<Permission> permissions) {
  Grant out{.user = {7}, .permissions = 0, .all_units = true, .units = {}};
  for (const Permission one : permissions) out.permissions |= 1U << static_cast<unsigned>(one);
  return out;
}

Persona wish(std::string key, std::string name_en, std::string where = "trait.tier = gold") {
  Persona out;
  out.key = std::move(key);
  out.name_en = std::move(name_en);
  out.where = std::move(where);
  return out;
}

class PersonasTest : public testing::Test {
 protected:
  void SetUp() override {
    keys_ = *govern::Keys::open(folder_.path / "keys");
    db_ = *ledger::Db::open({.file = folder_.path / "ledger.db", .migrations = ZHIKE_MIGRATIONS "/ledger"});
    personas_ = std::make_unique<Personas>(*db_, govern::Audit(*keys_), clock_);
  }
  Code refused(Persona wrong) {
    const auto done = personas_->put(Grant::owner(), std::move(wrong));
    return done ? Code::kInternal : done.error().code;
  }

  TestFolder folder_;
  ManualClock clock_{{1'700'000'000'000}};
  std::unique_ptr<govern::Keys> keys_;
  std::unique_ptr<ledger::Db> db_;
  std::unique_ptr<Personas> personas_;
};

TEST_F(PersonasTest, AreFoundByKeyAndByName) {
  Persona made = wish("hunter", "Bargain hunter");
  made.name_zh = "比价客";
  made.goals = "the lowest price\nno surprises";
  const auto kept = personas_->put(Grant::owner(), made);
  ASSERT_TRUE(kept) << to_string(kept.error());
  EXPECT_EQ(kept->version, 1U);
  for (const char* name : {"hunter", "Bargain hunter", "比价客"})
    EXPECT_EQ(personas_->find(Grant::owner(), name)->key, "hunter") << name;
  EXPECT_EQ(personas_->find(Grant::owner(), "hunter")->goals, made.goals);
  EXPECT_EQ(personas_->find(Grant::owner(), "").error().code, Code::kNotFound) << "no name is nobody's";
  ASSERT_TRUE(personas_->put(Grant::owner(), wish("Bargain hunter", "Other")).error().code ==
              Code::kBadField);
  EXPECT_TRUE(personas_->put(Grant::owner(), wish("first", "First")));
  EXPECT_EQ(personas_->list(Grant::owner())->front().key, "first") << "by position, then by key";
}

TEST_F(PersonasTest, ChangeFromTheVersionThatWasRead) {
  ASSERT_TRUE(personas_->put(Grant::owner(), wish("hunter", "Hunter")));
  EXPECT_EQ(refused(wish("hunter", "Hunter")), Code::kLedgerConflict) << "one is there";
  Persona next = *personas_->find(Grant::owner(), "hunter");
  next.position = 5;
  EXPECT_EQ(personas_->put(Grant::owner(), next)->version, 2U);
  EXPECT_EQ(refused(next), Code::kLedgerConflict) << "read before the change";
  EXPECT_EQ(refused(wish("other", "Hunter")), Code::kLedgerConflict) << "the name is taken";
  EXPECT_TRUE(personas_->remove(Grant::owner(), "hunter"));
  EXPECT_EQ(personas_->remove(Grant::owner(), "hunter").error().code, Code::kNotFound);
  EXPECT_EQ(persona_filter(*db_, Grant::owner(), "hunter").error().code, Code::kNotFound);
}

TEST_F(PersonasTest, NeedTheirPermissions) {
  ASSERT_TRUE(personas_->put(Grant::owner(), wish("hunter", "Hunter")));
  EXPECT_EQ(personas_->put(grant_of({Permission::kViewMetrics}), wish("b", "B")).error().code,
            Code::kPermissionMissing);
  EXPECT_EQ(personas_->remove(grant_of({Permission::kViewMetrics}), "hunter").error().code,
            Code::kPermissionMissing);
  EXPECT_EQ(personas_->list(grant_of({Permission::kManageUsers})).error().code, Code::kPermissionMissing);
  EXPECT_EQ(personas_->list(grant_of({Permission::kViewCustomers}))->size(), 1U);
}

TEST_F(PersonasTest, AreRefusedByField) {
  EXPECT_EQ(refused(wish("", "A")), Code::kBadField);
  EXPECT_EQ(refused(wish("a b", "A")), Code::kBadField);
  EXPECT_EQ(refused(wish("a", "")), Code::kBadField);
  EXPECT_EQ(refused(wish("a", std::string(121, 'x'))), Code::kBadField);
  EXPECT_EQ(refused(wish("a", "A", "")), Code::kBadField);
  Persona tab = wish("a", "A");
  tab.quote = "a\tb";
  EXPECT_EQ(refused(tab), Code::kBadField);
  for (std::size_t i = 0; i < Personas::kPersonasMax; ++i)
    ASSERT_TRUE(personas_->put(Grant::owner(), wish("p" + std::to_string(i), "P" + std::to_string(i))));
  EXPECT_EQ(refused(wish("more", "More")), Code::kBadField);
}

TEST(PersonaCondition, IsOnCustomers) {
  EXPECT_TRUE(persona_condition("trait.tier = gold and not did(channel = app and score >= 3)"));
  EXPECT_TRUE(persona_condition("list = 'Ann''s cart' or crm.tariff exists"));
  EXPECT_EQ(persona_condition("channel = app").error().code, Code::kBadField);
  EXPECT_EQ(persona_condition("trait.tier = gold or (score >= 9)").error().code, Code::kBadField);
  EXPECT_EQ(persona_condition("persona = other").error().code, Code::kBadField);
  EXPECT_EQ(persona_condition("did(persona = other)").error().code, Code::kBadField);
  EXPECT_EQ(persona_condition("trait.tier =").error().code, Code::kBadFilter);
}

TEST(PersonaFilter, MeansTheUnitsBelow) {
  World world{{}};
  must(world.ledger->write([](ledger::Tx& tx) -> Result<void> {
    for (const auto& [key, parent] : {std::pair("land", ""), std::pair("north", "land"),
                                      std::pair("pole", "north"), std::pair("south", "")}) {
      CX_TRY(
          tx.sql("INSERT INTO units (key, name_en, name_zh, parent, zone, changed) VALUES ($1, '', '', $2, "
                 "'', 0)")
              .bind(1, key)
              .bind(2, parent)
              .run());
    }
    return {};
  }));
  Personas personas(*world.ledger, govern::Audit(*world.keys), world.clock);
  must(personas.put(Grant::owner(), wish("northern", "Northern", "did(unit = land)")));
  const auto found = must(persona_filter(*world.ledger, Grant::owner(), "northern"));
  EXPECT_EQ(found.parts.front().condition.values, (std::vector<std::string>{"land", "north", "pole"}));
}

/// Three customers: two of the set that stands for gold, one of them also in the other.
TEST(PersonaSizes, CountNoneAndSeveral) {
  World world{{}};
  auto& client = world.engine->client();
  must(client.execute(
      {.sql = "INSERT INTO events (event_id, subject_id, kind, unit, occurred_at) VALUES (1, 1, 1, "
              "'north', '2026-03-01 10:00:00'), (2, 2, 1, 'north', '2026-03-02 10:00:00'), (3, "
              "3, 1, 'south', '2026-03-03 10:00:00'), (4, 4, 1, 'south', '2026-03-03 10:00:00')"}));
  must(client.execute({.sql =
                           "INSERT INTO customer_sets (set_id, subject, grp) VALUES (7, 1, ''), (7, 2, ''), "
                           "(8, 2, ''), (8, 3, ''), (8, 9, '')"}));
  const std::vector<query::Expr> conditions{query::among(7), query::among(8),
                                            must(persona_condition("list = nowhere"))};
  const query::Filter filter{.range = {{1'767'225'600'000}, {1'798'761'600'000}}};  // 2026
  const auto found = must(persona_sizes(*world.externals, client, Grant::owner(), filter, conditions));
  EXPECT_EQ(found.customers, 4U);
  EXPECT_EQ(found.in_none, 1U);
  EXPECT_EQ(found.in_several, 1U);
  EXPECT_EQ(found.sizes[0], 2U);
  EXPECT_EQ(found.sizes[1], 2U);
  EXPECT_FALSE(found.sizes[2]);
  EXPECT_EQ(found.errors[2]->code, Code::kNotFound) << "one that cannot be answered stops none of the others";
  const auto later = must(persona_sizes(*world.externals, client, Grant::owner(),
                                        {.range = {{1'798'761'600'000}, {1'830'297'600'000}}}, conditions));
  EXPECT_EQ(later.customers, 0U);
  EXPECT_EQ(later.sizes[0], 0U);
}

}  // namespace
}  // namespace zhike::external
