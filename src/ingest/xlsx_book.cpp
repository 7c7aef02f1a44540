#include "ingest/xlsx_book.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/ascii.h"

namespace zhike::ingest {
namespace {

std::string_view find(XmlHandler::Attributes attributes, std::string_view name) {
  for (const auto& [key, value] : attributes)
    if (key == name ||
        (key.size() > name.size() && key.ends_with(name) && key[key.size() - name.size() - 1] == ':'))
      return value;
  return {};
}

// A small part whose attributes say all: calls use(element, attributes).
class Elements final : private XmlHandler {
 public:
  using Use = std::function<void(std::string_view, Attributes)>;
  static Result<void> each(ZipFile& zip, const std::string& part, Use use) {
    CX_TRY(auto feed, zip.feed(part, XlsxLimits::kPartBytesMax, nullptr));
    Elements elements(std::move(use));
    XmlStream stream(std::move(feed), elements, part);
    CX_TRY(stream.run());
    return {};
  }

 private:
  explicit Elements(Use use) : use_(std::move(use)) {}
  void begin(std::string_view element, Attributes attributes) override { use_(element, attributes); }
  void end(std::string_view) override {}
  void text(std::string_view) override {}
  Use use_;
};

// "worksheets/sheet1.xml" of "xl/workbook.xml" → "xl/worksheets/sheet1.xml".
std::string resolve(std::string_view base, std::string_view target) {
  if (target.starts_with('/')) return std::string(target.substr(1));
  std::string folder(base.substr(0, base.rfind('/') == base.npos ? 0 : base.rfind('/') + 1));
  while (target.starts_with("../")) {
    target.remove_prefix(3);
    if (!folder.empty()) folder.pop_back();
    folder.resize(folder.rfind('/') == folder.npos ? 0 : folder.rfind('/') + 1);
  }
  return folder + std::string(target);
}

std::string relations_of(std::string_view part) {
  const std::size_t slash = part.rfind('/');
  const std::string folder(part.substr(0, slash == part.npos ? 0 : slash + 1));
  return fmt::format("{}_rels/{}.rels", folder, part.substr(folder.size()));
}

struct Relation {
  std::string type, target;
};

Result<std::map<std::string, Relation>> relations(ZipFile& zip, const std::string& part) {
  std::map<std::string, Relation> all;
  CX_TRY(Elements::each(zip, relations_of(part), [&](std::string_view element, XmlHandler::Attributes a) {
    if (element == "Relationship" && all.size() < XlsxLimits::kEntriesMax)
      all[std::string(find(a, "Id"))] = {std::string(find(a, "Type")), resolve(part, find(a, "Target"))};
  }));
  return all;
}

std::string target_of_type(const std::map<std::string, Relation>& all, std::string_view type) {
  for (const auto& [id, relation] : all)
    if (relation.type.ends_with(type)) return relation.target;
  return {};
}

class TextsReader final : private XmlHandler {
 public:
  static Result<void> read(ZipFile& zip, const std::string& part, SharedTexts& texts) {
    CX_TRY(auto feed, zip.feed(part, XlsxLimits::kTextsBytesMax, nullptr));
    TextsReader reader(texts);
    XmlStream stream(std::move(feed), reader, part);
    reader.stream_ = &stream;
    CX_TRY(stream.run());
    return {};
  }

 private:
  explicit TextsReader(SharedTexts& texts) : texts_(texts) {}
  void begin(std::string_view element, Attributes) override {
    if (element == "si") text_.clear();
    if (element == "rPh") phonetic_ = true;
    taking_ = element == "t" && !phonetic_;
  }
  void end(std::string_view element) override {
    taking_ = false;
    if (element == "rPh") phonetic_ = false;
    if (element != "si") return;
    if (text_.size() > XlsxLimits::kCellBytesMax)
      return stream_->refuse(fmt::format("a text above {} bytes", XlsxLimits::kCellBytesMax));
    texts_.add(text_);
  }
  void text(std::string_view piece) override {
    if (taking_ && text_.size() <= XlsxLimits::kCellBytesMax) text_ += piece;
  }
  SharedTexts& texts_;
  XmlStream* stream_ = nullptr;
  std::string text_;
  bool phonetic_ = false, taking_ = false;
};

Result<std::vector<ExcelTimeFormat>> read_styles(ZipFile& zip, const std::string& part) {
  std::map<unsigned, std::string> codes;
  std::vector<ExcelTimeFormat> styles;
  bool in_cells = false;
  CX_TRY(Elements::each(zip, part, [&](std::string_view element, XmlHandler::Attributes a) {
    const auto id = ascii::parse_number<unsigned>(find(a, "numFmtId"));
    if (element == "numFmt" && id && codes.size() < XlsxLimits::kColumnsMax)
      codes[*id] = find(a, "formatCode");
    if (element == "cellXfs" || element == "cellStyles" || element == "cellStyleXfs")
      in_cells = element == "cellXfs";
    if (element != "xf" || !in_cells || styles.size() >= 65'536) return;
    const unsigned number = id.value_or(0);
    const auto code = codes.find(number);
    styles.push_back(excel_time_format(number, code == codes.end() ? std::string_view{} : code->second));
  }));
  return styles;
}

struct Sheet {
  std::string name, relation;
  bool hidden = false;
};

}  // namespace

Result<XlsxBook> XlsxBook::read(ZipFile& zip, std::string_view wanted) {
  if (!zip.has("_rels/.rels")) return fail(Code::kBadFile, "the archive is no Excel workbook");
  CX_TRY(const auto roots, relations(zip, ""));
  const std::string part = target_of_type(roots, "/officeDocument");
  if (part.empty() || !zip.has(part)) return fail(Code::kBadFile, "the archive is no Excel workbook");
  XlsxBook book;
  std::vector<Sheet> sheets;
  CX_TRY(Elements::each(zip, part, [&](std::string_view element, XmlHandler::Attributes a) {
    if (element == "workbookPr") book.from_1904 = find(a, "date1904") == "1" || find(a, "date1904") == "true";
    if (element == "sheet" && sheets.size() < XlsxLimits::kEntriesMax)
      sheets.push_back({std::string(find(a, "name")), std::string(find(a, "id")),
                        !find(a, "state").empty() && find(a, "state") != "visible"});
  }));
  const auto found = std::ranges::find_if(
      sheets, [&](const Sheet& s) { return wanted.empty() ? !s.hidden : s.name == wanted; });
  if (found == sheets.end()) {
    std::vector<std::string_view> names;
    for (const Sheet& sheet : sheets) names.push_back(sheet.name);
    return fail(Code::kBadFile, "there is no sheet \"{}\"; there are {}", wanted.substr(0, 80),
                fmt::join(names, ", "));
  }
  CX_TRY(const auto parts, relations(zip, part));
  const auto at = parts.find(found->relation);
  if (at == parts.end() || !zip.has(at->second.target))
    return fail(Code::kBadFile, "the sheet \"{}\" is missing in the archive", found->name);
  book.sheet = found->name;
  book.sheet_part = at->second.target;
  for (const Sheet& sheet : sheets) book.sheets.push_back(sheet.name);
  if (const auto texts = target_of_type(parts, "/sharedStrings"); !texts.empty() && zip.has(texts))
    CX_TRY(TextsReader::read(zip, texts, book.texts));
  if (const auto styles = target_of_type(parts, "/styles"); !styles.empty() && zip.has(styles)) {
    CX_TRY(book.styles, read_styles(zip, styles));
  }
  return book;
}

}  // namespace zhike::ingest
