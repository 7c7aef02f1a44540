#include "connector/xml_message.h"

#include <expat.h>

#include <boost/json.hpp>
#include <memory>
#include <vector>

namespace zhike::connector {
namespace {

namespace json = boost::json;

struct Element {
  std::string name, text;
  json::object children;
};

struct Reading {
  XML_Parser parser = nullptr;
  std::vector<Element> open;
  std::size_t elements = 0;
  json::object root;
  const char* wrong = nullptr;

  void refuse(const char* why) {
    wrong = why;
    XML_StopParser(parser, XML_FALSE);
  }
};

void put(json::object& into, const std::string& name, json::value value) {
  if (const auto at = into.find(name); at == into.end()) {
    into.emplace(name, std::move(value));
  } else if (at->value().is_array()) {
    at->value().as_array().push_back(std::move(value));
  } else {
    json::array both;
    both.push_back(std::move(at->value()));
    both.push_back(std::move(value));
    at->value() = std::move(both);
  }
}

void on_start(void* opaque, const XML_Char* name, const XML_Char**) {
  auto& reading = *static_cast<Reading*>(opaque);
  if (reading.open.size() >= kXmlDepthMax) return reading.refuse("nested too deeply");
  if (++reading.elements > kXmlElementsMax) return reading.refuse("too many elements");
  reading.open.push_back({.name = name, .text = {}, .children = {}});
}

void on_end(void* opaque, const XML_Char*) {
  auto& reading = *static_cast<Reading*>(opaque);
  if (reading.open.empty()) return;
  Element done = std::move(reading.open.back());
  reading.open.pop_back();
  if (reading.open.empty())
    reading.root = std::move(done.children);
  else if (done.children.empty())
    put(reading.open.back().children, done.name, json::value(done.text));
  else
    put(reading.open.back().children, done.name, std::move(done.children));
}

void on_text(void* opaque, const XML_Char* text, int length) {
  auto& reading = *static_cast<Reading*>(opaque);
  if (!reading.open.empty()) reading.open.back().text.append(text, static_cast<std::size_t>(length));
}

void on_doctype(void* opaque, const XML_Char*, const XML_Char*, const XML_Char*, int) {
  static_cast<Reading*>(opaque)->refuse("a document type is not taken");
}

}  // namespace

Result<std::string> xml_to_json(std::string_view xml) {
  if (xml.size() > kXmlBytesMax) return fail(Code::kBadMessage, "XML above {} bytes", kXmlBytesMax);
  const std::unique_ptr<std::remove_pointer_t<XML_Parser>, decltype(&XML_ParserFree)> parser(
      XML_ParserCreate(nullptr), &XML_ParserFree);
  cx_check(parser != nullptr, "expat starts");
  Reading reading;
  reading.parser = parser.get();
  XML_SetUserData(parser.get(), &reading);
  XML_SetElementHandler(parser.get(), on_start, on_end);
  XML_SetCharacterDataHandler(parser.get(), on_text);
  XML_SetStartDoctypeDeclHandler(parser.get(), on_doctype);
  if (XML_Parse(parser.get(), xml.data(), static_cast<int>(xml.size()), XML_TRUE) != XML_STATUS_OK)
    return fail(Code::kBadMessage, "XML: {}",
                reading.wrong != nullptr ? reading.wrong : XML_ErrorString(XML_GetErrorCode(parser.get())));
  return json::serialize(reading.root);
}

}  // namespace zhike::connector
