// A decider for tests.
#pragma once

#include "identity/test_graph.h"
#include "profile/unify.h"

namespace zhike::profile {

/// Carries decisions out at once, as the mover does between two blocks.
class AtOnce final : public Decider {
 public:
  explicit AtOnce(identity::TestGraph& graph) : graph_(graph) {}
  Result<identity::Decided> decide(identity::Decision decision) override {
    last = decision;
    return graph_.decide(decision);
  }
  Result<std::vector<Result<identity::Decided>>> decide_all(
      std::vector<identity::Decision> decisions) override {
    std::vector<Result<identity::Decided>> out;
    for (const auto& decision : decisions) out.push_back(decide(decision));
    return out;
  }
  identity::Decision last;

 private:
  identity::TestGraph& graph_;
};

}  // namespace zhike::profile
