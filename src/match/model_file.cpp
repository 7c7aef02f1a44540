// A model as TOML:
//
//   version = 1
//   prior = -15.2           # log2 odds that two records taken at random match
//   merge_at = 1.5          # log2 odds from which they are one customer
//   review_at = -3.5        # and from which a person should look
//   [[comparison]]
//   column = "surname"; kind = "surname"; swaps_with = "given_name"; without = []; day_order = "day_first"
//   m = {different = 0.05, similar = 0.02, ..., same = 0.8}       # shares among pairs of one customer
//   u = {different = 0.99, ..., same = 0.004}                     # and of different ones
//   told_by = ["postcode"]; u_told = {...}  # u of pairs whose postcodes agree: they hardly differ here
//   [[rule]]
//   keys = ["surname.sound", "dob.value"]                         # none: all pairs
#include "match/model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/toml.h"

namespace zhike::match {
namespace {

constexpr std::int64_t kVersion = 1;
constexpr std::string_view kDayFirst = "day_first", kMonthFirst = "month_first";

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      out += fmt::format("\\{}", c);
    else if (static_cast<unsigned char>(c) < ' ' || c == '\x7f')
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else
      out.push_back(c);
  }
  return out + '"';
}

std::string shares(const ByLevel& values, Kind kind) {
  std::string out;
  for (Level level = kElse; level <= top_level(kind); ++level)
    out += fmt::format("{}{} = {:.9g}", out.empty() ? "" : ", ", level_names(kind)[level],
                       std::max(values[level], 1e-300));
  return "{" + out + "}";
}

std::string list(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : ", ") + in_quotes(text);
  return "[" + out + "]";
}

std::unexpected<Error> bad(std::string_view what) { return fail(Code::kBadMatchModel, "{}", what); }

Result<double> number(const toml::table& table, std::string_view key) {
  const auto value = table[key].value<double>();
  if (!value || !std::isfinite(*value)) return bad(fmt::format("{}: a number is needed", key));
  return *value;
}

Result<ByLevel> read_shares(const toml::table& table, std::string_view key, Kind kind) {
  const toml::table* const at = table[key].as_table();
  if (at == nullptr) return bad(fmt::format("comparison.{}: a table is needed", key));
  ByLevel out{};
  for (Level level = kElse; level <= top_level(kind); ++level) {
    const std::string_view name = level_names(kind)[level];
    CX_TRY(out[level], number(*at, name));
    if (out[level] <= 0 || out[level] > 1)
      return bad(fmt::format("comparison.{}.{}: above 0 and up to 1", key, name));
  }
  return out;
}

Result<Comparison> read_comparison(const toml::table& table) {
  Comparison out;
  out.column = table["column"].value_or(std::string());
  if (out.column.empty()) return bad("comparison.column");
  const auto kind = parse_kind(table["kind"].value_or(std::string()));
  if (!kind) return bad("comparison.kind of " + out.column);
  out.kind = *kind;
  const std::string order = table["day_order"].value_or(std::string(kDayFirst));
  if (order != kDayFirst && order != kMonthFirst) return bad("comparison.day_order of " + out.column);
  out.day_order = order == kDayFirst ? DayOrder::kDayFirst : DayOrder::kMonthFirst;
  if (const toml::array* without = table["without"].as_array())
    for (const toml::node& node : *without) {
      const auto name = node.value<std::string>();
      if (!name) return bad("comparison.without of " + out.column);
      out.without.push_back(*name);
    }
  CX_TRY(out.m, read_shares(table, "m", out.kind));
  CX_TRY(out.u, read_shares(table, "u", out.kind));
  return out;
}

Result<std::size_t> find_comparison(const Model& model, std::string_view column) {
  const auto it = std::ranges::find(model.comparisons, column, &Comparison::column);
  if (it == model.comparisons.end()) return bad(fmt::format("no comparison of the column {}", column));
  return static_cast<std::size_t>(it - model.comparisons.begin());
}

Result<Rule> read_rule(const toml::table& table, const Model& model) {
  const toml::array* const keys = table["keys"].as_array();
  if (keys == nullptr) return bad("rule.keys");
  Rule out;
  for (const toml::node& node : *keys) {
    const std::string text = node.value_or(std::string());
    const std::size_t dot = text.rfind('.');
    if (dot == std::string::npos) return bad("rule.keys: " + text);
    const auto view = parse_view(std::string_view(text).substr(dot + 1));
    if (!view) return bad("rule.keys: " + text);
    CX_TRY(const std::size_t comparison, find_comparison(model, std::string_view(text).substr(0, dot)));
    if (*view == View::kTokens && (keys->size() > 1 || !has_words(model.comparisons[comparison].kind)))
      return bad("rule.keys: tokens need a text, and a rule of their own");
    out.keys.push_back({comparison, *view});
  }
  return out;
}

Result<void> read_comparisons(const toml::table& table, Model& out) {
  const toml::array* const all = table["comparison"].as_array();
  if (all == nullptr || all->empty() || all->size() > kComparisonsMax)
    return bad(fmt::format("comparison: 1 to {} are needed", kComparisonsMax));
  for (const toml::node& node : *all) {
    if (!node.is_table()) return bad("comparison");
    CX_TRY(Comparison made, read_comparison(*node.as_table()));
    if (find_comparison(out, made.column)) return bad("comparison.column twice: " + made.column);
    out.comparisons.push_back(std::move(made));
  }
  for (std::size_t k = 0; k < out.comparisons.size(); ++k) {
    const std::string partner = (*all)[k].as_table()->operator[]("swaps_with").value_or(std::string());
    if (partner.empty()) continue;
    CX_TRY(out.comparisons[k].swaps_with, find_comparison(out, partner));
  }
  for (std::size_t k = 0; k < out.comparisons.size(); ++k) {
    const toml::table& at = *(*all)[k].as_table();
    Comparison& comparison = out.comparisons[k];
    const toml::array* const tellers = at["told_by"].as_array();
    if (tellers == nullptr || tellers->empty()) continue;
    for (const toml::node& node : *tellers) {
      CX_TRY(const std::size_t teller, find_comparison(out, node.value_or(std::string())));
      if (teller == k) return bad("comparison.told_by of " + comparison.column);
      comparison.told_by |= 1U << teller;
    }
    CX_TRY(comparison.u_told, read_shares(at, "u_told", comparison.kind));
  }
  for (std::size_t k = 0; k < out.comparisons.size(); ++k) {
    const std::size_t partner = out.comparisons[k].swaps_with;
    const auto swaps = [&](std::size_t c) {
      return out.comparisons[c].kind == Kind::kGivenName || out.comparisons[c].kind == Kind::kSurname;
    };
    if (partner == kNone) continue;
    if (partner == k || out.comparisons[partner].swaps_with != k || !swaps(k) || !swaps(partner))
      return bad("comparison.swaps_with of " + out.comparisons[k].column);
  }
  return {};
}

}  // namespace

std::string to_toml(const Model& model) {
  std::string out = fmt::format(
      "# A matching model of Zhike: see the guide on matching.\nversion = {}\nprior = {:.9g}\nmerge_at = "
      "{:.9g}\n"
      "review_at = {:.9g}\n",
      kVersion, model.prior, model.merge_at, model.review_at);
  for (const Comparison& at : model.comparisons) {
    out += fmt::format("\n[[comparison]]\ncolumn = {}\nkind = \"{}\"\n", in_quotes(at.column),
                       to_string(at.kind));
    if (at.kind == Kind::kDate)
      out +=
          fmt::format("day_order = \"{}\"\n", at.day_order == DayOrder::kDayFirst ? kDayFirst : kMonthFirst);
    if (!at.without.empty()) out += fmt::format("without = {}\n", list(at.without));
    if (at.swaps_with != kNone)
      out += fmt::format("swaps_with = {}\n", in_quotes(model.comparisons[at.swaps_with].column));
    if (at.told_by != 0) {
      std::vector<std::string> tellers;
      for (std::size_t t = 0; t < model.comparisons.size(); ++t)
        if ((at.told_by >> t & 1U) != 0) tellers.push_back(model.comparisons[t].column);
      out += fmt::format("told_by = {}\nu_told = {}\n", list(tellers), shares(at.u_told, at.kind));
    }
    out += fmt::format("m = {}\nu = {}\n", shares(at.m, at.kind), shares(at.u, at.kind));
  }
  for (const Rule& rule : model.rules) {
    std::vector<std::string> keys;
    for (const Key& key : rule.keys)
      keys.push_back(fmt::format("{}.{}", model.comparisons[key.comparison].column, to_string(key.view)));
    out += fmt::format("\n[[rule]]\nkeys = {}\n", list(keys));
  }
  return out;
}

Result<Model> parse_model(std::string_view text) {
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed)
    return bad(fmt::format("line {}: {}", parsed.error().source().begin.line, parsed.error().description()));
  const toml::table& table = parsed.table();
  if (table["version"].value_or(std::int64_t{0}) != kVersion) return bad("version");
  Model out;
  CX_TRY(out.prior, number(table, "prior"));
  CX_TRY(out.merge_at, number(table, "merge_at"));
  CX_TRY(out.review_at, number(table, "review_at"));
  if (out.review_at > out.merge_at) return bad("review_at is above merge_at");
  CX_TRY(read_comparisons(table, out));
  const toml::array* const rules = table["rule"].as_array();
  if (rules == nullptr || rules->empty() || rules->size() > kRulesMax)
    return bad(fmt::format("rule: 1 to {} are needed", kRulesMax));
  for (const toml::node& node : *rules) {
    if (!node.is_table()) return bad("rule");
    CX_TRY(Rule rule, read_rule(*node.as_table(), out));
    out.rules.push_back(std::move(rule));
  }
  return out;
}

}  // namespace zhike::match
