#include "connector/mail.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/encoding.h"
#include "connector/gmime.h"
#include "connector/mail_charset.h"
#include "connector/mail_report.h"
#include "connector/mail_text.h"

namespace zhike::connector {
namespace {

constexpr int kDepthMax = 20;
constexpr std::size_t kPartsMax = 200, kHeaderMax = 64 * 1024, kIdMax = 400;

struct Options {
  Options() : it(g_mime_parser_options_new()) {
    const char* fallbacks[] = {"utf-8", "gb18030", "windows-1252", nullptr};
    g_mime_parser_options_set_fallback_charsets(it, fallbacks);
  }
  Options(const Options&) = delete;
  Options& operator=(const Options&) = delete;
  ~Options() { g_mime_parser_options_free(it); }
  GMimeParserOptions* it;
};

/// No longer than `most` bytes, ending with a whole character.
std::string cut(std::string text, std::size_t most) {
  if (text.size() > most) {
    std::size_t end = most;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    text.resize(end);
  }
  return text;
}

/// One line without control characters, no longer than `most` bytes.
std::string line_of(std::string text, std::size_t most) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = ' ';
  const auto from = text.find_first_not_of(' '), to = text.find_last_not_of(' ');
  if (from == std::string::npos) return {};
  text = text.substr(from, to - from + 1);
  return to_valid_utf8(cut(std::move(text), most));
}

/// "b@EXAMPLE.com" → "b@example.com"; empty unless it can be an address.
std::string address_of(std::string_view raw) {
  std::string out(raw);
  const auto at = out.rfind('@');
  if (at == std::string::npos || at == 0 || at + 1 == out.size() || out.size() > 254) return {};
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (static_cast<unsigned char>(out[i]) <= ' ' || out[i] == '\x7f' || out[i] == '<' || out[i] == '>')
      return {};
    if (i > at) out[i] = ascii::lower(out[i]);
  }
  return to_valid_utf8(out);
}

class Reader {
 public:
  explicit Reader(GMimeMessage* message) : message_(message) {}

  Mail read() {
    out_.message_id = id_of(header("Message-ID"));
    read_thread();
    out_.from = first_of(header("From"));
    if (out_.from.address.empty()) out_.from = first_of(header("Sender"));
    out_.reply_to = first_of(header("Reply-To"));
    out_.to = addresses_of(header("To"));
    for (MailAddress& one : addresses_of(header("Cc")))
      if (out_.to.size() < kMailAddressesMax) out_.to.push_back(std::move(one));
    out_.date = date_of(header("Date"));
    out_.subject = decoded(header("Subject"), kMailSubjectMax);
    walk(g_mime_message_get_mime_part(message_), 0, false);
    settle_text();
    settle_kind();
    return std::move(out_);
  }

 private:
  // ---- headers
  std::string header(const char* name) const {
    GMimeHeader* found =
        g_mime_header_list_get_header(g_mime_object_get_header_list(GMIME_OBJECT(message_)), name);
    if (found == nullptr) return {};
    return cut(mime::text(g_mime_header_get_raw_value(found)), kHeaderMax);
  }
  std::string decoded(const std::string& raw, std::size_t most) const {
    const mime::Text unfolded(g_mime_utils_header_unfold(with_whole_words(raw).c_str()));
    const mime::Text text(g_mime_utils_header_decode_text(options_.it, unfolded.get()));
    return line_of(to_valid_utf8(mime::text(text.get())), most);
  }
  std::vector<MailAddress> addresses_of(const std::string& raw) const {
    std::vector<MailAddress> out;
    if (raw.empty()) return out;
    const mime::Owned<InternetAddressList> list(
        internet_address_list_parse(options_.it, with_whole_words(raw).c_str()));
    add(list.get(), out, 0);
    return out;
  }
  void add(InternetAddressList* list, std::vector<MailAddress>& out, int depth) const {
    const int count = list == nullptr ? 0 : internet_address_list_length(list);
    for (int i = 0; i < count && out.size() < kMailAddressesMax; ++i) {
      InternetAddress* one = internet_address_list_get_address(list, i);
      if (INTERNET_ADDRESS_IS_GROUP(one)) {
        if (depth < 2) add(internet_address_group_get_members(INTERNET_ADDRESS_GROUP(one)), out, depth + 1);
        continue;
      }
      std::string address =
          address_of(mime::text(internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(one))));
      if (address.empty()) continue;
      out.push_back(
          {std::move(address), line_of(to_valid_utf8(mime::text(internet_address_get_name(one))), 200)});
    }
  }
  MailAddress first_of(const std::string& raw) const {
    auto all = addresses_of(raw);
    return all.empty() ? MailAddress{} : std::move(all.front());
  }
  static std::string id_of(const std::string& raw) {
    const auto from = raw.find('<'), to = raw.find('>', from == raw.npos ? 0 : from);
    return from == raw.npos || to == raw.npos
               ? line_of(to_valid_utf8(raw), kIdMax)
               : line_of(to_valid_utf8(raw.substr(from + 1, to - from - 1)), kIdMax);
  }
  void read_thread() {
    out_.in_reply_to = id_of(header("In-Reply-To"));
    const std::string references = header("References");
    out_.thread = references.contains('<') ? id_of(references) : out_.in_reply_to;
    if (out_.thread.empty()) out_.thread = out_.message_id;
  }
  static std::optional<Instant> date_of(const std::string& raw) {
    if (raw.empty()) return std::nullopt;
    GDateTime* date = g_mime_utils_header_decode_date(raw.c_str());
    if (date == nullptr) return std::nullopt;
    const Instant at{g_date_time_to_unix(date) * 1000};
    g_date_time_unref(date);
    if (at.ms <= 0 || at.ms > 7'258'118'400'000) return std::nullopt;  // until 2200
    return at;
  }

  // ---- parts
  void walk(GMimeObject* part, int depth, bool alternative) {
    if (part == nullptr || depth > kDepthMax || ++parts_ > kPartsMax) return;
    if (GMIME_IS_MULTIPART(part)) {
      GMimeContentType* type = g_mime_object_get_content_type(part);
      if (g_mime_content_type_is_type(type, "multipart", "report")) read_report_type(type);
      const bool choice = g_mime_content_type_is_type(type, "multipart", "alternative") != FALSE;
      const int count = g_mime_multipart_get_count(GMIME_MULTIPART(part));
      for (int i = 0; i < count && parts_ <= kPartsMax; ++i)
        walk(g_mime_multipart_get_part(GMIME_MULTIPART(part), i), depth + 1, alternative || choice);
    } else if (GMIME_IS_PART(part)) {
      read_leaf(GMIME_PART(part), alternative);
    } else if (report_type_.empty()) {  // a mail within the mail; of a report it is the one that is reported
      ++out_.attachments;
    }
  }
  void read_report_type(GMimeContentType* type) {
    if (report_type_.empty())
      report_type_ = ascii::lower(mime::text(g_mime_content_type_get_parameter(type, "report-type")));
    if (report_type_.empty()) report_type_ = "unknown";
  }
  void read_leaf(GMimePart* part, bool alternative) {
    GMimeContentType* type = g_mime_object_get_content_type(GMIME_OBJECT(part));
    const bool report = g_mime_content_type_is_type(type, "message", "delivery-status") ||
                        g_mime_content_type_is_type(type, "message", "global-delivery-status");
    if (report) {
      out_.failures = delivery_failures(content_of(part));
      has_status_ = true;
      return;
    }
    const bool plain = g_mime_content_type_is_type(type, "text", "plain"),
               html = g_mime_content_type_is_type(type, "text", "html");
    const std::string disposition =
        ascii::lower(mime::text(g_mime_object_get_disposition(GMIME_OBJECT(part))));
    const bool named = g_mime_part_get_filename(part) != nullptr;
    if ((plain || html) && disposition != "attachment" && !named) {
      (plain ? plain_ : html_) += (plain ? plain_ : html_).empty() ? "" : "\n";
      const std::string text =
          text_of_charset(content_of(part), mime::text(g_mime_content_type_get_parameter(type, "charset")));
      const auto parameter = [&](const char* name) {
        return ascii::lower(mime::text(g_mime_content_type_get_parameter(type, name)));
      };
      if (plain && parameter("format") == "flowed")
        plain_ += unflowed(text, parameter("delsp") == "yes");
      else
        (plain ? plain_ : html_) += text;
      return;
    }
    // Pictures that the text shows are a part of it; so is what stands beside it as another form.
    const bool shown = disposition != "attachment" &&
                       g_mime_object_get_content_id(GMIME_OBJECT(part)) != nullptr &&
                       g_mime_content_type_is_type(type, "image", "*");
    if (!shown && !(alternative && !named && disposition.empty()) && report_type_.empty()) ++out_.attachments;
  }
  static std::string content_of(GMimePart* part) {
    GMimeDataWrapper* content = g_mime_part_get_content(part);
    if (content == nullptr) return {};
    const mime::Owned<GMimeStream> stream(g_mime_stream_mem_new());
    g_mime_data_wrapper_write_to_stream(content, stream.get());
    const GByteArray* bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream.get()));
    return bytes == nullptr || bytes->len == 0
               ? std::string()
               : std::string(reinterpret_cast<const char*>(bytes->data), bytes->len);
  }

  // ---- what it is
  void settle_text() {
    std::string own = cut_history(plain_), all = plain_;
    if (all.find_first_not_of(" \t\r\n") == all.npos && !html_.empty()) {
      MailText text = text_of_html(html_);
      own = cut_history(text.own);
      all = std::move(text.all);
    }
    // A mail that is nothing but an older one was forwarded: that is what its writer wants read.
    if (own.empty() && out_.in_reply_to.empty()) own = without_blanks(all);
    std::erase_if(own, [](char c) {
      return (static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\t') || c == '\x7f';
    });
    out_.text = cut(to_valid_utf8(own), kMailTextMax);
  }
  void settle_kind() {
    out_.kind =
        kind_of({.auto_submitted = header("Auto-Submitted"),
                 .precedence = header("Precedence"),
                 .list_id = header("List-Id"),
                 .auto_reply = header("X-Autoreply") + header("X-Autorespond") + header("X-Auto-Reply"),
                 .return_path = header("Return-Path"),
                 .failed_recipients = header("X-Failed-Recipients"),
                 .report_type = report_type_,
                 .from = out_.from.address,
                 .subject = out_.subject,
                 .has_status = has_status_},
                out_.failures);
  }

  GMimeMessage* message_;
  const Options options_;
  Mail out_;
  std::string plain_, html_, report_type_;
  std::size_t parts_ = 0;
  bool has_status_ = false;
};

}  // namespace

std::string_view to_string(MailKind kind) noexcept {
  constexpr std::array<std::string_view, 4> kNames{"message", "auto_reply", "bounce", "bulk"};
  return kNames[static_cast<std::size_t>(kind)];
}

Mail read_mail(std::string_view bytes) {
  mime::begin();
  const mime::Owned<GMimeStream> stream(g_mime_stream_mem_new_with_buffer(bytes.data(), bytes.size()));
  const mime::Owned<GMimeParser> parser(g_mime_parser_new_with_stream(stream.get()));
  const Options options;
  const mime::Owned<GMimeMessage> message(g_mime_parser_construct_message(parser.get(), options.it));
  if (message == nullptr) return {};
  return Reader(message.get()).read();
}

}  // namespace zhike::connector
