#include "harness/ambient/ambient.h"

#include <dlfcn.h>
#include <execinfo.h>
#include <fmt/core.h>
#include <link.h>
#include <sys/types.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <string>
#include <system_error>

#include "harness/base/ambient.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define FRAMEFENCE_AMBIENT_UNWATCHED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define FRAMEFENCE_AMBIENT_UNWATCHED
#endif

namespace framefence {

#ifdef FRAMEFENCE_AMBIENT_UNWATCHED

bool WatchAmbientReads(AmbientReadHandler) { return false; }

#else

namespace {

constexpr const char* kTimeCure =
    "take the time from what Submit(), Ingest() and AdvanceTo() are called with, and wait by "
    "NextTimer()";
constexpr const char* kRandomnessCure =
    "draw from a generator of its own, seeded in Reset() with Deployment::seed; what a library "
    "draws once for itself, let it draw in the system's constructor";

std::atomic<bool> watching{false};
std::atomic<AmbientReadHandler> handler{nullptr};

// Of the program itself, which is known by the name that it was called by.
std::string PathOf(const link_map& loaded, const Dl_info& where) {
  if (loaded.l_name[0] != '\0') return where.dli_fname;
  std::error_code failure;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", failure);
  return failure ? where.dli_fname : self.string();
}

// Lines to paste that say which functions the callers are, one for each file that they lie in.
std::string Callers() {
  constexpr int kFramesMax = 32, kOwn = 2;  // this function, and who asked for it
  std::array<void*, kFramesMax> frames{};
  const int count = ::backtrace(frames.data(), kFramesMax);
  std::string file, lines;
  for (int i = kOwn; i < count; ++i) {
    Dl_info where{};
    link_map* loaded = nullptr;
    if (::dladdr1(frames[i], &where, reinterpret_cast<void**>(&loaded), RTLD_DL_LINKMAP) == 0 ||
        where.dli_fname == nullptr || loaded == nullptr)
      continue;
    if (file != where.dli_fname) {
      file = where.dli_fname;
      lines += "\n  addr2line -Cfipse '" + PathOf(*loaded, where) + "'";
    }
    // One less: the call, and not where it returns to.
    lines += fmt::format(" {:#x}", reinterpret_cast<std::size_t>(frames[i]) - 1 - loaded->l_addr);
  }
  return lines;
}

[[gnu::noinline]] void End(const char* function, const char* cure) {
  ambient_forbidden = 0;  // what follows may read what it likes
  const AmbientReadHandler end = handler;
  end(fmt::format(
      "nondeterminism: the system under test called {}() while a case was played, which would "
      "not replay\n  cure: {}\n  called from, innermost first:{}\n",
      function, cure, Callers()));
  std::abort();
}

// What is replaced, as it is without us. REQUIRES: `next` is of the function's type.
template <class Function>
Function* Next(std::atomic<Function*>& next, const char* name) {
  if (Function* known = next.load(std::memory_order_relaxed)) return known;
  auto* found = reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
  next.store(found, std::memory_order_relaxed);
  return found;
}

}  // namespace

bool WatchAmbientReads(AmbientReadHandler end) {
  handler = end;
  watching = true;
  return true;
}

// Defined under names of our own, so that no header's declaration is in the way (whether a function
// throws, what it does to its arguments), and given the C library's by the assembler.
#define FRAMEFENCE_REPLACE(result, name, symbol, parameters, arguments, cure)                 \
  extern "C" result Ambient_##name parameters __asm__(symbol);                                \
  extern "C" [[gnu::visibility("default")]] result Ambient_##name parameters {                \
    static constinit std::atomic<result(*) parameters> next{nullptr};                         \
    if (ambient_forbidden != 0 && watching.load(std::memory_order_relaxed)) End(#name, cure); \
    return Next<result parameters>(next, symbol) arguments;                                   \
  }

FRAMEFENCE_REPLACE(int, clock_gettime, "clock_gettime", (clockid_t clock, timespec* time),
                   (clock, time), kTimeCure)
FRAMEFENCE_REPLACE(int, gettimeofday, "gettimeofday", (void* time, void* zone), (time, zone),
                   kTimeCure)
FRAMEFENCE_REPLACE(time_t, time, "time", (time_t * time), (time), kTimeCure)
FRAMEFENCE_REPLACE(int, timespec_get, "timespec_get", (timespec * time, int base), (time, base),
                   kTimeCure)
FRAMEFENCE_REPLACE(clock_t, clock, "clock", (), (), kTimeCure)

FRAMEFENCE_REPLACE(ssize_t, getrandom, "getrandom", (void* bytes, std::size_t size, unsigned flags),
                   (bytes, size, flags), kRandomnessCure)
FRAMEFENCE_REPLACE(int, getentropy, "getentropy", (void* bytes, std::size_t size), (bytes, size),
                   kRandomnessCure)
FRAMEFENCE_REPLACE(std::uint32_t, arc4random, "arc4random", (), (), kRandomnessCure)
FRAMEFENCE_REPLACE(std::uint32_t, arc4random_uniform, "arc4random_uniform", (std::uint32_t bound),
                   (bound), kRandomnessCure)
FRAMEFENCE_REPLACE(void, arc4random_buf, "arc4random_buf", (void* bytes, std::size_t size),
                   (bytes, size), kRandomnessCure)
// These have a seed, but one of the whole process: other threads draw from it, and cases before.
FRAMEFENCE_REPLACE(int, rand, "rand", (), (), kRandomnessCure)
FRAMEFENCE_REPLACE(long, random, "random", (), (), kRandomnessCure)
FRAMEFENCE_REPLACE(double, drand48, "drand48", (), (), kRandomnessCure)
FRAMEFENCE_REPLACE(long, lrand48, "lrand48", (), (), kRandomnessCure)
FRAMEFENCE_REPLACE(long, mrand48, "mrand48", (), (), kRandomnessCure)
// std::random_device::operator(), which asks the processor where it can.
FRAMEFENCE_REPLACE(unsigned, random_device, "_ZNSt13random_device9_M_getvalEv", (void* self),
                   (self), kRandomnessCure)

#undef FRAMEFENCE_REPLACE

#endif  // FRAMEFENCE_AMBIENT_UNWATCHED

}  // namespace framefence
