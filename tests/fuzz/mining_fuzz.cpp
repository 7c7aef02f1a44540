// Any text is an error, or a log whose graph and variants add up; or a net, which is written and read again.
#include <cstdint>
#include <string>

#include "base/error.h"
#include "mining/dfg.h"
#include "mining/net.h"
#include "mining/xes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zhike;
  const std::string text(reinterpret_cast<const char*>(data), size);
  mining::XesReader reader("f", {}, std::size_t{64} << 20U);
  reader.room() += text.substr(0, size / 2);
  if (reader.read()) {
    reader.room() += text.substr(size / 2);
    if (const auto log = reader.finish()) {
      const auto follows = mining::directly_follows(*log);
      std::uint64_t total = 0;
      for (const mining::Edge& edge : follows.edges) total += edge.count;
      cx_check(total == follows.total, "edges add up");
      cx_check(mining::variants_of(*log).total() == log->cases.size(), "variants add up");
    }
  }
  if (const auto net = mining::read_net(text, "f")) {
    const auto again = mining::read_pnml(mining::write_pnml(*net, "f"), "f");
    cx_check(again.has_value() && again->places == net->places && again->arcs() == net->arcs(),
             "it comes back");
  }
  return 0;
}
