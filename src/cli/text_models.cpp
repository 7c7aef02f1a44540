#include "cli/text_models.h"

#include <utility>

#include "base/file.h"
#include "text/model_file.h"
#include "text/shipped.h"

namespace zhike::cli {

Result<Judging> judging(const TextCommand& command) {
  Judging out;
  if (command.model.empty()) {
    CX_TRY(const text::ShippedModels* const models, text::shipped_sentiment());
    out.classes.assign(text::kSentimentClasses.begin(), text::kSentimentClasses.end());
    out.read = [reader = std::make_shared<text::SentimentReader>(*models)](std::u32string_view plain) {
      return reader->read(plain);
    };
    for (const text::Model* model : models->all()) out.cards.push_back(model->card);
    return out;
  }
  CX_TRY(const std::string bytes, read_file(command.model));
  auto model = text::parse_model(bytes);
  if (!model) return fail(model.error().code, "{}: {}", command.model, model.error().detail);
  out.own = std::make_unique<const text::Model>(std::move(*model));
  out.classes = out.own->classes;
  out.read = [reader = std::make_shared<text::Reader>(*out.own)](std::u32string_view plain) {
    return reader->read(plain);
  };
  out.cards.push_back(out.own->card);
  return out;
}

}  // namespace zhike::cli
