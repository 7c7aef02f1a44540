#include "match/unfinished.h"

#include "match/bytes.h"

namespace zhike::match {
namespace {

constexpr std::uint64_t kVersion = 1;
constexpr std::size_t kEdgeBytes = 16;

/// Calls visit(number) for those of a model that are learned, in one order: its text rounds them.
template <class Visit>
void each_number(Model& model, const Visit& visit) {
  for (double* const one : {&model.prior, &model.merge_at, &model.review_at}) visit(*one);
  for (Comparison& comparison : model.comparisons)
    for (ByLevel* const levels : {&comparison.m, &comparison.u, &comparison.u_told})
      for (double& one : *levels) visit(one);
}

}  // namespace

std::string to_bytes(const Unfinished& done) {
  std::string out;
  out.reserve(4096 + kEdgeBytes * done.edges.size());
  put(out, kVersion);
  put(out, std::uint64_t{done.expected_matches ? 1U : 0U});
  put(out, done.expected_matches.value_or(0));
  put(out, std::uint64_t{done.rules});
  put(out, done.compared_pairs);
  put(out, std::string_view(to_toml(done.model)));
  Model model = done.model;
  each_number(model, [&](double number) { put(out, number); });
  put(out, std::uint64_t{done.edges.size()});
  for (const Edge& edge : done.edges) {
    put(out, std::uint64_t{edge.a} << 32U | edge.b);
    put(out, static_cast<double>(edge.weight));
  }
  return out;
}

std::optional<Unfinished> parse_unfinished(std::string_view bytes, std::size_t records) {
  ByteReader in(bytes);
  if (in.number() != kVersion) return std::nullopt;
  Unfinished out;
  const bool is_learned = in.number() != 0;
  const double matches = in.real();
  if (is_learned) out.expected_matches = matches;
  out.rules = in.number();
  out.compared_pairs = in.real();
  auto model = parse_model(in.text());
  if (!model || out.rules > model->rules.size()) return std::nullopt;
  out.model = std::move(*model);
  each_number(out.model, [&](double& number) { number = in.real(); });
  out.edges.resize(in.count(kEdgeBytes));
  for (Edge& edge : out.edges) {
    const std::uint64_t pair = in.number();
    edge = {static_cast<std::uint32_t>(pair >> 32U), static_cast<std::uint32_t>(pair),
            static_cast<float>(in.real())};
    if (edge.a >= records || edge.b >= records) return std::nullopt;
  }
  return in.ok() && in.at_end() ? std::optional(std::move(out)) : std::nullopt;
}

}  // namespace zhike::match
