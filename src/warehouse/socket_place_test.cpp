#include "warehouse/socket_place.h"

#include <gtest/gtest.h>

#include <stdlib.h>

#include <fstream>

#include "base/file.h"

namespace zhike::warehouse {
namespace {

namespace fs = std::filesystem;

class SocketPlaceTest : public testing::Test {
 protected:
  SocketPlaceTest() {
    std::string name = (fs::temp_directory_path() / "zhike-test-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  ~SocketPlaceTest() override { fs::remove_all(folder_); }
  fs::path deep() {
    const fs::path data = folder_ / std::string(120, 'd');
    fs::create_directories(data);
    return data;
  }
  static void touch(const fs::path& file) { std::ofstream(file) << "x"; }
  fs::path folder_;
};

TEST_F(SocketPlaceTest, LiesInTheDataFolderWhereItsPathFits) {
  touch(folder_ / "engine.sock");  // of a start that was killed
  const auto place = place_socket(folder_);
  ASSERT_TRUE(place) << to_string(place.error());
  EXPECT_EQ(*place, folder_ / "engine.sock");
  EXPECT_FALSE(fs::exists(*place));
}

TEST_F(SocketPlaceTest, ADeepDataFolderGetsAShortOneThatTheNextStartRemoves) {
  const fs::path data = deep();
  const auto first = place_socket(data);
  ASSERT_TRUE(first) << to_string(first.error());
  EXPECT_LE(first->native().size(), 107U);
  touch(*first);  // killed: nothing is cleared
  const auto second = place_socket(data);
  ASSERT_TRUE(second);
  EXPECT_NE(*second, *first);
  EXPECT_FALSE(fs::exists(first->parent_path()));
  EXPECT_TRUE(fs::exists(second->parent_path()));
  clear_socket(data);
  EXPECT_FALSE(fs::exists(second->parent_path()));
  EXPECT_TRUE(fs::is_empty(data));
}

TEST_F(SocketPlaceTest, ARecordThatNamesSomethingElseRemovesNothing) {
  const fs::path data = deep(), other = folder_ / "precious", odd = folder_ / "zhike-engine-keep";
  for (const fs::path& target : {other, odd}) {
    fs::create_directories(target);
    touch(target / "file");
    ASSERT_TRUE(write_file(data / "engine.socket", target.string()));
    const auto place = place_socket(data);
    ASSERT_TRUE(place);
    EXPECT_TRUE(fs::exists(target / "file")) << target;
    clear_socket(data);
  }
}

TEST_F(SocketPlaceTest, AFolderThatIsNotThereIsAnError) {
  const auto place = place_socket(folder_ / std::string(120, 'x'));
  ASSERT_FALSE(place);
  EXPECT_EQ(place.error().code, Code::kFileFailed);
}

}  // namespace
}  // namespace zhike::warehouse
