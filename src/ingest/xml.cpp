#include "ingest/xml.h"

#include <expat.h>

#include <optional>
#include <vector>

namespace zhike::ingest {
namespace {

std::string_view local_name(const char* name) {
  const std::string_view all(name);
  const std::size_t colon = all.rfind(':');
  return colon == all.npos ? all : all.substr(colon + 1);
}

}  // namespace

struct XmlStream::Parts {
  Parts(XmlFeed from, XmlHandler& to, std::string name)
      : feed(std::move(from)), handler(to), what(std::move(name)) {}

  XmlFeed feed;
  XmlHandler& handler;
  std::string what, buffer;
  XML_Parser parser = nullptr;
  std::vector<std::pair<std::string_view, std::string_view>> attributes;
  std::optional<std::string> refused;
  std::size_t depth = 0;
  bool paused = false, finished = false;

  void stop(std::string why) {
    if (!refused) refused = std::move(why);
    XML_StopParser(parser, XML_FALSE);
  }

  static void XMLCALL on_begin(void* self, const XML_Char* name, const XML_Char** list) {
    auto& p = *static_cast<Parts*>(self);
    if (p.refused) return;
    if (++p.depth > kDepthMax) return p.stop(fmt::format("elements deeper than {}", kDepthMax));
    p.attributes.clear();
    for (; *list != nullptr; list += 2) p.attributes.emplace_back(list[0], list[1]);
    p.handler.begin(local_name(name), p.attributes);
  }
  static void XMLCALL on_end(void* self, const XML_Char* name) {
    auto& p = *static_cast<Parts*>(self);
    if (p.refused) return;
    --p.depth;
    p.handler.end(local_name(name));
  }
  static void XMLCALL on_text(void* self, const XML_Char* text, int size) {
    auto& p = *static_cast<Parts*>(self);
    if (!p.refused) p.handler.text({text, static_cast<std::size_t>(size)});
  }
  static void XMLCALL on_doctype(void* self, const XML_Char*, const XML_Char*, const XML_Char*, int) {
    static_cast<Parts*>(self)->stop("a document type declaration is not accepted");
  }
};

XmlStream::XmlStream(XmlFeed feed, XmlHandler& handler, std::string what)
    : parts_(new Parts{std::move(feed), handler, std::move(what)}) {
  // The feed is UTF-8 whatever the declaration says.
  parts_->parser = XML_ParserCreate("UTF-8");
  cx_check(parts_->parser != nullptr, "expat starts");
  XML_SetUserData(parts_->parser, parts_.get());
  XML_SetElementHandler(parts_->parser, Parts::on_begin, Parts::on_end);
  XML_SetCharacterDataHandler(parts_->parser, Parts::on_text);
  XML_SetStartDoctypeDeclHandler(parts_->parser, Parts::on_doctype);
}

XmlStream::~XmlStream() { XML_ParserFree(parts_->parser); }

void XmlStream::pause() {
  if (parts_->paused || parts_->refused) return;
  parts_->paused = true;
  XML_StopParser(parts_->parser, XML_TRUE);
}

void XmlStream::refuse(std::string why) { parts_->stop(std::move(why)); }

std::uint64_t XmlStream::line() const { return XML_GetCurrentLineNumber(parts_->parser); }

Result<bool> XmlStream::run() {
  Parts& p = *parts_;
  for (;;) {
    XML_Status status = XML_STATUS_OK;
    if (p.paused) {
      p.paused = false;
      status = XML_ResumeParser(p.parser);
    } else {
      if (p.finished) return false;
      p.buffer.clear();
      CX_TRY(const bool more, p.feed(p.buffer));
      p.finished = !more;
      status = XML_Parse(p.parser, p.buffer.data(), static_cast<int>(p.buffer.size()), p.finished ? 1 : 0);
    }
    if (p.refused) return fail(Code::kBadFile, "{} line {}: {}", p.what, line(), *p.refused);
    if (status == XML_STATUS_ERROR)
      return fail(Code::kBadFile, "{} line {}: {}", p.what, line(),
                  XML_ErrorString(XML_GetErrorCode(p.parser)));
    if (p.paused) return true;
  }
}

}  // namespace zhike::ingest
