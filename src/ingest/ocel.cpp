#include "ingest/ocel.h"

#include <algorithm>
#include <map>
#include <optional>

#include "ingest/json_fields.h"
#include "ingest/json_stream.h"

namespace zhike::ingest {
namespace {

namespace dom = simdjson::dom;
constexpr std::string_view kType = "ocel:type:";

// The two versions name the same things differently.
struct Keys {
  std::string_view events, objects;              // of the document
  char open;                                     // of both: '{' ids are keys, '[' ids are fields
  std::string_view id, type, time, object_type;  // of an event, of an object
};
constexpr std::array kVersions{
    Keys{"ocel:events", "ocel:objects", '{', "", "ocel:activity", "ocel:timestamp", "ocel:type"},
    Keys{"events", "objects", '[', "id", "type", "time", "type"},
};

void join(std::string& list, std::string_view id) {
  if (!list.empty()) list += ',';
  list += id;
}

// Attributes are an object (1.0, "ocel:vmap") or a list of {name, value} (2.0).
template <class Use>
void each_attribute(dom::object event, Use use) {
  if (const auto map = object_at(event, "ocel:vmap"))
    for (const auto& [key, value] : *map) use(std::string(key), value);
  dom::array list;
  if (event.at_key("attributes").get(list) != simdjson::SUCCESS) return;
  for (const dom::element item : list) {
    dom::object attribute;
    dom::element value;
    if (item.get(attribute) != simdjson::SUCCESS || attribute.at_key("value").get(value) != simdjson::SUCCESS)
      continue;
    if (const auto name = text_at(attribute, "name"); !name.empty()) use(std::string(name), value);
  }
}

template <class Use>
void each_object_of(dom::object event, Use use) {
  dom::array list;
  if (event.at_key("ocel:omap").get(list) == simdjson::SUCCESS)
    for (const dom::element item : list) {
      std::string_view id;
      if (item.get(id) == simdjson::SUCCESS) use(id);
    }
  if (event.at_key("relationships").get(list) == simdjson::SUCCESS)
    for (const dom::element item : list) {
      dom::object relation;
      if (item.get(relation) != simdjson::SUCCESS) continue;
      if (const auto id = text_at(relation, "objectId"); !id.empty()) use(id);
    }
}

class OcelRows final : public MadeRows {
 public:
  explicit OcelRows(std::string_view name) : name_(name) {}

  Result<void> open(const OpenText& opener) {
    for (const char* column :
         {"ocel:eid", "ocel:activity", "ocel:timestamp", "ocel:objects", "ocel:case", "log:name"})
      columns_.add(column);
    CX_TRY(read_objects(opener));
    CX_TRY(read_columns(opener));
    CX_TRY(auto source, opener());
    stream_ = std::make_unique<JsonStream>(std::move(source));
    CX_TRY(const bool there, enter_events(*stream_));
    if (!there) return fail(Code::kBadFile, "there are no OCEL events in it");
    first_ = true;
    return {};
  }

  Result<Next> next() override {
    if (ended_) return Next::kEnd;
    std::string id;
    std::optional<std::string_view> text;
    CX_TRY(const bool more, next_entry(*stream_, first_, id, text));
    if (!more) {
      ended_ = true;
      return Next::kEnd;
    }
    ++line_;
    clear_row();
    if (!text) return bad(fmt::format("the event is longer than {} bytes", kRowBytesMax));
    const auto event = parse(*text);
    if (!event) return bad("not a JSON object");
    fill(*event, id);
    show();
    return Next::kRow;
  }
  std::uint64_t bytes_read() const override { return stream_->source().bytes_read(); }
  std::uint64_t bytes_total() const override { return stream_->source().bytes_total(); }
  void add_notes(std::vector<std::string>& notes) const override {
    note_text(stream_->source(), notes);
    if (!case_type_.empty())
      notes.push_back(fmt::format("the case of an event is its object of type {}", case_type_));
  }

 private:
  // Calls use(text) for the entries of the list or object under `key`; false: there is none.
  Result<bool> enter(JsonStream& stream, std::string_view Keys::* which) {
    CX_TRY(stream.take('{'));
    for (bool first = true;;) {
      CX_TRY(const bool more, stream.more('}', first));
      if (!more) return false;
      CX_TRY(const std::string key, stream.key());
      for (const Keys& version : kVersions) {
        if (version.*which != key) continue;
        version_ = &version;
        CX_TRY(stream.take(version.open));
        return true;
      }
      CX_TRY(stream.skip());
    }
  }
  Result<bool> enter_events(JsonStream& stream) { return enter(stream, &Keys::events); }

  // The next event or object: its id where that is its key, and its text; no text: too long.
  Result<bool> next_entry(JsonStream& stream, bool& first, std::string& id,
                          std::optional<std::string_view>& text) const {
    CX_TRY(const bool more, stream.more(version_->open == '{' ? '}' : ']', first));
    if (!more) return false;
    id.clear();
    if (version_->open == '{') {
      CX_TRY(id, stream.key());
    }
    CX_TRY(text, stream.value(kRowBytesMax));
    return true;
  }

  std::optional<dom::object> parse(std::string_view text) {
    dom::element root;
    dom::object object;
    if (parser_.parse(text, root) != simdjson::SUCCESS || root.get(object) != simdjson::SUCCESS)
      return std::nullopt;
    return object;
  }

  Result<void> read_objects(const OpenText& opener) {
    CX_TRY(auto source, opener());
    JsonStream stream(std::move(source));
    CX_TRY(const bool there, enter(stream, &Keys::objects));
    if (!there) return {};
    std::size_t bytes = 0;
    std::string id;
    std::optional<std::string_view> text;
    for (bool first = true;;) {
      CX_TRY(const bool more, next_entry(stream, first, id, text));
      if (!more) return {};
      const auto object = text ? parse(*text) : std::nullopt;
      if (!object) continue;
      if (id.empty()) id = id_at(*object, version_->id);
      const std::string_view type = text_at(*object, version_->object_type);
      if (id.empty() || type.empty()) continue;
      const std::size_t column = columns_.add(fmt::format("{}{}", kType, type));
      if (column == kColumnsMax) return fail(Code::kBadFile, "more than {} columns", kColumnsMax);
      bytes += id.size() + 64;
      if (bytes > kOcelObjectBytesMax)
        return fail(Code::kBadFile, "its objects need more than {} bytes", kOcelObjectBytesMax);
      type_of_.try_emplace(id, static_cast<std::uint32_t>(column));
    }
  }

  // The attributes of the events, and which type of object most events have.
  Result<void> read_columns(const OpenText& opener) {
    CX_TRY(auto source, opener());
    JsonStream stream(std::move(source));
    CX_TRY(const bool there, enter_events(stream));
    if (!there) return fail(Code::kBadFile, "there are no OCEL events in it");
    std::map<std::size_t, std::uint64_t> events_of_type;
    std::string id;
    std::optional<std::string_view> text;
    bool full = false;
    for (bool first = true;;) {
      CX_TRY(const bool more, next_entry(stream, first, id, text));
      if (!more) break;
      const auto event = text ? parse(*text) : std::nullopt;
      if (!event) continue;
      each_attribute(*event, [&](const std::string& name, dom::element) {
        if (columns_.add(name) == kColumnsMax) full = true;
      });
      std::vector<std::size_t> types;
      each_object_of(*event, [&](std::string_view object) {
        const auto at = type_of_.find(std::string(object));
        if (at != type_of_.end() && std::ranges::find(types, at->second) == types.end())
          types.push_back(at->second);
      });
      for (const std::size_t type : types) ++events_of_type[type];
    }
    if (full) return fail(Code::kBadFile, "more than {} columns", kColumnsMax);
    if (!events_of_type.empty()) {
      case_column_ =
          std::ranges::max_element(events_of_type, {}, [](const auto& p) { return p.second; })->first;
      case_type_ = columns_.names()[case_column_].substr(kType.size());
    }
    return {};
  }

  void fill(dom::object event, const std::string& key) {
    each_attribute(
        event, [&](const std::string& name, dom::element value) { set(name, to_string(value_of(value))); });
    set("ocel:eid", key.empty() ? id_at(event, version_->id) : key);
    set("ocel:activity", std::string(text_at(event, version_->type)));
    set("ocel:timestamp", std::string(text_at(event, version_->time)));
    set("log:name", name_);
    std::string all, any;
    each_object_of(event, [&](std::string_view object) {
      join(all, object);
      if (any.empty()) any = object;
      if (const auto at = type_of_.find(std::string(object)); at != type_of_.end())
        join(values_[at->second], object);
    });
    std::string leading =
        case_column_ < values_.size() ? values_[case_column_].substr(0, values_[case_column_].find(',')) : "";
    set("ocel:objects", std::move(all));
    set("ocel:case", leading.empty() ? std::move(any) : std::move(leading));
  }

  std::string name_, case_type_;
  const Keys* version_ = nullptr;
  std::unique_ptr<JsonStream> stream_;
  std::unordered_map<std::string, std::uint32_t> type_of_;  // object → column of its type
  std::size_t case_column_ = kColumnsMax;
  bool first_ = true, ended_ = false;
  JsonParser parser_;
};

}  // namespace

Result<std::unique_ptr<RowReader>> open_ocel(const OpenText& open, std::string_view name) {
  auto rows = std::make_unique<OcelRows>(name);
  CX_TRY(rows->open(open));
  return rows;
}

}  // namespace zhike::ingest
