#include "connector/kinds.h"

#include <gtest/gtest.h>

#include <set>

namespace zhike::connector {
namespace {

Connector shop() {
  Connector c{.key = "shop", .name = "Shop", .kind = find_kind("webhook_in")};
  c.secrets["secret"] = "a secret of some length";
  return c;
}

std::string wrong(const Connector& c) {
  const auto outcome = check(c);
  if (outcome) return {};
  EXPECT_EQ(outcome.error().code, Code::kBadConnector);
  return outcome.error().detail;
}

TEST(Kinds, AreDeclaredInFull) {
  std::set<std::string_view> keys;
  for (const Kind& kind : kinds()) {
    EXPECT_TRUE(keys.insert(kind.key).second) << kind.key;
    EXPECT_TRUE(kind.takes || kind.sends || kind.writes) << kind.key;
    EXPECT_EQ(kind.takes, !kind.mapping.empty()) << kind.key << ": what comes in needs a mapping";
    std::set<std::string_view> fields;
    for (const Field& field : kind.fields) {
      EXPECT_TRUE(fields.insert(field.key).second) << kind.key << "." << field.key;
      EXPECT_EQ(field.type == FieldType::kChoice, !field.choices.empty()) << kind.key << "." << field.key;
      if (field.type == FieldType::kWhole || field.type == FieldType::kFlag) {
        EXPECT_FALSE(field.fallback.empty()) << kind.key << "." << field.key;
      }
    }
  }
}

TEST(Check, NamesWhatIsWrong) {
  EXPECT_EQ(wrong(shop()), "");
  Connector c = shop();
  for (const char* key : {"", "Shop", "-a", "a b", "läden", "a/b"}) {
    c.key = key;
    EXPECT_NE(wrong(c).find("'key'"), std::string::npos) << key;
  }
  c = shop();
  c.name.clear();
  EXPECT_NE(wrong(c).find("'name'"), std::string::npos);
  c = shop();
  c.secrets.clear();
  EXPECT_NE(wrong(c).find("'secret' is needed"), std::string::npos);
  c = shop();
  c.secrets["secret"] = "short";
  EXPECT_NE(wrong(c), "");
  const std::pair<const char*, const char*> kBad[] = {
      {"window_seconds", "soon"},     {"window_seconds", "-1"}, {"window_seconds", "86401"},
      {"secret_encoding", "rot13"},   {"no_such", "1"},         {"secret", "in the open"},
      {"signature_header", "a\nb: c"}};
  for (const auto& [key, value] : kBad) {
    c = shop();
    c.settings[key] = value;
    EXPECT_NE(wrong(c), "") << key << "=" << value;
  }
  c = shop();
  c.kind = nullptr;
  EXPECT_NE(wrong(c), "");
}

TEST(Values, HaveTheirDefaults) {
  Connector c = shop();
  EXPECT_EQ(c.number("window_seconds"), 300);
  EXPECT_EQ(c.text("signature_header"), "X-Signature");
  c.settings["signature_header"] = " one,two \n\n three";
  EXPECT_EQ(c.list("signature_header"), (std::vector<std::string>{"one", "two", "three"}));
}

}  // namespace
}  // namespace zhike::connector
