#include "query/where.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

#include "base/ascii.h"

namespace zhike::query {
namespace {

constexpr std::size_t kDepthMax = 16;  // as prepare() has it

bool is_word(char c) {
  return ascii::is_alnum(c) || static_cast<unsigned char>(c) >= 0x80 ||
         std::string_view("_-+.:/@%").find(c) != std::string_view::npos;
}
/// Of a name: a point ends a part of it.
bool is_name(char c) {
  return ascii::is_alnum(c) || static_cast<unsigned char>(c) >= 0x80 || c == '_' || c == '-';
}
/// What is kept under names of ours, not in a virtual source.
bool is_kept(std::string_view name) { return name == kKeptLists || name == kPersonas; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<Expr> run() {
    CX_TRY(Expr out, either(0));
    skip();
    if (at_ != text_.size()) return wrong("'and', 'or' or the end");
    return out;
  }

 private:
  Result<Expr> either(std::size_t depth) { return chain("or", Expr::Kind::kAny, depth, &Parser::both); }
  Result<Expr> both(std::size_t depth) { return chain("and", Expr::Kind::kAll, depth, &Parser::factor); }

  using Step = Result<Expr> (Parser::*)(std::size_t);
  Result<Expr> chain(std::string_view word, Expr::Kind kind, std::size_t depth, Step step) {
    if (depth > kDepthMax) return fail(Code::kBadFilter, "where: more than {} levels", kDepthMax);
    CX_TRY(Expr first, (this->*step)(depth));
    if (!take_word(word)) return first;
    Expr out{.kind = kind};
    out.parts.push_back(std::move(first));
    do {
      CX_TRY(Expr next, (this->*step)(depth));
      out.parts.push_back(std::move(next));
    } while (take_word(word));
    return out;
  }

  Result<Expr> factor(std::size_t depth) {
    if (depth > kDepthMax) return fail(Code::kBadFilter, "where: more than {} levels", kDepthMax);
    if (take_word("not")) {
      CX_TRY(Expr part, factor(depth + 1));
      return negate(std::move(part));
    }
    const std::size_t before = at_;
    const bool is_did = take_word("did");
    if (take('(')) {
      CX_TRY(Expr part, either(depth + 1));
      if (!take(')')) return wrong("')'");
      return is_did ? did(std::move(part)) : std::move(part);
    }
    at_ = before;
    return condition();
  }

  Result<Expr> condition() {
    Expr out{.kind = Expr::Kind::kCondition};
    CX_TRY(name(out.condition));
    if (take_word("exists")) {
      if (out.condition.field < Field::kVirtual) return wrong("a column of a virtual source before 'exists'");
      out.condition.op = Op::kExists;
      return out;
    }
    if (out.condition.field == Field::kVirtual && out.condition.name.find('.') == std::string::npos &&
        !is_kept(out.condition.name))
      return wrong("'.', or 'exists'");
    const bool negated = take_word("not");
    if (take_word("in")) return list(std::move(out), negated ? Op::kNotIn : Op::kIn);
    if (negated) return wrong("'in'");
    if (take("!=") || take("<>")) return single(std::move(out), Op::kNotIn);
    if (take(">=")) return single(std::move(out), Op::kAtLeast);
    if (take("<=")) return single(std::move(out), Op::kAtMost);
    if (take('=')) return single(std::move(out), Op::kIn);
    return wrong("one of = != >= <= in exists");
  }

  Result<void> name(Condition& out) {
    CX_TRY(const std::string first, part());
    if (!(at_ < text_.size() && text_[at_] == '.')) {
      if (const auto field = parse_field(first)) {
        out.field = *field;
        return {};
      }
      out.field = Field::kVirtual;
      out.name = first;
      if (peek_word("exists") || is_kept(first)) return {};
      return fail(Code::kUnknownField, "{}", first.substr(0, 60));
    }
    ++at_;
    CX_TRY(const std::string second, part());
    if (first == "trait") {
      out.field = Field::kTrait;
      out.name = second;
      // A trait's key may have points.
      while (at_ < text_.size() && text_[at_] == '.') {
        ++at_;
        CX_TRY(const std::string more, part());
        out.name += "." + more;
      }
      return {};
    }
    out.field = Field::kVirtual;
    out.name = first + "." + second;
    return {};
  }

  Result<std::string> part() {
    skip();
    if (at_ < text_.size() && text_[at_] == '`') return quoted('`');
    const std::size_t from = at_;
    while (at_ < text_.size() && is_name(text_[at_])) ++at_;
    if (at_ == from) return wrong("the name of a column");
    return std::string(text_.substr(from, at_ - from));
  }

  Result<std::string> value() {
    skip();
    if (at_ < text_.size() && (text_[at_] == '\'' || text_[at_] == '"')) return quoted(text_[at_]);
    const std::size_t from = at_;
    while (at_ < text_.size() && is_word(text_[at_])) ++at_;
    if (at_ == from) return wrong("a value");
    return std::string(text_.substr(from, at_ - from));
  }

  Result<std::string> quoted(char quote) {
    std::string out;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] != quote) {
        out += text_[at_];
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == quote) {
        out += text_[at_++];
      } else {
        ++at_;
        return out;
      }
    }
    return wrong("the closing quote");
  }

  Result<Expr> single(Expr out, Op op) {
    CX_TRY(std::string bound, value());
    out.condition.values.push_back(std::move(bound));
    return finish(std::move(out), op);
  }

  Result<Expr> list(Expr out, Op op) {
    if (!take('(')) return wrong("'('");
    do {
      CX_TRY(std::string one, value());
      out.condition.values.push_back(std::move(one));
    } while (take(','));
    if (!take(')')) return wrong("',' or ')'");
    return finish(std::move(out), op);
  }

  /// Of events, only the score is a number, and it is nothing else.
  Result<Expr> finish(Expr out, Op op) {
    Condition& c = out.condition;
    c.op = op;
    const bool bound = op == Op::kAtLeast || op == Op::kAtMost;
    if (c.field == Field::kScore && !bound) {
      std::vector<Expr> parts;
      for (const std::string& text : c.values) {
        const auto number = ascii::parse_number<double>(text);
        if (!number) return fail(Code::kBadFilter, "where: score: {} is not a number", text.substr(0, 40));
        parts.push_back(all({at_least(*number), at_most(*number)}));
      }
      return op == Op::kIn ? any(std::move(parts)) : negate(any(std::move(parts)));
    }
    const bool is_of_kept = c.field == Field::kVirtual && is_kept(c.name);
    if (!bound || (c.field >= Field::kVirtual && !is_of_kept)) return out;
    const auto number = ascii::parse_number<double>(c.values.front());
    if (c.field != Field::kScore || !number)
      return fail(Code::kBadFilter, "where: {} takes no such bound", to_string(c.field));
    return op == Op::kAtLeast ? at_least(*number) : at_most(*number);
  }

  void skip() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }
  bool take(char c) { return take(std::string_view(&c, 1)); }
  bool take(std::string_view symbol) {
    skip();
    if (!text_.substr(at_).starts_with(symbol)) return false;
    at_ += symbol.size();
    return true;
  }
  [[nodiscard]] bool peek_word(std::string_view word) {
    skip();
    const std::string_view rest = text_.substr(at_);
    if (rest.size() < word.size() || ascii::lower(rest.substr(0, word.size())) != word) return false;
    return rest.size() == word.size() || !is_word(rest[word.size()]);
  }
  bool take_word(std::string_view word) {
    if (!peek_word(word)) return false;
    at_ += word.size();
    return true;
  }
  [[nodiscard]] std::unexpected<Error> wrong(std::string_view expected) const {
    constexpr std::size_t kShown = 40;
    std::size_t end = at_;
    while (end > 0 && is_blank(text_[end - 1])) --end;
    std::size_t from = end > kShown ? end - kShown : 0;
    while (from < end && (static_cast<unsigned char>(text_[from]) & 0xc0U) == 0x80U) ++from;
    return fail(Code::kBadFilter, "where: {} expected after '{}'", expected, text_.substr(from, end - from));
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Result<Expr> parse_where(std::string_view text) { return Parser(text).run(); }

}  // namespace zhike::query
