#include "journey/log_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace zhike::journey {
namespace {

class LogFile : public testing::Test {
 protected:
  LogFile() : folder_(std::filesystem::temp_directory_path() / ("zhike-log-" + std::to_string(getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~LogFile() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path file(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }

 private:
  std::filesystem::path folder_;
};

using Strings = std::vector<std::string>;

TEST_F(LogFile, Csv) {
  const auto path =
      file("steps.csv",
           "Order,Step,At\n7,ask,2026-01-01 10:00:00\n8,ask,2026-01-01 10:00:01\n"
           "7,buy,2026-01-02 10:00:00\n,buy,2026-01-02 10:00:00\n8,,2026-01-02 10:00:00\n8,buy,soon\n");
  const auto log = read_log(path, {.columns = {"order", "step", "at"}});
  ASSERT_TRUE(log) << to_string(log.error());
  EXPECT_EQ(log->cases, (Strings{"7", "8"}));
  EXPECT_EQ(log->activities, (Strings{"ask", "buy"}));
  EXPECT_EQ(log->events, (std::vector<mining::Activity>{0, 1, 0}));
  EXPECT_EQ(log->left_out.total(), 3);
  const auto missing = read_log(path, {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Code::kDriverColumnMissing);
  EXPECT_NE(missing.error().detail.find("Order, Step, At"), std::string::npos);
}

TEST_F(LogFile, Xes) {
  const auto path = file("log.xes",
                         "<?xml version='1.0'?><log><trace><event><string key='concept:name' value='a'/>"
                         "<string key='step' value='b'/></event></trace></log>");
  EXPECT_EQ(read_log(path)->activities, Strings{"a"});
  EXPECT_EQ(read_log(path, {.columns = {"", "step", ""}})->activities, Strings{"b"});
}

TEST_F(LogFile, TellsWhatIsWrong) {
  EXPECT_EQ(read_log(file("a.xes", "<?xml version='1.0'?><log><trace>")).error().code, Code::kBadFile);
  EXPECT_EQ(read_log("/does/not/exist.xes").error().code, Code::kFileFailed);
  EXPECT_EQ(
      read_log(file("b.csv", "case:concept:name,concept:name,time:timestamp\n1,a,never\n")).error().code,
      Code::kBadLog);
}

}  // namespace
}  // namespace zhike::journey
