#include "ingest/infer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <unordered_set>

#include "base/ascii.h"
#include "ingest/csv_rows.h"
#include "ingest/detect.h"
#include "ingest/file_format.h"

namespace zhike::ingest {
namespace {

using Words = std::vector<std::string_view>;

// Days and clocks as people write them; each day stands alone or before each clock.
constexpr std::array<std::string_view, 14> kDays{
    "%Y-%m-%d", "%Y/%m/%d", "%m/%d/%Y", "%d/%m/%Y", "%m/%d/%y",  "%d/%m/%y",     "%d.%m.%Y",
    "%d-%m-%Y", "%d-%m-%y", "%d-%b-%y", "%d %b %Y", "%b %d, %Y", "%Y年%m月%d日", "%Y%m%d"};
constexpr std::array<std::string_view, 5> kClocks{" %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p",
                                                  "T%H:%M:%S"};

const Words kTimeNames{"time", "timestamp", "datetime", "date", "created",  "created_at", "occurred_at",
                       "at",   "day",       "时间",     "日期", "创建时间", "发生时间",   "下单时间"};
const Words kEventNames{"event",      "event_name", "activity", "action", "interaction", "concept_name",
                        "event_type", "事件",       "动作",     "行为",   "活动"};
const Words kChannelNames{"channel", "medium", "received_via", "渠道", "来源渠道"};
const Words kUnitNames{"unit",   "store", "store_id", "branch", "shop", "brand",
                       "market", "门店",  "网点",     "分行",   "品牌"};
const Words kSessionNames{"session", "session_id", "id_session", "visit_id", "会话"};
const Words kAmountNames{"amount",  "total",         "revenue", "sales",      "sales_value",
                         "payment", "payment_value", "price",   "unit_price", "unitprice",
                         "金额",    "价格",          "总价",    "实付"};
const Words kScoreNames{
    "score", "rating", "nps",   "csat", "ces", "stars", "review_score", "satisfaction", "satisfaction_rating",
    "评分",  "得分",   "满意度"};
const Words kTextNames{"text",        "comment",  "comments", "message",   "review",
                       "content",     "verbatim", "feedback", "complaint", "customer_complaint",
                       "description", "评论",     "内容",     "留言",      "意见",
                       "备注",        "投诉内容"};
const Words kMessageNames{"event_id", "message_id", "tweet_id", "call_id", "review_id", "uuid", "id", "编号"};

struct IdentifierNames {
  IdentifierKind kind;
  Words names;
};
const std::array kIdentifierNames{
    IdentifierNames{
        IdentifierKind::kUserId,
        {"user_id", "userid", "customer_id", "customerid", "customer_unique_id", "client_id", "household_id",
         "uid", "member_id", "customer", "客户号", "客户编号", "用户id", "会员id"}},
    IdentifierNames{IdentifierKind::kWechatUnionId, {"unionid", "union_id"}},
    IdentifierNames{IdentifierKind::kWechatOpenId, {"openid", "open_id"}},
    IdentifierNames{IdentifierKind::kLoyaltyId,
                    {"card_no", "card_number", "loyalty_id", "member_no", "会员号", "卡号"}},
    IdentifierNames{IdentifierKind::kOrderId,
                    {"order_id", "orderid", "order_no", "invoice", "invoice_no", "invoiceno", "basket_id",
                     "ticket", "ticket_id", "ticket_no", "case_id", "case_concept_name", "call_id", "订单号",
                     "订单编号", "工单号", "单号"}},
    IdentifierNames{IdentifierKind::kDeviceId, {"device_id", "deviceid", "imei", "idfa", "设备号"}},
    IdentifierNames{IdentifierKind::kAnonymousId,
                    {"anonymous_id", "visitor_id", "id_visitor", "cookie_id", "访客id"}},
};

// "Ticket #" → "ticket", "InvoiceNo" → "invoiceno", "case:concept:name" → "case_concept_name".
std::string plain_name(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const bool word = ascii::is_alnum(c) || static_cast<unsigned char>(c) >= 0x80;
    if (word)
      out += ascii::lower(c);
    else if (!out.empty() && out.back() != '_')
      out += '_';
  }
  while (!out.empty() && out.back() == '_') out.pop_back();
  return out;
}

// How well a name fits: the place of the word that it is (or ends with) in the list; larger: worse, none: -1.
int fits(std::string_view name, const Words& words) {
  const std::string plain = plain_name(name);
  int place = 0;
  for (const std::string_view word : words) {
    if (plain == word) return place;
    ++place;
  }
  for (const std::string_view word : words) {
    if (plain.size() > word.size() && plain.ends_with(word) &&
        (plain[plain.size() - word.size() - 1] == '_' || static_cast<unsigned char>(word[0]) >= 0x80))
      return place;
    ++place;
  }
  return -1;
}

template <class Fits>
std::size_t share(const std::vector<std::string_view>& cells, Fits fits) {
  return static_cast<std::size_t>(std::ranges::count_if(cells, fits));
}

bool is_whole(std::string_view cell, Sensitive kind) {
  const auto found = find_sensitive(cell);
  return found.size() == 1 && found[0].kind == kind && found[0].from <= 1 && found[0].to == cell.size();
}

// The format of times of day that reads every cell; empty: none.
std::string_view clock_of(const std::vector<std::string_view>& cells) {
  const auto fits = [&](std::string_view clock) {
    return std::ranges::all_of(cells, [&](std::string_view cell) {
      return cell.size() <= 12 &&
             parse_time_as(fmt::format("2000-01-01 {}", cell), fmt::format("%Y-%m-%d{}", clock), Zone::utc())
                 .has_value();
    });
  };
  const auto found = std::ranges::find_if(kClocks, fits);
  return found == kClocks.end() ? std::string_view{} : *found;
}

bool is_number(std::string_view cell) { return ascii::parse_number<double>(cell).has_value(); }

bool reads(const std::vector<std::string_view>& cells, const std::string& format, std::size_t needed) {
  std::size_t failed = 0;
  for (const std::string_view cell : cells)
    if (!parse_time_as(cell, format, Zone::utc()) && ++failed > cells.size() - needed) return false;
  return true;
}

// The first format that reads so many cells.
bool guess_time(const std::vector<std::string_view>& cells, std::size_t needed, ColumnGuess& guess) {
  const auto is = [&](std::string format, bool has_clock) {
    guess.type = ColumnType::kTime;
    guess.time_format = std::move(format);
    guess.has_clock = has_clock;
    return true;
  };
  if (reads(cells, "", needed))
    return is("", std::ranges::any_of(cells, [](auto c) { return c.size() > 10; }));
  for (const std::string_view day : kDays) {
    for (const std::string_view clock : kClocks)
      if (const std::string format = fmt::format("{}{}", day, clock); reads(cells, format, needed))
        return is(format, true);
    const bool digits_alone = day == "%Y%m%d";
    if ((!digits_alone || fits(guess.name, kTimeNames) >= 0) && reads(cells, std::string(day), needed))
      return is(std::string(day), false);
  }
  if (fits(guess.name, kTimeNames) < 0) return false;
  const auto between = [&](double from, double to) {
    return std::ranges::all_of(cells, [&](std::string_view cell) {
      const auto n = ascii::parse_number<std::int64_t>(cell);
      return n && static_cast<double>(*n) >= from && static_cast<double>(*n) <= to;
    });
  };
  if (between(6e8, 3e9)) return is("%s", true);
  if (between(6e11, 3e12)) return is("%Q", true);
  return false;
}

ColumnType guess_number(const std::vector<std::string_view>& cells, ColumnGuess& guess) {
  guess.min = 1e300;
  guess.max = -1e300;
  bool whole = true;
  for (const std::string_view cell : cells) {
    const double n = *ascii::parse_number<double>(cell);
    guess.min = std::min(guess.min, n);
    guess.max = std::max(guess.max, n);
    whole = whole && n == std::floor(n) && cell.find('.') == cell.npos;
  }
  if (guess.min == 0 && guess.max == 1 && guess.distinct == 2 && whole) return ColumnType::kFlag;
  const std::string name = plain_name(guess.name);
  if (whole &&
      (name == "id" || name.ends_with("_id") || name.ends_with("id") || name.ends_with("编号") ||
       name.ends_with("号") || name.ends_with("no") || name.ends_with("number")) &&
      fits(guess.name, kScoreNames) < 0)
    return ColumnType::kId;
  return fits(guess.name, kAmountNames) >= 0 ? ColumnType::kAmount : ColumnType::kNumber;
}

bool is_flag(const std::unordered_set<std::string_view>& values) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kPairs{
      {{"Y", "N"}, {"y", "n"}, {"true", "false"}, {"yes", "no"}, {"Yes", "No"}, {"是", "否"}}};
  return std::ranges::any_of(kPairs, [&](const auto& pair) {
    return std::ranges::all_of(values,
                               [&](std::string_view v) { return v == pair.first || v == pair.second; });
  });
}

}  // namespace

std::string_view to_string(ColumnType type) noexcept {
  static constexpr std::array<std::string_view, 11> kNames{
      "empty", "time", "time_of_day", "number", "amount", "flag", "email", "phone", "id", "category", "text"};
  return kNames[static_cast<std::size_t>(type)];
}

ColumnGuess guess_column(std::string_view name, const std::vector<std::string>& all) {
  ColumnGuess guess;
  guess.name = name;
  std::vector<std::string_view> cells;
  std::unordered_set<std::string_view> values;
  std::size_t bytes = 0;
  for (const std::string& cell : all) {
    const std::string_view text = trim(cell);
    if (text.empty()) continue;
    cells.push_back(text);
    values.insert(text);
    bytes += text.size();
  }
  guess.filled = cells.size();
  guess.distinct = values.size();
  if (cells.empty()) return guess;
  const std::size_t most = cells.size() - cells.size() / 20;  // one in twenty may be wrong
  // Every cell first: a format that reads most may be one with day and month the wrong way round.
  if (guess_time(cells, cells.size(), guess) || guess_time(cells, most, guess)) return guess;
  if (const std::string_view clock = clock_of(cells); !clock.empty()) {
    guess.type = ColumnType::kTimeOfDay;
    guess.time_format = clock;
    return guess;
  }
  if (share(cells, [](auto c) { return is_whole(c, Sensitive::kEmail); }) >= most)
    return guess.type = ColumnType::kEmail, guess;
  const bool named_phone = fits(name, {"phone", "mobile", "tel", "telephone", "手机", "手机号", "电话"}) >= 0;
  const auto is_phone = [&](std::string_view c) {
    return is_whole(c, Sensitive::kPhone) ||
           (named_phone && c.size() >= 7 && c.size() <= 20 && ascii::is_digit(c.back()));
  };
  const bool named_id = plain_name(name).ends_with("id");
  if (!named_id && share(cells, is_phone) >= most) return guess.type = ColumnType::kPhone, guess;
  if (share(cells, is_number) == cells.size()) return guess.type = guess_number(cells, guess), guess;
  if (is_flag(values)) return guess.type = ColumnType::kFlag, guess;
  const double mean = static_cast<double>(bytes) / static_cast<double>(cells.size());
  const std::size_t spaced = share(cells, [](auto c) { return c.find(' ') != c.npos; });
  const bool few =
      values.size() <= std::max<std::size_t>(20, cells.size() / 20) && values.size() * 2 <= cells.size();
  if (few && mean < 60)
    guess.type = ColumnType::kCategory;
  else if (mean > 40 || spaced * 2 > cells.size() || (fits(name, kTextNames) >= 0 && mean > 12))
    guess.type = ColumnType::kText;
  else
    guess.type = values.size() * 2 >= cells.size() ? ColumnType::kId : ColumnType::kCategory;
  return guess;
}

namespace {

// The column whose name fits best among those of the types.
const ColumnGuess* pick(const std::vector<ColumnGuess>& columns, const Words& names,
                        std::initializer_list<ColumnType> types) {
  const ColumnGuess* best = nullptr;
  int place = 0;
  for (const ColumnGuess& column : columns) {
    if (std::ranges::find(types, column.type) == types.end()) continue;
    const int fit = fits(column.name, names);
    if (fit >= 0 && (best == nullptr || fit < place)) best = &column, place = fit;
  }
  return best;
}

void propose_time(const std::vector<ColumnGuess>& columns, MappingDraft& draft) {
  const ColumnGuess* time = nullptr;
  int place = 0;
  for (const ColumnGuess& column : columns) {
    if (column.type != ColumnType::kTime) continue;
    const int fit = fits(column.name, kTimeNames);
    const int worth = (column.has_clock ? 0 : 100) + (fit < 0 ? 50 : fit);
    if (time == nullptr || worth < place) time = &column, place = worth;
  }
  if (time == nullptr) return;
  draft.time_columns = {time->name};
  draft.time_format = time->time_format;
  if (time->has_clock) return;
  for (const ColumnGuess& column : columns) {
    if (column.type != ColumnType::kTimeOfDay || column.filled < time->filled) continue;
    draft.time_columns.push_back(column.name);
    draft.time_format = (draft.time_format.empty() ? "%Y-%m-%d" : draft.time_format) + column.time_format;
    return;
  }
}

void propose_identifiers(const std::vector<ColumnGuess>& columns, MappingDraft& draft) {
  const auto add = [&](IdentifierKind kind, const std::string& column) {
    if (std::ranges::find(draft.identifiers, column, &MappingDraft::Identifier::column) ==
        draft.identifiers.end())
      draft.identifiers.push_back({kind, column});
  };
  for (const IdentifierNames& known : kIdentifierNames)
    if (const auto* column = pick(columns, known.names,
                                  {ColumnType::kId, ColumnType::kNumber, ColumnType::kCategory,
                                   ColumnType::kText, ColumnType::kPhone}))
      add(known.kind, column->name);
  for (const ColumnGuess& column : columns) {
    if (column.type == ColumnType::kEmail) add(IdentifierKind::kEmail, column.name);
    if (column.type == ColumnType::kPhone) add(IdentifierKind::kPhone, column.name);
  }
  if (!draft.identifiers.empty()) return;
  for (const ColumnGuess& column : columns)
    if (column.type == ColumnType::kId && column.filled > 0)
      return add(IdentifierKind::kExternalId, column.name);
}

void propose_score(const std::vector<ColumnGuess>& columns, MappingDraft& draft) {
  const ColumnGuess* score =
      pick(columns, kScoreNames, {ColumnType::kNumber, ColumnType::kId, ColumnType::kFlag});
  if (score == nullptr || score->min < 0 || score->max > 100) return;
  draft.score_column = score->name;
  const std::string name = plain_name(score->name);
  const bool is_nps = name.find("nps") != std::string::npos;
  draft.instrument = is_nps                                  ? "nps"
                     : name.find("ces") != std::string::npos ? "ces"
                     : name.find("review") != std::string::npos || name.find("star") != std::string::npos
                         ? "review"
                         : "csat";
  draft.score_min = is_nps || score->min < 1 ? 0 : 1;
  draft.score_max = is_nps ? 10 : score->max <= 5 ? 5 : score->max <= 10 ? 10 : 100;
}

std::string toml_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else
      out += c;
  }
  return out + '"';
}

// Text that is no column: braces doubled.
std::string literal(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '{') out += '{';
    out += c;
  }
  return toml_text(out);
}

std::string column(std::string_view name) { return toml_text(fmt::format("{{{}}}", name)); }

std::string joined(const std::vector<std::string>& columns, std::string_view between) {
  std::string all;
  for (const std::string& name : columns) {
    if (!all.empty()) all += between;
    all += "{" + name + "}";
  }
  return toml_text(all);
}

std::string list(const std::vector<std::string>& texts) {
  std::string all = "[";
  for (const std::string& text : texts) all += (all.size() > 1 ? ", " : "") + toml_text(text);
  return all + "]";
}

}  // namespace

std::string to_toml(const MappingDraft& d) {
  std::string out;
  const auto line = [&](std::string_view key, const std::string& value) {
    out += fmt::format("{} = {}\n", key, value);
  };
  const auto set = [&](std::string_view key, const std::string& text) {
    if (!text.empty()) line(key, toml_text(text));
  };
  const auto from = [&](std::string_view key, const std::string& name) {
    if (!name.empty()) line(key, column(name));
  };
  set("source", d.source);
  set("zone", d.zone);
  set("currency", d.currency);
  set("format", d.format);
  set("delimiter", d.delimiter);
  if (!d.quote.empty()) line("quote", d.quote == "none" ? "\"\"" : toml_text(d.quote));
  set("encoding", d.encoding);
  set("sheet", d.sheet);
  set("records", d.records);
  if (!d.optional.empty()) line("optional", list(d.optional));
  out += "\n[[event]]\n";
  line("name", d.name_column.empty() ? literal(d.name) : column(d.name_column));
  line("time", d.time_columns.empty() ? "\"now\"" : joined(d.time_columns, " "));
  set("time_format", d.time_format);
  from("id", d.id_column);
  std::string ids;
  for (const auto& i : d.identifiers) {
    const std::string value = i.kind == IdentifierKind::kExternalId
                                  ? fmt::format("{}:{{{}}}", d.source, i.column)
                                  : fmt::format("{{{}}}", i.column);
    ids += fmt::format("{}{{kind = \"{}\", value = {}}}", ids.empty() ? "" : ", ", to_string(i.kind),
                       toml_text(value));
  }
  line("identifiers", "[" + ids + "]");
  if (!d.channel_column.empty())
    from("channel", d.channel_column);
  else if (!d.channel.empty())
    line("channel", literal(d.channel));
  from("unit", d.unit_column);
  from("session", d.session_column);
  from("case", d.case_column);
  if (!d.amount_column.empty())
    line("amount",
         fmt::format("{{value = {}, decimal = {}}}", column(d.amount_column), toml_text(d.decimal)));
  if (!d.score_column.empty())
    line("score",
         fmt::format("{{value = {}, min = {}, max = {}}}", column(d.score_column), d.score_min, d.score_max));
  set("instrument", d.instrument);
  if (!d.text_columns.empty()) line("text", joined(d.text_columns, "\\n"));
  if (!d.properties.empty()) line("properties", list(d.properties));
  return out;
}

Result<Sample> sample_file(const std::filesystem::path& file, const FileRule& rule) {
  const FileFormat* format = find_format(rule.format);
  if (format == nullptr) {
    CX_TRY(format, detect_format(file));
  }
  if (format->open == nullptr)
    return fail(Code::kCannotInfer, "{}: calls of the Segment protocol need no mapping",
                file.filename().string());
  CX_TRY(const auto rows, format->open({file, rule}));
  Sample sample;
  sample.format = format->name;
  std::vector<std::vector<std::string>> columns(rows->header().size());
  std::string why = "it has a header alone";
  while (sample.rows.size() < kSampleRows) {
    CX_TRY(const RowReader::Next next, rows->next());
    if (next == RowReader::Next::kEnd) break;
    if (next == RowReader::Next::kBad) {
      if (sample.bad_rows++ == 0) why = fmt::format("line {}: {}", rows->line(), rows->problem());
      if (sample.bad_rows > kSampleRows) break;
      continue;
    }
    const Cells cells = rows->cells();
    for (std::size_t i = 0; i < cells.size(); ++i) columns[i].emplace_back(cells[i]);
    sample.rows.emplace_back(cells.begin(), cells.end());
  }
  if (sample.rows.empty())
    return fail(Code::kBadFile, "{}: there is no readable row; {}", file.filename().string(), why);
  for (std::size_t i = 0; i < columns.size(); ++i)
    sample.columns.push_back(guess_column(rows->header()[i], columns[i]));
  rows->add_notes(sample.notes);
  rows->describe(sample.encoding, sample.delimiter, sample.sheet);
  return sample;
}

Result<MappingDraft> propose(const Sample& sample, const std::filesystem::path& file, std::string_view zone) {
  MappingDraft draft;
  std::filesystem::path name = file.filename();
  while (name.has_extension() && name.extension().string().size() <= 10) name = name.stem();
  draft.source = name.string();
  draft.zone = zone;
  const std::vector<ColumnGuess>& columns = sample.columns;
  using enum ColumnType;
  propose_time(columns, draft);
  propose_identifiers(columns, draft);
  if (draft.identifiers.empty())
    return fail(Code::kCannotInfer,
                "{}: no column looks like the number, e-mail or phone of a customer or a case",
                file.filename().string());
  const auto named = [&](const Words& names, std::initializer_list<ColumnType> types) {
    const ColumnGuess* found = pick(columns, names, types);
    return found == nullptr ? std::string() : found->name;
  };
  draft.name_column = named(kEventNames, {kCategory, kId, kText});
  if (draft.name_column.empty()) draft.name = fmt::format("{} Row", draft.source);
  draft.channel_column = named(kChannelNames, {kCategory, kId});
  draft.unit_column = named(kUnitNames, {kCategory, kId, kNumber});
  draft.session_column = named(kSessionNames, {kId, kCategory, kNumber});
  draft.amount_column = named(kAmountNames, {kAmount});
  if (!draft.amount_column.empty()) draft.currency = "CNY";
  propose_score(columns, draft);
  const std::string text = named(kTextNames, {kText, kId, kCategory});
  if (!text.empty()) draft.text_columns = {text};
  const ColumnGuess* id = pick(columns, kMessageNames, {kId});
  if (id != nullptr && id->filled == sample.rows.size() && id->distinct == id->filled)
    draft.id_column = id->name;
  for (const auto& identifier : draft.identifiers)
    if (identifier.kind == IdentifierKind::kOrderId) draft.case_column = identifier.column;
  std::vector<std::string> used{draft.name_column,
                                draft.channel_column,
                                draft.unit_column,
                                draft.session_column,
                                draft.amount_column,
                                draft.score_column,
                                text,
                                draft.id_column};
  used.insert(used.end(), draft.time_columns.begin(), draft.time_columns.end());
  for (const auto& identifier : draft.identifiers) used.push_back(identifier.column);
  for (const ColumnGuess& c : columns)
    if (c.type != kEmpty && !c.name.empty() && std::ranges::find(used, c.name) == used.end() &&
        draft.properties.size() < 200)
      draft.properties.push_back(c.name);
  return draft;
}

}  // namespace zhike::ingest
