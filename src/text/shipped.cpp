#include "text/shipped.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "text/include_bytes.h"
#include "text/model_file.h"

// ZHIKE_MODELS is the folder of the models.
ZHIKE_EMBED(zhike_zh_reviews, ZHIKE_MODELS "/sentiment_zh_reviews.bin");
ZHIKE_EMBED(zhike_zh_posts, ZHIKE_MODELS "/sentiment_zh_posts.bin");
ZHIKE_EMBED(zhike_zh_kinds, ZHIKE_MODELS "/kinds_zh.bin");
ZHIKE_EMBED(zhike_en, ZHIKE_MODELS "/sentiment_en.bin");

extern "C" {
extern const char zhike_zh_reviews_begin[], zhike_zh_reviews_end[];
extern const char zhike_zh_posts_begin[], zhike_zh_posts_end[];
extern const char zhike_zh_kinds_begin[], zhike_zh_kinds_end[];
extern const char zhike_en_begin[], zhike_en_end[];
}

namespace zhike::text {
namespace {

Result<ShippedModels> parse_all() {
  ShippedModels out;
  CX_TRY(out.zh_reviews, parse_model({zhike_zh_reviews_begin, zhike_zh_reviews_end}));
  CX_TRY(out.zh_posts, parse_model({zhike_zh_posts_begin, zhike_zh_posts_end}));
  CX_TRY(out.zh_kinds, parse_model({zhike_zh_kinds_begin, zhike_zh_kinds_end}));
  CX_TRY(out.en, parse_model({zhike_en_begin, zhike_en_end}));
  if (out.zh_reviews.classes.size() != 2 || out.zh_posts.classes.size() != 2 ||
      out.zh_kinds.classes.size() != 2 || out.en.classes.size() != kSentimentClasses.size() ||
      out.zh_reviews.bits != out.zh_posts.bits || out.zh_reviews.bits != out.zh_kinds.bits)
    return fail(Code::kBadTextModel, "the shipped models do not go together");
  return out;
}

}  // namespace

Result<const ShippedModels*> shipped_sentiment() {
  static const Result<ShippedModels> models = parse_all();
  if (!models) return std::unexpected(models.error());
  return &*models;
}

crypto::Hash128 shipped_fingerprint() {
  static const crypto::Hash128 whole = [] {
    const std::array<std::string_view, 4> files{
        std::string_view{zhike_zh_reviews_begin, zhike_zh_reviews_end},
        {zhike_zh_posts_begin, zhike_zh_posts_end},
        {zhike_zh_kinds_begin, zhike_zh_kinds_end},
        {zhike_en_begin, zhike_en_end}};
    std::string all;
    for (const std::string_view file : files) {
      const crypto::Hash128 one = crypto::fingerprint(file);
      for (const std::uint64_t half : {one.high, one.low}) all += std::to_string(half) + ' ';
    }
    return crypto::fingerprint(all);
  }();
  return whole;
}

SentimentReader::SentimentReader(const ShippedModels& models)
    : reviews_(models.zh_reviews), posts_(models.zh_posts), kinds_(models.zh_kinds), english_(models.en) {}

std::span<const float> SentimentReader::read(std::u32string_view normalized) {
  if (language_of(normalized) != Language::kChinese) return english_.read(normalized);
  extract(normalized, Grams::kCharacters, features_);
  to_buckets(features_, reviews_.model().bits);
  const float post = kinds_.read_buckets(features_)[0];
  const float negative =
      post * posts_.read_buckets(features_)[0] + (1 - post) * reviews_.read_buckets(features_)[0];
  chances_ = {negative, 0, 1 - negative};
  return chances_;
}

}  // namespace zhike::text
