#include "text/shipped.h"

#include <array>
#include <string_view>
#include <vector>

#include "text/model_file.h"

// Both compilers hand this to the assembler; ZHIKE_MODELS is the folder of the models.
#define ZHIKE_INCLUDE(name, file)                     \
  __asm__(                                            \
      ".pushsection .rodata\n"                        \
      ".balign 16\n" #name                            \
      "_begin:\n"                                     \
      ".incbin \"" ZHIKE_MODELS "/" file "\"\n" #name \
      "_end:\n"                                       \
      ".byte 0\n"                                     \
      ".popsection\n"                                 \
      ".globl " #name                                 \
      "_begin\n"                                      \
      ".globl " #name "_end\n")
ZHIKE_INCLUDE(zhike_sentiment_zh, "text_sentiment_zh.bin");
ZHIKE_INCLUDE(zhike_sentiment_en, "text_sentiment_en.bin");

extern "C" {
extern const char zhike_sentiment_zh_begin[], zhike_sentiment_zh_end[];
extern const char zhike_sentiment_en_begin[], zhike_sentiment_en_end[];
}

namespace zhike::text {
namespace {

Result<std::vector<Model>> parse_all() {
  const std::array files{std::string_view(zhike_sentiment_zh_begin, zhike_sentiment_zh_end),
                         std::string_view(zhike_sentiment_en_begin, zhike_sentiment_en_end)};
  std::vector<Model> out;
  for (const std::string_view bytes : files) {
    CX_TRY(Model model, parse_model(bytes));
    out.push_back(std::move(model));
  }
  return out;
}

}  // namespace

Result<std::span<const Model>> shipped_sentiment() {
  static const Result<std::vector<Model>> models = parse_all();
  if (!models) return std::unexpected(models.error());
  return std::span<const Model>(*models);
}

const Model& model_for(std::span<const Model> models, Language language) noexcept {
  const Language wanted = language == Language::kChinese ? Language::kChinese : Language::kEnglish;
  for (const Model& model : models)
    if (model.language == wanted) return model;
  return models.front();
}

}  // namespace zhike::text
