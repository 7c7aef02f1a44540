#include "text/opinions.h"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include "base/error.h"
#include "text/embedded.h"
#include "text/normalize.h"
#include "text/words.h"

namespace zhike::text {
namespace {

namespace json = boost::json;

/// The words of both languages: {"zh": [...], "en": [...]}. tools/catalog.py has checked their form.
template <class Use>
void each_word(const json::value& both, const Use& use) {
  for (const char* language : {"zh", "en"})
    for (const json::value& word : both.at(language).as_array())
      use(normalized(std::string_view(word.as_string())));
}

Meanings read_shipped() {
  json::value root;
  for (const Embedded& file : kEmbedded)
    if (file.name == "opinions/default.json") root = json::parse(file.text);
  Meanings out;
  each_word(root.at("positive"), [&](std::u32string_view word) { out.of(word).polarity = 1; });
  each_word(root.at("negative"), [&](std::u32string_view word) { out.of(word).polarity = -1; });
  each_word(root.at("negations"), [&](std::u32string_view word) { out.of(word).negates = true; });
  each_word(root.at("contrasts"), [&](std::u32string_view word) { out.of(word).contrasts = true; });
  for (const json::value& degree : root.at("degrees").as_array()) {
    const auto factor = degree.at("factor").to_number<float>();
    each_word(degree, [&](std::u32string_view word) { out.of(word).degree = factor; });
  }
  const json::value& amounts = root.at("amounts");
  each_word(amounts.at("more"), [&](std::u32string_view word) { out.of(word).amount = 1; });
  each_word(amounts.at("less"), [&](std::u32string_view word) { out.of(word).amount = -1; });
  each_word(amounts.at("more_is_good"), [&](std::u32string_view word) { out.of(word).more_is = 1; });
  each_word(amounts.at("more_is_bad"), [&](std::u32string_view word) { out.of(word).more_is = -1; });
  return out;
}

}  // namespace

const Meanings& Meanings::shipped() {
  static const Meanings meanings = read_shipped();
  return meanings;
}

Meaning& Meanings::of(std::u32string_view word) {
  const auto [at, is_new] = meanings_.try_emplace(key_of(word));
  if (is_new) words_.emplace_back(word);
  return at->second;
}

}  // namespace zhike::text
