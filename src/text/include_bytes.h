// Files that become part of the program, by the assembler: both compilers hand the text to it.
#pragma once

/// Defines NAME_begin and NAME_end around the bytes of the file `path`, a string literal. The user declares
/// both: extern "C" { extern const char NAME_begin[], NAME_end[]; }. The bytes begin on a border of 16.
#define ZHIKE_EMBED(name, path)      \
  __asm__(                           \
      ".pushsection .rodata\n"       \
      ".balign 16\n" #name           \
      "_begin:\n"                    \
      ".incbin \"" path "\"\n" #name \
      "_end:\n"                      \
      ".byte 0\n"                    \
      ".popsection\n"                \
      ".globl " #name                \
      "_begin\n"                     \
      ".globl " #name "_end\n")
