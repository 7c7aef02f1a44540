// HTML to text by libxml2's parser of real-world HTML, event by event: no tree, no network, no entities of
// its own.
#include <libxml/HTMLparser.h>

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/encoding.h"
#include "connector/mail_text.h"

namespace zhike::connector {
namespace {

constexpr std::size_t kHtmlMax = 256 * 1024;
constexpr int kDepthMax = 1000;

/// Marks of what mail programs wrap around an older mail, a signature, or the rest.
enum class Part { kQuoted, kRest };
struct Mark {
  std::string_view attribute, value;
  Part part;
};
constexpr std::array kMarks{
    Mark{"type", "cite", Part::kQuoted},
    Mark{"class", "gmail_quote", Part::kQuoted},
    Mark{"class", "gmail_quote_container", Part::kQuoted},
    Mark{"class", "gmail_signature", Part::kQuoted},
    Mark{"class", "gmail_signature_prefix", Part::kQuoted},
    Mark{"class", "moz-cite-prefix", Part::kQuoted},
    Mark{"class", "moz-signature", Part::kQuoted},
    Mark{"class", "yahoo_quoted", Part::kQuoted},
    Mark{"class", "protonmail_quote", Part::kQuoted},
    Mark{"class", "protonmail_signature_block", Part::kQuoted},
    Mark{"class", "zmail_extra", Part::kQuoted},
    Mark{"class", "ntes-mailmaster-quote", Part::kQuoted},
    Mark{"class", "outlookmessageheader", Part::kRest},
    Mark{"id", "isreplycontent", Part::kQuoted},
    Mark{"id", "origbody", Part::kRest},
    Mark{"id", "signature", Part::kQuoted},
    Mark{"id", "ms-outlook-mobile-signature", Part::kQuoted},
    Mark{"id", "ntes-pcmac-signature", Part::kQuoted},
    Mark{"id", "divrplyfwdmsg", Part::kRest},
    Mark{"id", "appendonsend", Part::kRest},
    Mark{"id", "mail-editor-reference-message-container", Part::kRest},
};

constexpr std::array<std::string_view, 10> kUnseen{"script", "style",  "head",     "title",  "noscript",
                                                   "object", "iframe", "template", "select", "textarea"};
constexpr std::array<std::string_view, 30> kBlocks{
    "p",      "div",        "br",      "hr",      "tr",     "table",  "ul",      "ol",   "li",    "dl",
    "dt",     "dd",         "h1",      "h2",      "h3",     "h4",     "h5",      "h6",   "form",  "pre",
    "center", "blockquote", "section", "article", "header", "footer", "address", "body", "tbody", "caption"};

class Html {
 public:
  void start(std::string_view name, const xmlChar** attributes) {
    if (++depth_ > kDepthMax) return stop();
    if (unseen_ == 0 && is_unseen(name, attributes)) unseen_ = depth_;
    if (quoted_ == 0 && !rest_)
      if (const Mark* mark = mark_of(attributes)) {
        if (mark->part == Part::kRest)
          rest_ = true;
        else
          quoted_ = depth_;
      }
    if (name == "pre") ++pre_;
    if (std::ranges::find(kBlocks, name) != kBlocks.end()) line();
    if (name == "p") paragraph();
    if (name == "td" || name == "th") space();
  }
  void end(std::string_view name) {
    if (std::ranges::find(kBlocks, name) != kBlocks.end() && name != "br") line();
    if (name == "p") paragraph();
    if (name == "pre" && pre_ > 0) --pre_;
    if (unseen_ == depth_) unseen_ = 0;
    if (quoted_ == depth_) quoted_ = 0;
    if (depth_ > 0) --depth_;
  }
  void characters(std::string_view text) {
    if (unseen_ != 0) return;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      if (c == '\n' && pre_ > 0)
        line();
      else if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f')
        space();
      else if (text.substr(i).starts_with("\xc2\xa0"))  // &nbsp;
        space(), ++i;
      else
        put(c);
    }
  }
  MailText take() && { return std::move(text_); }
  htmlParserCtxtPtr parser = nullptr;

 private:
  struct Place {  // of one of the two texts
    bool line = false, paragraph = false, space = false;
  };
  static std::string_view text(const xmlChar* value) {
    return value == nullptr ? std::string_view() : reinterpret_cast<const char*>(value);
  }
  template <class Each>
  static void each_attribute(const xmlChar** attributes, Each each) {
    for (std::size_t i = 0; attributes != nullptr && attributes[i] != nullptr && i < 80; i += 2)
      each(text(attributes[i]), ascii::lower(text(attributes[i + 1]).substr(0, 400)));
  }
  static bool is_unseen(std::string_view name, const xmlChar** attributes) {
    if (std::ranges::find(kUnseen, name) != kUnseen.end()) return true;
    bool hidden = false;
    each_attribute(attributes, [&](std::string_view key, std::string value) {
      if (key == "hidden") hidden = true;
      if (key != "style") return;
      std::erase(value, ' ');
      hidden = hidden || value.contains("display:none") || value.contains("visibility:hidden") ||
               value.contains("font-size:0px") || value.contains("mso-hide:all");
    });
    return hidden;
  }
  static const Mark* mark_of(const xmlChar** attributes) {
    const Mark* found = nullptr;
    each_attribute(attributes, [&](std::string_view key, const std::string& value) {
      std::string_view rest = value;
      while (!rest.empty() && found == nullptr) {  // classes are separated by blanks
        const auto end = std::min(rest.find(' '), rest.size());
        const auto at = std::ranges::find_if(kMarks, [&](const Mark& mark) {
          return mark.attribute == key && mark.value == rest.substr(0, end);
        });
        if (at != kMarks.end()) found = &*at;
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
    });
    return found;
  }
  /// The parser's work grows with the depth for each tag: nobody writes so.
  void stop() { xmlStopParser(parser); }
  bool is_own() const { return quoted_ == 0 && !rest_; }
  void line() { all_.line = own_.line = true; }
  void paragraph() { all_.paragraph = own_.paragraph = true; }
  void space() { all_.space = own_.space = true; }
  void put(char c) {
    put(c, text_.all, all_);
    if (is_own()) put(c, text_.own, own_);
  }
  static void put(char c, std::string& out, Place& place) {
    if (!out.empty()) {
      if (place.paragraph)
        out += "\n\n";
      else if (place.line)
        out += '\n';
      else if (place.space)
        out += ' ';
    }
    place = {};
    out += c;
  }

  MailText text_;
  Place all_, own_;
  int depth_ = 0, unseen_ = 0, quoted_ = 0, pre_ = 0;
  bool rest_ = false;
};

Html& html(void* self) { return *static_cast<Html*>(self); }
const char* chars(const xmlChar* text) { return reinterpret_cast<const char*>(text); }

htmlSAXHandler handler() {
  htmlSAXHandler out{};
  out.startElement = [](void* self, const xmlChar* name, const xmlChar** attributes) {
    html(self).start(chars(name), attributes);
  };
  out.endElement = [](void* self, const xmlChar* name) { html(self).end(chars(name)); };
  out.characters = [](void* self, const xmlChar* text, int size) {
    html(self).characters({chars(text), static_cast<std::size_t>(size)});
  };
  out.ignorableWhitespace = out.characters;
  return out;
}

}  // namespace

MailText text_of_html(std::string_view source) {
  Html reader;
  htmlSAXHandler sax = handler();
  htmlParserCtxtPtr parser =
      htmlCreatePushParserCtxt(&sax, &reader, nullptr, 0, nullptr, XML_CHAR_ENCODING_UTF8);
  if (parser == nullptr) return {};
  reader.parser = parser;
  htmlCtxtUseOptions(parser, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                                 HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC);
  source = source.substr(0, kHtmlMax);
  constexpr std::size_t kChunk = 16 * 1024;
  for (std::size_t from = 0; from < source.size(); from += kChunk) {
    const auto part = source.substr(from, kChunk);
    htmlParseChunk(parser, part.data(), static_cast<int>(part.size()), 0);
  }
  htmlParseChunk(parser, nullptr, 0, 1);
  htmlFreeParserCtxt(parser);
  MailText out = std::move(reader).take();
  return {to_valid_utf8(out.all), to_valid_utf8(out.own)};
}

}  // namespace zhike::connector
