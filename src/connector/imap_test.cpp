#include "connector/imap.h"

#include <gtest/gtest.h>

namespace zhike::connector {
namespace {

/// Says what it was given, a few bytes at a time.
class Said final : public Stream {
 public:
  explicit Said(std::string text, std::size_t step = 3) : text_(std::move(text)), step_(step) {}
  Result<std::size_t> read(char* to, std::size_t room) override {
    if (at_ == text_.size()) return fail(Code::kConnectorFailed, "it has ended");
    const std::size_t count = std::min({step_, room, text_.size() - at_});
    text_.copy(to, count, at_);
    at_ += count;
    return count;
  }
  Result<void> write(std::string_view bytes) override {
    written += bytes;
    return {};
  }
  std::string written;

 private:
  std::string text_;
  std::size_t step_, at_ = 0;
};

TEST(Imap, OpensAFolderToReadOnly) {
  Said said(
      "* 3 EXISTS\r\n* OK [UIDVALIDITY 77] ids\r\n* OK [UIDNEXT 12] next\r\nZ1 OK [READ-ONLY] done\r\n");
  Imap imap(said);
  const auto box = imap.examine("A \"b\" 收件箱&");
  ASSERT_TRUE(box) << to_string(box.error());
  EXPECT_EQ(box->validity, 77U);
  EXPECT_EQ(box->next, 12U);
  EXPECT_EQ(said.written, "Z1 EXAMINE \"A \\\"b\\\" &ZTZO9nux-&-\"\r\n");
}

TEST(Imap, NamesFoldersAsTheProtocolDoes) {
  EXPECT_EQ(imap_folder("INBOX"), "INBOX");
  EXPECT_EQ(imap_folder("~peter/mail/台北/日本語"), "~peter/mail/&U,BTFw-/&ZeVnLIqe-");  // RFC 3501, 5.1.3
  EXPECT_EQ(imap_folder("a\r\nZ9 LOGOUT"), "a&AA0ACg-Z9 LOGOUT");
  EXPECT_EQ(imap_folder("\xf0\x9f\x98\x80"), "&2D3eAA-");
}

TEST(Imap, FetchesWithLiterals) {
  // The mail holds lines that look like the protocol's: they are its words.
  const std::string mail = "Subject: x\r\n\r\nZ1 OK done\r\n* 9 FETCH (UID 6 BODY[] {3}\r\n)\r\n";
  Said said(
      "* 1 EXISTS\r\n* 2 FETCH (UID 5 INTERNALDATE \"17-Jul-2026 02:44:25 +0800\" RFC822.SIZE 999 BODY[]<0> "
      "{" +
      std::to_string(mail.size()) + "}\r\n" + mail + ")\r\nZ1 OK done\r\n");
  Imap imap(said);
  const auto got = imap.fetch(5, 1000);
  ASSERT_TRUE(got) << to_string(got.error());
  ASSERT_TRUE(*got);
  EXPECT_EQ((*got)->bytes, mail);
  EXPECT_EQ((*got)->received, "17-Jul-2026 02:44:25 +0800");
  EXPECT_EQ((*got)->size, 999U);
  EXPECT_EQ(said.written, "Z1 UID FETCH 5 (UID INTERNALDATE RFC822.SIZE BODY.PEEK[]<0.1000>)\r\n");
}

TEST(Imap, AMailThatHasGoneIsNone) {
  Said said("Z1 OK nothing\r\n");
  EXPECT_EQ(*Imap(said).fetch(5, 1000), std::nullopt);
  Said other("* 2 FETCH (UID 6 BODY[] \"x\")\r\nZ1 OK done\r\n");
  EXPECT_EQ(*Imap(other).fetch(5, 1000), std::nullopt) << "another's";
  Said empty("* 2 FETCH (BODY[]<0> NIL UID 5)\r\nZ1 OK done\r\n");
  EXPECT_EQ(*Imap(empty).fetch(5, 1000), std::nullopt);
  Said quoted("* 2 FETCH (BODY[]<0> \"a\\\"b\" UID 5)\r\nZ1 OK done\r\n");
  EXPECT_EQ((*Imap(quoted).fetch(5, 1000))->bytes, "a\"b");
  Said larger("* 2 FETCH (UID 5 BODY[] {4}\r\nabcd)\r\nZ1 OK done\r\n");
  EXPECT_EQ((*Imap(larger).fetch(5, 2))->bytes, "ab") << "no more than was asked for";
}

TEST(Imap, SearchesWithinWhatWasAsked) {
  Said said("* SEARCH 7 5 5 1 99 x\r\nZ1 OK done\r\n");
  EXPECT_EQ(*Imap(said).search(2, 50, "2-Jan-2026"), (std::vector<std::uint32_t>{5, 7}));
  EXPECT_EQ(said.written, "Z1 UID SEARCH UID 2:50 SINCE 2-Jan-2026\r\n");
}

TEST(Imap, SaysWhatTheServerRefuses) {
  Said no("Z1 NO [AUTHENTICATIONFAILED] Unsafe Login\r\n");
  EXPECT_EQ(Imap(no).examine("INBOX").error().code, Code::kConnectorRefused);
  Said bye("* BYE going down\r\n");
  EXPECT_EQ(Imap(bye).examine("INBOX").error().code, Code::kConnectorFailed);
  Said cut("* OK [UIDVALIDITY 7");
  EXPECT_EQ(Imap(cut).examine("INBOX").error().code, Code::kConnectorFailed);
  Said poor("Z1 OK done\r\n");
  EXPECT_EQ(Imap(poor).examine("INBOX").error().code, Code::kConnectorFailed) << "no UIDVALIDITY";
  Said id("Z1 BAD what\r\n");
  EXPECT_TRUE(Imap(id).introduce()) << "of no matter";
}

TEST(Imap, IsBounded) {
  Said huge("* 2 FETCH (UID 5 BODY[] {99999999999999999999}\r\n");
  EXPECT_EQ(Imap(huge).fetch(5, 10).error().code, Code::kConnectorFailed);
  Said large("* 2 FETCH (UID 5 BODY[] {99999999}\r\n");
  EXPECT_EQ(Imap(large).fetch(5, 10).error().code, Code::kConnectorFailed);
  Said endless("* " + std::string(Imap::kLineMax + 100'000, 'x'), 60'000);
  EXPECT_EQ(Imap(endless).fetch(5, 10).error().code, Code::kConnectorFailed);
  Said zero(std::string("* 2 FETCH (UID 5") + '\0' + ")\r\nZ1 OK done\r\n");
  EXPECT_EQ(Imap(zero).fetch(5, 10).error().code, Code::kConnectorFailed);
  for (const std::string_view line :
       {"* 2 FETCH", "* 2 FETCH (", "* 2 FETCH (UID", "* 2 FETCH (BODY[] \"", "* FETCH ((", ""})
    EXPECT_FALSE(read_fetch({std::string(line), {}})) << line;
}

}  // namespace
}  // namespace zhike::connector
