#include "external/source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "external/reader.h"

namespace zhike::external {
namespace {

using testing::HasSubstr;

Source good() {
  Source s;
  s.key = "crm";
  s.name = "CRM";
  s.kind = find_kind("postgres");
  s.settings = {{"host", "db"}, {"database", "d"}, {"table", "t"}, {"user", "u"}};
  s.columns = {{.is = {.name = "phone"}}};
  s.key_column = "phone";
  return s;
}

std::string wrong(const std::function<void(Source&)>& change) {
  Source s = good();
  change(s);
  const auto done = check(s);
  return done ? "" : done.error().detail;
}

TEST(Source, WhatIsSetIsChecked) {
  EXPECT_TRUE(check(good()));
  EXPECT_THAT(wrong([](Source& s) { s.key = "Crm"; }), HasSubstr("'key'"));
  EXPECT_THAT(wrong([](Source& s) { s.key = "trait"; }), HasSubstr("'key'"))
      << "means something else in filters";
  EXPECT_THAT(wrong([](Source& s) { s.key = "a.b"; }), HasSubstr("'key'"));
  EXPECT_THAT(wrong([](Source& s) { s.settings.erase("host"); }), HasSubstr("'host'"));
  EXPECT_THAT(wrong([](Source& s) { s.settings["port"] = "99999"; }), HasSubstr("'port'"));
  EXPECT_THAT(wrong([](Source& s) { s.settings["tls"] = "prefer|require"; }), HasSubstr("'tls'"));
  EXPECT_THAT(wrong([](Source& s) { s.settings["hostaddr"] = "1.1.1.1"; }), HasSubstr("'hostaddr'"));
  EXPECT_THAT(wrong([](Source& s) { s.settings["host"] = "a\nb"; }), HasSubstr("'host'"));
  EXPECT_THAT(wrong([](Source& s) { s.secrets["host"] = "x"; }), HasSubstr("'host'"));
  EXPECT_THAT(wrong([](Source& s) { s.key_column = "mail"; }), HasSubstr("'key_column'"));
  EXPECT_THAT(wrong([](Source& s) { s.columns.push_back(s.columns[0]); }), HasSubstr("twice"));
  EXPECT_THAT(wrong([](Source& s) { s.rows_max = 0; }), HasSubstr("'rows_max'"));
  EXPECT_THAT(wrong([](Source& s) { s.time_max = seconds(1000); }), HasSubstr("'time_max'"));
}

TEST(Source, SecretsDoNotStandInErrors) {
  Source s = good();
  s.secrets["password"] = "abc";
  EXPECT_EQ(without_secrets("login abc failed for abc\nmore", s), "login *** failed for ***");
}

}  // namespace
}  // namespace zhike::external
