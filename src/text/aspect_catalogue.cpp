#include "text/aspect_catalogue.h"

#include <fmt/ranges.h>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>

#include "base/error.h"
#include "text/embedded.h"
#include "text/normalize.h"
#include "text/own_words.h"

namespace zhike::text {
namespace {

namespace json = boost::json;

constexpr std::string_view kFolder = "aspects/", kEnding = ".json";

Result<std::string> text_of(const json::object& in, std::string_view name) {
  const json::value* const at = in.if_contains(name);
  if (at == nullptr || !at->is_string() || at->get_string().empty())
    return fail(Code::kBadCatalogue, "aspects: {} is missing", name);
  return std::string(at->get_string());
}

Result<void> add_words(const json::object& in, std::string_view language, Aspect& out) {
  const json::value* const list = in.if_contains(language);
  if (list == nullptr) return {};
  if (!list->is_array()) return fail(Code::kBadCatalogue, "aspect {}: {} is no list", out.key, language);
  for (const json::value& entry : list->get_array()) {
    if (!entry.is_string()) return fail(Code::kBadCatalogue, "aspect {}: a word is no text", out.key);
    std::u32string word = normalized(std::string_view(entry.get_string()));
    if (word.empty() || word.size() > OwnWords::kWordMax)
      return fail(Code::kBadCatalogue, "aspect {}: a word is empty or longer than {} characters", out.key,
                  OwnWords::kWordMax);
    out.words.push_back(std::move(word));
  }
  return {};
}

}  // namespace

Result<AspectCatalogue> parse_aspects(std::string_view text) {
  boost::system::error_code wrong;
  const json::value root = json::parse(json::string_view(text.data(), text.size()), wrong);
  if (wrong || !root.is_object()) return fail(Code::kBadCatalogue, "aspects: not a JSON object");
  const json::object& object = root.get_object();
  AspectCatalogue out;
  CX_TRY(out.key, text_of(object, "key"));
  CX_TRY(out.name_en, text_of(object, "name_en"));
  CX_TRY(out.name_zh, text_of(object, "name_zh"));
  const json::value* const list = object.if_contains("aspects");
  if (list == nullptr || !list->is_array() || list->get_array().empty() ||
      list->get_array().size() > AspectCatalogue::kAspectsMax)
    return fail(Code::kBadCatalogue, "aspects: a list of 1 to {} is needed", AspectCatalogue::kAspectsMax);
  for (const json::value& entry : list->get_array()) {
    if (!entry.is_object()) return fail(Code::kBadCatalogue, "aspects: an entry is no object");
    Aspect aspect;
    CX_TRY(aspect.key, text_of(entry.get_object(), "key"));
    CX_TRY(aspect.name_en, text_of(entry.get_object(), "name_en"));
    CX_TRY(aspect.name_zh, text_of(entry.get_object(), "name_zh"));
    CX_TRY(add_words(entry.get_object(), "zh", aspect));
    CX_TRY(add_words(entry.get_object(), "en", aspect));
    if (aspect.words.empty()) return fail(Code::kBadCatalogue, "aspect {}: no words", aspect.key);
    if (std::ranges::find(out.aspects, aspect.key, &Aspect::key) != out.aspects.end())
      return fail(Code::kBadCatalogue, "aspect {} is there twice", aspect.key);
    out.aspects.push_back(std::move(aspect));
  }
  return out;
}

std::vector<std::string> aspect_domains() {
  std::vector<std::string> out;
  for (const Embedded& file : kEmbedded)
    if (file.name.starts_with(kFolder))
      out.emplace_back(file.name.substr(kFolder.size(), file.name.size() - kFolder.size() - kEnding.size()));
  return out;
}

Result<AspectCatalogue> shipped_aspects(std::string_view domain) {
  CX_TRY(const std::string_view text, shipped_aspects_text(domain));
  return parse_aspects(text);
}

Result<std::string_view> shipped_aspects_text(std::string_view domain) {
  for (const Embedded& file : kEmbedded)
    if (file.name == std::string(kFolder) + std::string(domain) + std::string(kEnding)) return file.text;
  return fail(Code::kBadCatalogue, "no aspects of {}; there are {}", domain,
              fmt::join(aspect_domains(), ", "));
}

}  // namespace zhike::text
