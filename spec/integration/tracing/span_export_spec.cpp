// Against a collector of our own that can refuse, be slow and be away. That what is sent is OTLP is
// shown by spec/otlp, which reads it with the official definitions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <mutex>
#include <protozero/pbf_reader.hpp>

#include "carafe/errors.h"
#include "carafe/http/server.h"
#include "carafe/metrics.h"
#include "carafe/spans.h"
#include "carafe/testing/eventually.h"
#include "tracing/otlp_request.h"

namespace carafe {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using testing::eventually;
using ::testing::HasSubstr;

Span span_named(const std::string& name) {
    Span span;
    span.name = name;
    span.context = TraceContext::root();
    span.start = std::chrono::system_clock::now();
    span.end = span.start + 1ms;
    return span;
}

// request -> resource_spans (1) -> scope_spans (2) -> spans (2) -> name (5)
std::vector<std::string> names_in(const std::string& body) {
    std::vector<std::string> names;
    protozero::pbf_reader request(body);
    while (request.next(1)) {
        protozero::pbf_reader of_resource = request.get_message();
        while (of_resource.next(2)) {
            protozero::pbf_reader of_scope = of_resource.get_message();
            while (of_scope.next(2)) {
                protozero::pbf_reader span = of_scope.get_message();
                while (span.next(5)) {
                    names.push_back(span.get_string());
                }
            }
        }
    }
    return names;
}

class TestCollector {
public:
    TestCollector() : server_(options(), router_) {
        router_.post("/v1/traces", [this](const http::Request& request) { return take(request); });
        server_.start();
    }
    ~TestCollector() { server_.stop(1s); }
    TestCollector(const TestCollector&) = delete;
    TestCollector& operator=(const TestCollector&) = delete;

    [[nodiscard]] std::string url() const {
        return "http://127.0.0.1:" + std::to_string(server_.port()) + "/v1/traces";
    }
    // What the next requests get, before all are taken.
    void answer(std::vector<http::Response> responses) {
        const std::lock_guard lock(mutex_);
        responses_ = std::move(responses);
    }
    void be_silent_for(std::chrono::milliseconds time) { silence_ = time; }
    [[nodiscard]] int asked() const { return asked_; }
    [[nodiscard]] std::vector<std::string> names() const {
        const std::lock_guard lock(mutex_);
        return names_;
    }
    [[nodiscard]] std::vector<http::Request> requests() const {
        const std::lock_guard lock(mutex_);
        return requests_;
    }

private:
    static http::Server::Options options() {
        http::Server::Options options;
        options.port = 0;
        options.max_body_bytes = 8UL * 1024 * 1024;
        options.exports_spans = false;
        return options;
    }
    http::Response take(const http::Request& request) {
        ++asked_;
        std::this_thread::sleep_for(silence_.load());
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
        http::Response response;
        if (!responses_.empty()) {
            response = responses_.front();
            responses_.erase(responses_.begin());
        }
        if (response.status == 200) {
            for (const std::string& name : names_in(request.body)) {
                names_.push_back(name);
            }
        }
        return response;
    }

    std::atomic<std::chrono::milliseconds> silence_{0ms};
    std::atomic<int> asked_{0};
    mutable std::mutex mutex_;
    std::vector<http::Response> responses_;
    std::vector<std::string> names_;
    std::vector<http::Request> requests_;
    http::Router router_;
    http::Server server_;
};

http::Response status(int code) {
    http::Response response;
    response.status = code;
    return response;
}

class SpanExportSpec : public ::testing::Test {
protected:
    SpanExport::Options options() {
        SpanExport::Options options;
        options.url = collector.url();
        options.delay = 20ms;
        return options;
    }
    // Since the spec began: the totals are the process's.
    [[nodiscard]] spans::Totals totals() const {
        const spans::Totals now = spans::totals();
        return {now.exported - before.exported, now.dropped - before.dropped};
    }

    TestCollector collector;
    const spans::Totals before = spans::totals();
};

TEST_F(SpanExportSpec, is_off_without_an_exporter) {
    EXPECT_FALSE(spans::enabled());
    spans::add(span_named("nobody asked"));
    const SpanExport exported(options());
    EXPECT_TRUE(spans::enabled());
    std::this_thread::sleep_for(100ms);
    EXPECT_TRUE(collector.requests().empty());
}

TEST_F(SpanExportSpec, sends_what_was_added_in_its_order_and_says_what_it_sends) {
    SpanExport::Options with_headers = options();
    with_headers.headers = {"x-tenant: shop"};
    const SpanExport exported(with_headers);
    spans::add(span_named("one"));
    spans::add(span_named("two"));
    ASSERT_TRUE(eventually([&] { return collector.names().size() == 2; }));
    EXPECT_THAT(collector.names(), ElementsAre("one", "two"));
    EXPECT_EQ(collector.requests().front().header("content-type"), "application/x-protobuf");
    EXPECT_EQ(collector.requests().front().header("x-tenant"), "shop");
    EXPECT_TRUE(eventually([&] { return totals().exported == 2; }));  // once the answer is read
    EXPECT_EQ(totals().dropped, 0U);
}

TEST_F(SpanExportSpec, sends_what_is_left_at_its_end) {
    SpanExport::Options patient = options();
    patient.delay = 1h;
    {
        const SpanExport exported(patient);
        spans::add(span_named("last"));
    }
    EXPECT_THAT(collector.names(), ElementsAre("last"));
}

TEST_F(SpanExportSpec, sends_a_full_batch_before_the_delay_is_over) {
    SpanExport::Options patient = options();
    patient.delay = 1h;
    patient.max_batch = 3;
    const SpanExport exported(patient);
    for (const char* name : {"one", "two", "three"}) {
        spans::add(span_named(name));
    }
    EXPECT_TRUE(eventually([&] { return collector.names().size() == 3; }));
}

TEST_F(SpanExportSpec, sends_the_same_again_when_the_collector_asks_for_time) {
    http::Response later = status(503);
    later.headers.emplace_back("Retry-After", "1");
    collector.answer({later, status(429)});
    const SpanExport exported(options());
    spans::add(span_named("patient"));
    ASSERT_TRUE(eventually([&] { return !collector.names().empty(); }));
    EXPECT_THAT(collector.names(), ElementsAre("patient"));
    EXPECT_EQ(collector.requests().size(), 3U);
    EXPECT_EQ(totals().dropped, 0U);
}

TEST_F(SpanExportSpec, gives_up_what_is_refused_for_good_and_goes_on) {
    collector.answer({status(400)});
    const SpanExport exported(options());
    spans::add(span_named("refused"));
    ASSERT_TRUE(eventually([&] { return totals().dropped == 1; }));
    spans::add(span_named("taken"));
    ASSERT_TRUE(eventually([&] { return totals().exported == 1; }));
    EXPECT_THAT(collector.names(), ElementsAre("taken"));
}

TEST_F(SpanExportSpec, counts_what_the_collector_says_it_did_not_take) {
    http::Response partly = status(200);
    partly.body = std::string("\x0a\x09\x08\x01\x12\x05sorry", 11);  // {1: {1: 1, 2: "sorry"}}
    collector.answer({partly});
    const SpanExport exported(options());
    spans::add(span_named("one"));
    spans::add(span_named("two"));
    ASSERT_TRUE(eventually([&] { return totals().exported + totals().dropped == 2; }));
    EXPECT_EQ(totals().dropped, 1U);
}

TEST_F(SpanExportSpec, never_waits_and_counts_what_it_has_no_room_for) {
    SpanExport::Options small = options();
    small.url = "http://127.0.0.1:1/v1/traces";  // nobody is there
    small.delay = 1h;
    small.max_queue = 10;
    const SpanExport exported(small);
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < 1000; ++i) {
        spans::add(span_named("many"));
    }
    EXPECT_LT(std::chrono::steady_clock::now() - start, 1s);
    EXPECT_EQ(totals().dropped, 990U);
}

TEST_F(SpanExportSpec, ends_in_time_while_nobody_is_there) {
    SpanExport::Options lonely = options();
    lonely.url = "http://127.0.0.1:1/v1/traces";
    const auto start = std::chrono::steady_clock::now();
    {
        const SpanExport exported(lonely);
        spans::add(span_named("lost"));
        std::this_thread::sleep_for(100ms);
    }
    EXPECT_LT(std::chrono::steady_clock::now() - start, lonely.timeout);
    EXPECT_EQ(totals().dropped, 1U);
}

TEST_F(SpanExportSpec, ends_in_time_though_the_collector_never_answers) {
    collector.be_silent_for(5s);
    SpanExport::Options impatient = options();
    impatient.timeout = 500ms;
    const auto start = std::chrono::steady_clock::now();
    {
        const SpanExport exported(impatient);
        spans::add(span_named("lost"));
        ASSERT_TRUE(eventually([&] { return collector.asked() > 0; }));
    }
    EXPECT_LT(std::chrono::steady_clock::now() - start, 4s);
    EXPECT_EQ(totals().dropped, 1U);
}

TEST_F(SpanExportSpec, leaves_out_traces_that_are_not_sampled) {
    const SpanExport exported(options());
    Span unsampled = span_named("unsampled");
    unsampled.context.is_sampled = false;
    spans::add(std::move(unsampled));
    spans::add(span_named("sampled"));
    ASSERT_TRUE(eventually([&] { return !collector.names().empty(); }));
    EXPECT_THAT(collector.names(), ElementsAre("sampled"));
}

TEST_F(SpanExportSpec, samples_the_share_of_traces_that_it_is_told) {
    SpanExport::Options some = options();
    some.sampled_share = 0.25;
    const SpanExport exported(some);
    int sampled = 0;
    for (int i = 0; i < 10'000; ++i) {
        sampled += TraceContext::root().is_sampled ? 1 : 0;
    }
    EXPECT_NEAR(sampled, 2500, 300);  // seven standard deviations
}

TEST_F(SpanExportSpec, is_one_in_a_process) {
    const SpanExport exported(options());
    EXPECT_THROW(std::make_unique<SpanExport>(options()), std::logic_error);
    EXPECT_TRUE(spans::enabled());
}

TEST_F(SpanExportSpec, publishes_what_it_did) {
    Metrics metrics;
    const SpanExport exported(options());
    spans::publish_totals(metrics);
    const auto line = [this](const char* name, std::uint64_t total) {
        return std::string(name) + " " + std::to_string(total);
    };
    spans::add(span_named("counted"));
    ASSERT_TRUE(eventually([&] { return totals().exported == 1; }));
    EXPECT_THAT(
        metrics.expose(), HasSubstr(line("\ncarafe_spans_exported_total", spans::totals().exported))
    );
}

TEST(SpanExportOptions, come_from_the_variables_of_opentelemetry) {
    ::unsetenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
    ::unsetenv("OTEL_EXPORTER_OTLP_ENDPOINT");
    EXPECT_FALSE(SpanExport::from_environment("shop-web"));
    ::setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318", 1);
    EXPECT_EQ(
        SpanExport::from_environment("shop-web").value().url, "http://127.0.0.1:4318/v1/traces"
    );
    EXPECT_EQ(SpanExport::from_environment("shop-web").value().service, "shop-web");
    ::setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://collector/own", 1);
    ::setenv("OTEL_SERVICE_NAME", "till", 1);
    ::setenv("OTEL_EXPORTER_OTLP_HEADERS", "api-key=secret,x=a=b", 1);
    ::setenv("OTEL_TRACES_SAMPLER_ARG", "0.5", 1);
    const auto options = SpanExport::from_environment("shop-web").value();
    EXPECT_EQ(options.url, "https://collector/own");
    EXPECT_EQ(options.service, "till");
    EXPECT_THAT(options.headers, ElementsAre("api-key: secret", "x: a=b"));
    EXPECT_EQ(options.sampled_share, 0.5);
    ::setenv("OTEL_SDK_DISABLED", "true", 1);
    EXPECT_FALSE(SpanExport::from_environment("shop-web"));
    ::unsetenv("OTEL_SDK_DISABLED");
    const std::vector<std::pair<const char*, const char*>> wrong{
        {"OTEL_TRACES_SAMPLER_ARG", "1.5"},
        {"OTEL_TRACES_SAMPLER_ARG", "nan"},
        {"OTEL_EXPORTER_OTLP_TIMEOUT", "soon"},
        {"OTEL_EXPORTER_OTLP_HEADERS", "no equals"},
        {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "localhost:4317"}};
    for (const auto& [name, value] : wrong) {
        const std::string kept = std::getenv(name) == nullptr ? "" : std::getenv(name);
        ::setenv(name, value, 1);
        try {
            SpanExport::from_environment("shop-web");
            ADD_FAILURE() << name << "=" << value;
        } catch (const ConfigurationError& error) {
            EXPECT_THAT(error.what(), HasSubstr(name));
        }
        ::setenv(name, kept.c_str(), 1);
    }
}

}  // namespace
}  // namespace carafe
