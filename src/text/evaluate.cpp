#include "text/evaluate.h"

#include <algorithm>
#include <cmath>

namespace zhike::text {
namespace {

constexpr double kUnit = 0x1.0p32;

bool surer(const Mistake& a, const Mistake& b) noexcept {
  return a.confidence != b.confidence ? a.confidence > b.confidence : a.row < b.row;
}

double ratio(std::uint64_t part, std::uint64_t whole) noexcept {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

Evaluator::Evaluator(std::uint32_t classes)
    : classes_(classes), confusion_(std::size_t{classes} * classes), bins_(kBins) {}

void Evaluator::add(std::uint64_t row, std::uint32_t truth, std::span<const float> chances) {
  const auto predicted = static_cast<std::uint32_t>(std::ranges::max_element(chances) - chances.begin());
  const float confidence = std::clamp(chances[predicted], 0.0F, 1.0F);
  ++confusion_[std::size_t{truth} * classes_ + predicted];
  Bin& bin = bins_[std::min(kBins - 1, static_cast<std::size_t>(static_cast<double>(confidence) * kBins))];
  ++bin.rows;
  bin.right += predicted == truth ? 1 : 0;
  bin.confidence += static_cast<std::uint64_t>(std::llround(static_cast<double>(confidence) * kUnit));
  if (predicted == truth) return;
  worst_.push_back({.row = row, .truth = truth, .predicted = predicted, .confidence = confidence});
  std::ranges::push_heap(worst_, surer);
  if (worst_.size() <= kWorstKept) return;
  std::ranges::pop_heap(worst_, surer);
  worst_.pop_back();
}

Evaluation Evaluator::result() const {
  Evaluation out{.classes = std::vector<ClassFigures>(classes_), .confusion = confusion_, .worst = worst_};
  std::uint64_t right_all = 0;
  std::size_t occurring = 0;
  for (std::uint32_t c = 0; c < classes_; ++c) {
    std::uint64_t truly = 0, predicted = 0;
    for (std::uint32_t other = 0; other < classes_; ++other) {
      truly += confusion_[std::size_t{c} * classes_ + other];
      predicted += confusion_[std::size_t{other} * classes_ + c];
    }
    const std::uint64_t right = confusion_[std::size_t{c} * classes_ + c];
    out.classes[c] = {.rows = truly,
                      .precision = ratio(right, predicted),
                      .recall = ratio(right, truly),
                      .f1 = ratio(2 * right, truly + predicted)};
    out.rows += truly;
    right_all += right;
    if (truly + predicted == 0) continue;
    ++occurring;
    out.macro_f1 += out.classes[c].f1;
  }
  out.accuracy = ratio(right_all, out.rows);
  if (occurring > 0) out.macro_f1 /= static_cast<double>(occurring);
  double distance = 0;
  for (const Bin& bin : bins_)
    distance += std::abs(static_cast<double>(bin.right) - static_cast<double>(bin.confidence) / kUnit);
  if (out.rows > 0) out.ece = distance / static_cast<double>(out.rows);
  std::ranges::sort(out.worst, surer);
  return out;
}

}  // namespace zhike::text
