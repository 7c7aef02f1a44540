#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "base/ascii.h"
#include "feedback/feedback.h"
#include "feedback/survey_read.h"

namespace zhike::feedback {
namespace {

namespace json = boost::json;

constexpr std::int64_t kEndsMax = 100;    // of a scale, either side of zero
constexpr std::int64_t kPointsMax = 20;   // of a scale: more cannot be told apart, nor fit a telephone
constexpr std::string_view kEnd = "end";  // where a skip leads that ends the survey

/// Reads pages in order, so that a condition can only see questions that are already there.
class Parser {
 public:
  Parser(Problems& problems, Survey& survey) : problems_(problems), survey_(survey) {}
  void read(const json::value& root);

 private:
  void read_theme(const json::value& value);
  void read_page(const json::value& value, const std::string& at);
  void read_question(const json::value& value, const std::string& at, Page& page);
  void read_scale(DocumentObject& object, Question& question);
  void read_bounds(DocumentObject& object, Question& question);
  std::vector<Choice> read_choices(DocumentObject& object, std::string_view field, std::size_t most);
  Rule read_rule(const json::value& value, const std::string& at, std::size_t depth);
  void read_parts(DocumentObject& object, std::string_view field, std::size_t depth, Rule& rule);
  void read_comparison(DocumentObject& object, Rule& rule);
  void read_values(DocumentObject& object, const Question& about, Rule& rule);
  void read_skips(DocumentObject& object, Page& page);
  void resolve_skips();
  void read_quotas(DocumentObject& object);
  void remember(const std::string& at, Question& question, Page& page);

  struct PendingSkip {
    std::string at, to;
    std::size_t page = 0, skip = 0;
  };
  Problems& problems_;
  Survey& survey_;
  std::set<std::string> page_ids_;
  std::vector<PendingSkip> pending_;
  std::size_t questions_ = 0;
};

std::vector<std::string_view> known_fields(std::optional<QuestionKind> kind) {
  std::vector<std::string_view> out{"id", "type", "text", "hint", "required", "show_if"};
  const auto add = [&](std::initializer_list<std::string_view> more) { out.insert(out.end(), more); };
  if (!kind) return out;
  switch (*kind) {
    case QuestionKind::kNps:
      add({"low", "high"});
      break;
    case QuestionKind::kStars:
      add({"most", "low", "high", "instrument"});
      break;
    case QuestionKind::kScale:
      add({"least", "most", "low", "high", "instrument"});
      break;
    case QuestionKind::kSingle:
    case QuestionKind::kRanking:
      add({"options", "randomise"});
      break;
    case QuestionKind::kMultiple:
      add({"options", "randomise", "count_min", "count_max"});
      break;
    case QuestionKind::kMatrix:
      add({"rows", "least", "most", "low", "high", "instrument", "randomise"});
      break;
    case QuestionKind::kText:
      add({"length_min", "length_max", "about"});
      break;
    case QuestionKind::kContact:
      add({"by"});
      break;
    case QuestionKind::kConsent:
      break;
  }
  return out;
}

std::string text_of(const json::value* value) {
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

/// Scheme, host and perhaps a port, in lower case: nothing that could mean more in a header. Without
/// encryption on this machine alone.
bool is_origin(std::string_view text) {
  const bool is_safe = text.starts_with("https://");
  if (!is_safe && !text.starts_with("http://")) return false;
  text.remove_prefix(is_safe ? 8 : 7);
  const auto colon = std::min(text.find(':'), text.size());
  const std::string_view host = text.substr(0, colon), port = text.substr(std::min(colon + 1, text.size()));
  if (colon != text.size() &&
      (port.empty() || port.size() > 5 || !std::ranges::all_of(port, ascii::is_digit)))
    return false;
  if (!is_safe && host != "localhost" && host != "127.0.0.1") return false;
  return !host.empty() && host.size() <= 253 && host.front() != '.' && host.back() != '.' &&
         std::ranges::all_of(host, [](char c) {
           return ascii::is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '.';
         });
}

bool is_score(QuestionKind kind) {
  return kind == QuestionKind::kNps || kind == QuestionKind::kStars || kind == QuestionKind::kScale;
}

void Parser::read(const json::value& root) {
  DocumentObject object(problems_, root, "",
                        {"id", "version", "title", "intro", "thanks", "pages", "quotas", "origins", "theme"});
  survey_.id = object.id("id");
  survey_.version = static_cast<std::uint32_t>(object.number("version", 1, 1, 1'000'000));
  survey_.title = object.texts("title", true);
  survey_.intro = object.texts("intro", false);
  survey_.thanks = object.texts("thanks", false);
  if (const json::array* pages = object.list("pages", 1, SurveyLimits::kPagesMax))
    for (std::size_t i = 0; i < pages->size() && !problems_.is_full(); ++i)
      read_page((*pages)[i], fmt::format("/pages/{}", i));
  resolve_skips();
  read_quotas(object);
  if (const json::value* theme = object.find("theme")) read_theme(*theme);
  const json::array* origins = object.list("origins", 0, SurveyLimits::kOriginsMax);
  for (std::size_t i = 0; origins != nullptr && i < origins->size() && !problems_.is_full(); ++i) {
    survey_.origins.push_back(text_of(&(*origins)[i]));
    if (!is_origin(survey_.origins.back()))
      problems_.add(fmt::format("/origins/{}", i), "is not an origin such as https://shop.example",
                    "不是来源地址，例如 https://shop.example");
  }
}

/// Colours that cannot be read are refused, not shown: all three are given, and text, links and buttons stand
/// out from the ground.
void Parser::read_theme(const json::value& value) {
  DocumentObject object(problems_, value, "/theme", {"ink", "paper", "accent", "font_percent", "logo"});
  SurveyTheme& theme = survey_.theme;
  theme.font_percent = static_cast<std::uint32_t>(
      object.number("font_percent", 100, ThemeLimits::kFontLeast, ThemeLimits::kFontMost));
  if (const json::value* logo = object.find("logo")) {
    theme.logo = text_of(logo);
    if (!is_picture(theme.logo))
      object.wrong(
          "logo",
          fmt::format("is not a data URL of a PNG, JPEG, WebP or GIF of up to {} bytes",
                      ThemeLimits::kLogoBytesMax),
          fmt::format("须为不超过 {} 字节的 PNG、JPEG、WebP 或 GIF 的 data URL", ThemeLimits::kLogoBytesMax));
  }
  if (!object.has("ink") && !object.has("paper") && !object.has("accent")) return;
  std::array<std::uint32_t, 3> colours{};
  const std::array<std::pair<std::string_view, std::string*>, 3> wanted{
      {{"ink", &theme.ink}, {"paper", &theme.paper}, {"accent", &theme.accent}}};
  bool whole = true;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    *wanted[i].second = text_of(object.find(wanted[i].first));
    const auto colour = parse_colour(*wanted[i].second);
    whole = whole && colour.has_value();
    colours[i] = colour.value_or(0);
    if (!colour) object.wrong(wanted[i].first, "is not a colour as #1d2129", "不是形如 #1d2129 的颜色");
  }
  for (const std::size_t i : {0U, 2U}) {
    const double found = contrast(colours[i], colours[1]);
    if (!whole || found >= ThemeLimits::kContrastMin) continue;
    object.wrong(
        wanted[i].first,
        fmt::format("has a contrast of {:.2f} to the paper; {} is needed (WCAG AA)", found,
                    ThemeLimits::kContrastMin),
        fmt::format("与底色的对比度为 {:.2f}，须达到 {}（WCAG AA）", found, ThemeLimits::kContrastMin));
  }
}

void Parser::read_page(const json::value& value, const std::string& at) {
  DocumentObject object(problems_, value, at, {"id", "title", "questions", "skip"});
  survey_.pages.emplace_back();
  Page& page = survey_.pages.back();
  page.id = object.id("id");
  if (page.id == kEnd) object.wrong("id", "may not be \"end\"", "不能为“end”");
  if (!page.id.empty() && !page_ids_.insert(page.id).second)
    object.wrong("id", "is the id of an earlier page", "与前面的页面重复");
  page.title = object.texts("title", false);
  if (const json::array* list = object.list("questions", 1, SurveyLimits::kQuestionsMax)) {
    page.questions.reserve(list->size());
    for (std::size_t i = 0; i < list->size() && !problems_.is_full(); ++i) {
      if (++questions_ > SurveyLimits::kQuestionsMax) {
        object.wrong("questions",
                     fmt::format("makes more than {} questions of the survey", SurveyLimits::kQuestionsMax),
                     fmt::format("使问卷超过 {} 题", SurveyLimits::kQuestionsMax));
        break;
      }
      read_question((*list)[i], fmt::format("{}/questions/{}", at, i), page);
    }
  }
  read_skips(object, page);
}

void Parser::remember(const std::string& at, Question& question, Page& page) {
  if (!question.id.empty()) {
    const Survey::Place place{survey_.pages.size() - 1, page.questions.size()};
    if (!survey_.places.emplace(question.id, place).second)
      problems_.add(at + "/id", "is the id of an earlier question", "与前面的题目重复");
  }
  page.questions.push_back(std::move(question));
}

void Parser::read_question(const json::value& value, const std::string& at, Page& page) {
  const std::string type =
      value.is_object() ? text_of(value.get_object().if_contains("type")) : std::string();
  const auto kind = parse_question_kind(type);
  DocumentObject object(problems_, value, at, known_fields(kind));
  Question question;
  question.id = object.id("id");
  if (!kind) {
    object.wrong("type",
                 "is none of nps, stars, scale, single, multiple, matrix, ranking, text, contact, consent",
                 "须为 nps、stars、scale、single、multiple、matrix、ranking、text、contact、consent 之一");
    return remember(at, question, page);
  }
  question.kind = *kind;
  question.text = object.texts("text", true);
  question.hint = object.texts("hint", false);
  question.required = object.flag("required");
  if (const json::value* rule = object.find("show_if"))
    question.show_if = read_rule(*rule, at + "/show_if", 0);
  read_scale(object, question);
  read_bounds(object, question);
  remember(at, question, page);
}

void Parser::read_scale(DocumentObject& object, Question& question) {
  const bool is_matrix = question.kind == QuestionKind::kMatrix;
  if (!is_score(question.kind) && !is_matrix) return;
  question.low = object.texts("low", false);
  question.high = object.texts("high", false);
  if (question.kind == QuestionKind::kNps) {
    question.least = 0;
    question.most = 10;
    question.instrument = "nps";
    return;
  }
  question.least = object.number("least", 1, -kEndsMax, kEndsMax);
  question.most = object.number("most", question.kind == QuestionKind::kStars ? 5 : 7, -kEndsMax, kEndsMax);
  if (question.most <= question.least || question.most - question.least > kPointsMax)
    object.wrong("most", fmt::format("is not 1 to {} above \"least\"", kPointsMax),
                 fmt::format("须比“least”大 1 至 {}", kPointsMax));
  question.instrument = object.word("instrument", false);
  const auto scale = scale_of(question.instrument);
  if (scale &&
      (scale->min != static_cast<double>(question.least) || scale->max != static_cast<double>(question.most)))
    object.wrong("instrument",
                 fmt::format("is measured from {} to {}, not from {} to {}", scale->min, scale->max,
                             question.least, question.most),
                 fmt::format("的量程为 {} 至 {}，而非 {} 至 {}", scale->min, scale->max, question.least,
                             question.most));
  if (is_matrix) question.rows = read_choices(object, "rows", SurveyLimits::kRowsMax);
}

void Parser::read_bounds(DocumentObject& object, Question& question) {
  question.randomise = object.has("randomise") && object.flag("randomise");
  switch (question.kind) {
    case QuestionKind::kSingle:
    case QuestionKind::kRanking:
      question.options = read_choices(object, "options", SurveyLimits::kOptionsMax);
      break;
    case QuestionKind::kMultiple: {
      question.options = read_choices(object, "options", SurveyLimits::kOptionsMax);
      const auto all = static_cast<std::int64_t>(std::max<std::size_t>(question.options.size(), 1));
      question.count_min = static_cast<std::size_t>(object.number("count_min", 0, 0, all));
      question.count_max = static_cast<std::size_t>(
          object.number("count_max", all, static_cast<std::int64_t>(question.count_min), all));
      break;
    }
    case QuestionKind::kText: {
      constexpr auto kMost = static_cast<std::int64_t>(SurveyLimits::kAnswerCharactersMax);
      question.length_min = static_cast<std::size_t>(object.number("length_min", 0, 0, kMost));
      question.length_max = static_cast<std::size_t>(
          object.number("length_max", kMost,
                        std::max<std::int64_t>(1, static_cast<std::int64_t>(question.length_min)), kMost));
      question.about = object.word("about", false);
      const Question* score = question.about.empty() ? nullptr : survey_.find(question.about);
      if (!question.about.empty() && (score == nullptr || !is_score(score->kind)))
        object.wrong("about", "is not an earlier question with a score", "不是前面的评分题");
      break;
    }
    case QuestionKind::kContact: {
      const std::string by = object.word("by", true);
      if (!by.empty() && by != "email" && by != "phone")
        object.wrong("by", "is neither email nor phone", "须为 email 或 phone");
      question.by_phone = by == "phone";
      break;
    }
    case QuestionKind::kNps:
    case QuestionKind::kStars:
    case QuestionKind::kScale:
    case QuestionKind::kMatrix:
    case QuestionKind::kConsent:
      break;
  }
}

std::vector<Choice> Parser::read_choices(DocumentObject& object, std::string_view field, std::size_t most) {
  std::vector<Choice> out;
  std::set<std::string> seen;
  const json::array* list = object.list(field, 1, most);
  for (std::size_t i = 0; list != nullptr && i < list->size() && !problems_.is_full(); ++i) {
    DocumentObject choice(problems_, (*list)[i], fmt::format("{}/{}", object.at(field), i), {"id", "text"});
    out.push_back({choice.id("id"), choice.texts("text", true)});
    if (!out.back().id.empty() && !seen.insert(out.back().id).second)
      choice.wrong("id", "is there twice", "重复");
  }
  return out;
}

// ---- conditions -------------------------------------------------------------------------------------------

void Parser::read_parts(DocumentObject& object, std::string_view field, std::size_t depth, Rule& rule) {
  const json::array* parts = object.list(field, 1, SurveyLimits::kRulePartsMax);
  for (std::size_t i = 0; parts != nullptr && i < parts->size() && !problems_.is_full(); ++i)
    rule.parts.push_back(read_rule((*parts)[i], fmt::format("{}/{}", object.at(field), i), depth + 1));
}

Rule Parser::read_rule(const json::value& value, const std::string& at, std::size_t depth) {
  Rule rule;
  if (depth >= SurveyLimits::kRuleDepthMax) {
    problems_.add(at, fmt::format("is nested deeper than {}", SurveyLimits::kRuleDepthMax),
                  fmt::format("嵌套超过 {} 层", SurveyLimits::kRuleDepthMax));
    return rule;
  }
  DocumentObject object(problems_, value, at,
                        {"all", "any", "not", "question", "row", "answered", "is", "in", "least", "most"});
  if (!value.is_object()) return rule;
  static constexpr std::array<std::string_view, 8> kOperators{"all", "any", "not",   "answered",
                                                              "is",  "in",  "least", "most"};
  if (std::ranges::count_if(kOperators, [&](std::string_view op) { return object.has(op); }) != 1) {
    problems_.add(at, "has not exactly one of all, any, not, answered, is, in, least, most",
                  "须恰有 all、any、not、answered、is、in、least、most 之一");
    return rule;
  }
  if (object.has("all") || object.has("any")) {
    rule.op = object.has("all") ? Rule::Op::kAll : Rule::Op::kAny;
    read_parts(object, object.has("all") ? "all" : "any", depth, rule);
  } else if (const json::value* part = object.find("not")) {
    rule.op = Rule::Op::kNot;
    rule.parts.push_back(read_rule(*part, at + "/not", depth + 1));
  } else {
    read_comparison(object, rule);
  }
  return rule;
}

void Parser::read_comparison(DocumentObject& object, Rule& rule) {
  rule.question = object.id("question");
  const Question* about = survey_.find(rule.question);
  if (about == nullptr) {
    if (!rule.question.empty()) object.wrong("question", "is not an earlier question", "不是前面的题目");
    return;
  }
  rule.row = object.word("row", about->kind == QuestionKind::kMatrix && !object.has("answered"));
  if (!rule.row.empty() && std::ranges::find(about->rows, rule.row, &Choice::id) == about->rows.end())
    object.wrong("row", "is not a row of that question", "不是该题的行");
  if (object.has("answered")) {
    rule.op = object.flag("answered") ? Rule::Op::kAnswered : Rule::Op::kNot;
    if (rule.op == Rule::Op::kNot)
      rule.parts.push_back({.op = Rule::Op::kAnswered, .question = rule.question, .row = rule.row});
    return;
  }
  if (!object.has("least") && !object.has("most")) return read_values(object, *about, rule);
  const std::string_view field = object.has("least") ? "least" : "most";
  rule.op = object.has("least") ? Rule::Op::kLeast : Rule::Op::kMost;
  if (!is_score(about->kind) && about->kind != QuestionKind::kMatrix)
    object.wrong(field, "needs a question with a scale", "须针对评分题");
  rule.bound = object.number(field, 0, -kEndsMax, kEndsMax);
}

/// As answers are compared: options by id, numbers in digits.
std::optional<std::string> comparable(const json::value& value) {
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_int64()) return std::to_string(value.get_int64());
  if (value.is_bool()) return value.get_bool() ? "true" : "false";
  return std::nullopt;
}

bool can_be(const Question& question, std::string_view value) {
  const auto is_number = [&] {
    for (std::int64_t n = question.least; n <= question.most; ++n)
      if (std::to_string(n) == value) return true;
    return false;
  };
  switch (question.kind) {
    case QuestionKind::kNps:
    case QuestionKind::kStars:
    case QuestionKind::kScale:
    case QuestionKind::kMatrix:
      return is_number();
    case QuestionKind::kSingle:
    case QuestionKind::kMultiple:
    case QuestionKind::kRanking:
      return std::ranges::find(question.options, value, &Choice::id) != question.options.end();
    case QuestionKind::kConsent:
      return value == "true" || value == "false";
    case QuestionKind::kText:
    case QuestionKind::kContact:
      return false;  // what people write is not compared: "answered" is all that can be asked of it
  }
  return false;
}

void Parser::read_values(DocumentObject& object, const Question& about, Rule& rule) {
  rule.op = Rule::Op::kIn;
  const std::string_view field = object.has("is") ? "is" : "in";
  std::vector<const json::value*> given;
  if (field == "is")
    given.push_back(object.find("is"));
  else if (const json::array* list = object.list("in", 1, SurveyLimits::kOptionsMax))
    for (const json::value& value : *list) given.push_back(&value);
  for (const json::value* value : given) {
    auto text = comparable(*value);
    if (!text || !can_be(about, *text))
      object.wrong(field, "is not an answer that this question can have", "不是该题可能的答案");
    else
      rule.values.push_back(std::move(*text));
  }
}

// ---- skips and quotas -------------------------------------------------------------------------------------

void Parser::read_skips(DocumentObject& object, Page& page) {
  const json::array* list = object.list("skip", 0, SurveyLimits::kSkipsMax);
  for (std::size_t i = 0; list != nullptr && i < list->size() && !problems_.is_full(); ++i) {
    DocumentObject skip(problems_, (*list)[i], fmt::format("{}/{}", object.at("skip"), i), {"if", "to"});
    Skip out;
    if (const json::value* rule = skip.find("if"))
      out.when = read_rule(*rule, skip.at("if"), 0);
    else
      skip.wrong("if", "is missing", "缺失");
    pending_.push_back({skip.at("to"), skip.id("to"), survey_.pages.size() - 1, page.skips.size()});
    page.skips.push_back(std::move(out));
  }
}

/// Forwards only: a survey that can go back to an earlier page need not end.
void Parser::resolve_skips() {
  for (const PendingSkip& skip : pending_) {
    std::size_t to = skip.page + 1;
    while (to < survey_.pages.size() && survey_.pages[to].id != skip.to) ++to;
    if (to == survey_.pages.size() && skip.to != kEnd && !skip.to.empty())
      problems_.add(skip.at, "is neither a later page nor \"end\"", "不是后面的页面，也不是“end”");
    survey_.pages[skip.page].skips[skip.skip].to = to;
  }
}

void Parser::read_quotas(DocumentObject& object) {
  const json::array* list = object.list("quotas", 0, SurveyLimits::kQuotasMax);
  std::set<std::string> seen;
  for (std::size_t i = 0; list != nullptr && i < list->size() && !problems_.is_full(); ++i) {
    DocumentObject one(problems_, (*list)[i], fmt::format("/quotas/{}", i), {"id", "if", "most"});
    Quota quota;
    quota.id = one.id("id");
    if (!quota.id.empty() && !seen.insert(quota.id).second) one.wrong("id", "is there twice", "重复");
    if (const json::value* rule = one.find("if")) quota.when = read_rule(*rule, one.at("if"), 0);
    if (!one.has("most")) one.wrong("most", "is missing", "缺失");
    quota.most = static_cast<std::uint64_t>(one.number("most", 1, 1, 1'000'000'000));
    survey_.quotas.push_back(std::move(quota));
  }
}

}  // namespace

std::shared_ptr<const Survey> parse_survey(std::string_view text, std::vector<DocumentProblem>& problems) {
  Problems found(problems);
  if (text.size() > SurveyLimits::kDocumentBytesMax) {
    found.add("", fmt::format("has more than {} bytes", SurveyLimits::kDocumentBytesMax),
              fmt::format("超过 {} 字节", SurveyLimits::kDocumentBytesMax));
    return nullptr;
  }
  boost::system::error_code bad;
  const json::value root = json::parse(json::string_view(text.data(), text.size()), bad);
  if (bad) {
    found.add("", fmt::format("is not JSON: {}", bad.message()), fmt::format("不是 JSON：{}", bad.message()));
    return nullptr;
  }
  auto survey = std::make_shared<Survey>();
  Parser(found, *survey).read(root);
  if (!problems.empty()) return nullptr;
  return survey;
}

Result<std::shared_ptr<const Survey>> parse_survey(std::string_view text, Tongue tongue) {
  std::vector<DocumentProblem> problems;
  auto survey = parse_survey(text, problems);
  if (survey) return survey;
  return fail(Code::kBadSurvey, "{} {}", problems.front().at.empty() ? "/" : problems.front().at,
              problems.front().what.in(tongue));
}

}  // namespace zhike::feedback
