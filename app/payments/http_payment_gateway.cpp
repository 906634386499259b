#include "app/payments/http_payment_gateway.h"

#include <curl/curl.h>

#include <boost/json.hpp>
#include <cstdlib>

namespace shop {

namespace {

namespace json = boost::json;

// A handler of ours waits for it: longer than any answer takes that is still to come.
constexpr long kConnectTimeoutMs = 1'000;
constexpr long kAnswerTimeoutMs = 2'000;
constexpr long kHealthTimeoutMs = 500;
constexpr std::size_t kLongestAnswer = 64UL * 1024;

struct CurlDeleter {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct HeadersDeleter {
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

}  // namespace

class HttpPaymentGateway::Connection {
public:
    struct Answer {
        CURLcode result = CURLE_OK;
        long status = 0;
        std::string body;
    };

    Connection() : headers_(curl_slist_append(nullptr, "Content-Type: application/json")) {}

    Answer post(const std::string& url, const std::string& body) {
        curl_easy_reset(handle_.get());
        curl_easy_setopt(handle_.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
        curl_easy_setopt(handle_.get(), CURLOPT_COPYPOSTFIELDS, body.c_str());
        curl_easy_setopt(handle_.get(), CURLOPT_HTTPHEADER, headers_.get());
        return perform(url, kAnswerTimeoutMs);
    }

    bool is_healthy(const std::string& url) {
        curl_easy_reset(handle_.get());
        const Answer answer = perform(url + "/health", kHealthTimeoutMs);
        return answer.result == CURLE_OK && answer.status == 200;
    }

private:
    Answer perform(const std::string& url, long timeout_ms) {
        Answer answer;
        CURL* handle = handle_.get();
        curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
        curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
        curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, kConnectTimeoutMs);
        curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, timeout_ms);
        curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, append);
        curl_easy_setopt(handle, CURLOPT_WRITEDATA, &answer.body);
        answer.result = curl_easy_perform(handle);
        curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &answer.status);
        return answer;
    }

    std::unique_ptr<CURL, CurlDeleter> handle_{curl_easy_init()};
    std::unique_ptr<curl_slist, HeadersDeleter> headers_;
};

HttpPaymentGateway::HttpPaymentGateway(std::string url)
    : url_(std::move(url)), connection_(std::make_unique<Connection>()) {}

HttpPaymentGateway::~HttpPaymentGateway() = default;

Authorisation HttpPaymentGateway::authorise(const Charge& charge) {
    const json::object body{
        {"amount_minor", charge.amount.amount_minor}, {"currency", charge.amount.currency}};
    const std::string status =
        post("/payments/" + charge.order_id + "/authorise", json::serialize(body));
    return status == "authorised" || status == "captured" ? Authorisation::kAuthorised
                                                          : Authorisation::kDeclined;
}

void HttpPaymentGateway::capture(const std::string& order_id) {
    const std::string status = post("/payments/" + order_id + "/capture", "{}");
    if (status != "captured") {
        throw GatewayTrouble("the gateway did not capture: the payment is " + status);
    }
}

void HttpPaymentGateway::void_authorisation(const std::string& order_id) {
    const std::string status = post("/payments/" + order_id + "/void", "{}");
    if (status != "voided" && status != "declined") {
        throw GatewayTrouble("the gateway did not void: the payment is " + status);
    }
}

std::string HttpPaymentGateway::post(const std::string& path, const std::string& body) {
    const Connection::Answer answer = connection_->post(url_ + path, body);
    const bool is_answered = answer.result == CURLE_OK;
    if (is_answered && answer.status == 200) {
        boost::system::error_code error;
        const json::value parsed = json::parse(answer.body, error);
        const json::value* status =
            error || !parsed.is_object() ? nullptr : parsed.get_object().if_contains("status");
        if (status != nullptr && status->is_string()) {
            return std::string(status->get_string());
        }
        throw GatewayTrouble("the payment gateway's answer to " + path + " cannot be read");
    }
    const std::string what =
        "the payment gateway " +
        (is_answered ? "answered " + std::to_string(answer.status)
                     : std::string("did not answer: ") + curl_easy_strerror(answer.result)) +
        " (" + path + ")";
    // Trouble with one request, or an outage? An outage must not cost any order an attempt.
    if (!connection_->is_healthy(url_)) {
        throw GatewayAway(what + ", nor is it healthy; PAYMENT_URL is " + url_);
    }
    throw GatewayTrouble(what);
}

std::string payment_url() {
    if (const char* url = std::getenv("PAYMENT_URL"); url != nullptr && *url != '\0') {
        return url;
    }
    const char* port = std::getenv("PAYMENT_PORT");
    return std::string("http://127.0.0.1:") + (port == nullptr || *port == '\0' ? "3005" : port);
}

}  // namespace shop
