#include "base/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"

namespace zhike {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ConfigFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "zhike-config-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path write(std::string_view text) {
    EXPECT_TRUE(write_file(folder_ / "zhike.toml", text));
    return folder_ / "zhike.toml";
  }
  std::filesystem::path folder_;
};

TEST_F(ConfigFile, DefaultsThenFileThenEnvironment) {
  const auto file = write("[server]\nport = 9000\nread_timeout = \"20s\"\nbody_bytes_max = \"2 MiB\"\n");
  const auto config =
      Config::load(file, true, std::vector<std::string>{"ZHIKE_SERVER_PORT=9001", "PATH=/bin"});
  ASSERT_TRUE(config) << to_string(config.error());
  EXPECT_EQ(config->integer("server.port"), 9001);
  EXPECT_EQ(config->origin("server.port"), "ZHIKE_SERVER_PORT");
  EXPECT_EQ(config->duration("server.read_timeout"), seconds(20));
  EXPECT_EQ(config->bytes("server.body_bytes_max"), 2U << 20);
  EXPECT_EQ(config->text("server.address"), "127.0.0.1");
  EXPECT_EQ(config->origin("server.address"), "default");
  EXPECT_FALSE(config->flag("server.secure_cookies"));
}

TEST_F(ConfigFile, UnknownKeyNamesFileAndLine) {
  const auto config = Config::load(write("[server]\nport = 1\nprot = 2\n"), true, {});
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().code, Code::kBadSetting);
  EXPECT_THAT(config.error().detail, HasSubstr("line 3"));
  EXPECT_THAT(config.error().detail, HasSubstr("server.prot"));
}

TEST_F(ConfigFile, BadValuesAreRefused) {
  for (const char* text :
       {"[server]\nport = \"x\"", "[server]\nport = 1.5", "[server]\nsecure_cookies = \"yes\"",
        "[server]\nbody_bytes_max = \"-1\"", "[server]\nread_timeout = \"1 week\"", "[server]\nport = [1]",
        "[server", "[[", "[[\n", "[[!", "[!", "server = 3"}) {
    const auto config = Config::load(write(text), true, {});
    ASSERT_FALSE(config) << text;
    EXPECT_EQ(config.error().code, Code::kBadSetting) << text;
  }
}

TEST_F(ConfigFile, AMissingFileIsFineUnlessNamed) {
  EXPECT_TRUE(Config::load(folder_ / "none.toml", false, {}));
  const auto config = Config::load(folder_ / "none.toml", true, {});
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().code, Code::kFileFailed);
}

TEST(Config, UnknownVariablesAreListedNotRefused) {
  const auto config =
      Config::load("", false, std::vector<std::string>{"ZHIKE_MASTER_KEY=x", "ZHIKE_SERVER_PROT=1"});
  ASSERT_TRUE(config);
  EXPECT_THAT(config->unknown(), ElementsAre("ZHIKE_MASTER_KEY", "ZHIKE_SERVER_PROT"));
}

TEST(Config, SizesAndDurations) {
  EXPECT_EQ(parse_size("64 KiB"), 65536U);
  EXPECT_EQ(parse_size("2gib"), 2ULL << 30);
  EXPECT_FALSE(parse_size("99999999999 TiB"));
  EXPECT_FALSE(parse_size(""));
  EXPECT_EQ(parse_duration("250ms"), Millis{250});
  EXPECT_EQ(parse_duration("7d"), days(7));
  EXPECT_FALSE(parse_duration("soon"));
}

}  // namespace
}  // namespace zhike
