#pragma once
#include <memory>
#include <string>
#include <vector>

#include "domain/ids.h"
#include "domain/result.h"

/// The way to a receiver. All calls but `wake` are of one thread.
namespace comd::webhooks {

struct Post {
  std::string id;  ///< names the answer
  std::vector<std::string> headers;
  std::string body;
};

struct Answer {
  std::string id;
  std::string error;  ///< empty: the receiver has it
};

class Sender {
 public:
  virtual ~Sender() = default;
  virtual void post(Post) = 0;
  /// Answers that have come, each post's exactly one; waits for the first at most so long, or until `wake`.
  virtual std::vector<Answer> wait(Millis) = 0;
  /// From any thread: the wait under way, or else the next, is over at once.
  virtual void wake() = 0;
};

struct CurlOptions {
  std::string url;
  Millis timeout{10'000};  ///< of one delivery, connecting included
  std::string ca;          ///< PEM file; empty: the system's
  std::string user_agent = "comd";
};
Result<std::unique_ptr<Sender>, std::string> make_curl_sender(CurlOptions);

}  // namespace comd::webhooks
