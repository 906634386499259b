#include "tracing/collector.h"

#include <curl/curl.h>

#include <algorithm>
#include <protozero/pbf_reader.hpp>

namespace carafe::tracing {

namespace {

constexpr std::size_t kLongestAnswer = 64UL * 1024;
constexpr std::chrono::seconds kLongestPause{60};

struct CurlDeleter {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
    void operator()(curl_slist* headers) const { curl_slist_free_all(headers); }
};

std::size_t append(const char* data, std::size_t size, std::size_t count, void* target) {
    auto* answer = static_cast<std::string*>(target);
    const std::size_t bytes = size * count;
    if (answer->size() + bytes > kLongestAnswer) {
        return 0;  // ends the transfer with an error
    }
    answer->append(data, bytes);
    return bytes;
}

// An ExportTracePartialSuccess: rejected_spans (1) and error_message (2).
void read_refusals(protozero::pbf_reader partial, Collector::Answer& answer) {
    while (partial.next()) {
        if (partial.tag() == 1) {
            const std::int64_t refused = partial.get_int64();
            answer.refused = refused > 0 ? static_cast<std::size_t>(refused) : 0;
        } else if (partial.tag() == 2) {
            answer.error = partial.get_string();
        } else {
            partial.skip();
        }
    }
}

// An ExportTraceServiceResponse: partial_success (1). Whoever has said 200 has taken all that it
// does not name.
void read_response(const std::string& body, Collector::Answer& answer) {
    try {
        protozero::pbf_reader response(body);
        while (response.next(1)) {
            read_refusals(response.get_message(), answer);
        }
    } catch (const protozero::exception&) {
        answer.refused = 0;
    }
}

}  // namespace

class Collector::Connection {
public:
    std::unique_ptr<CURL, CurlDeleter> handle{curl_easy_init()};
    std::unique_ptr<curl_slist, CurlDeleter> headers;
};

Collector::Collector(std::string url, const std::vector<std::string>& all)
    : url_(std::move(url)), connection_(std::make_unique<Connection>()) {
    curl_slist* headers = curl_slist_append(nullptr, "Content-Type: application/x-protobuf");
    headers = curl_slist_append(headers, "Expect:");  // no waiting for 100 Continue
    for (const std::string& header : all) {
        headers = curl_slist_append(headers, header.c_str());
    }
    connection_->headers.reset(headers);
}

Collector::~Collector() = default;

Collector::Answer Collector::post(const std::string& body, std::chrono::milliseconds timeout) {
    CURL* handle = connection_->handle.get();
    std::string received;
    curl_easy_reset(handle);
    curl_easy_setopt(handle, CURLOPT_URL, url_.c_str());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, std::max(1L, static_cast<long>(timeout.count())));
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, connection_->headers.get());
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, body.data());
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, &received);
    Answer answer;
    const CURLcode result = curl_easy_perform(handle);
    if (result != CURLE_OK) {
        answer.error = url_ + ": " + curl_easy_strerror(result);
        return answer;
    }
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    if (status >= 200 && status < 300) {
        answer.verdict = Verdict::kTaken;
        read_response(received, answer);
        return answer;
    }
    const bool is_passing = status == 429 || status == 502 || status == 503 || status == 504;
    answer.verdict = is_passing ? Verdict::kLater : Verdict::kRefused;
    answer.error = url_ + " answers " + std::to_string(status);
    curl_off_t seconds = 0;
    if (curl_easy_getinfo(handle, CURLINFO_RETRY_AFTER, &seconds) == CURLE_OK && seconds > 0) {
        answer.pause = std::min<std::chrono::seconds>(std::chrono::seconds(seconds), kLongestPause);
    }
    return answer;
}

}  // namespace carafe::tracing
