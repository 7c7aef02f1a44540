// The program `zhike`: reads the command line and runs one command.
#include "base/memory.h"
#include "cli/program.h"

int main(int argc, char** argv) {
  zhike::keep_freed_memory();
  return zhike::cli::Program().run(argc, argv);
}
