#include "text/intents.h"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>

#include "base/error.h"
#include "text/embedded.h"
#include "text/opinions.h"
#include "text/words.h"

namespace zhike::text {
namespace {

namespace json = boost::json;

constexpr std::size_t kLabelsMax = 32;
constexpr std::size_t kTurnMax = 12;  // characters of a negation or a word of degree

/// The meaning of the word that ends at `end`, the longest that has one, and where it begins; `end`: none.
std::size_t word_before(std::u32string_view text, std::size_t end, Meaning& out) {
  while (end > 0 && text[end - 1] == U' ') --end;
  std::size_t best = end;
  for (std::size_t size = 1; size <= std::min(end, kTurnMax); ++size) {
    const std::size_t at = end - size;
    if (is_word(text[at]) && at > 0 && is_word(text[at - 1])) continue;
    const Meaning* const known = Meanings::shipped().find(key_of(text.substr(at, size)));
    if (known == nullptr || (!known->negates && known->degree == 1)) continue;
    best = at;
    out = *known;
  }
  return best;
}

struct Turn {
  bool negated = false;
  float degree = 1;
};

Turn turn_at(std::u32string_view text, std::size_t at) {
  Meaning before;
  const std::size_t first = word_before(text, at, before);
  if (before.negates || before.degree == 1) return {.negated = before.negates};
  Meaning second;
  word_before(text, first, second);
  return {.negated = second.negates, .degree = before.degree};
}

}  // namespace

const Intents& Intents::shipped() {
  static const Intents intents = read_shipped();
  return intents;
}

Intents Intents::read_shipped() {
  json::value root;
  for (const Embedded& file : kEmbedded)
    if (file.name == "intents/default.json") root = json::parse(file.text);
  Intents out;
  std::vector<std::u32string> words;
  for (const json::value& group : root.at("groups").as_array()) {
    for (const json::value& label : group.at("labels").as_array()) {
      cx_check(out.labels_.size() < kLabelsMax, "labels of intents");
      for (const char* language : {"zh", "en"}) {
        for (const json::value& word : label.at(language).as_array()) {
          words.push_back(normalized(std::string_view(word.as_string())));
          out.labels_of_[key_of(words.back())] |= std::uint32_t{1} << out.labels_.size();
        }
      }
      const auto text = [](const json::value& in, std::string_view name) {
        return std::string(in.at(name).as_string());
      };
      out.labels_.push_back({.group = text(group, "key"),
                             .key = text(label, "key"),
                             .name_en = text(label, "name_en"),
                             .name_zh = text(label, "name_zh")});
    }
  }
  out.words_ = OwnWords(words);
  return out;
}

std::vector<IntentWord> Intents::find(const Placed& placed) const {
  const std::u32string_view text = placed.text;
  const WordTable table = words_.table();
  std::vector<IntentWord> out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t best = at;
    std::uint32_t bits = 0;
    std::uint64_t key = kNoCharacters;
    const bool is_inside = at > 0 && is_word(text[at]) && is_word(text[at - 1]);
    for (std::size_t to = at; !is_inside && to < text.size(); ++to) {
      key = key_step(key, text[to]);
      const WordEntry* const known = table.find(key);
      if (known == nullptr) break;
      if (!known->is(WordEntry::kWord)) continue;
      if (is_word(text[to]) && to + 1 < text.size() && is_word(text[to + 1])) continue;
      const auto found = labels_of_.find(key);
      if (found == labels_of_.end()) continue;
      best = to + 1;
      bits = found->second;
    }
    const Turn turn = bits == 0 ? Turn{} : turn_at(text, at);
    if (bits != 0 && !turn.negated)
      for (std::uint32_t label = 0; label < labels_.size(); ++label)
        if ((bits >> label & 1U) != 0)
          out.push_back({.label = label,
                         .begin = placed.begins[at],
                         .end = placed.begins[best],
                         .degree = turn.degree});
    at = std::max(best, at + 1);
  }
  return out;
}

}  // namespace zhike::text
