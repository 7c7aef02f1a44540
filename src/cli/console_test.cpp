#include "cli/console.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace zhike::cli {
namespace {

TEST(Table, ColumnsAlignByDisplayWidth) {
  EXPECT_EQ(table({{"a", "b"}, {"文件", "1"}, {"xyz", "2"}}), "a     b\n文件  1\nxyz   2");
  EXPECT_EQ(table({}), "");
}

TEST(Console, LanguageIsChosenByTheOptionFirst) {
  EXPECT_TRUE(
      Console({.data = "/tmp/x", .config_file = {}, .language = "zh-CN", .as_json = false}).chinese());
  EXPECT_FALSE(Console({.data = "/tmp/x", .config_file = {}, .language = "en", .as_json = false}).chinese());
}

TEST(Console, TheDataFolderIsAbsolute) {
  EXPECT_EQ(
      Console({.data = "/tmp/a/../b", .config_file = {}, .language = {}, .as_json = false}).data_folder(),
      "/tmp/b");
}

TEST(Console, AnErrorIsOneObjectWithCodeAndFix) {
  Console console({.data = "/tmp/x", .config_file = {}, .language = "en", .as_json = true});
  testing::internal::CaptureStdout();
  EXPECT_EQ(console.failed({Code::kDataInUse, "process 7"}), kFailed);
  const auto out = boost::json::parse(testing::internal::GetCapturedStdout());
  EXPECT_EQ(out.at("error").at("code"), "data_in_use");
  EXPECT_EQ(out.at("error").at("detail"), "process 7");
  EXPECT_FALSE(out.at("error").at("fix").as_string().empty());
}

}  // namespace
}  // namespace zhike::cli
