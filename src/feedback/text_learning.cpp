#include "feedback/text_learning.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cmath>
#include <span>
#include <utility>

#include "base/log.h"
#include "base/thread.h"
#include "text/language.h"
#include "text/normalize.h"
#include "text/own_words.h"
#include "text/shipped.h"

namespace zhike::feedback {
namespace {

namespace json = boost::json;

constexpr std::size_t kNamedMax = 50;    // mistakes and changes on a card
constexpr std::size_t kWordsMax = 5000;  // of one's own

json::object figure_json(const text::Figure& figure) {
  json::object out{{"value", figure.value}, {"low", nullptr}, {"high", nullptr}};
  if (figure.interval) out["low"] = figure.interval->low, out["high"] = figure.interval->high;
  return out;
}

json::object side_json(const text::ComparedSide& side) {
  json::array confusion;
  for (const std::uint64_t count : side.whole.confusion) confusion.push_back(count);
  return {{"accuracy", figure_json(side.accuracy)},
          {"macro_f1", figure_json(side.macro_f1)},
          {"ece", figure_json(side.ece)},
          {"confusion", std::move(confusion)}};
}

std::string_view class_name(std::size_t number) { return text::kSentimentClasses[number]; }

std::size_t likeliest(const std::array<float, 3>& chances) {
  return static_cast<std::size_t>(std::ranges::max_element(chances) - chances.begin());
}

json::object named(const LabelName& name) {
  json::object out{{"event", std::to_string(name.event)}};
  if (!name.aspect.empty()) out["aspect"] = name.aspect;
  return out;
}

json::array worst_json(const Trained& trained, std::span<const LabelName> names) {
  json::array out;
  for (const text::Mistake& at : trained.comparison.after.whole.worst) {
    json::object entry = named(names[trained.held_out[at.row]]);
    entry["label"] = class_name(at.truth);
    entry["predicted"] = class_name(at.predicted);
    entry["confidence"] = at.confidence;
    out.push_back(std::move(entry));
  }
  return out;
}

json::array changed_json(const Trained& trained, std::span<const LabelName> names) {
  json::array out;
  for (std::size_t row = 0; row < trained.judged.size() && out.size() < kNamedMax; ++row) {
    const text::JudgedTwice& at = trained.judged[row];
    const std::size_t was = likeliest(at.before), is = likeliest(at.after);
    if (was == is) continue;
    json::object entry = named(names[trained.held_out[row]]);
    entry["label"] = class_name(at.truth);
    entry["before"] = class_name(was);
    entry["after"] = class_name(is);
    out.push_back(std::move(entry));
  }
  return out;
}

Result<std::vector<std::u32string>> words_of(std::string_view body) {
  CX_TRY(std::vector<std::u32string> out, text::parse_words(body));
  if (out.size() > kWordsMax) return fail(Code::kBadFile, "more than {} words", kWordsMax);
  return out;
}

/// `row_of`: the label of each row.
Result<std::optional<Trained>> learn_rows(std::span<const text::OwnLabel> rows,
                                          std::span<const std::size_t> row_of, const text::Adaptation* now,
                                          const text::AdaptOptions& options) {
  CX_TRY(auto adapted, text::adapt(rows, options));
  if (!adapted) return std::nullopt;
  Trained out{.adapted = *std::move(adapted), .comparison = {}, .held_out = {}, .judged = {}};
  std::vector<std::uint32_t> scratch;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i].held_out) continue;
    text::JudgedTwice at{.truth = rows[i].label, .before = rows[i].prior, .after = rows[i].prior};
    if (now != nullptr) now->apply(rows[i].text, at.before, scratch);
    out.adapted.own.apply(rows[i].text, at.after, scratch);
    out.judged.push_back(at);
    out.held_out.push_back(row_of[i]);
  }
  out.comparison = text::compare(out.judged);
  return out;
}

}  // namespace

Result<std::optional<Trained>> learn(std::span<const TextAndLabel> labels, const text::Adaptation* now,
                                     const text::AdaptOptions& options) {
  CX_TRY(const text::ShippedModels* const models, text::shipped_sentiment());
  text::SentimentReader reader(*models);
  std::vector<text::OwnLabel> rows;
  std::vector<std::size_t> row_of;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    text::OwnLabel row{.text = text::normalized(labels[i].text),
                       .prior = {},
                       .label = static_cast<std::uint32_t>(labels[i].label)};
    if (text::language_of(row.text) == text::Language::kOther) continue;
    std::ranges::copy(reader.read(row.text), row.prior.begin());
    row.held_out = text::is_held_out(row.text);
    rows.push_back(std::move(row));
    row_of.push_back(i);
  }
  return learn_rows(rows, row_of, now, options);
}

Result<std::optional<Trained>> learn_aspects(std::span<const AspectAndLabel> labels,
                                             const text::Adaptation* now, const text::AdaptOptions& options) {
  std::vector<text::OwnLabel> rows;
  std::vector<std::size_t> row_of;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    rows.push_back({.text = labels[i].said.text,
                    .prior = labels[i].said.prior,
                    .label = static_cast<std::uint32_t>(labels[i].label),
                    .held_out = labels[i].held_out});
    row_of.push_back(i);
  }
  return learn_rows(rows, row_of, now, options);
}

std::string card_of(const Trained& trained, std::span<const LabelName> names,
                    std::string_view compared_with) {
  const text::Adapted& adapted = trained.adapted;
  const text::Comparison& compared = trained.comparison;
  json::array tried;
  for (const text::TriedStrength& at : adapted.tried)
    tried.push_back(json::object{
        {"strength", std::isfinite(at.strength) ? json::value(at.strength) : json::value(nullptr)},
        {"loss", at.loss}});
  json::object card{
      {"algorithm",
       "logistic regression on hashed n-grams over the log probabilities of the models that come along"},
      {"labels", adapted.learned_from + compared.rows},
      {"learned_from", adapted.learned_from},
      {"held_out", compared.rows},
      {"strength", std::isfinite(adapted.strength) ? json::value(adapted.strength) : json::value(nullptr)},
      {"tried", std::move(tried)},
      {"trust", adapted.own.trust},
      {"features", adapted.own.buckets.size()},
      {"compared_with", compared_with},
      {"before", side_json(compared.before)},
      {"after", side_json(compared.after)},
      {"only_before", compared.only_before},
      {"only_after", compared.only_after},
      {"p_value", compared.p_value},
      {"better", compared.better},
      {"worse", compared.worse}};
  if (!names.empty()) {
    card["worst"] = worst_json(trained, names);
    card["changed"] = changed_json(trained, names);
  }
  return json::serialize(card);
}

std::string_view to_string(TextRun::State state) noexcept {
  constexpr std::array<std::string_view, 6> kNames{"none", "running", "done", "refused", "stopped", "failed"};
  return kNames[static_cast<std::size_t>(state)];
}

TextLearning::TextLearning(Parts parts)
    : parts_(std::move(parts)),
      versions_({.ledger = parts_.ledger, .audit = parts_.audit, .clock = parts_.clock}),
      labels_({.ledger = parts_.ledger,
               .audit = parts_.audit,
               .key = parts_.key,
               .client = parts_.client,
               .clock = parts_.clock}),
      aspect_labels_({.ledger = parts_.ledger,
                      .audit = parts_.audit,
                      .key = parts_.key,
                      .client = parts_.client,
                      .clock = parts_.clock}) {}

Result<std::unique_ptr<TextLearning>> TextLearning::open(Parts parts) {
  std::unique_ptr<TextLearning> out(new TextLearning(std::move(parts)));
  CX_TRY(text::CommentSetup setup, out->chosen());
  out->parts_.readings.use(std::move(setup));
  CX_TRY(AspectCorrections corrections, out->aspect_labels_.corrections());
  out->parts_.readings.correct(std::move(corrections));
  return out;
}

Result<AspectLabel> TextLearning::correct(const Grant& grant, std::uint64_t event, std::string_view aspect,
                                          std::optional<text::Polarity> label) {
  CX_TRY(const auto models, parts_.readings.models());
  const std::lock_guard lock(correct_mutex_);
  CX_TRY(AspectLabel out, aspect_labels_.put(grant, event, aspect, label, *models));
  CX_TRY(AspectCorrections all, aspect_labels_.corrections(event));
  CX_TRY(parts_.readings.correct(event, out.text, std::move(all[event])));
  CX_TRY(aspect_labels_.settle(event));
  return out;
}

Result<void> TextLearning::take_back(const Grant& grant, std::uint64_t event, std::string_view aspect) {
  const std::lock_guard lock(correct_mutex_);
  CX_TRY(const AspectLabel label, aspect_labels_.unsettle(grant, event, aspect));
  CX_TRY(AspectCorrections all, aspect_labels_.corrections(event));
  std::erase_if(all[event], [&](const text::AspectCorrection& at) { return at.aspect == aspect; });
  CX_TRY(parts_.readings.correct(event, label.text, std::move(all[event])));
  CX_TRY(aspect_labels_.remove(grant, event, aspect));
  return aspect_labels_.settle(event);
}

Result<void> TextLearning::settle() {
  const std::lock_guard lock(correct_mutex_);
  CX_TRY(const std::vector<std::uint64_t> events, aspect_labels_.pending());
  if (events.empty()) return {};
  CX_TRY(const auto labels, aspect_labels_.of(Grant::owner(), events));
  for (const auto& [event, kept] : labels) {
    CX_TRY(AspectCorrections all, aspect_labels_.corrections(event));
    CX_TRY(parts_.readings.correct(event, kept.front().text, std::move(all[event])));
    CX_TRY(aspect_labels_.settle(event));
  }
  return {};
}

TextLearning::~TextLearning() {
  stop();
  const std::lock_guard lock(start_mutex_);
  if (thread_.joinable()) thread_.join();
}

Result<std::string> TextLearning::body(TextPart part, std::uint32_t number) const {
  if (number != 0) return versions_.body(part, number);
  switch (part) {
    case TextPart::kAspects:
      return parts_.aspects;
    case TextPart::kRoutes:
      return std::string(text::shipped_routes_text());
    case TextPart::kModel:
    case TextPart::kAspectModel:
    case TextPart::kWords:
      break;
  }
  return std::string();
}

/// Exchanges one part of a setup for a version.
Result<void> TextLearning::put(text::CommentSetup& setup, TextPart part, std::uint32_t number) const {
  CX_TRY(const std::string text, body(part, number));
  switch (part) {
    case TextPart::kModel:
      setup.own.reset();
      if (number != 0) {
        CX_TRY(setup.own, text::parse_adaptation(text));
      }
      return {};
    case TextPart::kAspectModel:
      setup.own_aspects.reset();
      if (number != 0) {
        CX_TRY(setup.own_aspects, text::parse_adaptation(text));
      }
      return {};
    case TextPart::kAspects: {
      CX_TRY(setup.aspects, text::parse_aspects(text));
      return {};
    }
    case TextPart::kRoutes: {
      CX_TRY(setup.routes, text::parse_routes(text));
      return {};
    }
    case TextPart::kWords: {
      CX_TRY(setup.words, words_of(text));
      return {};
    }
  }
  return {};
}

Result<text::CommentSetup> TextLearning::chosen() const {
  text::CommentSetup out;
  for (const TextPart part : kTextParts) {
    CX_TRY(const std::uint32_t number, versions_.in_use(part));
    const Result<void> done = put(out, part, number);
    if (done) continue;
    if (number == 0) return std::unexpected(done.error());
    log::warn("text_version_not_read",
              {{"part", to_string(part)}, {"version", number}, {"error", to_string(done.error())}});
    CX_TRY(put(out, part, 0));
  }
  return out;
}

Result<text::CommentSetup> TextLearning::with(TextPart part, std::string_view body) const {
  text::CommentSetup out = *parts_.readings.setup();
  switch (part) {
    case TextPart::kAspects: {
      CX_TRY(out.aspects, text::parse_aspects(body));
      return out;
    }
    case TextPart::kRoutes: {
      CX_TRY(out.routes, text::parse_routes(body));
      return out;
    }
    case TextPart::kWords: {
      CX_TRY(out.words, words_of(body));
      return out;
    }
    case TextPart::kModel:
    case TextPart::kAspectModel:
      break;
  }
  return fail(Code::kBadField, "a model is learned, not written");
}

Result<std::uint32_t> TextLearning::save(const Grant& grant, TextPart part, std::string_view body,
                                         std::string note) {
  if (body.size() > kBodyBytesMax) return fail(Code::kBadField, "'body'");
  CX_TRY(with(part, body));
  const std::lock_guard lock(change_mutex_);
  CX_TRY(const std::uint32_t number,
         versions_.add(grant, part, body,
                       {.number = 0, .made = {}, .actor = {}, .note = std::move(note), .card = {}}, true));
  CX_TRY(text::CommentSetup setup, chosen());
  parts_.readings.use(std::move(setup));
  return number;
}

Result<void> TextLearning::use(const Grant& grant, TextPart part, std::uint32_t number) {
  const std::lock_guard lock(change_mutex_);
  text::CommentSetup tried;
  CX_TRY(put(tried, part, number));
  CX_TRY(versions_.use(grant, part, number));
  CX_TRY(text::CommentSetup setup, chosen());
  parts_.readings.use(std::move(setup));
  return {};
}

Result<TextLearning::Learned> TextLearning::learn_comments(const text::CommentSetup& now,
                                                           const text::AdaptOptions& options) const {
  CX_TRY(std::vector<TextLabel> kept, labels_.all());
  Learned out;
  std::vector<TextAndLabel> labels;
  for (TextLabel& label : kept) {
    labels.push_back({.text = std::move(label.text), .label = label.label});
    out.names.push_back({.event = label.event});
  }
  CX_TRY(out.trained, learn(labels, now.own ? &*now.own : nullptr, options));
  return out;
}

Result<TextLearning::Learned> TextLearning::learn_of_aspects(const text::CommentSetup& now,
                                                             const text::AdaptOptions& options) {
  CX_TRY(std::vector<AspectLabel> kept, aspect_labels_.all());
  CX_TRY(const auto models, parts_.readings.models());
  text::CommentReader reader(*models);
  const auto& known = models->catalogue().aspects;
  Learned out;
  std::vector<AspectAndLabel> labels;
  std::vector<text::AspectExample> found;  // in the comment that was read last
  std::uint64_t read = 0;
  bool held_out = false;
  for (AspectLabel& label : kept) {
    if (!label.label) continue;
    if (label.event != read) {
      found = reader.examples(label.text);
      held_out = text::is_held_out(text::normalized(label.text));
      read = label.event;
    }
    const auto at = std::ranges::find_if(
        found, [&](const text::AspectExample& one) { return known[one.aspect].key == label.aspect; });
    if (at == found.end()) continue;
    labels.push_back({.said = *at, .label = *label.label, .held_out = held_out});
    out.names.push_back({.event = label.event, .aspect = std::move(label.aspect)});
  }
  CX_TRY(out.trained, learn_aspects(labels, now.own_aspects ? &*now.own_aspects : nullptr, options));
  return out;
}

Result<std::optional<std::uint32_t>> TextLearning::retrain(const Grant& grant, TextPart part,
                                                           const text::AdaptOptions& options) {
  if (!grant.may(Permission::kManageData))
    return fail(Code::kPermissionMissing, "{}", to_string(Permission::kManageData));
  if (!is_learned(part)) return fail(Code::kBadField, "{} are written, not learned", to_string(part));
  CX_TRY(const std::uint32_t now, versions_.in_use(part));
  const std::shared_ptr<const text::CommentSetup> setup = parts_.readings.setup();
  const bool of_aspects = part == TextPart::kAspectModel;
  CX_TRY(const Learned learned,
         of_aspects ? learn_of_aspects(*setup, options) : learn_comments(*setup, options));
  if (!learned.trained) return std::nullopt;
  const bool has_own = of_aspects ? setup->own_aspects.has_value() : setup->own.has_value();
  const std::string card =
      card_of(*learned.trained, learned.names, now == 0 || !has_own ? "shipped" : fmt::format("{}", now));
  CX_TRY(const std::uint32_t number,
         versions_.add(grant, part, text::to_bytes(learned.trained->adapted.own),
                       {.number = 0, .made = {}, .actor = {}, .note = {}, .card = card}, false));
  return number;
}

TextRun TextLearning::run() const {
  const std::lock_guard lock(mutex_);
  return run_;
}

void TextLearning::stop() { stopping_ = true; }

Result<TextRun> TextLearning::start(const Grant& grant, TextPart part) {
  if (!grant.may(Permission::kManageData))
    return fail(Code::kPermissionMissing, "{}", to_string(Permission::kManageData));
  if (!is_learned(part)) return fail(Code::kBadField, "{} are written, not learned", to_string(part));
  const std::lock_guard lock(start_mutex_);
  if (const TextRun now = run(); now.state == TextRun::State::kRunning) return now;
  if (thread_.joinable()) thread_.join();  // of a run that has ended
  stopping_ = false;
  {
    const std::lock_guard state(mutex_);
    run_ = {.state = TextRun::State::kRunning,
            .part = part,
            .begun = parts_.clock.now(),
            .ended = {},
            .actor = grant.user};
  }
  thread_ = std::thread([this, grant, part] {
    constexpr int kSteps = 10;
    name_thread("text-learning");
    step_back(kSteps);
    work(grant, part);
  });
  return run();
}

void TextLearning::work(const Grant& grant, TextPart part) {
  const auto made = retrain(grant, part, {.seed = 1, .progress = [this](double share) {
                                            const std::lock_guard lock(mutex_);
                                            run_.progress = share;
                                            return !stopping_;
                                          }});
  const std::lock_guard lock(mutex_);
  run_.ended = parts_.clock.now();
  if (!made) {
    run_.state =
        made.error().code == Code::kBadTextLabels ? TextRun::State::kRefused : TextRun::State::kFailed;
    run_.detail = made.error().detail;
    return;
  }
  run_.state = *made ? TextRun::State::kDone : TextRun::State::kStopped;
  run_.version = made->value_or(0);
  run_.progress = 1;
}

}  // namespace zhike::feedback
