// A simulated customer: who they are, and every identifier under which a channel may know them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "world/chance.h"
#include "world/parameters.h"

namespace zhike::world {

enum class Channel : std::uint8_t { kWeb, kApp, kMiniProgram, kWechat, kCallCenter, kStore, kEmail, kChat };
inline constexpr std::size_t kChannelCount = 8;
[[nodiscard]] std::string_view to_string(Channel channel) noexcept;  ///< "mini_program"

struct Person {
  std::uint64_t id = 0;  ///< from 1; truth only, never in a file that is imported
  bool chinese = true;
  std::string name;
  std::string phone;                  ///< as its owner writes it: "13812345678", "+1 415 602 1234"
  std::string old_phone;              ///< before it changed; empty: it never did
  std::string email;                  ///< empty: none
  std::string user_id;                ///< of the web shop; empty: never signs in
  std::string loyalty;                ///< card number; empty: none
  std::string openid;                 ///< of the mini-program; empty: does not use it
  std::string device;                 ///< app installation; empty: no app
  std::vector<std::string> browsers;  ///< anonymous ids, one to three
  std::string city, address, unit, birthday;
  bool newcomer = false;
  double base = 0;                                  ///< satisfaction before anything happens, 0 to 10
  std::array<double, kChannelCount> buys_by{};      ///< weights of the channels for visits and orders
  std::array<double, kChannelCount> contacts_by{};  ///< and for service
};

/// The same person for the same seed and number, whatever the number of customers.
[[nodiscard]] Person make_person(std::uint64_t seed, std::uint64_t id, const Parameters& parameters);

}  // namespace zhike::world
