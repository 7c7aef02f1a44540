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
  const crypto::Hash128 hash = crypto::fingerprint(all);
  return fmt::format("{:016x}{:016x}", hash.high, hash.low);
}

CommentReader::CommentReader(const CommentModels& models)
    : models_(models),
      sentiment_(models.sentiment()),
      aspects_(models.words(), models.sentiment()),
      segmenter_(models.own_words().table()) {}

void CommentReader::take_aspects(std::span<const Mention> mentions) {
  sums_.assign(models_.catalogue().aspects.size(), {0.0F, 0U});
  for (const Mention& at : mentions) {
    sums_[at.aspect].first += at.positive;
    ++sums_[at.aspect].second;
  }
  for (std::uint32_t a = 0; a < sums_.size(); ++a) {
    const auto [sum, count] = sums_[a];
    if (count == 0) continue;
    const float positive = sum / static_cast<float>(count);
    out_.aspects.push_back({.aspect = a,
                            .positive = positive,
                            .polarity = std::abs(positive - 0.5F) < kUnsure ? Polarity::kNeutral
                                        : positive > 0.5F                   ? Polarity::kPositive
                                                                            : Polarity::kNegative});
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

const CommentReading& CommentReader::read(std::string_view text) {
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
    take_aspects(aspects_.read(plain));
  }
  std::uint32_t labels = 0;
  for (const IntentWord& at : Intents::shipped().find(plain)) labels |= std::uint32_t{1} << at.label;
  for (std::uint32_t l = 0; l < Intents::shipped().labels().size(); ++l)
    if ((labels >> l & 1U) != 0) out_.labels.push_back(l);
  models_.router().find(out_, out_.routes);
  take_words(plain.text);
  return out_;
}

std::vector<CommentPiece> CommentReader::explain(std::string_view text) {
  const Placed plain = normalized_with_places(text);
  std::vector<Mark> marks;
  if (language_of(plain.text) != Language::kOther) {
    for (const Mention& at : aspects_.read(plain)) {
      marks.push_back({at.word,
                       0,
                       {.text = {},
                        .is = CommentPiece::Is::kAspect,
                        .number = at.aspect,
                        .value = at.positive,
                        .polarity = at.polarity}});
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
