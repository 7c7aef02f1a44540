#include "server/survey_page.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>

#include "base/encoding.h"

namespace zhike::server {
namespace {

using feedback::Question;
using feedback::QuestionKind;
using feedback::Texts;
using feedback::Tongue;

// Questions out of sight are not laid out until they are near, so a thousand show as soon as ten; what lies
// outside such a box is cut off, so its padding has room for the outlines of what has the focus.
constexpr std::string_view kStyle = R"css(
:root{color-scheme:light dark;--ink:#1d2129;--soft:#5a6270;--paper:#fff;--back:#f3f5f8;--line:#c9ced6;--mark:#0b5fd6;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--ink:#e8eaee;--soft:#a9b0bc;--paper:#1b1e24;--back:#101216;--line:#4a515c;--mark:#7db1ff;--bad:#ff9d94}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--ink);font:16px/1.5 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
main{max-width:40rem;margin:0 auto;padding:1rem;background:var(--paper);min-height:100vh}
header{display:flex;justify-content:flex-end;font-size:.9rem}
a{color:var(--mark)}
h1{font-size:1.35rem;margin:.5rem 0}
h2{font-size:1.1rem;margin:1.5rem 0 .25rem}
p{white-space:pre-line;margin:.25rem 0}
fieldset{border:0;margin:1.5rem 0 0;padding:0;min-width:0}
fieldset[id]{margin:1.1rem -.4rem 0;padding:.4rem;content-visibility:auto;contain-intrinsic-size:auto 9rem}
legend{font-weight:600;padding:0;white-space:pre-line}
.hint,.ends{color:var(--soft);font-size:.9rem}
.ends{display:flex;justify-content:space-between;gap:1rem}
.bad{color:var(--bad)}
.points{display:flex;flex-wrap:wrap;gap:.35rem;margin:.5rem 0}
.points label{position:relative;flex:1 0 2.75rem;max-width:4.5rem}
.points input{position:absolute;inset:0;width:100%;height:100%;margin:0;opacity:0;cursor:pointer}
.points span{display:block;text-align:center;line-height:2.75rem;border:1px solid var(--line);border-radius:.4rem}
.points input:checked+span{background:var(--mark);border-color:var(--mark);color:var(--paper);font-weight:700}
.points input:focus-visible+span,.line input:focus-visible,select:focus-visible,textarea:focus-visible,.field:focus-visible,button:focus-visible,a:focus-visible{outline:3px solid var(--mark);outline-offset:2px}
.line{display:flex;gap:.6rem;align-items:flex-start;padding:.55rem 0}
.line input{width:1.25rem;height:1.25rem;margin:.15rem 0 0;flex:none}
.row{margin:.75rem 0 0}
select,textarea,.field{font:inherit;color:inherit;background:var(--paper);border:1px solid var(--line);border-radius:.4rem;padding:.55rem;max-width:100%}
textarea,.field{width:100%;margin:.5rem 0 0}
nav{display:flex;flex-direction:row-reverse;justify-content:space-between;gap:1rem;margin:2rem 0 1rem}
button{font:inherit;min-height:2.75rem;padding:0 1.5rem;border-radius:.4rem;border:1px solid var(--mark);background:var(--paper);color:var(--mark)}
button.go{background:var(--mark);color:var(--paper);font-weight:600}
progress{width:100%;height:.4rem}
)css";

/// A survey's own colours, by day and by night, and the size of its letters. Colours were parsed: nothing
/// else gets into the style.
std::string style_of(const feedback::SurveyTheme& theme) {
  std::string out(kStyle);
  if (theme.has_colours()) {
    const auto paper = feedback::parse_colour(theme.paper).value_or(0xffffff);
    constexpr std::string_view kBad = "#b3261e", kBadOnDark = "#ff9d94";
    const bool dark = feedback::contrast(0xb3261e, paper) < feedback::contrast(0xff9d94, paper);
    const std::string colours = fmt::format(
        ":root{{color-scheme:{};--ink:{};--soft:{};--paper:{};--back:{};--line:color-mix(in srgb,{} "
        "35%,{});--mark:{};--bad:{}}}",
        dark ? "dark" : "light", theme.ink, theme.ink, theme.paper, theme.paper, theme.ink, theme.paper,
        theme.accent, dark ? kBadOnDark : kBad);
    out += fmt::format("{}@media(prefers-color-scheme:dark){{{}}}\n", colours, colours);
  }
  if (theme.font_percent != 100)
    out += fmt::format("html{{font-size:{0}%}}body{{font-size:1rem}}\n", theme.font_percent);
  if (!theme.logo.empty()) out += ".logo{max-height:4rem;max-width:60%;margin:.25rem 0}\n";
  return out;
}

/// The page may hold this style, a picture of its own and send forms to this server: nothing else, whatever
/// text gets into it.
std::string content_policy(const std::vector<std::string>& origins, std::string_view style,
                           bool has_picture) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(style.data()), style.size());
  std::array<char, 64> text{};
  sodium_bin2base64(text.data(), text.size(), digest.data(), digest.size(), sodium_base64_VARIANT_ORIGINAL);
  const std::string policy = fmt::format(
      "default-src 'none'; style-src 'sha256-{}'; {}form-action 'self'; base-uri 'none'; frame-ancestors ",
      text.data(), has_picture ? "img-src data:; " : "");
  if (origins.empty()) return policy + "'none'";
  return fmt::format("{}{}", policy, fmt::join(origins, " "));
}

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

Response document(std::string_view title, std::string_view body, Tongue tongue, int status,
                  const std::vector<std::string>& origins, const feedback::SurveyTheme& theme) {
  Response response;
  const std::string style = style_of(theme);
  response.status = status;
  response.type = "text/html; charset=utf-8";
  response.body = fmt::format(
      "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width,initial-scale=1\"><meta name=\"robots\" content=\"noindex\">"
      "<title>{}</title><style>{}</style></head><body><main>{}</main></body></html>",
      tongue == Tongue::kZh ? "zh-CN" : "en", escaped(title), style, body);
  response.headers.emplace_back("Content-Security-Policy",
                                content_policy(origins, style, !theme.logo.empty()));
  response.headers.emplace_back("Content-Language", tongue == Tongue::kZh ? "zh-CN" : "en");
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

// ---- questions --------------------------------------------------------------------------------------------

class Form {
 public:
  explicit Form(const SurveyPageView& view) : view_(view) {}

  std::string question(const Question& q) {
    html_.clear();
    const auto problem = view_.problems.find(q.id);
    const bool bad = problem != view_.problems.end();
    add("<fieldset id=\"{0}\"{1}><legend>{2}{3}</legend>", q.id,
        bad ? fmt::format(" aria-describedby=\"{}-bad\" aria-invalid=\"true\"", q.id) : "", text(q.text),
        q.required ? text({.zh = "（必答）", .en = " (required)"}) : "");
    add("<input type=\"hidden\" name=\"seen\" value=\"{}\">", q.id);
    if (!q.hint.empty()) add("<p class=\"hint\">{}</p>", text(q.hint));
    if (bad) add("<p class=\"bad\" id=\"{}-bad\">{}</p>", q.id, text(problem->second));
    const auto given = view_.visit.answers.find(q.id);
    answer_ = given == view_.visit.answers.end() ? nullptr : &given->second;
    fields(q);
    html_ += "</fieldset>";
    return std::move(html_);
  }

 private:
  template <class... Args>
  void add(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(html_), format, std::forward<Args>(args)...);
  }
  std::string text(const Texts& texts) const {
    return escaped(feedback::pipe(texts.in(view_.tongue), view_.visit.person.traits));
  }
  template <class T>
  const T* given() const {
    return answer_ == nullptr ? nullptr : std::get_if<T>(answer_);
  }
  /// Shuffled for each respondent alike on every page view.
  std::vector<std::size_t> order(const Question& q) const {
    return feedback::order_of(q, view_.visit.response);
  }

  void fields(const Question& q) {
    switch (q.kind) {
      case QuestionKind::kNps:
      case QuestionKind::kStars:
      case QuestionKind::kScale: {
        const auto* number = given<std::int64_t>();
        points(q, "q." + q.id, number == nullptr ? std::nullopt : std::optional(*number));
        ends(q);
        return;
      }
      case QuestionKind::kMatrix:
        return matrix(q);
      case QuestionKind::kSingle:
      case QuestionKind::kMultiple:
        return options(q);
      case QuestionKind::kRanking:
        return ranking(q);
      case QuestionKind::kText: {
        const auto* said = given<std::string>();
        add("<textarea name=\"q.{0}\" rows=\"4\" maxlength=\"{1}\" aria-label=\"{2}\">{3}</textarea>", q.id,
            q.length_max, text(q.text), said == nullptr ? "" : escaped(*said));
        return;
      }
      case QuestionKind::kContact: {
        const auto* said = given<std::string>();
        add("<input class=\"field\" name=\"q.{0}\" type=\"{1}\" autocomplete=\"{1}\" maxlength=\"254\" "
            "aria-label=\"{2}\" value=\"{3}\">",
            q.id, q.by_phone ? "tel" : "email", text(q.text), said == nullptr ? "" : escaped(*said));
        return;
      }
      case QuestionKind::kConsent: {
        const auto* flag = given<bool>();
        add("<label class=\"line\"><input type=\"checkbox\" name=\"q.{0}\" "
            "value=\"true\"{1}><span>{2}</span></label>",
            q.id, flag != nullptr && *flag ? " checked" : "", text({.zh = "我同意", .en = "I agree"}));
        return;
      }
    }
  }

  void points(const Question& q, const std::string& name, std::optional<std::int64_t> chosen) {
    html_ += "<div class=\"points\">";
    for (std::int64_t n = q.least; n <= q.most; ++n)
      add("<label><input type=\"radio\" name=\"{0}\" value=\"{1}\"{2}><span>{1}{3}</span></label>", name, n,
          chosen == n ? " checked" : "", q.kind == QuestionKind::kStars ? "★" : "");
    html_ += "</div>";
  }
  void ends(const Question& q) {
    if (!q.low.empty() || !q.high.empty())
      add("<div class=\"ends\"><span>{}</span><span>{}</span></div>", text(q.low), text(q.high));
  }
  void matrix(const Question& q) {
    ends(q);
    const auto* rows = given<std::map<std::string, std::int64_t>>();
    for (const std::size_t index : order(q)) {
      const feedback::Choice& row = q.rows[index];
      std::optional<std::int64_t> chosen;
      if (rows != nullptr)
        if (const auto at = rows->find(row.id); at != rows->end()) chosen = at->second;
      add("<fieldset class=\"row\"><legend>{}</legend>", text(row.text));
      points(q, "q." + q.id + "." + row.id, chosen);
      html_ += "</fieldset>";
    }
  }
  void options(const Question& q) {
    const bool one = q.kind == QuestionKind::kSingle;
    const auto* single = given<std::string>();
    const auto* several = given<std::vector<std::string>>();
    for (const std::size_t index : order(q)) {
      const feedback::Choice& option = q.options[index];
      const bool chosen =
          one ? single != nullptr && *single == option.id
              : several != nullptr && std::ranges::find(*several, option.id) != several->end();
      add("<label class=\"line\"><input type=\"{}\" name=\"q.{}\" value=\"{}\"{}><span>{}</span></label>",
          one ? "radio" : "checkbox", q.id, option.id, chosen ? " checked" : "", text(option.text));
    }
  }
  void ranking(const Question& q) {
    const auto* ranked = given<std::vector<std::string>>();
    for (const std::size_t index : order(q)) {
      const feedback::Choice& option = q.options[index];
      std::size_t place = 0;
      for (std::size_t i = 0; ranked != nullptr && i < ranked->size(); ++i)
        if ((*ranked)[i] == option.id) place = i + 1;
      add("<label class=\"line\"><select name=\"q.{}.{}\"><option value=\"\">–</option>", q.id, option.id);
      for (std::size_t n = 1; n <= q.options.size(); ++n)
        add("<option{}>{}</option>", n == place ? " selected" : "", n);
      add("</select><span>{}</span></label>", text(option.text));
    }
  }

  const SurveyPageView& view_;
  const feedback::Answer* answer_ = nullptr;
  std::string html_;
};

std::string switch_of(const SurveyPageView& view, const std::string& page) {
  const bool zh = view.tongue == Tongue::kZh;
  return fmt::format(
      "<header><a href=\"{}?lang={}&amp;r={}&amp;p={}\" lang=\"{}\" hreflang=\"{}\">{}</a></header>",
      view.path, zh ? "en" : "zh", escaped(view.respondent), page, zh ? "en" : "zh-CN", zh ? "en" : "zh-CN",
      zh ? "English" : "中文");
}

/// Decoration: the title says whose survey it is.
std::string logo_of(const feedback::SurveyTheme& theme) {
  if (theme.logo.empty()) return {};
  return fmt::format("<img class=\"logo\" alt=\"\" src=\"{}\">", escaped(theme.logo));
}

std::string summary_of(const SurveyPageView& view, const feedback::ShownPage& page) {
  std::string items;
  for (const Question* q : page.questions)
    if (view.problems.contains(q->id))
      items += fmt::format("<li><a href=\"#{}\">{}</a></li>", q->id,
                           escaped(feedback::pipe(q->text.in(view.tongue), view.visit.person.traits)));
  if (items.empty()) return {};
  return fmt::format(
      "<div class=\"bad\" role=\"alert\"><p>{}</p><ul>{}</ul></div>",
      Texts{.zh = "请检查以下题目：", .en = "Please look at these questions again:"}.in(view.tongue), items);
}

}  // namespace

Response survey_page(const SurveyPageView& view, int status) {
  const feedback::Survey& survey = *view.visit.survey;
  const feedback::ShownPage& shown = view.walk.pages[view.at];
  const feedback::Page& page = survey.pages[shown.page];
  const auto text = [&](const Texts& texts) {
    return escaped(feedback::pipe(texts.in(view.tongue), view.visit.person.traits));
  };
  const std::size_t count = view.walk.pages.size();
  std::string body = switch_of(view, page.id) + logo_of(survey.theme);
  body += fmt::format("<h1>{}</h1>", text(survey.title));
  if (view.at == 0 && !survey.intro.empty()) body += fmt::format("<p>{}</p>", text(survey.intro));
  if (count > 1)
    body += fmt::format("<progress max=\"{}\" value=\"{}\" aria-label=\"{}\"></progress>", count, view.at + 1,
                        Texts{.zh = fmt::format("第 {} 页，共 {} 页", view.at + 1, count),
                              .en = fmt::format("Page {} of {}", view.at + 1, count)}
                            .in(view.tongue));
  if (!page.title.empty()) body += fmt::format("<h2>{}</h2>", text(page.title));
  body += summary_of(view, shown);
  body += fmt::format("<form method=\"post\" action=\"{}\" novalidate>", view.path);
  for (const auto& [name, value] : {std::pair<std::string_view, std::string_view>{"r", view.respondent},
                                    {"p", page.id},
                                    {"lang", feedback::to_string(view.tongue)}})
    body += fmt::format("<input type=\"hidden\" name=\"{}\" value=\"{}\">", name, escaped(value));
  Form form(view);
  for (const Question* question : shown.questions) body += form.question(*question);
  body += fmt::format("<nav><button class=\"go\" name=\"go\" value=\"next\">{}</button>",
                      Texts{.zh = "继续", .en = "Continue"}.in(view.tongue));
  if (view.at > 0)
    body += fmt::format("<button name=\"go\" value=\"back\">{}</button>",
                        Texts{.zh = "返回", .en = "Back"}.in(view.tongue));
  body += "</nav></form>";
  return document(feedback::pipe(survey.title.in(view.tongue), view.visit.person.traits), body, view.tongue,
                  status, survey.origins, survey.theme);
}

Response survey_message(const Texts& title, const Texts& text, Tongue tongue, int status,
                        const std::vector<std::string>& origins, const feedback::SurveyTheme& theme) {
  return document(title.in(tongue),
                  fmt::format("{}<h1>{}</h1><p>{}</p>", logo_of(theme), escaped(title.in(tongue)),
                              escaped(text.in(tongue))),
                  tongue, status, origins, theme);
}

Response survey_thanks(const feedback::Visit& visit, Tongue tongue) {
  const Texts otherwise{.zh = "您的回答已收到。", .en = "Your answers have arrived."};
  const Texts& wanted = visit.survey->thanks.empty() ? otherwise : visit.survey->thanks;
  const std::string said = feedback::pipe(wanted.in(tongue), visit.person.traits);
  const std::string title = feedback::pipe(visit.survey->title.in(tongue), visit.person.traits);
  return survey_message({title, title}, {said, said}, tongue, 200, visit.survey->origins,
                        visit.survey->theme);
}

Response survey_problem(const Error& error, Tongue tongue, const std::vector<std::string>& origins) {
  const ErrorInfo& about = info(error.code);
  Response response = survey_message({.zh = std::string(about.text_zh), .en = std::string(about.text_en)},
                                     {.zh = std::string(about.fix_zh), .en = std::string(about.fix_en)},
                                     tongue, about.http_status, origins);
  if (about.retryable) response.headers.emplace_back("Retry-After", "5");
  return response;
}

// ---- what comes back --------------------------------------------------------------------------------------

Result<Pairs> parse_form(std::string_view body, std::size_t count_max) {
  Pairs out;
  while (!body.empty()) {
    const auto end = std::min(body.find('&'), body.size());
    const std::string_view pair = body.substr(0, end);
    body.remove_prefix(std::min(end + 1, body.size()));
    const auto equals = std::min(pair.find('='), pair.size());
    auto name = decode_percent(pair.substr(0, equals), true);
    auto value = decode_percent(pair.substr(std::min(equals + 1, pair.size())), true);
    if (!name || !value) return fail(Code::kBadField, "a field is not valid");
    if (out.size() == count_max) return fail(Code::kBadField, "more than {} fields", count_max);
    out.emplace_back(to_valid_utf8(*name), to_valid_utf8(*value));
  }
  return out;
}

namespace {

std::int64_t number_of(std::string_view text, const Question& q) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? value : q.least - 1;
}

/// Browsers end lines with CR LF, whatever the machine; the answer has LF.
std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (c != '\r') out += c;
  const auto last = out.find_last_not_of(" \n\t");
  out.resize(last == std::string::npos ? 0 : last + 1);
  return out;
}

void read_rows(const Question& q, std::string_view prefix, const Pairs& form, feedback::Answers& answers) {
  std::map<std::string, std::int64_t> rows;
  for (const auto& [name, value] : form)
    if (name.starts_with(prefix) && !value.empty()) rows[name.substr(prefix.size())] = number_of(value, q);
  if (!rows.empty()) answers[q.id] = std::move(rows);
}

/// Places 1, 2, 3 ... in the order that they say; two on the same place are both kept, and the walk objects
/// to a list that is too short.
void read_ranking(const Question& q, std::string_view prefix, const Pairs& form, feedback::Answers& answers) {
  std::map<std::int64_t, std::string> places;
  for (const auto& [name, value] : form)
    if (name.starts_with(prefix) && !value.empty())
      places.emplace(number_of(value, q), name.substr(prefix.size()));
  std::vector<std::string> out;
  for (auto& [place, option] : places) out.push_back(std::move(option));
  if (!out.empty()) answers[q.id] = std::move(out);
}

}  // namespace

void read_form(const Question& q, const Pairs& form, feedback::Answers& answers) {
  answers.erase(q.id);
  const std::string name = "q." + q.id, prefix = name + ".";
  if (q.kind == QuestionKind::kMatrix) return read_rows(q, prefix, form, answers);
  if (q.kind == QuestionKind::kRanking) return read_ranking(q, prefix, form, answers);
  std::vector<std::string> values;
  for (const auto& [field, value] : form)
    if (field == name && !value.empty() && values.size() < feedback::SurveyLimits::kOptionsMax)
      values.push_back(value);
  if (q.kind == QuestionKind::kConsent) {
    answers[q.id] = !values.empty();
    return;
  }
  if (values.empty()) return;
  switch (q.kind) {
    case QuestionKind::kNps:
    case QuestionKind::kStars:
    case QuestionKind::kScale:
      answers[q.id] = number_of(values.front(), q);
      return;
    case QuestionKind::kMultiple:
      answers[q.id] = std::move(values);
      return;
    case QuestionKind::kText:
      if (auto said = plain(values.front()); !said.empty()) answers[q.id] = std::move(said);
      return;
    case QuestionKind::kSingle:
    case QuestionKind::kContact:
      answers[q.id] = std::move(values.front());
      return;
    case QuestionKind::kMatrix:
    case QuestionKind::kRanking:
    case QuestionKind::kConsent:
      return;
  }
}

}  // namespace zhike::server
