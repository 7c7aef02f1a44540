#include "mining/tree.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string_view>
#include <utility>

namespace zhike::mining {
namespace {

std::string_view sign(Operator op) {
  switch (op) {
    case Operator::kXor:
      return "X";
    case Operator::kSequence:
      return "->";
    case Operator::kParallel:
      return "+";
    case Operator::kLoop:
      return "*";
    case Operator::kActivity:
    case Operator::kSilent:
      break;
  }
  return "tau";
}

bool is_silent(const Tree& tree) noexcept { return tree.op == Operator::kSilent; }

/// The children of a child of the same kind instead of the child; order is kept.
void open_alike(Tree& tree) {
  std::vector<Tree> out;
  for (Tree& child : tree.children) {
    if (child.op == tree.op)
      std::ranges::move(child.children, std::back_inserter(out));
    else
      out.push_back(std::move(child));
  }
  tree.children = std::move(out);
}

void write(const Tree& tree, std::span<const std::string> names, std::string& out) {
  if (tree.op == Operator::kActivity) {
    out += '\'';
    out += names[tree.activity];
    out += '\'';
    return;
  }
  out += sign(tree.op);
  if (is_silent(tree)) return;
  out += "( ";
  for (std::size_t i = 0; i < tree.children.size(); ++i) {
    if (i > 0) out += ", ";
    write(tree.children[i], names, out);
  }
  out += " )";
}

}  // namespace

Tree simplified(Tree tree) {
  for (Tree& child : tree.children) child = simplified(std::move(child));
  switch (tree.op) {
    case Operator::kActivity:
    case Operator::kSilent:
    case Operator::kLoop:
      return tree;
    case Operator::kXor: {
      open_alike(tree);
      const auto first = std::ranges::find_if(tree.children, is_silent);
      if (first != tree.children.end())
        tree.children.erase(std::remove_if(first + 1, tree.children.end(), is_silent), tree.children.end());
      break;
    }
    case Operator::kSequence:
    case Operator::kParallel:
      open_alike(tree);
      std::erase_if(tree.children, is_silent);
      break;
  }
  if (tree.children.empty()) return {};
  if (tree.children.size() == 1) {
    Tree only = std::move(tree.children.front());
    return only;
  }
  return tree;
}

std::string to_string(const Tree& tree, std::span<const std::string> names) {
  std::string out;
  write(tree, names, out);
  return out;
}

}  // namespace zhike::mining
