// CSV, TSV, JSON lines and Parquet in allowed folders, through a zhike-engine of their own that lives for one
// question: it holds no store, has the opened files and nothing else, runs at a lower priority, and is ended
// when its time or its memory is spent.
#include <algorithm>
#include <array>
#include <semaphore>
#include <utility>

#include "base/ascii.h"
#include "base/encoding.h"
#include "external/files.h"
#include "external/text_type.h"
#include "warehouse/file_query.h"

namespace zhike::external {
namespace {

constexpr std::uint64_t kMemoryMax = 512ULL << 20;
constexpr std::size_t kLookedAt = 1000;  // rows whose texts say what a column is
constexpr std::ptrdiff_t kAtOnce = 2;    // such engines

std::counting_semaphore<kAtOnce>& places() {
  static std::counting_semaphore<kAtOnce> all(kAtOnce);
  return all;
}

struct Format {
  std::string_view key, engine;
  bool is_text = true;  ///< its columns have no types, or not the same in every file
};
constexpr std::array kFormats{Format{"csv", "CSVWithNames"}, Format{"tsv", "CSVWithNames"},
                              Format{"jsonl", "JSONEachRow"}, Format{"parquet", "Parquet", false}};

/// By the setting, else by the name's end.
const Format* format_of(const Source& source, std::string_view name) {
  std::string key = source.setting("format");
  if (key == "auto") {
    const std::string path = ascii::lower(name);
    key = path.substr(path.rfind('.') + 1);
    if (key == "ndjson") key = "jsonl";
  }
  const auto at = std::ranges::find(kFormats, key, &Format::key);
  return at == kFormats.end() ? nullptr : &*at;
}

char delimiter_of(const Source& source, const Format& format) {
  if (format.key == "tsv") return '\t';
  const std::string word = source.setting("delimiter");
  return word == "semicolon" ? ';' : word == "bar" ? '|' : ',';
}

query::OutsideType type_of(std::string_view native) {
  for (const std::string_view wrap : {"LowCardinality(", "Nullable("})
    if (native.starts_with(wrap)) native.remove_prefix(wrap.size());
  const auto is = [&](std::string_view word) { return native.starts_with(word); };
  if (is("Bool")) return query::OutsideType::kFlag;
  if (is("Int") || is("UInt") || is("Float") || is("BFloat") || is("Decimal"))
    return query::OutsideType::kNumber;
  return is("Date") ? query::OutsideType::kTime : query::OutsideType::kText;
}

/// What the engine says of a file as a whole, in our words.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kReasons{
    {{"differs with the number of types",
      ": the first row has another number of cells than the line of names"},
     {"Duplicate column name", ": two columns have one name"},
     {"Cannot read rows from the data", ": there are no rows"},
     {"Not a Parquet file", ": it does not end as Parquet does"}}};

Code code_of(Code code) {
  switch (code) {
    case Code::kQueryTooSlow:
      return Code::kVirtualTooSlow;
    case Code::kQueryTooLarge:
      return Code::kVirtualTooLarge;
    case Code::kQueryFailed:
    case Code::kEngineFailed:
    case Code::kFileFailed:
      return Code::kVirtualFailed;
    default:
      return code;  // of the sink
  }
}

class Files final : public Reader {
 public:
  Files(const Source& source, const Format& format, std::string path, std::vector<OpenedFile> files,
        const Reach& reach)
      : source_(source), format_(format), path_(std::move(path)), program_(reach.engine) {
    // Without a byte there is no line of names either.
    std::erase_if(files, [](const OpenedFile& file) { return file.bytes == 0; });
    for (OpenedFile& file : files) {
      fds_.push_back(std::move(file.fd));
      names_.push_back(std::move(file.name));
    }
  }

  Result<std::vector<query::OutsideColumn>> describe(Deadline deadline) override {
    std::vector<query::OutsideColumn> out;
    constexpr std::size_t kCells = 7;  // of a DESCRIBE: name, type, and what files have not
    warehouse::FileQuery query = asked("DESCRIBE TABLE " + std::string(warehouse::FileQuery::kFiles));
    query.columns = kCells;
    query.nullable = false;
    CX_TRY(ask(query, 1, deadline, [&](std::span<const Cell> row) -> Result<bool> {
      const std::string name(row[0].value_or(""));
      if (!is_valid_utf8(name) || !query::quoted_name(query::Dialect::kEngine, name))
        return fail(Code::kVirtualFailed, "{}: column {} has no name that can be used; texts must be UTF-8",
                    names_.front(), out.size() + 1);
      const std::string native(format_.is_text ? "Nullable(String)" : row[1].value_or(""));
      out.push_back({.name = name, .type = type_of(native), .native = native.substr(0, kNativeMax)});
      return out.size() < kColumnsMax;
    }));
    if (format_.is_text) CX_TRY(look(out, deadline));
    return out;
  }

  Result<std::string> relation() const override { return std::string(warehouse::FileQuery::kFiles); }

  Result<void> read(const query::OutsideSql& sql, Deadline deadline, const RowSink& sink) override {
    std::vector<query::OutsideColumn> columns;
    for (const Column& column : source_.columns) columns.push_back(column.is);
    return read(sql, columns, fds_.size(), deadline, sink);
  }

 private:
  static constexpr std::size_t kNativeMax = 200;

  warehouse::FileQuery asked(const std::string& sql) {
    sql_ = sql;
    return {.sql = sql_, .format = format_.engine, .delimiter = delimiter_of(source_, format_)};
  }

  Result<void> read(const query::OutsideSql& sql, std::span<const query::OutsideColumn> columns,
                    std::size_t files, Deadline deadline, const RowSink& sink) {
    warehouse::FileQuery query = asked(sql.sql);
    for (std::size_t i = 0; i < sql.values.size(); ++i)
      query.params.set("p" + std::to_string(i + 1), sql.values[i].texts);
    // Lines of JSON have the fields that they have: what a line lacks is nothing.
    std::string structure;
    if (format_.key == "jsonl") {
      for (const auto& column : columns) {
        CX_TRY(const std::string name, query::quoted_name(query::Dialect::kEngine, column.name));
        structure += (structure.empty() ? "" : ", ") + name + " Nullable(String)";
      }
      query.structure = structure;
    }
    query.columns = sql.columns;
    return ask(query, files, deadline, sink);
  }

  /// Says what the texts of the columns are.
  Result<void> look(std::vector<query::OutsideColumn>& columns, Deadline deadline) {
    CX_TRY(const auto sql, query::outside({.dialect = query::Dialect::kEngine,
                                           .relation = std::string(warehouse::FileQuery::kFiles),
                                           .columns = columns,
                                           .rows_max = kLookedAt}));
    std::vector<TextType> types(columns.size());
    CX_TRY(read(sql, columns, 1, deadline, [&](std::span<const Cell> row) -> Result<bool> {
      for (std::size_t i = 0; i < types.size(); ++i)
        if (row[i]) types[i].add(*row[i]);
      return true;
    }));
    for (std::size_t i = 0; i < types.size(); ++i) columns[i].type = types[i].type();
    return {};
  }

  /// The first `count` files.
  Result<void> ask(const warehouse::FileQuery& query, std::size_t count, Deadline deadline,
                   const RowSink& sink) {
    if (fds_.empty()) return fail(Code::kVirtualTableMissing, "{}: empty", path_);
    if (!places().try_acquire_until(deadline)) return fail(Code::kVirtualBusy, "{} at a time", kAtOnce);
    struct Leave {
      ~Leave() { places().release(); }
    } const leave;
    warehouse::FileFailure failure;
    const auto done =
        warehouse::ask_files(query, std::span(fds_).first(count), program_,
                             {.deadline = deadline, .memory_bytes_max = kMemoryMax}, sink, failure);
    if (done) return {};
    if (done.error().code == Code::kQueryFailed) return refused(failure);
    return std::unexpected(
        Error{code_of(done.error().code), fmt::format("{}: {}", source_.key, done.error().detail)});
  }

  /// The engine's own words show values of rows; what is told is the column that is missing, or the row.
  std::unexpected<Error> refused(const warehouse::FileFailure& failure) {
    constexpr std::array kNoColumn{8, 10, 16, 47};
    constexpr std::array kBroken{6, 26, 27, 33, 36, 92, 115, 117, 432, 636};
    std::string what = names_[std::min(failure.file, names_.size() - 1)];
    const auto between = [&](std::string_view from, std::string_view until) -> std::string_view {
      const std::string_view text(failure.text);
      const auto at = text.find(from);
      if (at == text.npos) return {};
      const auto begin = at + from.size();
      return text.substr(begin, std::min<std::size_t>(text.find(until, begin) - begin, 128));
    };
    if (std::ranges::find(kNoColumn, failure.code) != kNoColumn.end())
      return fail(Code::kVirtualTableMissing, "{}: column {}", what, to_valid_utf8(between("`", "`")));
    if (std::ranges::find(kBroken, failure.code) != kBroken.end())
      what += fmt::format(" is not {} that can be read", format_.key);
    for (const auto& [words, told] : kReasons)
      if (failure.text.find(words) != failure.text.npos) what += told;
    if (const auto row = between("(at row ", ")"); ascii::parse_number<std::uint64_t>(row))
      what += fmt::format(", row {}", row);
    return fail(Code::kVirtualFailed, "{} (engine code {})", what, failure.code);
  }

  const Source& source_;
  const Format& format_;
  const std::string path_;
  const std::filesystem::path program_;
  std::vector<Fd> fds_;
  std::vector<std::string> names_;
  std::string sql_;
};

}  // namespace

Result<std::unique_ptr<Reader>> read_files(const Source& source, const Reach& reach, std::string path,
                                           std::vector<OpenedFile> files) {
  const Format* const format = format_of(source, path);
  if (format == nullptr)
    return fail(Code::kBadVirtualSource, "'format' must be said: the name does not end in it");
  return std::make_unique<Files>(source, *format, std::move(path), std::move(files), reach);
}

Result<std::unique_ptr<Reader>> open_files(const Source& source, const Reach& reach, Deadline) {
  std::string path = source.setting("path");
  CX_TRY(auto files, open_allowed(path, reach.folders));
  return read_files(source, reach, std::move(path), std::move(files));
}

}  // namespace zhike::external
