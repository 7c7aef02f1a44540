#include "text/keywords.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "text/normalize.h"
#include "text/opinions.h"

namespace zhike::text {
namespace {

constexpr std::size_t kHanMin = 2, kHanMax = 10, kLettersMin = 3, kLettersMax = 40;
constexpr double kDamping = 0.85, kStill = 0.0001;
constexpr int kPassesMax = 100;

void best_first(std::vector<Keyword>& words) {
  std::ranges::sort(words, [](const Keyword& a, const Keyword& b) {
    return a.score != b.score ? a.score > b.score : a.term < b.term;
  });
}

}  // namespace

bool may_be_keyword(std::u32string_view text, const Token& token) {
  const std::u32string_view word = text.substr(token.begin, token.end - token.begin);
  const WordEntry* const known = dictionary().words.find(token.key);
  if (known != nullptr && known->is(WordEntry::kStop)) return false;
  const Meaning* const meaning = Meanings::shipped().find(token.key);
  if (meaning != nullptr && (meaning->negates || meaning->contrasts || meaning->degree != 1)) return false;
  switch (token.kind) {
    case Token::Kind::kHan:
      return word.size() >= kHanMin && word.size() <= kHanMax &&
             (known == nullptr || !known->is(WordEntry::kWord) || known->is(WordEntry::kContent));
    case Token::Kind::kLetters:
      return word.size() >= kLettersMin && word.size() <= kLettersMax &&
             std::ranges::any_of(word, [](char32_t c) { return c < U'0' || c > U'9'; });
    case Token::Kind::kSign:
      return false;
  }
  return false;
}

void Terms::add(std::u32string_view text, std::span<const Token> tokens, std::vector<std::uint32_t>& out) {
  out.clear();
  ++texts_;
  for (const Token& token : tokens) {
    auto found = places_.find(token.key);
    if (found == places_.end()) {
      if (!may_be_keyword(text, token)) {
        out.push_back(kNone);
        continue;
      }
      found = places_.emplace(token.key, static_cast<std::uint32_t>(words_.size())).first;
      words_.emplace_back(text.substr(token.begin, token.end - token.begin));
      counts_.push_back(0);
      texts_with_.push_back(0);
      last_text_.push_back(0);
    }
    const std::uint32_t term = found->second;
    out.push_back(term);
    ++counts_[term];
    if (last_text_[term] != texts_) ++texts_with_[term];
    last_text_[term] = texts_;
  }
}

double Terms::idf(std::uint32_t term) const {
  return std::log(static_cast<double>(1 + texts_) / static_cast<double>(1 + texts_with_[term])) + 1;
}

double Terms::idf_at_large(std::uint32_t term) const {
  const Dictionary& known = dictionary();
  const WordEntry* const entry = known.words.find(key_of(words_[term]));
  return entry != nullptr && entry->is(WordEntry::kHasIdf)
             ? static_cast<double>(static_cast<float>(entry->idf) / WordEntry::kIdfSteps)
             : static_cast<double>(known.mean_idf);
}

std::vector<Keyword> tf_idf(std::span<const std::uint32_t> text, std::span<const double> idf) {
  std::vector<std::uint32_t> sorted;
  for (const std::uint32_t term : text)
    if (term != Terms::kNone) sorted.push_back(term);
  std::ranges::sort(sorted);
  std::vector<Keyword> out;
  for (std::size_t at = 0; at < sorted.size();) {
    std::size_t to = at;
    while (to < sorted.size() && sorted[to] == sorted[at]) ++to;
    const double share = static_cast<double>(to - at) / static_cast<double>(sorted.size());
    out.push_back({.term = sorted[at], .score = share * idf[sorted[at]]});
    at = to;
  }
  best_first(out);
  return out;
}

void TextRank::add(std::span<const std::uint32_t> text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == Terms::kNone) continue;
    for (std::size_t to = at + 1; to < std::min(text.size(), at + kWindow); ++to) {
      if (text[to] == Terms::kNone || text[to] == text[at]) continue;
      edges_.push_back({.from = std::min(text[at], text[to]), .to = std::max(text[at], text[to])});
    }
  }
  if (edges_.size() < merge_at_) return;
  merge();
  merge_at_ = std::max(merge_at_, edges_.size() * 2);
}

void TextRank::merge() {
  std::ranges::sort(
      edges_, [](const Edge& a, const Edge& b) { return std::tie(a.from, a.to) < std::tie(b.from, b.to); });
  std::size_t kept = 0;
  for (const Edge& edge : edges_) {
    if (kept > 0 && edges_[kept - 1].from == edge.from && edges_[kept - 1].to == edge.to)
      edges_[kept - 1].times += edge.times;
    else
      edges_[kept++] = edge;
  }
  edges_.resize(kept);
}

std::vector<Keyword> TextRank::rank(std::size_t terms) {
  merge();
  std::vector<double> strength(terms), now(terms, 1), next(terms);
  for (const Edge& edge : edges_) {
    strength[edge.from] += edge.times;
    strength[edge.to] += edge.times;
  }
  double moved = 1;
  for (int pass = 0; pass < kPassesMax && moved > kStill; ++pass) {
    std::ranges::fill(next, 1 - kDamping);
    for (const Edge& edge : edges_) {
      next[edge.to] += kDamping * edge.times / strength[edge.from] * now[edge.from];
      next[edge.from] += kDamping * edge.times / strength[edge.to] * now[edge.to];
    }
    moved = 0;
    for (std::size_t i = 0; i < terms; ++i)
      if (strength[i] > 0) moved = std::max(moved, std::abs(next[i] - now[i]));
    now.swap(next);
  }
  std::vector<Keyword> out;
  for (std::size_t i = 0; i < terms; ++i)
    if (strength[i] > 0) out.push_back({.term = static_cast<std::uint32_t>(i), .score = now[i]});
  best_first(out);
  return out;
}

}  // namespace zhike::text
