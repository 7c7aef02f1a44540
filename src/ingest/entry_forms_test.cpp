#include "ingest/entry_forms.h"

#include <gtest/gtest.h>

namespace zhike::ingest {
namespace {

constexpr Instant kNow{1'790'000'000'000};

Entry call_entry() {
  return {.id = "e1",
          .channel = {},
          .unit = "north",
          .at = std::nullopt,
          .customer = {{IdentifierKind::kPhone, "13912345670"}},
          .values = {{"direction", std::string("in")},
                     {"outcome", std::string("answered")},
                     {"handling_seconds", std::int64_t{95}},
                     {"resolved", true},
                     {"csat", 4.0},
                     {"case", std::string("T-1")},
                     {"note", std::string("等了很久")}}};
}

const EntryForm& form(std::string_view key) { return *EntryForms::built_in().find(key); }

std::string refusal(const EntryForm& of, const Entry& entry) {
  const auto made = fill(of, entry, UserId{7}, kNow);
  return std::holds_alternative<Refusal>(made) ? std::get<Refusal>(made).detail : "accepted";
}

TEST(EntryForms, AnEntryBecomesAnEvent) {
  const auto made = fill(form("phone_call"), call_entry(), UserId{7}, kNow);
  ASSERT_TRUE(std::holds_alternative<RawEvent>(made));
  const RawEvent& e = std::get<RawEvent>(made);
  EXPECT_EQ(e.name, "Call Handled");
  EXPECT_EQ(e.channel, "call_center");
  EXPECT_EQ(e.unit, "north");
  EXPECT_EQ(e.case_id, "T-1");
  EXPECT_EQ(e.text, "等了很久");
  EXPECT_EQ(e.instrument, "csat");
  EXPECT_FLOAT_EQ(e.score.value_or(0), 4);
  EXPECT_EQ(e.message_id, "entry:e1");
  EXPECT_EQ(e.occurred_at.ms, kNow.ms);
  EXPECT_EQ(*zhike::find(e.properties, "handling_seconds"), Value(std::int64_t{95}));
  EXPECT_EQ(*zhike::find(e.properties, "resolved"), Value(true));
  EXPECT_EQ(*zhike::find(e.properties, "entered_by"), Value(std::string("7")));
}

TEST(EntryForms, WrongEntriesNameTheField) {
  const EntryForm& call = form("phone_call");
  const auto with = [](std::string key, Value value) {
    Entry entry = call_entry();
    std::erase_if(entry.values, [&](const Property& p) { return p.key == key; });
    entry.values.push_back({std::move(key), std::move(value)});
    return entry;
  };
  EXPECT_EQ(refusal(call, with("direction", std::string())), "'direction': is missing");
  EXPECT_EQ(refusal(call, with("direction", std::string("up"))), "'direction': is none of in, out");
  EXPECT_EQ(refusal(call, with("csat", std::int64_t{6})), "'csat': is not within 1 and 5");
  EXPECT_EQ(refusal(call, with("handling_seconds", std::string("95"))),
            "'handling_seconds': is not a number");
  EXPECT_EQ(refusal(call, with("resolved", std::int64_t{1})), "'resolved': is neither true nor false");
  EXPECT_EQ(refusal(call, with("mood", std::string("bad"))), "the form has no field 'mood'");
  EXPECT_EQ(refusal(call, with("case", std::string(481, 'x'))), "'case': has more than 480 bytes");
  Entry nobody = call_entry();
  nobody.customer.clear();
  EXPECT_EQ(refusal(call, nobody), "'customer': who is it?");
  Entry tomorrow = call_entry();
  tomorrow.at = Instant{kNow.ms + 3 * 86'400'000LL};
  EXPECT_NE(refusal(call, tomorrow), "accepted");
}

TEST(EntryForms, CataloguesThatAreNotFormsAreRefused) {
  for (const std::string_view text :
       {"", "[]", R"({"forms": 1})", R"({"forms": [1]})", R"({"forms": [{"key": "a"}]})",
        R"({"forms": [{"key": "a", "event": "A", "name_en": "A", "name_zh": "甲"}]})"})
    EXPECT_FALSE(EntryForms::parse(text)) << text;
  const auto odd = EntryForms::parse(
      R"({"forms": [{"key": "a", "event": "A", "name_en": "A", "name_zh": "甲", "fields": [{"key": "b", "kind": "colour"}]}]})");
  ASSERT_FALSE(odd);
  EXPECT_EQ(odd.error().code, Code::kBadCatalogue);
  EXPECT_GE(EntryForms::built_in().list().size(), 9U);
}

}  // namespace
}  // namespace zhike::ingest
