#include "text/word_vectors.h"

#include <Eigen/Dense>
#include <Eigen/Sparse>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "text/random.h"

namespace zhike::text {
namespace {

using Eigen::Index;
using Eigen::MatrixXf;
using Eigen::SparseMatrix;

constexpr std::size_t kBeside = 10;  // dimensions of the subspace beyond those that are wanted
constexpr int kPasses = 5;

/// Texts by word.
struct Inverted {
  std::vector<std::size_t> begins;
  std::vector<std::uint32_t> texts;

  explicit Inverted(const Bags& bags) : begins(bags.terms() + 1), texts(bags.words()) {
    for (std::size_t i = 0; i < bags.size(); ++i)
      for (const std::uint32_t term : bags.text(i)) ++begins[term + 1];
    std::partial_sum(begins.begin(), begins.end(), begins.begin());
    std::vector<std::size_t> at(begins.begin(), begins.end() - 1);
    for (std::size_t i = 0; i < bags.size(); ++i)
      for (const std::uint32_t term : bags.text(i)) texts[at[term]++] = static_cast<std::uint32_t>(i);
  }
  [[nodiscard]] std::span<const std::uint32_t> of(std::size_t term) const {
    return std::span(texts).subspan(begins[term], begins[term + 1] - begins[term]);
  }
};

/// ln(n(a, b) N / (n(a) n(b))) where it is above 0; n: pairs of words in one text, of both, of one, of all.
SparseMatrix<float> ppmi(const Bags& bags) {
  const std::size_t terms = bags.terms();
  std::vector<double> pairs_of(terms);
  double pairs = 0;
  for (std::size_t i = 0; i < bags.size(); ++i) {
    const auto text = bags.text(i);
    for (const std::uint32_t term : text) pairs_of[term] += static_cast<double>(text.size() - 1);
    pairs += static_cast<double>(text.size()) * static_cast<double>(text.size() - 1);
  }
  const Inverted by_word(bags);
  std::vector<Eigen::Triplet<float>> kept;
  std::vector<std::uint32_t> together(terms), met;
  for (std::uint32_t a = 0; a < terms; ++a) {
    met.clear();
    for (const std::uint32_t i : by_word.of(a)) {
      for (const std::uint32_t b : bags.text(i)) {
        if (b <= a) continue;
        if (together[b]++ == 0) met.push_back(b);
      }
    }
    for (const std::uint32_t b : met) {
      const double information = std::log(together[b] * pairs / (pairs_of[a] * pairs_of[b]));
      together[b] = 0;
      if (information <= 0) continue;
      kept.emplace_back(a, b, static_cast<float>(information));
      kept.emplace_back(b, a, static_cast<float>(information));
    }
  }
  SparseMatrix<float> out(static_cast<Index>(terms), static_cast<Index>(terms));
  out.setFromTriplets(kept.begin(), kept.end());
  return out;
}

MatrixXf orthonormal(const MatrixXf& columns) {
  return Eigen::HouseholderQR<MatrixXf>(columns).householderQ() *
         MatrixXf::Identity(columns.rows(), columns.cols());
}

}  // namespace

WordVectors word_vectors(const Bags& texts, std::size_t dimensions, std::uint64_t seed) {
  const std::size_t terms = texts.terms();
  WordVectors out{.dimensions = std::min(dimensions, terms), .values = {}};
  out.values.assign(terms * out.dimensions, 0.0F);
  if (out.dimensions == 0) return out;
  const SparseMatrix<float> matrix = ppmi(texts);
  const std::size_t width = std::min(terms, out.dimensions + kBeside);
  Random random(seed);
  MatrixXf basis = MatrixXf::NullaryExpr(static_cast<Index>(terms), static_cast<Index>(width),
                                         [&] { return static_cast<float>(random.share() - 0.5); });
  for (int pass = 0; pass < kPasses; ++pass) basis = orthonormal(matrix * basis);
  const MatrixXf inner = basis.transpose() * (matrix * basis);
  const Eigen::SelfAdjointEigenSolver<MatrixXf> solved((inner + inner.transpose()) / 2);
  std::vector<Index> order(width);
  std::iota(order.begin(), order.end(), 0);
  std::ranges::sort(order, [&](Index a, Index b) {
    return std::abs(solved.eigenvalues()[a]) > std::abs(solved.eigenvalues()[b]);
  });
  MatrixXf points(static_cast<Index>(terms), static_cast<Index>(out.dimensions));
  for (std::size_t d = 0; d < out.dimensions; ++d)
    points.col(static_cast<Index>(d)) =
        basis * solved.eigenvectors().col(order[d]) * std::sqrt(std::abs(solved.eigenvalues()[order[d]]));
  for (std::size_t term = 0; term < terms; ++term) {
    const auto row = points.row(static_cast<Index>(term));
    const float length = row.norm();
    if (!(length > 1e-6F)) continue;
    for (std::size_t d = 0; d < out.dimensions; ++d)
      out.values[term * out.dimensions + d] = row[static_cast<Index>(d)] / length;
  }
  return out;
}

}  // namespace zhike::text
