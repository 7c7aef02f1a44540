#include "ingest/file_reader.h"

#include "ingest/file_format.h"
#include "ingest/jsonl.h"

namespace zhike::ingest {
namespace {

class TableFile final : public FileReader {
 public:
  TableFile(std::string name, const Mapping& mapping, const FileRule& rule, std::unique_ptr<RowReader> rows,
            std::unique_ptr<RowMapper> mapper)
      : name_(std::move(name)),
        rule_name_(mapping.source + "/" + rule.name),
        rows_(std::move(rows)),
        mapper_(std::move(mapper)),
        uses_place_(mapper_->uses_place()) {}

  Result<bool> next(Instant now, Parsed& out) override {
    CX_TRY(const RowReader::Next found, rows_->next());
    if (found == RowReader::Next::kEnd) return false;
    if (found == RowReader::Next::kBad) {
      reject(out, {Reason::kUnreadable, rows_->problem()});
      return true;
    }
    if (uses_place_) mapper_->place(name_, rows_->line());
    if (auto refusal = mapper_->apply(rows_->cells(), now, out.events))
      reject(out, *std::move(refusal), true);
    return true;
  }
  std::uint64_t line() const override { return rows_->line(); }
  std::uint64_t bytes_read() const override { return rows_->bytes_read(); }
  std::uint64_t bytes_total() const override { return rows_->bytes_total(); }
  void add_notes(std::vector<std::string>& notes) const override {
    rows_->add_notes(notes);
    for (const std::string& pattern : mapper_->lookups_missing())
      notes.push_back(fmt::format("no file {} to look up in", pattern));
  }

 private:
  // With the header and what was looked up, so that the row can be read again alone.
  void reject(Parsed& out, Refusal why, bool mapped = false) const {
    std::vector<std::pair<std::string, std::string>> places;
    if (mapped) mapper_->add_looked_up(places);
    if (uses_place_) {
      places.emplace_back("@file", name_);
      places.emplace_back("@row", std::to_string(rows_->line()));
    }
    out.rejects.push_back({.reason = why.reason,
                           .form = Form::kCsv,
                           .detail = std::move(why.detail),
                           .origin = fmt::format("{} line {}", name_, rows_->line()),
                           .mapping = rule_name_,
                           .raw = rows_->raw(places),
                           .source = {},
                           .received_at = {}});
  }

  std::string name_, rule_name_;
  std::unique_ptr<RowReader> rows_;
  std::unique_ptr<RowMapper> mapper_;
  bool uses_place_;
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
  std::uint64_t bytes_read() const override { return lines_.source().bytes_read(); }
  std::uint64_t bytes_total() const override { return lines_.source().bytes_total(); }
  void add_notes(std::vector<std::string>&) const override {}

 private:
  std::string name_;
  JsonLines lines_;
};

// The file's name is in the detail once.
std::unexpected<Error> named(const std::string& name, const Error& error) {
  if (error.detail.starts_with(name)) return std::unexpected(error);
  return fail(error.code, "{}: {}", name, error.detail);
}

}  // namespace

Result<const FileRule*> rule_of(const std::filesystem::path& file, const Mapping& mapping) {
  Result<const FileRule*> rule = mapping.rule_for(file);
  if (rule && ((*rule)->reference || !(*rule)->format.empty()))
    return find_format((*rule)->format) == find_format("segment") && !(*rule)->reference ? nullptr : rule;
  CX_TRY(const FileFormat* format, detect_format(file));
  if (format->open == nullptr) return nullptr;
  return rule;
}

Result<std::unique_ptr<FileReader>> FileReader::open(const std::filesystem::path& file,
                                                     const Mapping& mapping, const FileRule* rule) {
  const std::string name = file.filename().string();
  if (rule == nullptr) {
    CX_TRY(auto source, TextSource::open(file));
    return std::make_unique<JsonLinesFile>(name, std::move(source));
  }
  const FileFormat* format = find_format(rule->format);
  if (format == nullptr) {
    CX_TRY(format, detect_format(file));
  }
  if (format->open == nullptr)
    return fail(Code::kBadFile, "{}: calls of the Segment protocol are no table", name);
  auto rows = format->open({file, *rule});
  if (!rows) return named(name, rows.error());
  auto mapper =
      RowMapper::bind(mapping, *rule, (*rows)->header(), file.has_parent_path() ? file.parent_path() : ".");
  if (!mapper) return named(name, mapper.error());
  return std::make_unique<TableFile>(name, mapping, *rule, *std::move(rows), *std::move(mapper));
}

}  // namespace zhike::ingest
