#include "text/aspects.h"

#include <algorithm>
#include <cmath>

#include "text/language.h"

namespace zhike::text {
namespace {

constexpr std::size_t kNegationReach = 3, kDegreeReach = 2;  // words before an opinion
constexpr float kTurned = -0.8F;
constexpr float kAmountAlone = 0.4F;  // of 高 or 快, said of a thing of which nothing is known
constexpr float kAmountKnown = 0.8F;
constexpr float kBent = 0.8F;          // one opinion without degree gives tanh(0.8) = 0.66
constexpr float kLeastChance = 0.01F;  // of a model: log-odds stay within ±4.6
constexpr std::size_t kPartsMax = 8;   // characters of a word that is taken apart

bool ends_clause(char32_t c) noexcept {
  constexpr std::u32string_view kEnds = U",.;:!?()。…~<>|/";
  return kEnds.contains(c);
}

}  // namespace

std::array<float, 3> tone_chances(float positive) noexcept {
  constexpr float kTie = 1.5F;  // p = kTie (1 - p) at p = 0.5 + kUnsure
  const float negative = 1 - positive;
  const float sum = positive * positive + negative * negative + kTie * positive * negative;
  return {negative * negative / sum, kTie * positive * negative / sum, positive * positive / sum};
}

AspectWords::AspectWords(const AspectCatalogue& catalogue, std::span<const std::u32string> own)
    : meanings_(Meanings::shipped()) {
  for (std::size_t i = 0; i < catalogue.aspects.size(); ++i)
    for (const std::u32string& word : catalogue.aspects[i].words)
      meanings_.of(word).aspects |= std::uint32_t{1} << i;
  std::vector<std::u32string> words = meanings_.words();
  words.insert(words.end(), own.begin(), own.end());
  words_ = OwnWords(words);
}

/// A word without meaning may be made of words that have one: 不好, 很差, 不太好.
void AspectReader::add_word(std::u32string_view text, const Token& token) {
  const std::u32string_view word = text.substr(token.begin, token.end - token.begin);
  if (const Meaning* const known = meanings_.find(token.key)) {
    words_.push_back({token.begin, token.end, *known});
    return;
  }
  if (token.kind == Token::Kind::kHan && word.size() > 1 && word.size() <= kPartsMax) {
    for (std::size_t size = word.size() - 1; size > 0; --size) {
      const Meaning* const front = meanings_.find(key_of(word.substr(0, size)));
      const Meaning* const back = meanings_.find(key_of(word.substr(size)));
      if (front == nullptr || back == nullptr || (!front->negates && front->degree == 1)) continue;
      const auto middle = token.begin + static_cast<std::uint32_t>(size);
      words_.push_back({token.begin, middle, *front});
      words_.push_back({middle, token.end, *back});
      return;
    }
  }
  if (token.kind == Token::Kind::kLetters && word.size() > 3 && word.back() == U's') {  // rooms
    if (const Meaning* const one = meanings_.find(key_of(word.substr(0, word.size() - 1)))) {
      words_.push_back({token.begin, token.end, *one});
      return;
    }
  }
  words_.push_back({token.begin, token.end, {}});
}

/// Words with their meanings; of English, words side by side that mean something together (customer service).
void AspectReader::take_words(const Placed& text) {
  segmenter_.cut(text.text, tokens_);
  words_.clear();
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    std::size_t best = i;
    if (tokens_[i].kind == Token::Kind::kLetters) {
      std::uint64_t key = tokens_[i].key;
      for (std::size_t to = i + 1; to < tokens_.size() && tokens_[to].kind == Token::Kind::kLetters; ++to) {
        if (own_.find(key) == nullptr) break;
        for (std::uint32_t c = tokens_[to - 1].end; c < tokens_[to].end; ++c)
          key = key_step(key, text.text[c]);
        if (meanings_.find(key) != nullptr) best = to;
      }
      if (best > i) {
        Token joined = tokens_[i];
        joined.end = tokens_[best].end;
        joined.key = key_of(std::u32string_view(text.text).substr(joined.begin, joined.end - joined.begin));
        add_word(text.text, joined);
        i = best;
        continue;
      }
    }
    add_word(text.text, tokens_[i]);
  }
}

void AspectReader::take_clauses(std::u32string_view text) {
  clauses_.clear();
  std::size_t first = 0;
  const auto end_at = [&](std::size_t last) {
    if (last > first) clauses_.push_back({.first = first, .last = last});
    first = last;
  };
  for (std::size_t i = 0; i < words_.size(); ++i) {
    const Word& word = words_[i];
    if (word.end == word.begin + 1 && ends_clause(text[word.begin])) {
      end_at(i);
      first = i + 1;
    } else if (word.meaning.contrasts || (i > 0 && word.begin > words_[i - 1].end &&
                                          is_han(text[word.begin]) && is_han(text[words_[i - 1].end - 1]))) {
      end_at(i);
    }
  }
  end_at(words_.size());
}

void AspectReader::find_aspects() {
  found_.clear();
  for (std::size_t c = 0; c < clauses_.size(); ++c) {
    std::uint32_t seen = 0;
    for (std::size_t i = clauses_[c].first; i < clauses_[c].last; ++i) {
      const std::uint32_t fresh = words_[i].meaning.aspects & ~seen;
      seen |= fresh;
      for (std::uint32_t a = 0; a < AspectCatalogue::kAspectsMax; ++a) {
        if ((fresh >> a & 1U) == 0) continue;
        found_.push_back(
            {.first = i, .last = i + 1, .clause = c, .aspect = a, .more_is = words_[i].meaning.more_is});
        clauses_[c].has_aspect = true;
      }
    }
  }
}

/// The clause whose opinions are meant.
std::size_t AspectReader::said_in(const Found& found) const {
  const auto speaks = [&](std::size_t c) {
    for (std::size_t i = clauses_[c].first; i < clauses_[c].last; ++i) {
      const bool is_itself = c == found.clause && i >= found.first && i < found.last;
      if (!is_itself && words_[i].meaning.is_opinion()) return true;
    }
    return false;
  };
  const std::size_t own = found.clause;
  if (speaks(own)) return own;
  if (own + 1 < clauses_.size() && !clauses_[own + 1].has_aspect && speaks(own + 1)) return own + 1;
  if (own > 0 && !clauses_[own - 1].has_aspect && speaks(own - 1)) return own - 1;
  return own;
}

Opinion AspectReader::opinion_at(const Placed& text, std::size_t word, const Clause& clause,
                                 std::int8_t more_is) {
  const Meaning& meaning = words_[word].meaning;
  float value = static_cast<float>(meaning.polarity);
  if (meaning.polarity == 0)
    value = static_cast<float>(meaning.amount) *
            (more_is != 0 ? kAmountKnown * static_cast<float>(more_is) : kAmountAlone);
  std::size_t from = word;
  const std::size_t reach = std::min(word - clause.first, kNegationReach);
  for (std::size_t back = 1; back <= reach; ++back) {
    const Meaning& before = words_[word - back].meaning;
    if (before.is_opinion() && !before.negates) break;
    if (before.negates) value *= kTurned;
    if (before.degree != 1 && back <= kDegreeReach) value *= before.degree;
    if (before.negates || before.degree != 1) from = word - back;
  }
  if (meaning.polarity == 0 && more_is != 0)
    std::fill(shown_.begin() + words_[from].begin, shown_.begin() + words_[word].end, U' ');
  return {.where = {text.begins[words_[from].begin], text.begins[words_[word].end]}, .value = value};
}

/// The opinions of a clause that are nearer to this aspect than to the others of it.
void AspectReader::collect(const Placed& text, std::size_t found, Mention& out) {
  const Found& own = found_[found];
  const std::size_t said = said_in(own);
  const Clause& clause = clauses_[said];
  const auto distance = [](const Found& at, std::size_t word) {
    return word < at.first ? at.first - word + 1 : word + 1 - at.last;  // what follows is a little nearer
  };
  const auto rivals = std::ranges::equal_range(found_, said, {}, &Found::clause);
  const auto take = [&](const Found& at) {
    for (std::size_t i = clause.first; i < clause.last; ++i) {
      if (!words_[i].meaning.is_opinion() || (i >= at.first && i < at.last)) continue;
      const bool is_nearest = std::ranges::all_of(rivals, [&](const Found& other) {
        return other.first == at.first || distance(at, i) <= distance(other, i);
      });
      if (!is_nearest) continue;
      const Opinion opinion = opinion_at(text, i, clause, at.more_is);
      if (opinion.value != 0) out.opinions.push_back(opinion);
    }
  };
  take(own);
  // Things side by side: what is said of the next, else of the one before, is said of all.
  for (std::size_t next = found + 1;
       out.opinions.empty() && next < found_.size() && found_[next].clause == own.clause; ++next)
    take(found_[next]);
  for (std::size_t before = found;
       out.opinions.empty() && before > 0 && found_[before - 1].clause == own.clause; --before)
    take(found_[before - 1]);
}

float AspectReader::log_odds(std::u32string_view text) {
  const std::span<const float> chances = sentiment_.read(text);
  const float half = chances[1] / 2;
  const float good = std::max(chances[2] + half, kLeastChance),
              bad = std::max(chances[0] + half, kLeastChance);
  return std::log(good / bad);
}

void AspectReader::take_mentions(const Placed& text) {
  mentions_.clear();
  shown_ = text.text;
  for (std::size_t i = 0; i < found_.size(); ++i) {
    const Found& found = found_[i];
    Mention& out = mentions_.emplace_back();
    out.aspect = found.aspect;
    out.word = {text.begins[words_[found.first].begin], text.begins[words_[found.last - 1].end]};
    const std::size_t said = said_in(found);
    out.said = {.begin = words_[clauses_[std::min(said, found.clause)].first].begin,
                .end = words_[clauses_[std::max(said, found.clause)].last - 1].end};
    out.clause = {text.begins[out.said.begin], text.begins[out.said.end]};
    collect(text, i, out);
  }
}

void AspectReader::judge(const Placed& text) {
  take_mentions(text);
  if (mentions_.empty()) return;
  const std::u32string_view all = text.text, shown = shown_;
  const auto& weights = language_of(all) == Language::kChinese ? kSignWeights : kSignWeightsOther;
  const float whole = log_odds(all), whole_shown = shown == all ? whole : log_odds(shown);
  Range last;  // the part that was read last
  float part = 0;
  for (Mention& out : mentions_) {
    const Range& at = out.said;
    const std::size_t size = at.end - at.begin;
    if (at != last) part = size == all.size() ? whole : log_odds(all.substr(at.begin, size));
    last = at;
    float sum = 0;
    for (const Opinion& opinion : out.opinions) sum += opinion.value;
    out.signs = {std::tanh(kBent * sum), part, whole};
    const std::u32string_view rest = shown.substr(at.begin, size);
    if (rest != all.substr(at.begin, size) && sum * part < 0)
      out.signs = {out.signs[0], size == all.size() ? whole_shown : log_odds(rest), whole_shown};
    float odds = weights[0];
    for (std::size_t s = 0; s < out.signs.size(); ++s) odds += weights[s + 1] * out.signs[s];
    out.positive = 1 / (1 + std::exp(-odds));
    out.polarity = out.positive > 0.5F + kUnsure   ? Polarity::kPositive
                   : out.positive < 0.5F - kUnsure ? Polarity::kNegative
                                                   : Polarity::kNeutral;
  }
}

std::span<const Mention> AspectReader::read(const Placed& text) {
  take_words(text);
  take_clauses(text.text);
  find_aspects();
  judge(text);
  return mentions_;
}

const Mention* AspectReader::read_term(const Placed& text, std::u32string_view term) {
  const std::size_t at = term.empty() ? std::u32string::npos : text.text.find(term);
  if (at == std::u32string::npos) return nullptr;
  take_words(text);
  const std::size_t end = at + term.size();
  Word joined{.begin = static_cast<std::uint32_t>(at), .end = static_cast<std::uint32_t>(end), .meaning = {}};
  // What it is by its end: 燃油价格 is a 价格.
  for (std::size_t from = 0; from < term.size() && joined.meaning.more_is == 0; ++from)
    if (const Meaning* const known = meanings_.find(key_of(term.substr(from))))
      joined.meaning.more_is = known->more_is;
  // Words that the term cuts give it their characters.
  std::vector<Word> kept;
  for (Word word : words_) {
    if (word.begin < end && word.end > at && (word.begin < at || word.end > end)) {
      if (word.begin < at) kept.push_back({word.begin, joined.begin, {}});
      if (word.end > end) {
        kept.push_back({joined.end, word.end, {}});
        if (const Meaning* const rest =
                meanings_.find(key_of(std::u32string_view(text.text).substr(end, word.end - end))))
          kept.back().meaning = *rest;
      }
    } else if (word.end <= at || word.begin >= end) {
      kept.push_back(word);
    }
  }
  const auto place = std::ranges::find_if(kept, [&](const Word& word) { return word.begin >= end; });
  const auto index = static_cast<std::size_t>(place - kept.begin());
  kept.insert(place, joined);
  words_ = std::move(kept);
  take_clauses(text.text);
  found_.clear();
  for (std::size_t c = 0; c < clauses_.size(); ++c) {
    if (index < clauses_[c].first || index >= clauses_[c].last) continue;
    clauses_[c].has_aspect = true;
    found_.push_back({.first = index, .last = index + 1, .clause = c, .more_is = joined.meaning.more_is});
  }
  judge(text);
  return mentions_.empty() ? nullptr : mentions_.data();
}

}  // namespace zhike::text
