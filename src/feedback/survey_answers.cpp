#include "feedback/survey_answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <numeric>
#include <set>

#include "base/ascii.h"
#include "base/crypto.h"
#include "base/encoding.h"

namespace zhike::feedback {
namespace {

namespace json = boost::json;

constexpr std::size_t kContactBytesMax = 254;  // of an e-mail address: RFC 5321, 4.5.3.1.3

std::string_view view(const json::string& text) { return {text.data(), text.size()}; }

// ---- conditions -------------------------------------------------------------------------------------------

/// The number that a comparison sees: a score, or one row of a matrix.
std::optional<std::int64_t> number_in(const Answer& answer, const std::string& row) {
  if (const auto* number = std::get_if<std::int64_t>(&answer)) return *number;
  if (const auto* rows = std::get_if<std::map<std::string, std::int64_t>>(&answer))
    if (const auto at = rows->find(row); at != rows->end()) return at->second;
  return std::nullopt;
}

bool is_in(const Rule& rule, const Answer& answer) {
  const auto has = [&](const std::string& value) {
    return std::ranges::find(rule.values, value) != rule.values.end();
  };
  if (const auto* flag = std::get_if<bool>(&answer)) return has(*flag ? "true" : "false");
  if (const auto* text = std::get_if<std::string>(&answer)) return has(*text);
  if (const auto* list = std::get_if<std::vector<std::string>>(&answer))
    return std::ranges::any_of(*list, has);
  const auto number = number_in(answer, rule.row);
  return number && has(std::to_string(*number));
}

// ---- single answers ---------------------------------------------------------------------------------------

Texts outside(const Question& q) {
  return {.zh = fmt::format("请选择 {} 至 {} 之间的整数", q.least, q.most),
          .en = fmt::format("Please choose a whole number from {} to {}", q.least, q.most)};
}

std::optional<Texts> wrong_options(const Question& q, const std::vector<std::string>& chosen) {
  const Texts unknown{.zh = "请从所列选项中选择", .en = "Please choose from the options listed"};
  const std::set<std::string> distinct(chosen.begin(), chosen.end());
  if (distinct.size() != chosen.size()) return unknown;
  for (const std::string& id : chosen)
    if (std::ranges::find(q.options, id, &Choice::id) == q.options.end()) return unknown;
  if (q.kind == QuestionKind::kRanking && chosen.size() != q.options.size())
    return Texts{.zh = "请为所有选项排序，名次不可重复", .en = "Please give every option a place of its own"};
  if (q.kind == QuestionKind::kMultiple && (chosen.size() < q.count_min || chosen.size() > q.count_max))
    return Texts{.zh = fmt::format("请选择 {} 至 {} 项", q.count_min, q.count_max),
                 .en = fmt::format("Please choose {} to {} options", q.count_min, q.count_max)};
  return std::nullopt;
}

std::size_t characters_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

/// Enough to catch a slip of the finger; whether mail arrives there only mail can tell.
bool looks_like_email(std::string_view text) {
  const auto at = text.find('@');
  if (at == std::string_view::npos || at == 0 || text.size() > kContactBytesMax) return false;
  const std::string_view domain = text.substr(at + 1);
  return domain.find('@') == std::string_view::npos && domain.find('.') != std::string_view::npos &&
         !domain.starts_with('.') && !domain.ends_with('.') &&
         std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) <= ' '; });
}

/// ITU-T E.164: at most 15 digits; people write them with blanks, hyphens and brackets.
bool looks_like_phone(std::string_view text) {
  std::size_t digits = 0;
  for (const char c : text) {
    if (ascii::is_digit(c))
      ++digits;
    else if (std::string_view("+-() ").find(c) == std::string_view::npos)
      return false;
  }
  return digits >= 5 && digits <= 15;
}

std::optional<Texts> wrong_text(const Question& q, const std::string& text) {
  if (!is_valid_utf8(text) || text.find('\0') != std::string::npos)
    return Texts{.zh = "文字编码无效", .en = "The text is not valid"};
  if (q.kind == QuestionKind::kSingle) return wrong_options(q, {text});
  if (q.kind == QuestionKind::kContact) {
    if (q.by_phone ? looks_like_phone(text) : looks_like_email(text)) return std::nullopt;
    return q.by_phone ? Texts{.zh = "请填写有效的电话号码", .en = "Please enter a telephone number"}
                      : Texts{.zh = "请填写有效的电子邮箱", .en = "Please enter an e-mail address"};
  }
  const std::size_t length = characters_of(text);
  if (length >= q.length_min && length <= q.length_max) return std::nullopt;
  return Texts{.zh = fmt::format("请填写 {} 至 {} 个字符", q.length_min, q.length_max),
               .en = fmt::format("Please write {} to {} characters", q.length_min, q.length_max)};
}

std::optional<Texts> wrong_rows(const Question& q, const std::map<std::string, std::int64_t>& rows) {
  for (const auto& [row, number] : rows) {
    if (std::ranges::find(q.rows, row, &Choice::id) == q.rows.end() || number < q.least || number > q.most)
      return outside(q);
  }
  if (q.required && rows.size() != q.rows.size())
    return Texts{.zh = "请为每一行评分", .en = "Please rate every row"};
  return std::nullopt;
}

bool is_empty(const Answer& answer) {
  if (const auto* text = std::get_if<std::string>(&answer)) return text->empty();
  if (const auto* list = std::get_if<std::vector<std::string>>(&answer)) return list->empty();
  if (const auto* rows = std::get_if<std::map<std::string, std::int64_t>>(&answer)) return rows->empty();
  return false;
}

void visit(const Question& question, const Answers& answers, Walk& out) {
  const auto given = answers.find(question.id);
  const bool empty = given == answers.end() || is_empty(given->second);
  const bool refused = !empty && question.kind == QuestionKind::kConsent && question.required &&
                       std::get_if<bool>(&given->second) != nullptr && !std::get<bool>(given->second);
  if (empty || refused) {
    if (question.required)
      out.problems.push_back({question.id, true,
                              question.kind == QuestionKind::kConsent
                                  ? Texts{.zh = "需要您同意才能继续", .en = "Your consent is needed to go on"}
                                  : Texts{.zh = "请回答此题", .en = "Please answer this question"}});
    return;
  }
  if (auto wrong = wrong_with(question, given->second))
    out.problems.push_back({question.id, false, std::move(*wrong)});
  else
    out.accepted.emplace(question.id, given->second);
}

std::size_t next_page(const Page& page, std::size_t index, const Answers& accepted) {
  for (const Skip& skip : page.skips)
    if (holds(skip.when, accepted)) return skip.to;
  return index + 1;
}

// ---- JSON -------------------------------------------------------------------------------------------------

std::optional<Answer> read_answer(const Question& question, const json::value& value) {
  switch (question.kind) {
    case QuestionKind::kNps:
    case QuestionKind::kStars:
    case QuestionKind::kScale:
      if (value.is_int64()) return value.get_int64();
      return std::nullopt;
    case QuestionKind::kConsent:
      if (value.is_bool()) return value.get_bool();
      return std::nullopt;
    case QuestionKind::kSingle:
    case QuestionKind::kText:
    case QuestionKind::kContact:
      if (value.is_string()) return std::string(view(value.get_string()));
      return std::nullopt;
    case QuestionKind::kMultiple:
    case QuestionKind::kRanking: {
      if (!value.is_array() || value.get_array().size() > SurveyLimits::kOptionsMax) return std::nullopt;
      std::vector<std::string> out;
      for (const json::value& item : value.get_array()) {
        if (!item.is_string()) return std::nullopt;
        out.emplace_back(view(item.get_string()));
      }
      return out;
    }
    case QuestionKind::kMatrix: {
      if (!value.is_object() || value.get_object().size() > SurveyLimits::kRowsMax) return std::nullopt;
      std::map<std::string, std::int64_t> out;
      for (const auto& [row, number] : value.get_object()) {
        if (!number.is_int64()) return std::nullopt;
        out.emplace(std::string(row.data(), row.size()), number.get_int64());
      }
      return out;
    }
  }
  return std::nullopt;
}

}  // namespace

bool holds(const Rule& rule, const Answers& accepted) {
  const auto part_holds = [&](const Rule& part) { return holds(part, accepted); };
  switch (rule.op) {
    case Rule::Op::kAll:
      return std::ranges::all_of(rule.parts, part_holds);
    case Rule::Op::kAny:
      return std::ranges::any_of(rule.parts, part_holds);
    case Rule::Op::kNot:
      return !holds(rule.parts.front(), accepted);
    case Rule::Op::kAnswered:
    case Rule::Op::kIn:
    case Rule::Op::kLeast:
    case Rule::Op::kMost:
      break;
  }
  const auto at = accepted.find(rule.question);
  if (at == accepted.end()) return false;
  if (rule.op == Rule::Op::kIn) return is_in(rule, at->second);
  const auto number = number_in(at->second, rule.row);
  if (rule.op == Rule::Op::kAnswered) return rule.row.empty() || number.has_value();
  return number && (rule.op == Rule::Op::kLeast ? *number >= rule.bound : *number <= rule.bound);
}

std::optional<Texts> wrong_with(const Question& question, const Answer& answer) {
  if (const auto* number = std::get_if<std::int64_t>(&answer))
    return *number < question.least || *number > question.most ? std::optional(outside(question))
                                                               : std::nullopt;
  if (const auto* text = std::get_if<std::string>(&answer)) return wrong_text(question, *text);
  if (const auto* list = std::get_if<std::vector<std::string>>(&answer))
    return wrong_options(question, *list);
  if (const auto* rows = std::get_if<std::map<std::string, std::int64_t>>(&answer))
    return wrong_rows(question, *rows);
  return std::nullopt;
}

Walk walk(const Survey& survey, const Answers& answers) {
  Walk out;
  for (std::size_t index = 0; index < survey.pages.size();) {
    const Page& page = survey.pages[index];
    ShownPage shown{.page = index};
    for (const Question& question : page.questions) {
      if (question.show_if && !holds(*question.show_if, out.accepted)) continue;
      shown.questions.push_back(&question);
      visit(question, answers, out);
    }
    if (!shown.questions.empty()) out.pages.push_back(std::move(shown));
    index = next_page(page, index, out.accepted);
  }
  return out;
}

json::value answers_json(const Answers& answers) {
  json::object out;
  for (const auto& [question, answer] : answers) {
    json::value& value = out[question];
    if (const auto* number = std::get_if<std::int64_t>(&answer)) value = *number;
    if (const auto* flag = std::get_if<bool>(&answer)) value = *flag;
    if (const auto* text = std::get_if<std::string>(&answer)) value = json::string(*text);
    if (const auto* list = std::get_if<std::vector<std::string>>(&answer)) {
      json::array& items = value.emplace_array();
      for (const std::string& item : *list) items.emplace_back(item);
    }
    if (const auto* rows = std::get_if<std::map<std::string, std::int64_t>>(&answer)) {
      json::object& object = value.emplace_object();
      for (const auto& [row, number] : *rows) object[row] = number;
    }
  }
  return out;
}

Result<Answers> read_answers(const Survey& survey, const json::value& value) {
  if (!value.is_object()) return fail(Code::kBadAnswer, "the answers are not an object");
  if (value.get_object().size() > SurveyLimits::kQuestionsMax)
    return fail(Code::kBadAnswer, "more answers than a survey has questions");
  Answers out;
  for (const auto& [key, given] : value.get_object()) {
    const std::string_view id(key.data(), key.size());
    const Question* question = survey.find(id);
    if (question == nullptr)
      return fail(Code::kBadAnswer, "/{}: there is no such question", id.substr(0, 80));
    if (given.is_null()) continue;
    auto answer = read_answer(*question, given);
    if (!answer)
      return fail(Code::kBadAnswer, "/{}: is not an answer of a question of type {}", id,
                  to_string(question->kind));
    out.emplace(std::string(id), std::move(*answer));
  }
  return out;
}

std::vector<std::size_t> order_of(const Question& question, std::string_view seed) {
  const std::vector<Choice>& choices =
      question.kind == QuestionKind::kMatrix ? question.rows : question.options;
  std::vector<std::size_t> out(choices.size());
  std::iota(out.begin(), out.end(), std::size_t{0});
  if (!question.randomise) return out;
  // Sorting by a hash of respondent and option is a shuffle that needs no state: every order is equally
  // likely.
  std::vector<crypto::Hash128> keys;
  keys.reserve(choices.size());
  for (const Choice& choice : choices)
    keys.push_back(crypto::fingerprint(fmt::format("{}\n{}\n{}", seed, question.id, choice.id)));
  std::ranges::sort(out, [&](std::size_t a, std::size_t b) { return keys[a] < keys[b]; });
  return out;
}

namespace {

/// Calls `plain` with what stands as it is and `filled` with the name and the otherwise of each placeholder;
/// the otherwise is nothing where there is none.
template <class Plain, class Filled>
void each_piece(std::string_view text, const Plain& plain, const Filled& filled) {
  while (!text.empty()) {
    const auto open = text.find('{');
    plain(text.substr(0, open));
    if (open == std::string_view::npos) return;
    text.remove_prefix(open);
    const auto close = text.find('}');
    const std::string_view inside =
        close == std::string_view::npos ? std::string_view{} : text.substr(1, close - 1);
    const std::string_view name = inside.substr(0, inside.find('|'));
    const bool is_name =
        !name.empty() && std::ranges::all_of(name, [](char c) { return ascii::is_alnum(c) || c == '_'; });
    if (!is_name) {
      plain(text.substr(0, 1));
      text.remove_prefix(1);
      continue;
    }
    filled(name, name.size() < inside.size() ? inside.substr(name.size() + 1) : std::string_view{});
    text.remove_prefix(close + 1);
  }
}

void add_of(const Texts& texts, PlaceholderNames& out) {
  add_placeholders(texts.zh, out);
  add_placeholders(texts.en, out);
}

}  // namespace

std::string pipe(std::string_view text, const std::map<std::string, std::string, std::less<>>& traits) {
  std::string out;
  each_piece(
      text, [&](std::string_view plain) { out += plain; },
      [&](std::string_view name, std::string_view otherwise) {
        const auto at = traits.find(name);
        out += at != traits.end() && !at->second.empty() ? std::string_view(at->second) : otherwise;
      });
  return out;
}

void add_placeholders(std::string_view text, PlaceholderNames& out) {
  each_piece(
      text, [](std::string_view) {}, [&](std::string_view name, std::string_view) { out.emplace(name); });
}

PlaceholderNames placeholders(const Survey& survey) {
  PlaceholderNames out;
  for (const Texts* texts : {&survey.title, &survey.intro, &survey.thanks}) add_of(*texts, out);
  for (const Page& page : survey.pages) {
    add_of(page.title, out);
    for (const Question& question : page.questions) {
      for (const Texts* texts : {&question.text, &question.hint, &question.low, &question.high})
        add_of(*texts, out);
      for (const Choice& option : question.options) add_of(option.text, out);
      for (const Choice& row : question.rows) add_of(row.text, out);
    }
  }
  return out;
}

}  // namespace zhike::feedback
