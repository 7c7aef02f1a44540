// A mapping: how the rows of one or more files become events, declared in TOML.
//
//   source = "olist"                     # name of the source; made when it does not exist
//   zone = "America/Sao_Paulo"           # of times without an offset
//   currency = "BRL"                     # of amounts that name none
//   [[file]]
//   name = "orders"                      # for reports
//   pattern = "*orders_dataset*"         # of the file's name; the first that matches reads the file
//   format = "json"                      # csv, json, xlsx, parquet, xes, ocel, segment; default: found by
//   itself encoding = "gbk"; delimiter = ";"; quote = "'" # default: found by themselves sheet = "Orders" #
//   of a workbook; default: the first that is not hidden records = "data.items"               # of a JSON
//   document: where its list is; default: the document required = ["order_id"]              # a row with one
//   of these empty is rejected optional = ["note"]                  # columns that a file may lack: their
//   cells are empty reference = true                     # instead of events: the file is only looked up by
//   others
//   [[file.lookup]]                      # columns of another file of the same folder, as {items.price}
//   name = "items"
//   pattern = "*items*"
//   key = "order_id"                     # column there
//   by = "{order_id}"                    # value here
//   [[file.recode]]                      # one more column: {medium}
//   name = "medium"
//   value = "{channel}"
//   map = {Facebook = "social"}
//   otherwise = "{channel}"              # default: the value itself
//   [[file.event]]                       # one row may become several events
//   when = [{column = "status", equals = "canceled"}]   # equals, one_of, starts_with, each with not_ too,
//                                                       # not_empty, empty; all must hold
//   type = "track"                       # default
//   name = "Order Canceled"
//   time = ["{canceled_at}", "{ordered_at}"]   # the first that is not empty; "now": time of import
//   time_format = "%d/%m/%Y"             # default: ISO 8601
//   id = "order:{order_id}:canceled"     # message id; default: a hash of the row
//   identifiers = [{kind = "order_id", value = "{order_id}"}]
//   channel = "web"; unit, session, case, instrument: likewise
//   amount = {value = "{price}", times = "{quantity}", currency = "BRL", decimal = ","}
//   score = {value = "{stars}", min = 1, max = 5}
//   text = "{title}\n{message}"
//   properties = ["status"] or "all" or {status = "{status}"}; traits likewise
//   compute = [{key = "on_time", not_after = ["{delivered}", "{promised}"]},
//              {key = "days", days = ["{ordered}", "{delivered}"]}, {key = "wait", seconds = ["{a}", "{b}"]},
//              {key = "talk", duration = "{hh_mm_ss}"}, {key = "resolved", is = ["{flag}", "Y"]}]
//
// {@file} and {@row} are the file's name without folder and ".gz", and the place of the row in it.
// With a single file, event, lookup, pattern and required may stand at the top. Every value is a template.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/encoding.h"
#include "base/money.h"
#include "base/time.h"
#include "event/event.h"
#include "ingest/admit.h"
#include "ingest/parsed.h"
#include "ingest/template.h"

namespace zhike::ingest {

struct Condition {
  enum class What { kOneOf, kStartsWith, kFilled } what = What::kFilled;
  std::string column;
  std::vector<std::string> texts;  ///< any of them; of kFilled none
  bool negated = false;
  int at = -1;
};

struct Field {
  std::string key;
  Template value;
};

struct IdentifierRule {
  IdentifierKind kind;
  Template value;
};

struct Computed {
  enum class What { kNotAfter, kDays, kSeconds, kDuration, kIs } what;
  std::string key;
  Template first, second;
};

struct EventRule {
  EventType type = EventType::kTrack;
  std::vector<Condition> when;
  Template name, id, channel, unit, session, case_id, instrument, text;
  std::vector<Template> time;
  std::string time_format;
  bool time_is_now = false;
  std::vector<IdentifierRule> identifiers;
  std::optional<Template> amount, amount_times, amount_currency;
  char decimal = '.';
  std::optional<Template> score;
  double score_min = -1e9, score_max = 1e9;
  std::vector<Field> properties, traits;
  bool all_properties = false, all_traits = false;
  std::vector<Computed> computed;
};

struct LookupRule {
  std::string name, pattern, key;
  Template by;
};

/// A column made of others: a value, replaced where the map has it.
struct RecodeRule {
  std::string name;
  Template value, otherwise;
  std::map<std::string, std::string, std::less<>> map;
};

struct FileRule {
  std::string name, pattern = "*";
  std::string format;                ///< empty: found by itself
  std::string sheet, records;        ///< of xlsx, of json
  char delimiter = 0;                ///< 0: found by itself
  char quote = '"';                  ///< of CSV; 0: quotes mean nothing
  std::optional<Encoding> encoding;  ///< nothing: found by itself
  bool reference = false;            ///< only looked up by other files; not imported itself
  std::vector<std::string> required, optional;
  std::vector<LookupRule> lookups;
  std::vector<RecodeRule> recodes;
  std::vector<EventRule> events;
};

struct Mapping {
  std::string source;
  std::string text;  ///< the TOML it was read from
  Zone zone = Zone::utc();
  Currency currency;
  std::vector<FileRule> files;

  /// Errors: kBadMapping, with the key and line; kUnknownZone; kBadCurrency.
  [[nodiscard]] static Result<Mapping> parse(std::string_view toml, std::string_view where);
  /// The first file rule whose pattern matches the name of `file`. Errors: kNoFileRule.
  [[nodiscard]] Result<const FileRule*> rule_for(const std::filesystem::path& file) const;
};

/// "*" any characters, "?" one; case does not matter. A trailing ".gz" of the name may be left out.
[[nodiscard]] bool matches(std::string_view pattern, std::string_view name);

/// A file rule bound to the header of one file. One thread.
class RowMapper {
 public:
  /// `header`: the file's. `folder`: where lookups are found; a lookup whose file is not there answers empty
  /// cells. Borrows mapping and rule. Errors: kMappingColumns (names all that are missing), kBadFile.
  [[nodiscard]] static Result<std::unique_ptr<RowMapper>> bind(const Mapping& mapping, const FileRule& rule,
                                                               const std::vector<std::string>& header,
                                                               const std::filesystem::path& folder);
  virtual ~RowMapper() = default;

  /// Appends the events of a row to `events`, or answers why there are none. The order in `cells` is the
  /// header's. received_at is left for the intake, except where the rule says "now".
  [[nodiscard]] virtual std::optional<Refusal> apply(Cells cells, Instant now,
                                                     std::vector<RawEvent>& events) = 0;
  /// Before apply(): where the row is, for {@file} and {@row}. Ignored when the file has such columns itself,
  /// as a row that is read again has.
  virtual void place(std::string_view file, std::uint64_t row) = 0;
  /// Whether the events depend on the place of the row.
  [[nodiscard]] virtual bool uses_place() const = 0;
  /// Lookup files that were not found: the rows are read without them.
  [[nodiscard]] virtual const std::vector<std::string>& lookups_missing() const = 0;
  /// After apply(): what the row found in lookup files, as columns "@name.column", those that the rule uses.
  /// A row that has them itself is read without the files.
  virtual void add_looked_up(std::vector<std::pair<std::string, std::string>>& cells) const = 0;
};

}  // namespace zhike::ingest
