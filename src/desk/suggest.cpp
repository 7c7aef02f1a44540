#include "desk/suggest.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "text/intents.h"
#include "text/normalize.h"
#include "text/words.h"

namespace zhike::desk {
namespace {

constexpr double kIndirect = 0.5;  // of words of aspects and intents

double special(std::u32string_view word) {
  const auto han = std::ranges::count_if(word, text::is_han);
  const auto spaces = std::ranges::count(word, U' ');
  return han > 0 ? std::max(1.0, static_cast<double>(han) / 2) : 1.0 + static_cast<double>(spaces);
}

struct Found {
  std::size_t begin = 0, end = 0;  // characters
  std::uint64_t key = 0;
};

/// The longest word that begins at each place; of letters whole words only.
std::vector<Found> find_words(std::u32string_view text, text::WordTable table) {
  std::vector<Found> out;
  for (std::size_t at = 0; at < text.size();) {
    Found best{.begin = at, .end = at};
    std::uint64_t key = text::kNoCharacters;
    const bool is_inside = at > 0 && text::is_word(text[at]) && text::is_word(text[at - 1]);
    for (std::size_t to = at; !is_inside && to < text.size(); ++to) {
      key = text::key_step(key, text[to]);
      const text::WordEntry* const known = table.find(key);
      if (known == nullptr) break;
      const bool is_cut = text::is_word(text[to]) && to + 1 < text.size() && text::is_word(text[to + 1]);
      if (known->is(text::WordEntry::kWord) && !is_cut) best = {.begin = at, .end = to + 1, .key = key};
    }
    if (best.end > at) out.push_back(best);
    at = std::max(best.end, at + 1);
  }
  return out;
}

}  // namespace

Suggester::Suggester(const Catalogue& catalogue, const text::AspectCatalogue* aspects) {
  const auto& labels = text::Intents::shipped().labels();
  of_intent_.resize(labels.size());
  for (std::size_t i = 0; i < catalogue.categories.size(); ++i) {
    const Category& category = catalogue.categories[i];
    keys_.push_back(category.key);
    const auto dot = category.key.find('.');
    const auto parent =
        dot == std::string::npos ? keys_.end() : std::ranges::find(keys_, category.key.substr(0, dot));
    parents_.push_back(parent == keys_.end() ? i : static_cast<std::size_t>(parent - keys_.begin()));
    for (const std::u32string& word : category.words) add(word, i, 1);
    if (aspects != nullptr)
      for (const text::Aspect& aspect : aspects->aspects)
        if (std::ranges::find(category.aspects, aspect.key) != category.aspects.end())
          for (const std::u32string& word : aspect.words) add(word, i, kIndirect);
    for (std::size_t label = 0; label < labels.size(); ++label)
      if (std::ranges::find(category.intents, labels[label].group + "." + labels[label].key) !=
          category.intents.end())
        of_intent_[label].push_back(static_cast<std::uint32_t>(i));
  }
  words_ = text::OwnWords(listed_);
}

void Suggester::add(const std::u32string& word, std::size_t category, double factor) {
  std::vector<Vote>& votes = votes_[text::key_of(word)];
  if (votes.empty()) listed_.push_back(word);
  for (const Vote& vote : votes)
    if (vote.category == category) return;  // it is listed already, with the larger weight
  votes.push_back({.category = static_cast<std::uint32_t>(category), .weight = factor * special(word)});
}

std::vector<double> Suggester::with_parents(const std::vector<double>& own) const {
  std::vector<double> out = own;
  for (std::size_t i = 0; i < own.size(); ++i)
    if (own[i] > 0 && parents_[i] != i) out[i] += own[parents_[i]];
  return out;
}

std::vector<Suggestion> Suggester::suggest(std::string_view text, std::size_t most) const {
  const text::Placed placed = text::normalized_with_places(text);
  std::vector<double> own(keys_.size());
  std::vector<std::vector<std::string>> why(keys_.size());
  const auto count = [&](std::size_t category, double weight, std::size_t begin, std::size_t end) {
    own[category] += weight;
    std::string word(text.substr(begin, end - begin));
    if (std::ranges::find(why[category], word) == why[category].end())
      why[category].push_back(std::move(word));
  };
  std::set<std::uint64_t> seen;
  for (const Found& word : find_words(placed.text, words_.table())) {
    const auto votes = votes_.find(word.key);
    if (votes == votes_.end() || !seen.insert(word.key).second) continue;
    for (const Vote& vote : votes->second)
      count(vote.category, vote.weight, placed.begins[word.begin], placed.begins[word.end]);
  }
  std::set<std::uint32_t> wanted;
  for (const text::IntentWord& word : text::Intents::shipped().find(placed))
    if (wanted.insert(word.label).second)
      for (const std::uint32_t category : of_intent_[word.label])
        count(category, kIndirect, word.begin, word.end);

  const std::vector<double> scores = with_parents(own);
  std::vector<std::size_t> order;
  double all = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    all += own[i];
    if (scores[i] > 0) order.push_back(i);
  }
  std::ranges::sort(
      order, [&](std::size_t a, std::size_t b) { return std::tie(scores[b], a) < std::tie(scores[a], b); });
  if (order.size() > most) order.resize(most);
  std::vector<Suggestion> out;
  for (const std::size_t i : order) {
    // What speaks for the category above speaks for this one too, so it is not against it.
    const double against = all - own[i] - (parents_[i] != i ? own[parents_[i]] : 0);
    out.push_back({.category = keys_[i],
                   .confidence = scores[i] / (scores[i] + std::max(0.0, against) + 1),
                   .words = std::move(why[i])});
  }
  return out;
}

}  // namespace zhike::desk
