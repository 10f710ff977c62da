#include <curl/curl.h>

#include <algorithm>
#include <map>
#include <mutex>

#include "edge/webhooks/sender.h"

namespace comd::webhooks {
namespace {

constexpr std::size_t kAnswerMax = 256;  ///< of a receiver's answer, for people

struct MultiEnd {
  void operator()(CURLM* multi) const { ::curl_multi_cleanup(multi); }
};
struct EasyEnd {
  void operator()(CURL* easy) const { ::curl_easy_cleanup(easy); }
};
struct ListEnd {
  void operator()(curl_slist* list) const { ::curl_slist_free_all(list); }
};

/// One post under way.
struct Exchange {
  Post post;
  std::string answer;
  std::unique_ptr<curl_slist, ListEnd> headers;
  std::unique_ptr<CURL, EasyEnd> easy;
};

std::size_t keep_beginning(char* data, std::size_t size, std::size_t count, void* into) {
  auto& answer = *static_cast<std::string*>(into);
  answer.append(data, std::min(size * count, kAnswerMax - std::min(kAnswerMax, answer.size())));
  return size * count;
}

class CurlSender final : public Sender {
 public:
  CurlSender(CurlOptions options, CURLM* multi) : options_(std::move(options)), multi_(multi) {}
  ~CurlSender() override {
    for (auto& [easy, exchange] : exchanges_) ::curl_multi_remove_handle(multi_.get(), easy);
  }

  void post(Post post) override {
    auto exchange = std::make_unique<Exchange>();
    exchange->post = std::move(post);
    exchange->easy.reset(idle_.empty() ? ::curl_easy_init() : idle_.back().release());
    if (!idle_.empty()) idle_.pop_back();
    for (const auto& header : exchange->post.headers)
      exchange->headers.reset(::curl_slist_append(exchange->headers.release(), header.c_str()));
    auto* easy = exchange->easy.get();
    ::curl_easy_setopt(easy, CURLOPT_URL, options_.url.c_str());
    ::curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    ::curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);  // a signature is for one receiver
    ::curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    ::curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(options_.timeout.count()));
    ::curl_easy_setopt(easy, CURLOPT_USERAGENT, options_.user_agent.c_str());
    if (!options_.ca.empty()) ::curl_easy_setopt(easy, CURLOPT_CAINFO, options_.ca.c_str());
    ::curl_easy_setopt(easy, CURLOPT_POST, 1L);
    ::curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(exchange->post.body.size()));
    ::curl_easy_setopt(easy, CURLOPT_POSTFIELDS, exchange->post.body.data());
    ::curl_easy_setopt(easy, CURLOPT_HTTPHEADER, exchange->headers.get());
    ::curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &keep_beginning);
    ::curl_easy_setopt(easy, CURLOPT_WRITEDATA, &exchange->answer);
    ::curl_multi_add_handle(multi_.get(), easy);
    exchanges_.emplace(easy, std::move(exchange));
  }

  std::vector<Answer> wait(Millis at_most) override {
    auto answers = step();
    if (!answers.empty()) return answers;
    ::curl_multi_poll(multi_.get(), nullptr, 0, static_cast<int>(at_most.count()), nullptr);
    return step();
  }

  void wake() override { ::curl_multi_wakeup(multi_.get()); }

 private:
  std::vector<Answer> step() {
    int running = 0;
    ::curl_multi_perform(multi_.get(), &running);
    std::vector<Answer> out;
    int left = 0;
    while (const auto* message = ::curl_multi_info_read(multi_.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const auto code = message->data.result;
      auto node = exchanges_.extract(message->easy_handle);
      ::curl_multi_remove_handle(multi_.get(), node.key());
      auto& exchange = *node.mapped();
      out.push_back({exchange.post.id, error_of(exchange, code)});
      ::curl_easy_reset(exchange.easy.get());
      idle_.push_back(std::move(exchange.easy));
    }
    return out;
  }

  static std::string error_of(const Exchange& exchange, CURLcode code) {
    if (code != CURLE_OK) return ::curl_easy_strerror(code);
    long status = 0;
    ::curl_easy_getinfo(exchange.easy.get(), CURLINFO_RESPONSE_CODE, &status);
    if (status >= 200 && status < 300) return {};
    return "HTTP " + std::to_string(status) + (exchange.answer.empty() ? "" : ": " + exchange.answer);
  }

  const CurlOptions options_;
  const std::unique_ptr<CURLM, MultiEnd> multi_;
  std::map<CURL*, std::unique_ptr<Exchange>> exchanges_;
  std::vector<std::unique_ptr<CURL, EasyEnd>> idle_;
};

}  // namespace

Result<std::unique_ptr<Sender>, std::string> make_curl_sender(CurlOptions options) {
  static std::once_flag once;
  std::call_once(once, [] { ::curl_global_init(CURL_GLOBAL_DEFAULT); });
  auto* multi = ::curl_multi_init();
  if (multi == nullptr) return Err(std::string("Expected libcurl to start, but it could not: out of memory?"));
  return std::unique_ptr<Sender>(std::make_unique<CurlSender>(std::move(options), multi));
}

}  // namespace comd::webhooks
