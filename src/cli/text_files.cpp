#include "cli/text_files.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <string_view>

#include "base/ascii.h"
#include "base/encoding.h"
#include "clean/width.h"
#include "ingest/file_format.h"
#include "ingest/row_reader.h"

namespace zhike::cli {
namespace {

constexpr std::size_t kProblemsNamed = 3;
constexpr std::size_t kLabelsMax = 100'000;  // different ones: a column of texts or ids was named by mistake

std::string key_of(std::string_view name) { return ascii::lower(clean::trim(name)); }

class LabelledReader {
 public:
  explicit LabelledReader(const TextCommand& command) : command_(command) {}

  Result<LabelledTexts> read() {
    for (const std::string& file : command_.files) {
      const std::size_t before = out_.texts.size();
      CX_TRY(read_file(file));
      out_.rows_of_files.push_back(out_.texts.size() - before);
    }
    if (out_.texts.empty() && is_labelled()) return fail(Code::kBadTextLabels, "no row has a label");
    return std::move(out_);
  }

 private:
  [[nodiscard]] bool is_labelled() const { return !command_.label.empty(); }

  Result<void> read_file(const std::filesystem::path& file) {
    const ingest::FileRule rule;
    CX_TRY(const ingest::FileFormat* const format, ingest::detect_format(file));
    if (format == nullptr || format->open == nullptr)
      return fail(Code::kBadFile, "{}: no table of texts", file.string());
    CX_TRY(const auto rows, format->open({file, rule}));
    CX_TRY(const std::size_t text_at, place_of(rows->header(), command_.text, file));
    std::size_t label_at = text_at;
    if (is_labelled()) {
      CX_TRY(label_at, place_of(rows->header(), command_.label, file));
    }
    std::uint64_t number = 0, bad = 0, unlabelled = 0;
    for (;;) {
      CX_TRY(const auto next, rows->next());
      if (next == ingest::RowReader::Next::kEnd) break;
      ++number;
      if (next == ingest::RowReader::Next::kBad) {
        if (++bad <= kProblemsNamed)
          out_.notes.push_back(fmt::format("{} line {}: {}", file.string(), rows->line(), rows->problem()));
        continue;
      }
      const std::string_view label = is_labelled() ? clean::trim(rows->cells()[label_at]) : "";
      if (label.empty() && is_labelled()) {
        ++unlabelled;
        continue;
      }
      CX_TRY(const std::uint32_t place, label_place(label, file));
      out_.texts.push_back(to_valid_utf8(rows->cells()[text_at]));
      out_.labels.push_back(place);
      out_.numbers.push_back(number);
      out_.files.push_back(static_cast<std::uint32_t>(out_.rows_of_files.size()));
    }
    out_.bad += bad;
    if (bad > 0) out_.notes.push_back(fmt::format("{}: {} rows left out", file.string(), bad));
    if (unlabelled > 0)
      out_.notes.push_back(fmt::format("{}: {} rows without {}", file.string(), unlabelled, command_.label));
    rows->add_notes(out_.notes);
    return {};
  }

  static Result<std::size_t> place_of(const std::vector<std::string>& header, std::string_view name,
                                      const std::filesystem::path& file) {
    for (std::size_t c = 0; c < header.size(); ++c)
      if (key_of(header[c]) == key_of(name)) return c;
    return fail(Code::kTextColumnMissing, "{}: {}; there are {}", file.string(), name,
                fmt::join(header, ", "));
  }

  Result<std::uint32_t> label_place(std::string_view label, const std::filesystem::path& file) {
    if (const auto found = places_.find(label); found != places_.end()) return found->second;
    if (places_.size() == kLabelsMax)
      return fail(Code::kBadTextLabels, "{}: more than {} different labels", file.string(), kLabelsMax);
    const auto place = static_cast<std::uint32_t>(out_.names.size());
    out_.names.emplace_back(label);
    places_.emplace(label, place);
    return place;
  }

  const TextCommand& command_;
  LabelledTexts out_;
  std::map<std::string, std::uint32_t, std::less<>> places_;
};

}  // namespace

Result<LabelledTexts> read_labelled(const TextCommand& command) { return LabelledReader(command).read(); }

}  // namespace zhike::cli
