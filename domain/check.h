#pragma once
#include <cstdio>
#include <cstdlib>

/// A broken CHECK is a bug in comd, never bad input. It is on in every build: a process that no longer knows what is true
/// must stop, and the log brings it back.
#define CHECK(condition)                                                                   \
  do {                                                                                     \
    if (!(condition)) [[unlikely]] {                                                       \
      std::fprintf(stderr, "CHECK failed: %s at %s:%d\n", #condition, __FILE__, __LINE__); \
      std::abort();                                                                        \
    }                                                                                      \
  } while (false)
