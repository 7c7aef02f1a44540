// Any bytes are a mail whose messages are JSON and whose texts are valid UTF-8 and bounded; any bytes are an
// IMAP server's answer, too.
#include <boost/json.hpp>
#include <cstdint>

#include "base/encoding.h"
#include "connector/email_in.h"
#include "connector/imap.h"
#include "connector/mail_text.h"

namespace {

using namespace zhike;

class Said final : public connector::Stream {
 public:
  explicit Said(std::string_view text) : text_(text) {}
  Result<std::size_t> read(char* to, std::size_t room) override {
    if (text_.empty()) return fail(Code::kConnectorFailed, "it has ended");
    const std::size_t count = std::min({room, text_.size(), std::size_t{500}});
    text_.copy(to, count);
    text_.remove_prefix(count);
    return count;
  }
  Result<void> write(std::string_view) override { return {}; }

 private:
  std::string_view text_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const connector::Mail mail = connector::read_mail(text);
  cx_check(mail.text.size() <= connector::kMailTextMax, "the text is bounded");
  cx_check(is_valid_utf8(mail.text) && is_valid_utf8(mail.subject), "texts are valid");
  for (const auto& one :
       connector::mail_messages(mail, {.validity = 1, .uid = 2, .received = {}}, {"@shop.example"})) {
    boost::system::error_code wrong;
    boost::json::parse(one.body, wrong);
    cx_check(!wrong, "what was made is JSON");
  }
  Said said(text);
  connector::Imap imap(said);
  if (const auto box = imap.examine("INBOX")) {
    [[maybe_unused]] const auto found = imap.search(1, 100, "");
    if (const auto one = imap.fetch(5, 100); one && *one)
      cx_check((*one)->bytes.size() <= 100, "no more than was asked for");
  }
  return 0;
}
