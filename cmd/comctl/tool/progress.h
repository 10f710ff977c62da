#pragma once
#include <chrono>
#include <functional>
#include <ostream>
#include <string>

/// How far a bulk submission is. A bar that repaints on a terminal; otherwise a line every few seconds.
namespace comd::ctl {

struct Tally {
  std::size_t total = 0, done = 0, refused = 0;
};

/// "[#####-----]  1234/5000  24%  812/s  5s left  3 refused", at most `columns` wide where that is possible.
std::string progress_line(const Tally& tally, std::chrono::milliseconds elapsed, std::size_t columns);

class Progress {
 public:
  using Now = std::function<std::chrono::steady_clock::time_point()>;
  Progress(std::ostream& out, bool terminal, Now now = std::chrono::steady_clock::now)
      : out_(out), terminal_(terminal), now_(std::move(now)), started_(now_()), shown_(started_) {}
  void update(const Tally& tally);  ///< cheap: paints only when it is time
  void finish(const Tally& tally);  ///< leaves one last line

 private:
  void paint(const Tally& tally);
  std::ostream& out_;
  bool terminal_, painted_ = false;
  Now now_;
  std::chrono::steady_clock::time_point started_, shown_;
};

}  // namespace comd::ctl
