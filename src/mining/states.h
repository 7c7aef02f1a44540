// The markings that a net reaches, each made once and kept with what a search asks of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "mining/net.h"

namespace zhike::mining {

using Marking = std::uint32_t;  ///< place in the order in which they were met

/// One thread. Borrows the net.
class States {
 public:
  static constexpr std::size_t kBytesMax = std::size_t{1} << 30U;
  static constexpr std::uint8_t kTokensMax =
      250;  ///< of one place: firing stops there, and no more is promised
  static constexpr std::uint32_t kFar = 0xffff;  ///< more silent steps than are counted, or no way at all

  /// `bytes_max`: how much memory the markings may take.
  explicit States(const Net& net, std::size_t bytes_max = kBytesMax);

  [[nodiscard]] const Net& net() const noexcept { return net_; }
  [[nodiscard]] Marking initial() const noexcept { return initial_; }
  [[nodiscard]] Marking final() const noexcept { return final_; }
  [[nodiscard]] std::size_t size() const noexcept { return tokens_.size() / net_.places; }
  [[nodiscard]] std::span<const std::uint8_t> tokens(Marking m) const {
    return std::span(tokens_).subspan(std::size_t{m} * net_.places, net_.places);
  }
  /// The marking with these tokens.
  [[nodiscard]] Marking of(std::span<const std::uint8_t> tokens);

  struct Step {
    std::uint32_t transition;
    Marking next;
  };
  /// What may happen; valid until the next call of steps() or silent_path(). Errors: kConformanceTooLarge.
  [[nodiscard]] Result<std::span<const Step>> steps(Marking m);

  /// What is known of the way on from a marking, from the net in which tokens are never used up: so whatever
  /// can happen is thought possible, and more (delete relaxation; Hoffmann and Nebel 2001, The FF planning
  /// system, J. Artificial Intelligence Research 14).
  struct Outlook {
    std::span<const std::uint64_t> possible;   ///< bits by label: may happen some time
    std::span<const std::uint64_t> necessary;  ///< bits by label: happens on every way to the end
    std::span<const std::uint16_t>
        silent_steps;  ///< by label, and last to the end: guessed; kFar: not by these alone
    bool is_end_possible;
  };
  [[nodiscard]] Outlook outlook(Marking m);

  /// A way by silent steps alone to a marking in which a transition of the label is enabled, or, with
  /// Transition::kSilent, the places of the end have their tokens. Not always the shortest. None: there is
  /// none, or none among `markings_max` markings. Errors: kConformanceTooLarge.
  [[nodiscard]] Result<std::optional<std::vector<Step>>> silent_path(Marking m, Activity label,
                                                                     std::size_t markings_max);
  [[nodiscard]] std::unexpected<Error> too_large() const;

 private:
  struct Known {
    std::uint32_t first_step = kUnknown, steps = 0;
    std::uint32_t outlook = kUnknown;
  };
  static constexpr std::uint32_t kUnknown = ~std::uint32_t{0};

  [[nodiscard]] std::size_t bytes() const noexcept;
  void grow();
  void look(Marking m);
  void spread(bool with_visible);
  void find_necessary(std::span<std::uint64_t> possible, std::span<std::uint64_t> necessary);
  void set_bit(std::span<std::uint64_t> bits, Activity label) const {
    bits[label / 64] |= std::uint64_t{1} << (label % 64);
  }

  const Net& net_;
  std::size_t bytes_max_, words_;
  std::vector<std::vector<std::uint32_t>> after_;  // transitions that take from a place
  std::vector<std::uint8_t> tokens_, next_tokens_;
  std::vector<Known> known_;
  std::vector<std::uint32_t> table_;  // open addressing: place + 1, or 0
  std::vector<Step> steps_;
  std::vector<std::uint64_t> bits_;          // of outlooks: possible, necessary
  std::vector<std::uint16_t> silent_steps_;  // of outlooks
  std::vector<std::uint8_t> end_possible_;
  // While one outlook is made:
  std::vector<std::uint32_t> cost_, queue_;
  std::vector<std::uint8_t> is_queued_;
  std::vector<std::uint64_t> needed_;  // by place
  std::vector<std::uint64_t> needed_now_;
  Marking initial_ = 0, final_ = 0;
};

}  // namespace zhike::mining
