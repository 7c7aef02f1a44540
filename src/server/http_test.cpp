#include "server/http.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.h"
#include "server/problem.h"
#include "server/router.h"
#include "server/static_files.h"

namespace zhike::server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

TEST(Target, PathAndQueryAreDecoded) {
  Request request;
  ASSERT_TRUE(parse_target("/a%2Fb/c%20d?x=1+2&y=%E4%B8%AD&z", request));
  EXPECT_EQ(request.path, "/a/b/c d");
  EXPECT_THAT(request.query, ElementsAre(Pair("x", "1 2"), Pair("y", "中"), Pair("z", "")));
}

TEST(Target, BrokenOnesAreRefused) {
  for (const char* target :
       {"", "x", "/%", "/%4", "/%zz", "/a/../b", "/a/.", "/a\\b", "/%00", "/x?a=%G1", "/a\x01"}) {
    Request request;
    EXPECT_FALSE(parse_target(target, request)) << target;
  }
}

TEST(Request, CookiesAndLanguage) {
  Request request;
  request.headers = {{"cookie", "a=1; zhike_session=tok; b=2"},
                     {"accept-language", "zh-CN,zh;q=0.9,en;q=0.8"}};
  EXPECT_EQ(request.cookie("zhike_session"), "tok");
  EXPECT_EQ(request.cookie("zhike"), "");
  EXPECT_EQ(choose_language(request), Language::kChinese);
  request.query = {{"lang", "en"}};
  EXPECT_EQ(choose_language(request), Language::kEnglish);
  request = {};
  request.headers = {{"accept-language", "en-US,zh;q=0.1"}};
  EXPECT_EQ(choose_language(request), Language::kEnglish);
}

TEST(Gzip, GoesThereAndBack) {
  const std::string text(100'000, 'x');
  EXPECT_LT(gzip(text).size(), 1000U);
  EXPECT_EQ(inflate(gzip(text), 100'000).value(), text);
  EXPECT_EQ(inflate(gzip(text), 99'999).error().code, Code::kBodyTooLarge);
  EXPECT_EQ(inflate("", 10).error().code, Code::kBadEncoding);
}

TEST(Problem, SaysWhatAndWhatToDoInTheLanguageAsked) {
  const Response zh = problem({Code::kServerBusy, "queue \"full\"\n"}, Language::kChinese, "r1");
  EXPECT_EQ(zh.status, 503);
  EXPECT_EQ(zh.type, "application/problem+json");
  EXPECT_THAT(zh.body, HasSubstr("服务器繁忙"));
  EXPECT_THAT(zh.body, HasSubstr(R"("code":"server_busy")"));
  EXPECT_THAT(zh.body, HasSubstr(R"(queue \"full\"\u000a)"));
  EXPECT_THAT(zh.headers, testing::Contains(Pair("Retry-After", "2")));
  const Response en = problem({Code::kBadJson, "at 3"}, Language::kEnglish, "r2");
  EXPECT_EQ(en.status, 400);
  EXPECT_THAT(en.body, HasSubstr("not valid JSON"));
  EXPECT_THAT(en.headers, Not(testing::Contains(Pair("Retry-After", testing::_))));
}

TEST(Problem, KeepsTheDetailOfOurOwnFailuresToTheLog) {
  EXPECT_THAT(problem({Code::kInternal, "/var/lib/secret"}, Language::kEnglish, "r").body,
              Not(HasSubstr("secret")));
}

TEST(JsonString, BrokenUtf8IsReplaced) {
  EXPECT_EQ(json_string("a\xff\xc3z\xe4\xb8\xad"), "\"a\xEF\xBF\xBD\xEF\xBF\xBDz中\"");
  EXPECT_EQ(json_string("\xed\xa0\x80").substr(0, 4), "\"\xEF\xBF\xBD");
}

TEST(Router, FindsByMethodAndPath) {
  static constexpr Endpoint kTable[] = {{"GET", "/api/things/{id}", "getThing", "any"},
                                        {"GET", "/api/things/new", "newThing", "any"},
                                        {"DELETE", "/api/things/{id}/parts/{part}", "dropPart", "any"}};
  const Router router(kTable);
  EXPECT_EQ(router.find("GET", "/api/things/new")->endpoint->operation, "newThing");
  const auto found = router.find("HEAD", "/api/things/7");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->endpoint->operation, "getThing");
  EXPECT_THAT(found->params, ElementsAre(Pair("id", "7")));
  EXPECT_THAT(router.find("DELETE", "/api/things/7/parts/x")->params,
              ElementsAre(Pair("id", "7"), Pair("part", "x")));
  EXPECT_EQ(router.find("GET", "/api/things/").error().code, Code::kUnknownPath);
  EXPECT_EQ(router.find("GET", "/api/things/7/parts").error().code, Code::kUnknownPath);
  const auto wrong = router.find("PUT", "/api/things/new");
  EXPECT_EQ(wrong.error().code, Code::kMethodNotAllowed);
  EXPECT_EQ(wrong.error().detail, "GET, HEAD");
}

TEST(Router, TheContractIsServed) {
  EXPECT_TRUE(Router(all_endpoints()).find("GET", "/healthz"));
  EXPECT_THAT(openapi_document(), HasSubstr("\"openapi\": \"3.1.0\""));
}

class Console : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "zhike-web-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    std::filesystem::create_directories(folder_ / "assets");
    ASSERT_TRUE(write_file(folder_ / "index.html", "<html>console</html>"));
    ASSERT_TRUE(write_file(folder_ / "assets" / "app-1.js", std::string(5000, 'j')));
    ASSERT_TRUE(write_file(folder_ / "secret.key", "no"));
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path folder_;
};

TEST_F(Console, ServesFilesAndItsOwnRoutes) {
  const auto files = StaticFiles::load(folder_);
  ASSERT_TRUE(files);
  Request request;
  request.path = "/customers/17";
  const auto page = files->get(request);
  ASSERT_TRUE(page);
  EXPECT_THAT(page->body, HasSubstr("console"));
  EXPECT_THAT(page->headers, testing::Contains(Pair("Cache-Control", "no-cache")));
  request.path = "/assets/app-1.js";
  request.headers = {{"accept-encoding", "gzip, br"}};
  const auto script = files->get(request);
  ASSERT_TRUE(script);
  EXPECT_EQ(script->type, "text/javascript; charset=utf-8");
  EXPECT_LT(script->body.size(), 1000U);
  EXPECT_THAT(script->headers, testing::Contains(Pair("Cache-Control", HasSubstr("immutable"))));
  for (const auto& [name, value] : script->headers)
    if (name == "ETag") request.headers.emplace_back("if-none-match", value);
  EXPECT_EQ(files->get(request)->status, 304);
  request.path = "/assets/none.js";
  EXPECT_EQ(files->get(request).error().code, Code::kUnknownPath);
  request.path = "/secret.key";
  EXPECT_EQ(files->get(request).error().code, Code::kUnknownPath);
}

TEST_F(Console, AMissingFolderSaysHowToBuildIt) {
  const auto files = StaticFiles::load(folder_ / "none");
  ASSERT_TRUE(files);
  EXPECT_TRUE(files->is_empty());
  Request root;
  root.path = "/";
  EXPECT_THAT(files->get(root)->body, HasSubstr("./dev build"));
}

}  // namespace
}  // namespace zhike::server
