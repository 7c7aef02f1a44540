#include "feedback/text_preview.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "query/cursor.h"

namespace zhike::feedback {
namespace {

/// Counts keys of one kind in comments read twice.
class Uses {
 public:
  void name(std::string key, std::string name_en, std::string name_zh) {
    if (find(key) != nullptr) return;
    uses_.push_back({.key = std::move(key),
                     .name_en = std::move(name_en),
                     .name_zh = std::move(name_zh),
                     .examples = {}});
  }
  void add(const std::unordered_set<std::string>& now, const std::unordered_set<std::string>& then,
           const std::string& text) {
    for (PreviewUse& use : uses_) {
      const bool was = now.contains(use.key), is = then.contains(use.key);
      use.now += was ? 1 : 0;
      use.then += is ? 1 : 0;
      if (is && !was && use.examples.size() < Preview::kExamples) use.examples.push_back(text);
    }
  }
  [[nodiscard]] std::vector<PreviewUse> take() && { return std::move(uses_); }

 private:
  const PreviewUse* find(const std::string& key) const {
    const auto at = std::ranges::find(uses_, key, &PreviewUse::key);
    return at == uses_.end() ? nullptr : &*at;
  }
  std::vector<PreviewUse> uses_;
};

std::unordered_set<std::string> aspects_in(const text::CommentReading& read,
                                           const text::CommentSetup& setup) {
  std::unordered_set<std::string> out;
  for (const text::CommentAspect& at : read.aspects) out.insert(setup.aspects.aspects[at.aspect].key);
  return out;
}

std::unordered_set<std::string> routes_in(const text::CommentReading& read, const text::CommentSetup& setup) {
  std::unordered_set<std::string> out;
  for (const std::uint32_t at : read.routes) out.insert(setup.routes.rules[at].key);
  return out;
}

}  // namespace

Result<Preview> preview(const CommentStore& store, const text::CommentModels& now,
                        const text::CommentModels& draft, const Grant& grant, const CommentFilter& filter) {
  const auto nobody = [](CustomerId) -> Result<std::string> { return std::string(); };
  CX_TRY(const CommentPage page,
         comments(store, now, nobody, grant, filter, query::parse_cursor("").value_or(query::Cursor{}),
                  query::kPageMax));
  Uses aspects, routes;
  for (const text::CommentModels* const models : {&draft, &now}) {
    for (const text::Aspect& at : models->setup().aspects.aspects)
      aspects.name(at.key, at.name_en, at.name_zh);
    for (const text::Route& at : models->setup().routes.rules) routes.name(at.key, at.name_en, at.name_zh);
  }
  text::CommentReader reads_now(now), reads_draft(draft);
  for (const CommentView& view : page.items) {
    const text::CommentReading& was = reads_now.read(view.said.text, view.corrections);
    const text::CommentReading& is = reads_draft.read(view.said.text, view.corrections);
    aspects.add(aspects_in(was, now.setup()), aspects_in(is, draft.setup()), view.said.text);
    routes.add(routes_in(was, now.setup()), routes_in(is, draft.setup()), view.said.text);
  }
  return Preview{.comments = page.items.size(),
                 .aspects = std::move(aspects).take(),
                 .routes = std::move(routes).take()};
}

}  // namespace zhike::feedback
