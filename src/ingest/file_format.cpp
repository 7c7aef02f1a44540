#include "ingest/file_format.h"

#include <algorithm>
#include <array>
#include <fstream>

#include "base/ascii.h"
#include "ingest/csv_rows.h"
#include "ingest/json_fields.h"
#include "ingest/json_rows.h"
#include "ingest/ocel.h"
#include "ingest/presets.h"
#include "ingest/xes.h"
#include "ingest/xlsx.h"

namespace zhike::ingest {
namespace {

using Opened = Result<std::unique_ptr<RowReader>>;

OpenText opener(const OpenFile& file, std::optional<Encoding> encoding) {
  return [path = file.path, encoding] { return TextSource::open(path, encoding); };
}

// Without its endings: "logs/a.xes.gz" → "a".
std::string stem(const std::filesystem::path& file) {
  std::filesystem::path name = file.filename();
  while (name.has_extension() && name.extension().string().size() <= 10) name = name.stem();
  return name.string();
}

// The encoding that an XML declaration names.
std::optional<Encoding> declared_encoding(std::string_view head) {
  head = head.substr(0, std::min<std::size_t>(head.find("?>"), 200));
  constexpr std::string_view kKey = "encoding=";
  const std::size_t at = head.find(kKey);
  if (!head.starts_with("<?xml") || at == head.npos || at + kKey.size() >= head.size()) return std::nullopt;
  const char quote = head[at + kKey.size()];
  const std::string_view rest = head.substr(at + kKey.size() + 1);
  const auto found = parse_encoding(rest.substr(0, rest.find(quote)));
  return found ? std::optional(*found) : std::nullopt;
}

Opened open_csv(const OpenFile& file) {
  CX_TRY(auto source, TextSource::open(file.path, file.rule.encoding));
  return open_csv_rows(std::move(source), {.delimiter = file.rule.delimiter, .quote = file.rule.quote});
}
Opened open_json(const OpenFile& file) {
  return open_json_rows(opener(file, file.rule.encoding), file.rule.records);
}
Opened open_ocel_file(const OpenFile& file) {
  return open_ocel(opener(file, file.rule.encoding), stem(file.path));
}
Opened open_xlsx_file(const OpenFile& file) { return open_xlsx(file.path.string(), file.rule.sheet); }
Opened open_parquet(const OpenFile& file) { return open_parquet_rows(file.path); }
Opened open_xes_file(const OpenFile& file) {
  std::optional<Encoding> encoding = file.rule.encoding;
  if (!encoding) {
    CX_TRY(const auto look, TextSource::open(file.path));
    std::string head;
    CX_TRY(look->more(head));
    encoding = declared_encoding(head);
  }
  return open_xes(opener(file, encoding), stem(file.path));
}

std::string_view without_blanks(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
}

struct Look {
  std::string_view bytes, text, name;
};

bool named(const Look& look, std::string_view ending) {
  std::string name = ascii::lower(look.name);
  if (name.ends_with(".gz")) name.resize(name.size() - 3);
  return name.ends_with(ending);
}
bool is_table_of_text(const Look& look) {
  return named(look, ".csv") || named(look, ".tsv") || named(look, ".txt");
}
bool begins_json(const Look& look) {
  const std::string_view text = without_blanks(look.text);
  return !is_table_of_text(look) && (text.starts_with('{') || text.starts_with('['));
}
bool is_parquet(const Look& look) { return look.bytes.starts_with("PAR1"); }
bool is_zip(const Look& look) { return look.bytes.starts_with("PK\x03\x04"); }
bool is_xml(const Look& look) {
  const std::string_view text = without_blanks(look.text);
  return text.starts_with("<?xml") || text.starts_with("<!--") || text.starts_with("<log");
}
bool is_ocel(const Look& look) {
  return begins_json(look) && (named(look, ".jsonocel") || look.text.find("\"ocel:") != look.text.npos ||
                               look.text.find("\"objectTypes\"") != look.text.npos);
}

// One call a line: of a type of the protocol, and with what every call carries.
bool is_segment(const Look& look) {
  const std::string_view first = without_blanks(look.text).substr(0, without_blanks(look.text).find('\n'));
  if (!begins_json(look) || !first.starts_with('{')) return false;
  JsonParser parser;
  simdjson::dom::element root;
  simdjson::dom::object call;
  if (parser.parse(first, root) != simdjson::SUCCESS || root.get(call) != simdjson::SUCCESS) return false;
  if (!parse_event_type(text_at(call, "type"))) return false;
  return std::ranges::any_of(
      std::array{"userId", "anonymousId", "messageId", "event"},
      [&](std::string_view key) { return call.at_key(key).error() == simdjson::SUCCESS; });
}
bool is_any(const Look&) { return true; }

struct Known {
  FileFormat format;
  bool (*looks)(const Look&);
};
// CSV stands last: any text may be one.
constexpr std::array kKnown{
    Known{{"parquet", "", open_parquet}, is_parquet},
    Known{{"xlsx", "", open_xlsx_file}, is_zip},
    Known{{"xes", "xes", open_xes_file}, is_xml},
    Known{{"ocel", "ocel", open_ocel_file}, is_ocel},
    Known{{"segment", "", nullptr}, is_segment},
    Known{{"json", "", open_json}, begins_json},
    Known{{"csv", "", open_csv}, is_any},
};
constexpr auto kFormats = [] {
  std::array<FileFormat, kKnown.size()> all{};
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = kKnown[i].format;
  return all;
}();

// What people send and we do not read, by its first bytes.
struct Refused {
  std::string_view magic, why;
};
constexpr std::array kRefused{
    Refused{"\xD0\xCF\x11\xE0", "an old or an encrypted Excel file: save it as .xlsx without a password"},
    Refused{"%PDF", "a PDF is no table"},
    Refused{"Rar!", "unpack the archive first"},
    Refused{"7z\xBC\xAF", "unpack the archive first"},
};

}  // namespace

std::span<const FileFormat> file_formats() { return kFormats; }

const FileFormat* find_format(std::string_view name) {
  const auto at = std::ranges::find(kFormats, name, &FileFormat::name);
  return at == kFormats.end() ? nullptr : &*at;
}

const FileFormat* detect_format(std::string_view bytes, std::string_view text, std::string_view name) {
  const Look look{bytes, text, name};
  const auto at = std::ranges::find_if(kKnown, [&](const Known& known) { return known.looks(look); });
  return &kFormats[static_cast<std::size_t>(at - kKnown.begin())];
}

Result<const FileFormat*> detect_format(const std::filesystem::path& file) {
  const std::string name = file.filename().string();
  char bytes[8] = {};
  std::ifstream in(file, std::ios::binary);
  in.read(bytes, sizeof bytes);
  const std::string_view begin(bytes, static_cast<std::size_t>(in.gcount()));
  for (const Refused& refused : kRefused)
    if (begin.starts_with(refused.magic)) return fail(Code::kBadFile, "{}: {}", name, refused.why);
  CX_TRY(const auto source, TextSource::open(file));
  std::string text;
  CX_TRY(source->more(text));
  return detect_format(begin, text, name);
}

Result<Mapping> default_mapping(std::span<const std::filesystem::path> files) {
  const FileFormat* of_all = nullptr;
  for (const std::filesystem::path& file : files) {
    CX_TRY(const FileFormat* format, detect_format(file));
    if (format->open != nullptr && format->preset.empty())
      return fail(Code::kNoMapping, "{} ({})", file.filename().string(), format->name);
    if (of_all != nullptr && of_all != format && format->open != nullptr && of_all->open != nullptr)
      return fail(Code::kNoMapping, "{} ({}): import it by itself", file.filename().string(), format->name);
    if (of_all == nullptr || format->open != nullptr) of_all = format;
  }
  if (of_all == nullptr || of_all->open == nullptr) {
    Mapping calls;
    calls.source = "calls";
    return calls;
  }
  return preset(of_all->preset);
}

}  // namespace zhike::ingest
