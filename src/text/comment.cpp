#include "text/comment.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "base/crypto.h"
#include "text/embedded.h"
#include "text/keywords.h"
#include "text/normalize.h"

namespace zhike::text {
namespace {

/// A stretch of bytes that says why; those of smaller rank win.
struct Mark {
  Range where;
  int rank = 0;
  CommentPiece piece;
};

/// [phone], as scrubbing leaves it.
bool is_placeholder(std::u32string_view text, const Token& token) {
  return token.kind == Token::Kind::kLetters && token.begin > 0 && text[token.begin - 1] == U'[' &&
         token.end < text.size() && text[token.end] == U']';
}

void add(std::vector<CommentPiece>& out, std::string_view text, CommentPiece piece) {
  if (text.empty()) return;
  piece.text = std::string(text);
  out.push_back(std::move(piece));
}

/// What a rule asks for; its names and team change nothing that is read.
void add(std::string& all, const Route& route) {
  all.append(1, '\4').append(route.key);
  for (const auto* const list : {&route.intents, &route.emotions, &route.flags, &route.aspects}) {
    all.append(1, '\5');
    for (const std::string& entry : *list) all.append(entry).append(1, ' ');
  }
  for (const auto* const list : {&route.aspect_sentiments, &route.sentiments}) {
    all.append(1, '\6');
    for (const Polarity at : *list) all.append(to_string(at)).append(1, ' ');
  }
}

}  // namespace

Result<std::unique_ptr<const CommentModels>> CommentModels::make(CommentSetup setup) {
  CX_TRY(const ShippedModels* const sentiment, shipped_sentiment());
  return std::unique_ptr<const CommentModels>(new CommentModels(std::move(setup), *sentiment));
}

std::string comment_version(const CommentSetup& setup) {
  std::string all =
      fmt::format("{} {:016x}{:016x}", kCommentReader, shipped_fingerprint().high, shipped_fingerprint().low);
  for (const Embedded& file : kEmbedded)
    if (!file.name.starts_with("aspects/") && !file.name.starts_with("routes/"))
      all.append(file.name).append(file.text);
  for (const Aspect& aspect : setup.aspects.aspects) {
    all.append(1, '\0').append(aspect.key);
    for (const std::u32string& word : aspect.words) all.append(1, '\1').append(to_utf8(word));
  }
  for (const Route& route : setup.routes.rules) add(all, route);
  for (const std::u32string& word : setup.words) all.append(1, '\2').append(to_utf8(word));
  if (setup.own) all.append(1, '\3').append(to_bytes(*setup.own));
  if (setup.own_aspects) all.append(1, '\7').append(to_bytes(*setup.own_aspects));
  const crypto::Hash128 hash = crypto::fingerprint(all);
  return fmt::format("{:016x}{:016x}", hash.high, hash.low);
}

CommentReader::CommentReader(const CommentModels& models)
    : models_(models),
      sentiment_(models.sentiment()),
      aspects_(models.words(), models.sentiment()),
      segmenter_(models.own_words().table()) {}

/// Mentions by aspect; `with_words`: what they say too.
void CommentReader::gather(const Placed& plain, std::span<const Mention> mentions, bool with_words) {
  sums_.assign(models_.catalogue().aspects.size(), {0.0F, 0U});
  said_.assign(with_words ? sums_.size() : 0, {});
  for (const Mention& at : mentions) {
    sums_[at.aspect].first += at.positive;
    ++sums_[at.aspect].second;
    if (!with_words) continue;
    std::u32string& said = said_[at.aspect];
    if (!said.empty()) said += U'。';
    said.append(plain.text, at.said.begin, at.said.end - at.said.begin);
  }
}

CommentAspect CommentReader::judged(std::uint32_t aspect, float positive, std::u32string_view said) {
  const auto& own = models_.setup().own_aspects;
  if (!own)
    return {.aspect = aspect,
            .positive = positive,
            .polarity = std::abs(positive - 0.5F) < kUnsure ? Polarity::kNeutral
                        : positive > 0.5F                   ? Polarity::kPositive
                                                            : Polarity::kNegative};
  std::array<float, 3> chances = tone_chances(positive);
  own->apply(said, chances, features_);
  return {.aspect = aspect,
          .positive = chances[2] + chances[1] / 2,
          .polarity = static_cast<Polarity>(std::ranges::max_element(chances) - chances.begin())};
}

void CommentReader::take_aspects(const Placed& plain) {
  const bool with_words = models_.setup().own_aspects.has_value();
  gather(plain, aspects_.read(plain), with_words);
  for (std::uint32_t a = 0; a < sums_.size(); ++a) {
    const auto [sum, count] = sums_[a];
    if (count == 0) continue;
    out_.aspects.push_back(judged(a, sum / static_cast<float>(count),
                                  with_words ? std::u32string_view(said_[a]) : std::u32string_view()));
  }
}

std::vector<AspectExample> CommentReader::examples(std::string_view text) {
  std::vector<AspectExample> out;
  const Placed plain = normalized_with_places(text);
  if (language_of(plain.text) == Language::kOther) return out;
  gather(plain, aspects_.read(plain), true);
  for (std::uint32_t a = 0; a < sums_.size(); ++a) {
    const auto [sum, count] = sums_[a];
    if (count > 0)
      out.push_back({.aspect = a, .text = said_[a], .prior = tone_chances(sum / static_cast<float>(count))});
  }
  return out;
}

const AspectCorrection* CommentReader::correction_of(std::uint32_t aspect,
                                                     std::span<const AspectCorrection> corrections) const {
  const std::string& key = models_.catalogue().aspects[aspect].key;
  const auto at = std::ranges::find(corrections, key, &AspectCorrection::aspect);
  return at == corrections.end() ? nullptr : &*at;
}

void CommentReader::correct(std::span<const AspectCorrection> corrections) {
  for (std::uint32_t a = 0; a < models_.catalogue().aspects.size(); ++a) {
    const AspectCorrection* const said = correction_of(a, corrections);
    if (said == nullptr) continue;
    const auto at = std::ranges::lower_bound(out_.aspects, a, {}, &CommentAspect::aspect);
    const bool is_there = at != out_.aspects.end() && at->aspect == a;
    if (!said->polarity) {
      if (is_there) out_.aspects.erase(at);
      continue;
    }
    const CommentAspect is{
        .aspect = a, .positive = static_cast<float>(*said->polarity) / 2, .polarity = *said->polarity};
    if (is_there)
      *at = is;
    else
      out_.aspects.insert(at, is);
  }
}

void CommentReader::take_words(std::u32string_view text) {
  segmenter_.cut(text, tokens_);
  seen_.clear();
  for (const Token& token : tokens_) {
    if (out_.words.size() == CommentReading::kWordsMax) return;
    if (!may_be_keyword(text, token) || is_placeholder(text, token)) continue;
    if (!seen_.insert(token.key).second) continue;
    out_.words.push_back(to_utf8(text.substr(token.begin, token.end - token.begin)));
  }
}

const CommentReading& CommentReader::read(std::string_view text,
                                          std::span<const AspectCorrection> corrections) {
  out_.sentiment.reset();
  out_.chances = {};
  out_.aspects.clear();
  out_.labels.clear();
  out_.words.clear();
  const Placed plain = normalized_with_places(text);
  out_.language = language_of(plain.text);
  if (out_.language != Language::kOther) {
    const std::span<const float> chances = sentiment_.read(plain.text);
    std::ranges::copy(chances, out_.chances.begin());
    if (const auto& own = models_.setup().own) own->apply(plain.text, out_.chances, features_);
    out_.sentiment = static_cast<Polarity>(std::ranges::max_element(out_.chances) - out_.chances.begin());
    take_aspects(plain);
  }
  if (!corrections.empty()) correct(corrections);
  std::uint32_t labels = 0;
  for (const IntentWord& at : Intents::shipped().find(plain)) labels |= std::uint32_t{1} << at.label;
  for (std::uint32_t l = 0; l < Intents::shipped().labels().size(); ++l)
    if ((labels >> l & 1U) != 0) out_.labels.push_back(l);
  models_.router().find(out_, out_.routes);
  take_words(plain.text);
  return out_;
}

std::vector<CommentPiece> CommentReader::explain(std::string_view text,
                                                 std::span<const AspectCorrection> corrections) {
  const Placed plain = normalized_with_places(text);
  std::vector<Mark> marks;
  if (language_of(plain.text) != Language::kOther) {
    for (const Mention& at : aspects_.read(plain)) {
      const AspectCorrection* const said = correction_of(at.aspect, corrections);
      CommentAspect is =
          judged(at.aspect, at.positive,
                 std::u32string_view(plain.text).substr(at.said.begin, at.said.end - at.said.begin));
      if (said != nullptr && said->polarity)
        is.positive = static_cast<float>(*said->polarity) / 2, is.polarity = *said->polarity;
      if (said == nullptr || said->polarity)
        marks.push_back({at.word,
                         0,
                         {.text = {},
                          .is = CommentPiece::Is::kAspect,
                          .number = at.aspect,
                          .value = is.positive,
                          .polarity = is.polarity}});
      for (const Opinion& why : at.opinions)
        marks.push_back({why.where, 1, {.text = {}, .is = CommentPiece::Is::kOpinion, .value = why.value}});
    }
  }
  for (const IntentWord& at : Intents::shipped().find(plain))
    marks.push_back({{at.begin, at.end},
                     2,
                     {.text = {}, .is = CommentPiece::Is::kLabel, .number = at.label, .value = at.degree}});
  std::ranges::sort(marks, {}, [](const Mark& mark) {
    return std::tuple(mark.rank, mark.where.begin, mark.where.end, mark.piece.number);
  });
  std::vector<Mark> kept;
  for (Mark& mark : marks) {
    const auto overlaps = [&](const Mark& other) {
      return mark.where.begin < other.where.end && other.where.begin < mark.where.end;
    };
    if (mark.where.begin < mark.where.end && std::ranges::none_of(kept, overlaps))
      kept.push_back(std::move(mark));
  }
  std::ranges::sort(kept, {}, [](const Mark& mark) { return mark.where.begin; });
  std::vector<CommentPiece> out;
  std::size_t at = 0;
  for (Mark& mark : kept) {
    add(out, text.substr(at, mark.where.begin - at), {});
    add(out, text.substr(mark.where.begin, mark.where.end - mark.where.begin), std::move(mark.piece));
    at = mark.where.end;
  }
  add(out, text.substr(at), {});
  return out;
}

std::string_view to_string(Polarity polarity) noexcept {
  return kSentimentClasses[static_cast<std::size_t>(polarity)];
}

std::optional<Polarity> parse_polarity(std::string_view name) noexcept {
  for (const Polarity at : {Polarity::kNegative, Polarity::kNeutral, Polarity::kPositive})
    if (to_string(at) == name) return at;
  return std::nullopt;
}

}  // namespace zhike::text
