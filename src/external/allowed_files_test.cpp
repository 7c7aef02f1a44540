#include "external/allowed_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "ledger/test_folder.h"

namespace zhike::external {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

class AllowedFiles : public testing::Test {
 protected:
  AllowedFiles() {
    for (const char* name : {"in", "in/deep", "in-side", "out"}) fs::create_directory(root_ / name);
    for (const char* name : {"in/a1.csv", "in/a2.csv", "in/b.csv", "in/.a3.csv", "in/deep/d.csv",
                             "in-side/s.csv", "out/secret.csv"})
      std::ofstream(root_ / name) << "x\n";
  }
  std::vector<std::string> names(const std::string& path) {
    const auto found = open_allowed((root_ / path).string(), folders_);
    EXPECT_TRUE(found) << path << ": " << (found ? "" : to_string(found.error()));
    std::vector<std::string> out;
    if (found)
      for (const OpenedFile& file : *found) out.push_back(file.name);
    return out;
  }
  Code refused(const fs::path& path) {
    const auto found = open_allowed(path.string(), folders_);
    EXPECT_FALSE(found) << path;
    return found ? Code{} : found.error().code;
  }

  TestFolder folder_;
  const fs::path root_ = fs::canonical(folder_.path);
  const std::vector<fs::path> folders_{root_ / "in"};
};

TEST_F(AllowedFiles, FindsFilesByNameAndByPattern) {
  EXPECT_THAT(names("in/b.csv"), ElementsAre("b.csv"));
  EXPECT_THAT(names("in/a*.csv"), ElementsAre("a1.csv", "a2.csv"));
  EXPECT_THAT(names("in/?.csv"), ElementsAre("b.csv"));
  EXPECT_THAT(names("in/*"), ElementsAre("a1.csv", "a2.csv", "b.csv")) << "neither folders nor hidden files";
  EXPECT_THAT(names("in/deep/d.csv"), ElementsAre("d.csv"));
}

TEST(Pattern, StarsAndQuestionMarks) {
  EXPECT_TRUE(fits_pattern("*.csv", "a.csv"));
  EXPECT_TRUE(fits_pattern("a*b*c", "aXbXbc"));
  EXPECT_TRUE(fits_pattern("**", ""));
  EXPECT_TRUE(fits_pattern("销?_*.csv", "销售_1.csv")) << "a character, not a byte";
  EXPECT_TRUE(fits_pattern("a[1].csv", "a[1].csv"));
  EXPECT_FALSE(fits_pattern("?", ""));
  EXPECT_FALSE(fits_pattern("a*b", "abc"));
  EXPECT_FALSE(fits_pattern("", "a"));
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "*a";
  EXPECT_FALSE(fits_pattern(pattern + "b", std::string(5'000, 'a'))) << "in a moment";
}

TEST_F(AllowedFiles, NothingElsewhere) {
  EXPECT_EQ(refused(root_ / "out/secret.csv"), Code::kVirtualFolderNotAllowed);
  EXPECT_EQ(refused(root_ / "out/missing.csv"), Code::kVirtualFolderNotAllowed)
      << "does not tell what is there";
  EXPECT_EQ(refused(root_ / "nowhere/x.csv"), Code::kVirtualFolderNotAllowed);
  EXPECT_EQ(refused(root_ / "in-side/s.csv"), Code::kVirtualFolderNotAllowed) << "begins alike";
  EXPECT_EQ(refused(root_ / "in/../out/secret.csv"), Code::kVirtualFolderNotAllowed);
  EXPECT_EQ(refused("in/a1.csv"), Code::kVirtualFolderNotAllowed);
  EXPECT_EQ(refused("/etc/passwd"), Code::kVirtualFolderNotAllowed);
  EXPECT_EQ(refused(""), Code::kVirtualFolderNotAllowed);
  EXPECT_FALSE(open_allowed((root_ / "in/b.csv").string(), {})) << "nothing is allowed until it is named";
}

TEST_F(AllowedFiles, LinksCountWhereTheyLead) {
  fs::create_symlink(root_ / "out/secret.csv", root_ / "in/leak.csv");
  fs::create_directory_symlink(root_ / "out", root_ / "in/door");
  fs::create_symlink(root_ / "in/b.csv", root_ / "in/same.csv");
  fs::create_directory_symlink(root_ / "in", root_ / "out/back");
  EXPECT_EQ(refused(root_ / "in/leak.csv"), Code::kVirtualFolderNotAllowed);
  EXPECT_EQ(refused(root_ / "in/l*.csv"), Code::kVirtualFolderNotAllowed);
  EXPECT_EQ(refused(root_ / "in/door/secret.csv"), Code::kVirtualFolderNotAllowed);
  EXPECT_THAT(names("in/same.csv"), ElementsAre("same.csv"));
  EXPECT_THAT(names("out/back/b.csv"), ElementsAre("b.csv"));
}

TEST_F(AllowedFiles, OnlyFilesAreOpened) {
  ASSERT_EQ(::mkfifo((root_ / "in/pipe.csv").c_str(), 0600), 0);
  EXPECT_EQ(refused(root_ / "in/pipe.csv"), Code::kVirtualTableMissing) << "and nobody waits for a writer";
  EXPECT_EQ(refused(root_ / "in/deep"), Code::kVirtualTableMissing);
  EXPECT_EQ(refused(root_ / "in/missing.csv"), Code::kVirtualTableMissing);
  EXPECT_EQ(refused(root_ / "in/z*.csv"), Code::kVirtualTableMissing);
  fs::create_symlink(root_ / "in/nothing", root_ / "in/a0.csv");
  EXPECT_THAT(names("in/a*.csv"), ElementsAre("a1.csv", "a2.csv"));
}

TEST_F(AllowedFiles, NotTooMany) {
  for (std::size_t i = 0; i <= kFilesMax; ++i)
    std::ofstream(root_ / "in" / ("many" + std::to_string(i) + ".csv")) << "x\n";
  EXPECT_EQ(refused(root_ / "in/many*.csv"), Code::kVirtualTooLarge);
}

}  // namespace
}  // namespace zhike::external
