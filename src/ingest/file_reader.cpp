#include "ingest/file_reader.h"

#include "ingest/csv.h"
#include "ingest/jsonl.h"

namespace zhike::ingest {
namespace {

class CsvFile final : public FileReader {
 public:
  CsvFile(std::string name, const Mapping& mapping, const FileRule& rule, std::unique_ptr<CsvReader> csv,
          std::unique_ptr<RowMapper> mapper)
      : name_(std::move(name)),
        rule_name_(mapping.source + "/" + rule.name),
        csv_(std::move(csv)),
        mapper_(std::move(mapper)) {}

  Result<bool> next(Instant now, Parsed& out) override {
    CX_TRY(const CsvReader::Next found, csv_->next());
    if (found == CsvReader::Next::kEnd) return false;
    if (found == CsvReader::Next::kBad) {
      reject(out, {Reason::kUnreadable, csv_->problem()});
    } else if (auto refusal = mapper_->apply(csv_->cells(), now, out.events)) {
      reject(out, *std::move(refusal));
    }
    return true;
  }
  std::uint64_t line() const override { return csv_->line(); }
  const TextSource& source() const override { return csv_->source(); }
  void add_notes(std::vector<std::string>& notes) const override {
    if (csv_->source().encoding() != Encoding::kUtf8)
      notes.push_back(fmt::format("encoding {}", to_string(csv_->source().encoding())));
    if (csv_->source().replaced() > 0)
      notes.push_back(fmt::format("{} broken characters were replaced", csv_->source().replaced()));
    for (const std::string& pattern : mapper_->lookups_missing())
      notes.push_back(fmt::format("no file {} to look up in", pattern));
  }

 private:
  // With the header, so that the row can be read again alone.
  void reject(Parsed& out, Refusal why) const {
    Reject r{.reason = why.reason,
             .form = Form::kCsv,
             .detail = std::move(why.detail),
             .origin = fmt::format("{} line {}", name_, csv_->line()),
             .mapping = rule_name_,
             .raw = {},
             .source = {},
             .received_at = {}};
    r.raw.append(csv_->header_raw()).append("\n").append(csv_->raw().substr(0, kRawMax));
    out.rejects.push_back(std::move(r));
  }

  std::string name_, rule_name_;
  std::unique_ptr<CsvReader> csv_;
  std::unique_ptr<RowMapper> mapper_;
};

class JsonLinesFile final : public FileReader {
 public:
  JsonLinesFile(std::string name, std::unique_ptr<TextSource> source)
      : name_(std::move(name)), lines_(std::move(source)) {}
  Result<bool> next(Instant now, Parsed& out) override {
    const std::size_t rejects = out.rejects.size();
    CX_TRY(const bool more, lines_.next(now, out));
    for (std::size_t i = rejects; i < out.rejects.size(); ++i)
      out.rejects[i].origin = fmt::format("{} line {}", name_, lines_.line());
    return more;
  }
  std::uint64_t line() const override { return lines_.line(); }
  const TextSource& source() const override { return lines_.source(); }
  void add_notes(std::vector<std::string>&) const override {}

 private:
  std::string name_;
  JsonLines lines_;
};

}  // namespace

bool is_json_lines(const std::filesystem::path& file) {
  const std::string name = file.filename().string();
  return matches("*.jsonl", name) || matches("*.ndjson", name);
}

Result<std::unique_ptr<FileReader>> FileReader::open(const std::filesystem::path& file,
                                                     const Mapping& mapping, const FileRule* rule) {
  const std::string name = file.filename().string();
  CX_TRY(auto source, TextSource::open(file, rule == nullptr ? std::nullopt : rule->encoding));
  if (rule == nullptr) return std::make_unique<JsonLinesFile>(name, std::move(source));
  auto csv = CsvReader::open(std::move(source), {.delimiter = rule->delimiter});
  if (!csv) return fail(csv.error().code, "{}: {}", name, csv.error().detail);
  auto mapper =
      RowMapper::bind(mapping, *rule, (*csv)->header(), file.has_parent_path() ? file.parent_path() : ".");
  if (!mapper) return fail(mapper.error().code, "{}: {}", name, mapper.error().detail);
  return std::make_unique<CsvFile>(name, mapping, *rule, *std::move(csv), *std::move(mapper));
}

}  // namespace zhike::ingest
