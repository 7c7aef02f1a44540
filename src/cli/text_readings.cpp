#include "cli/text_readings.h"

#include <fmt/format.h>

#include "base/file.h"

namespace zhike::cli {

Reading::Reading(Console& console, const TextCommand& command, const LabelledTexts& texts)
    : console_(console), command_(command), texts_(texts) {
  for (const std::string& note : texts.notes) console.note(note);
  if (!command.out.empty()) out_.emplace(command.out);
}

void Reading::head(std::vector<std::string_view> names) {
  if (!out_) return;
  if (command_.files.size() > 1) out_->cell("file");
  out_->cell("row");
  for (const std::string_view name : names) out_->cell(name);
  out_->end_row();
}

CsvFile& Reading::begin_row(std::size_t text) {
  if (command_.files.size() > 1) out_->cell(command_.files[texts_.files[text]]);
  out_->cell(fmt::format("{}", texts_.numbers[text]));
  return *out_;
}

Result<int> Reading::end(json::object answer) {
  const double seconds = std::chrono::duration<double>(Clock::now() - start_).count();
  if (out_) CX_TRY(out_->close());
  const std::size_t rows = texts_.texts.size();
  const double rate = seconds > 0 ? static_cast<double>(rows) / seconds : 0;
  console_.say(fmt::format("{} {}, {:.2f} s, {:.0f} {}", rows, console_.pick("texts", "条文本"), seconds,
                           rate, console_.pick("texts/s", "条/秒")));
  if (out_) console_.say(command_.out);
  answer["rows"] = rows;
  answer["bad_rows"] = texts_.bad;
  answer["seconds"] = seconds;
  answer["texts_per_second"] = rate;
  answer["notes"] = json::array(texts_.notes.begin(), texts_.notes.end());
  if (out_) answer["out"] = command_.out;
  console_.result(answer);
  return texts_.bad == 0 ? kDone : kPartly;
}

std::string shortened(std::string_view text, std::size_t characters) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if ((static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U && characters-- == 0) return out + "…";
    out.push_back(static_cast<unsigned char>(text[at]) < ' ' || text[at] == 0x7F ? ' ' : text[at]);
  }
  return out;
}

Result<std::vector<std::u32string>> words_of(const TextCommand& command) {
  if (command.dictionary.empty()) return std::vector<std::u32string>{};
  CX_TRY(const std::string bytes, read_file(command.dictionary));
  auto words = text::parse_words(bytes);
  if (!words) return fail(words.error().code, "{}: {}", command.dictionary, words.error().detail);
  return words;
}

}  // namespace zhike::cli
