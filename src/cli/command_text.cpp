// zhike text: models of what texts say, trained from labelled files and measured on them.
#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/text_files.h"
#include "cli/text_models.h"
#include "cli/text_readings.h"
#include "text/labels.h"
#include "text/model_file.h"
#include "text/normalize.h"
#include "text/train.h"

namespace zhike::cli {
namespace {

using WallClock = std::chrono::steady_clock;

constexpr std::size_t kShown = 60;       // characters of a text on the terminal
constexpr std::size_t kShownJson = 300;  // and in the answer to scripts
constexpr std::size_t kShownMistakes = 10;

double seconds_since(WallClock::time_point start) {
  return std::chrono::duration<double>(WallClock::now() - start).count();
}

/// A model, and the classes of a file's labels, which may be more or fewer than its own.
class Judge {
 public:
  /// `classes` begin with those of the model; `asked`: those that a label of the file names.
  Judge(Read read, std::vector<bool> asked)
      : read_(std::move(read)),
        asked_(std::move(asked)),
        chances_(asked_.size()),
        evaluator_(static_cast<std::uint32_t>(asked_.size())) {}

  void add(std::uint64_t row, std::string_view text, std::uint32_t truth) {
    const std::span<const float> read = read_(text::normalized(text));
    std::ranges::fill(chances_, 0.0F);
    // Classes that no label of the file names are no answers to it: the others share what they have.
    float sum = 0;
    for (std::size_t c = 0; c < read.size(); ++c)
      if (asked_[c]) sum += chances_[c] = read[c];
    if (sum > 0)
      for (float& at : chances_) at /= sum;
    evaluator_.add(row, truth, chances_);
  }

  [[nodiscard]] text::Evaluation result() const { return evaluator_.result(); }

 private:
  Read read_;
  std::vector<bool> asked_;
  std::vector<float> chances_;
  text::Evaluator evaluator_;
};

json::array confusion_json(const text::Evaluation& found, const std::vector<std::string>& classes) {
  json::array out;
  for (std::size_t truth = 0; truth < classes.size(); ++truth) {
    json::object row;
    for (std::size_t c = 0; c < classes.size(); ++c)
      row[classes[c]] = found.confusion[truth * classes.size() + c];
    out.push_back(json::object{{"label", classes[truth]}, {"predicted", std::move(row)}});
  }
  return out;
}

json::array classes_json(const text::Evaluation& found, const std::vector<std::string>& classes) {
  json::array out;
  for (std::size_t c = 0; c < classes.size(); ++c)
    out.push_back(json::object{{"class", classes[c]},
                               {"rows", found.classes[c].rows},
                               {"precision", found.classes[c].precision},
                               {"recall", found.classes[c].recall},
                               {"f1", found.classes[c].f1}});
  return out;
}

json::array worst_json(const text::Evaluation& found, const std::vector<std::string>& classes,
                       const LabelledTexts& texts) {
  json::array out;
  for (const text::Mistake& at : found.worst)
    out.push_back(json::object{{"row", texts.numbers[at.row]},
                               {"label", classes[at.truth]},
                               {"predicted", classes[at.predicted]},
                               {"confidence", at.confidence},
                               {"text", shortened(texts.texts[at.row], kShownJson)}});
  return out;
}

void say_evaluation(Console& console, const text::Evaluation& found, const std::vector<std::string>& classes,
                    const LabelledTexts& texts) {
  console.say(table({{"rows", "accuracy", "macro_f1", "ece"},
                     {fmt::format("{}", found.rows), fmt::format("{:.4f}", found.accuracy),
                      fmt::format("{:.4f}", found.macro_f1), fmt::format("{:.4f}", found.ece)}}));
  std::vector<std::vector<std::string>> rows{
      {std::string(console.pick("label \\ predicted", "标签 \\ 预测"))}};
  for (const std::string& name : classes) rows[0].push_back(name);
  for (const std::string_view name : {"precision", "recall", "f1"}) rows[0].emplace_back(name);
  for (std::size_t truth = 0; truth < classes.size(); ++truth) {
    auto& row = rows.emplace_back(std::vector<std::string>{classes[truth]});
    for (std::size_t c = 0; c < classes.size(); ++c)
      row.push_back(fmt::format("{}", found.confusion[truth * classes.size() + c]));
    for (const double figure :
         {found.classes[truth].precision, found.classes[truth].recall, found.classes[truth].f1})
      row.push_back(fmt::format("{:.4f}", figure));
  }
  console.say(table(rows));
  if (found.worst.empty()) return;
  std::vector<std::vector<std::string>> worst{{"row", "label", "predicted", "confidence", "text"}};
  for (const text::Mistake& at : std::span(found.worst).first(std::min(found.worst.size(), kShownMistakes)))
    worst.push_back({fmt::format("{}", texts.numbers[at.row]), classes[at.truth], classes[at.predicted],
                     fmt::format("{:.4f}", at.confidence), shortened(texts.texts[at.row], kShown)});
  console.say(table(worst));
}

Result<int> evaluate(Console& console, const TextCommand& command) {
  const auto start = WallClock::now();
  CX_TRY(Judging model, judging(command));
  const double load_seconds = seconds_since(start);
  CX_TRY(const LabelledTexts texts, read_labelled(command));
  for (const std::string& note : texts.notes) console.note(note);
  CX_TRY(const text::LabelMap labels, text::match_labels(texts.names, model.classes, command.positive));
  std::vector<bool> asked(labels.classes.size(), false);
  std::vector<std::uint32_t> class_of;  // by label
  for (const std::string& name : texts.names) {
    class_of.push_back(labels.of.at(name));
    asked[class_of.back()] = true;
  }
  if (std::ranges::count(asked, true) < 2) asked.assign(asked.size(), true);
  const auto classify = WallClock::now();
  Judge judge(model.read, asked);
  for (std::size_t i = 0; i < texts.texts.size(); ++i)
    judge.add(i, texts.texts[i], class_of[texts.labels[i]]);
  const double classify_seconds = seconds_since(classify);
  const text::Evaluation found = judge.result();
  say_evaluation(console, found, labels.classes, texts);
  console.result({{"rows", found.rows},
                  {"accuracy", found.accuracy},
                  {"macro_f1", found.macro_f1},
                  {"ece", found.ece},
                  {"seconds", seconds_since(start)},
                  {"load_seconds", load_seconds},
                  {"classify_seconds", classify_seconds},
                  {"classes", classes_json(found, labels.classes)},
                  {"confusion", confusion_json(found, labels.classes)},
                  {"worst", worst_json(found, labels.classes, texts)},
                  {"models", std::move(model.cards)},
                  {"notes", json::array(texts.notes.begin(), texts.notes.end())}});
  return kDone;
}

json::array files_json(const TextCommand& command, const LabelledTexts& texts) {
  json::array out;
  for (std::size_t i = 0; i < command.files.size(); ++i) {
    json::object file{{"name", std::filesystem::path(command.files[i]).filename().string()},
                      {"rows", texts.rows_of_files[i]}};
    if (!command.weights.empty()) file["weight"] = command.weights[i];
    file["licence"] = i < command.licences.size() ? json::value(command.licences[i]) : json::value(nullptr);
    out.push_back(std::move(file));
  }
  return out;
}

Result<int> train(Console& console, const TextCommand& command) {
  const auto start = WallClock::now();
  CX_TRY(const LabelledTexts texts, read_labelled(command));
  for (const std::string& note : texts.notes) console.note(note);
  CX_TRY(const text::LabelMap labels, text::classes_of(texts.names, command.positive));
  std::vector<text::Example> examples;
  examples.reserve(texts.texts.size());
  for (std::size_t i = 0; i < texts.texts.size(); ++i)
    examples.push_back({.text = texts.texts[i],
                        .label = labels.of.at(texts.names[texts.labels[i]]),
                        .weight = command.weights.empty() ? 1.0F : command.weights[texts.files[i]]});
  CX_TRY(text::Trained trained,
         text::train(examples, labels.classes, {.seed = command.seed, .bits = command.bits}));
  json::object& card = trained.model.card;
  card["files"] = files_json(command, texts);
  card["date"] = command.date.empty() ? json::value(nullptr) : json::value(command.date);
  card["left_out"] = trained.empty;
  const std::string bytes = text::to_bytes(trained.model);
  CX_TRY(write_file(command.out, bytes, 0644));
  const text::Evaluation& found = trained.held_out;
  console.say(table({{"rows", "held_out", "accuracy", "macro_f1", "ece", "bytes"},
                     {fmt::format("{}", texts.texts.size() - trained.empty), fmt::format("{}", found.rows),
                      fmt::format("{:.4f}", found.accuracy), fmt::format("{:.4f}", found.macro_f1),
                      fmt::format("{:.4f}", found.ece), fmt::format("{}", bytes.size())}}));
  console.result({{"rows", texts.texts.size() - trained.empty},
                  {"out", command.out},
                  {"bytes", bytes.size()},
                  {"seconds", seconds_since(start)},
                  {"classes", classes_json(found, labels.classes)},
                  {"card", card},
                  {"notes", json::array(texts.notes.begin(), texts.notes.end())}});
  return kDone;
}

}  // namespace

int text_evaluate(Console& console, const TextCommand& command) {
  const auto done = evaluate(console, command);
  return done ? *done : console.failed(done.error());
}

int text_train(Console& console, const TextCommand& command) {
  if (!command.licences.empty() && command.licences.size() != command.files.size())
    return console.usage("--licence is given once for each file, in their order, or not at all");
  if (!command.weights.empty() && command.weights.size() != command.files.size())
    return console.usage("--weight is given once for each file, in their order, or not at all");
  const auto done = train(console, command);
  return done ? *done : console.failed(done.error());
}

}  // namespace zhike::cli
